import Evaluation
import Files
import Foundation
import History
import Scores
import Video

/// Makes the outputs of one job: into a folder beside their place, which gets their name when they are whole. Killed at any
/// moment, it leaves finished outputs or none.
package struct GeneratorRun {
  let job: SampleJob
  let threads: Int
  let isInterrupted: @Sendable () -> Bool
  /// Says what happens, a line each.
  let say: (String) -> Void
  /// Where what a failed attempt wrote is kept; nil: beside the outputs.
  private var failed: String?

  package init(
    job: SampleJob, threads: Int, isInterrupted: @escaping @Sendable () -> Bool, say: @escaping (String) -> Void
  ) {
    (self.job, self.threads, self.isInterrupted, self.say) = (job, threads, isInterrupted, say)
  }

  /// - Returns: the record of the outputs, which then are in `job.folder`.
  /// - Throws: `HarnessError`.
  func run() async throws -> GenerationRecord {
    guard let base = job.base, let template = job.generator.template, let recipe = try job.recipe() else {
      throw HarnessError.noOutputs(folder: job.folder)
    }
    let above = String(job.folder[..<(job.folder.lastIndex(of: "/") ?? job.folder.startIndex)])
    let name = String(job.folder.dropFirst(above.count + 1))
    try WholeFile.makeFolder(above)
    let lock = try self.lock(base)
    defer { lock.release() }
    await sweep(above, name: name)
    let part = Outputs(folder: "\(above)/.\(name).part")
    try WholeFile.makeFolder(part.samples)
    do {
      let record = try await generate(job.calls, template, recipe, into: part)
      try check(record, part)
      try writeManifest(part)
      unlink(part.groupFile)
      try record.write(to: part.recordFile)
      try replace(job.folder, with: part.folder)
      return record
    } catch HarnessError.interrupted(let hint) {
      try? FileManager.default.removeItem(atPath: part.folder)
      throw HarnessError.interrupted(hint: hint)
    } catch {
      // What it wrote is kept to be looked at.
      unlink(part.groupFile)
      do { try replace(failedFolder, with: part.folder) } catch {
        say("\(job.title): what the command wrote stays in `\(part.folder)`: \(error)")
      }
      throw error
    }
  }

  /// Where the outputs of a failed attempt are, until the next.
  private var failedFolder: String { failed ?? job.folder + ".failed" }

  /// Finishes what a run was killed at: outputs that were whole and had not got their name.
  func recover() {
    guard let base = job.base, !SuitePaths.exists(job.folder) else { return }
    let slash = job.folder.lastIndex(of: "/") ?? job.folder.startIndex
    let part = "\(job.folder[..<slash])/.\(job.folder[slash...].dropFirst()).part"
    do {
      guard try Outputs(folder: part).record() != nil else { return }
      let lock = try self.lock(base)
      defer { lock.release() }
      try WholeFile.rename(part, to: job.folder)
    } catch { say("\(job.title): the outputs of a run that was killed stay in `\(part)`: \(error)") }
  }

  private func generate(
    _ calls: some Collection<SampleJob.Call>, _ template: CommandTemplate, _ recipe: GenerationRecord.Recipe,
    into part: Outputs
  ) async throws -> GenerationRecord {
    var record = GenerationRecord(
      date: RunRecord.now(), recipe: recipe, suite: job.suite, generator: job.generator.name, calls: [], samples: 0,
      seconds: 0)
    for call in calls {
      let folder = call.folder.map { part.samples + "/" + $0 } ?? part.samples
      try WholeFile.makeFolder(folder)
      let values = job.values(call, samples: part.samples)
      let command = template.command(values)
      let process = GeneratorProcess(
        command: template.script, folder: SuitePaths.absolute(job.workingFolder),
        environment: template.environment(values), output: part.stdout, errors: part.stderr,
        timeLimit: job.generator.timeLimit, groupFile: part.groupFile, isInterrupted: isInterrupted)
      let outcome = try await process.run()
      // What a command that failed has left may be anything.
      let written = Result { try samples(folder) }
      let found = if case .success(let samples) = written { samples.count } else { 0 }
      record.calls.append(
        .init(command: command, seconds: outcome.seconds, peakMemory: outcome.peakMemory, samples: found))
      record.seconds += outcome.seconds
      record.samples += found
      record.peakMemory = [record.peakMemory, outcome.peakMemory].compactMap { $0 }.max()
      guard outcome.ending != .interrupted else {
        throw HarnessError.interrupted(hint: "what is finished is kept, and the same command goes on from there")
      }
      guard outcome.ending == .exited(0) else {
        throw HarnessError.failed(
          command: command, ending: Self.words(outcome.ending, job.generator.timeLimit), found: record.samples,
          wanted: job.wanted, errors: Outputs.lastLines(of: part.stderr), log: failedLog)
      }
      if case .failure(let error) = written { throw unreadable(error, part) }
      if let wanted = call.count, found < wanted, job.calls.count > 1 {
        throw HarnessError.tooFew(
          found: found, wanted: wanted, folder: failedFolder + "/samples" + (call.folder.map { "/" + $0 } ?? ""),
          errors: Outputs.lastLines(of: part.stderr), log: failedLog)
      }
    }
    return record
  }

  /// The videos in a folder of outputs.
  ///
  /// - Throws: `VideoError`, `FilesError` for what is no set of videos.
  private func samples(_ folder: String) throws -> [VideoItem] {
    do { return try VideoSet.open(folder, options: job.generator.input).videos } catch VideoError.set(
      .emptySet(path: _, ignored: _))
    { return [] } catch VideoError.poses(.emptySet(path: _, ignored: _)) { return [] }
  }

  private func unreadable(_ error: any Error, _ part: Outputs) -> HarnessError {
    // Its folder is about to get another name.
    .unreadableOutputs(
      folder: failedFolder + "/samples", reason: "\(error)".replacingOccurrences(of: part.folder, with: failedFolder),
      log: failedLog)
  }

  private var failedLog: String { failedFolder + "/stderr.txt" }

  private static func words(_ ending: GeneratorProcess.Ending, _ limit: Double?) -> String {
    switch ending {
    case .exited(let status): "ended with status \(status)"
    case .signalled(let signal): "was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
    case .timedOut: "was ended after its time limit of \(TimeText.text(limit ?? 0))"
    case .interrupted: "was interrupted"
    }
  }

  /// Whether there are enough videos, and each can be opened and counted.
  private func check(_ record: GenerationRecord, _ part: Outputs) throws {
    if record.samples < max(job.wanted ?? 1, 1) {
      throw HarnessError.tooFew(
        found: record.samples, wanted: job.wanted ?? 1, folder: failedFolder + "/samples",
        errors: Outputs.lastLines(of: part.stderr), log: failedLog)
    }
    let set: VideoSet
    do { set = try VideoSet.open(part.samples, options: job.generator.input) } catch { throw unreadable(error, part) }
    let report = SetReport(set, sampler: nil, threads: threads) { _ in }
    let failures = report.entries.compactMap(\.failure)
    guard failures.isEmpty else {
      let first = failures[0].split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
      throw HarnessError.unusable(
        count: failures.count, total: report.entries.count, first: first, folder: failedFolder + "/samples",
        log: failedLog)
    }
  }

  /// Says which prompt and picture each video was made from, for the metrics that ask.
  private func writeManifest(_ part: Outputs) throws {
    let conditions = job.calls.compactMap(\.condition)
    let columns = Condition.Column.allCases.filter { column in conditions.contains { $0[column] != nil } }
    guard columns != [.class], !columns.isEmpty else { return }
    var lines = [CSV.line(["path"] + columns.map(\.rawValue))]
    for call in job.calls {
      guard let folder = call.folder, let condition = call.condition else { continue }
      var files: [String] = []
      for video in try samples(part.samples + "/" + folder) {
        let file = VideoItem.row(video.name)?.file ?? video.name
        if !files.contains(file) { files.append(file) }
      }
      lines += files.map { file in
        CSV.line(["samples/\(folder)/\(file)"] + columns.map { condition[$0] ?? "" })
      }
    }
    try WholeFile.write(lines.joined(separator: "\n") + "\n", to: part.manifest)
  }

  // MARK: In shares, each by another task

  private var above: String { String(job.folder[..<(job.folder.lastIndex(of: "/") ?? job.folder.startIndex)]) }
  private var name: String { String(job.folder.dropFirst(above.count + 1)) }

  private var sharesFolder: String { "\(above)/.\(name).shares" }
  private func shareName(_ share: Int, of shares: Int) -> String { "\(share)-of-\(shares)" }
  private func shareFolder(_ share: Int, of shares: Int) -> String { "\(sharesFolder)/\(shareName(share, of: shares))" }

  /// The record of a share that is there; nil where it is not.
  ///
  /// - Throws: `HarnessError.otherShare` where it was made otherwise, as by a command that was changed since.
  private func made(share: Int, of shares: Int, _ recipe: GenerationRecord.Recipe) throws -> GenerationRecord? {
    let folder = shareFolder(share, of: shares)
    guard let record = try Outputs(folder: folder).record() else { return nil }
    if let difference = record.recipe.difference(from: recipe) {
      throw HarnessError.otherShare(folder: sharesFolder, difference: difference)
    }
    return record
  }

  /// Whether a share is there; all of them are where the outputs are.
  ///
  /// - Throws: `HarnessError`.
  package func isDone(share: Int, of shares: Int) throws -> Bool {
    if try job.finished() != nil { return true }
    guard let recipe = try job.recipe() else { return false }
    return try made(share: share, of: shares, recipe) != nil
  }

  /// Makes the calls of one share, unless they were made.
  ///
  /// - Throws: `HarnessError`.
  package func run(share: Int, of shares: Int) async throws -> GenerationRecord? {
    guard let template = job.generator.template, let recipe = try job.recipe() else {
      throw HarnessError.noOutputs(folder: job.folder)
    }
    if try job.finished() != nil { return nil }
    let folder = shareFolder(share, of: shares)
    if let record = try made(share: share, of: shares, recipe) { return record }
    try WholeFile.makeFolder(sharesFolder)
    await sweep(sharesFolder, name: shareName(share, of: shares))
    let part = Outputs(folder: "\(sharesFolder)/.\(shareName(share, of: shares)).part")
    try WholeFile.makeFolder(part.samples)
    var run = self
    run.failed = folder + ".failed"
    do {
      let calls = job.calls[job.tasks(shares)[share]]
      let record = try await run.generate(calls, template, recipe, into: part)
      unlink(part.groupFile)
      try record.write(to: part.recordFile)
      try replace(folder, with: part.folder)
      return record
    } catch HarnessError.interrupted(let hint) {
      try? FileManager.default.removeItem(atPath: part.folder)
      throw HarnessError.interrupted(hint: hint)
    } catch {
      unlink(part.groupFile)
      try? replace(folder + ".failed", with: part.folder)
      throw error
    }
  }

  /// Puts the shares together as the outputs of one run are.
  ///
  /// - Throws: `HarnessError`.
  package func finish(shares: Int) async throws -> GenerationRecord {
    if let record = try job.finished() { return record }
    guard let base = job.base, let recipe = try job.recipe() else { throw HarnessError.noOutputs(folder: job.folder) }
    let lock = try await lockInTurn(base)
    defer { lock.release() }
    var record = GenerationRecord(
      date: RunRecord.now(), recipe: recipe, suite: job.suite, generator: job.generator.name, calls: [], samples: 0,
      seconds: 0)
    let part = Outputs(folder: "\(above)/.\(name).part")
    try? FileManager.default.removeItem(atPath: part.folder)
    try WholeFile.makeFolder(part.samples)
    for share in 0..<shares {
      let own = Outputs(folder: shareFolder(share, of: shares))
      guard let made = try made(share: share, of: shares, recipe) else {
        throw HarnessError.noShare(folder: job.folder, share: share, of: shares)
      }
      record.calls += made.calls
      record.samples += made.samples
      record.seconds += made.seconds
      record.peakMemory = [record.peakMemory, made.peakMemory].compactMap { $0 }.max()
      for name in try FileStatus.names(in: own.samples) {
        // A name in the outputs, and the share's own left as it is: killed here, the next time does it again.
        try link("\(own.samples)/\(name)", "\(part.samples)/\(name)")
      }
      for (from, to) in [(own.stdout, part.stdout), (own.stderr, part.stderr)] {
        if let text = FileManager.default.contents(atPath: from), !text.isEmpty {
          try WholeFile.append(String(decoding: text, as: UTF8.self), to: to)
        }
      }
    }
    try check(record, part)
    try writeManifest(part)
    try record.write(to: part.recordFile)
    try replace(job.folder, with: part.folder)
    try? FileManager.default.removeItem(atPath: sharesFolder)
    return record
  }

  private func link(_ from: String, _ to: String) throws {
    do { try FileManager.default.linkItem(atPath: from, toPath: to) } catch {
      throw HarnessError.unreadable(path: to, reason: "two shares wrote it, or the file system has no links: \(error)")
    }
  }

  // MARK: Folders

  /// Held while outputs below a folder are made.
  ///
  /// - Throws: `HarnessError.inUse`, `FilesError.unwritable`.
  private func lock(_ folder: String) throws -> FileLock {
    guard let lock = try FileLock(folder + "/.lock") else { throw HarnessError.inUse(folder: folder) }
    return lock
  }

  /// The same for short work: seeds of one generator that are put together at once wait for each other.
  ///
  /// - Throws: `HarnessError.interrupted`, `FilesError.unwritable`.
  private func lockInTurn(_ folder: String) async throws -> FileLock {
    while true {
      if let lock = try FileLock(folder + "/.lock") { return lock }
      if isInterrupted() { throw HarnessError.interrupted(hint: "its shares are kept") }
      await Pause.milliseconds(100)
    }
  }

  /// Removes what a run left that was killed, and ends its generator if that is still at work.
  private func sweep(_ folder: String, name: String) async {
    for entry in [".\(name).part", ".\(name).old"] {
      let path = folder + "/" + entry
      guard SuitePaths.exists(path) else { continue }
      if let group = ProcessGroup(file: Outputs(folder: path).groupFile) {
        say("\(job.title): the generator of a run that was killed is still at work; it is ended")
        await group.end()
      }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// Gives a whole folder its name; what had it goes.
  private func replace(_ folder: String, with part: String) throws {
    let above = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
    let old = "\(above)/.\(folder.dropFirst(above.count + 1)).old"
    try WholeFile.replaceFolder(folder, with: part, keepingAs: old)
  }
}

extension Condition {
  /// The columns of a manifest, and what a video's condition says in each.
  enum Column: String, CaseIterable { case prompt, `class`, image }

  subscript(column: Column) -> String? {
    switch column {
    case .prompt: prompt
    case .class: `class`
    case .image: image
    }
  }
}

import Foundation

/// Scores checkpoints as they appear, in natural order of their names.
public struct CheckpointWatch: Sendable {
  public let folder: CheckpointFolder
  /// With the one generator that is given the checkpoints.
  public let suite: Suite
  public var options: SuiteRun.Options
  /// Seconds between looks.
  public let interval: Double
  /// Whether to end when all that is there has been scored.
  public let once: Bool
  /// Has a checkpoint scored elsewhere, and says where; nil: it is scored here.
  public var submit: (@Sendable (_ checkpoint: String) throws -> String)?

  public init(folder: CheckpointFolder, suite: Suite, options: SuiteRun.Options, interval: Double, once: Bool) {
    self.folder = folder
    self.suite = suite
    self.options = options
    self.interval = interval
    self.once = once
  }

  /// - Parameter report: is given the summary of each checkpoint.
  /// - Returns: all of them together.
  /// - Throws: as `SuiteRun.run`, and `HarnessError.noCheckpoints` where `once` finds none, `FilesError` where it cannot look.
  public func run(_ report: @Sendable (SuiteSummary) -> Void) async throws -> SuiteSummary {
    guard SuitePaths.isFolder(folder.path) else {
      throw HarnessError.unreadable(path: folder.path, reason: "there is no such folder")
    }
    var summary = SuiteSummary(suite: suite.name)
    // What was done, as it was then: a file that is written anew is another checkpoint.
    var done: [CheckpointFolder.Entry] = []
    var empty: [CheckpointFolder.Entry] = []
    if !once { options.say("watching \(folder.path) for checkpoints; ^C ends") }
    var problem: String?
    while !options.isInterrupted() {
      let looked = Result { try folder.settled() }
      // A disk of the network comes back.
      if !once, case .failure(let error) = looked {
        if problem != "\(error)" { options.say("\(error); it is looked at again every \(TimeText.text(interval))") }
        problem = "\(error)"
        await pause(interval)
        continue
      }
      problem = nil
      let (ready, settledEmpty, isWaiting) = try looked.get()
      for entry in settledEmpty where !empty.contains(entry) {
        empty.append(entry)
        options.say("`\(entry.path)` is empty, and is left alone until it is written")
      }
      for entry in ready where !done.contains(entry) {
        done.append(entry)
        if let submit {
          options.say("\(entry.path): \(try submit(entry.path))")
          continue
        }
        let found = try await score(entry)
        report(found)
        summary.rows += found.rows
        if found.wasInterrupted { summary.wasInterrupted = true }
        if options.isInterrupted() { break }
      }
      if once, !isWaiting {
        guard !done.isEmpty else { throw HarnessError.noCheckpoints(folder: folder.path, pattern: folder.pattern) }
        return summary
      }
      await pause(once ? min(interval, max(folder.settling / 2, 0.1)) : interval)
    }
    summary.wasInterrupted = true
    return summary
  }

  private func score(_ entry: CheckpointFolder.Entry) async throws -> SuiteSummary {
    var own = suite
    let path = SuitePaths.normal(entry.path)
    let prefix = suite.folder == "." ? "" : suite.folder + "/"
    let name = path.hasPrefix(prefix) && !prefix.isEmpty ? String(path.dropFirst(prefix.count)) : path
    for index in own.generators.indices { own.generators[index].checkpoints = [Checkpoint(path: path, name: name)] }
    return try await SuiteRun(suite: own, options: options).run()
  }

  /// Ends early when the user wants to.
  private func pause(_ seconds: Double) async {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    while clock.now < end, !options.isInterrupted() {
      try? await Task.sleep(for: .seconds(min(0.1, seconds)))
    }
  }
}

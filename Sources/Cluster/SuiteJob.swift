import Evaluation
import Files
import Foundation
import Harness
import History
import Scores
import Video

/// A suite as a job of many tasks: `suite.json` of its folder, written once.
///
/// Each real set is a job of its own below `real/`, whose parts all generators share. Each generator, with checkpoint and seed, has a
/// folder below `jobs/`; when its outputs are there, each real set has a job in it that scores them. A plan of outputs is written
/// when they are whole, from one listing, so that shards are equal whatever the generator's tasks were, and a video that is too
/// many or too few is found before anything is computed of it.
public struct SuitePlanFile: Sendable, Equatable, Codable {
  static let schema = "vidmetrics.suite-plan/1"

  public var schema = Self.schema
  public var version: String
  public var isa: String
  public var date: String
  /// The suite's file, absolute, and the digest of its text: a suite that changes is another plan.
  public var suite: String
  public var digest: String
  public var only: [String]?
  public var tags: [String]
  public var shards: Int
  public var keeps: ClusterPlan.Kept
  public var command: String?
  public var workingFolder: String
  public var history: String?
  public var reals: [Real]
  public var jobs: [Job]

  public struct Real: Sendable, Equatable, Codable {
    /// In the suite.
    public var name: String
    /// Below the job's folder.
    public var folder: String
  }

  public struct Job: Sendable, Equatable, Codable {
    public var title: String
    /// Below the job's folder.
    public var folder: String
    /// Tasks that make the outputs; 0 where they are there already.
    public var generates: Int
    public var gpus: Int?
    /// Names of the real sets; empty where none is wanted.
    public var data: [String]
  }
}

/// The work of a suite's job, whoever does which part of it.
public struct SuiteJob {
  public let folder: JobFolder
  public let plan: SuitePlanFile
  public let suite: Suite
  /// In the order of the plan.
  private let jobs: [SampleJob]
  public var environment: [String: String] = [:]
  public var threads = 1
  public var version = ""
  public var isInterrupted: @Sendable () -> Bool = { false }
  public var say: @Sendable (String) -> Void = { _ in }

  static func file(_ job: JobFolder) -> String { job.path + "/suite.json" }

  /// Whether a folder is the job of a suite.
  public static func isThere(_ job: JobFolder) -> Bool { FileStatus(file(job)) != nil }

  /// - Throws: `ClusterError.unreadable` also where the suite is not what it was, `HarnessError`, `YAMLError`.
  public init(_ folder: JobFolder) throws {
    self.folder = folder
    guard let plan: SuitePlanFile = try JobFolder.read(Self.file(folder)) else {
      throw ClusterError.noPlan(job: folder.path)
    }
    guard plan.schema == SuitePlanFile.schema else {
      throw ClusterError.unreadable(path: Self.file(folder), reason: "it has the schema `\(plan.schema)`")
    }
    guard try Self.digest(plan.suite) == plan.digest else {
      throw ClusterError.unreadable(path: plan.suite, reason: "the suite was changed since it was planned: plan anew")
    }
    self.plan = plan
    suite = try Suite.read(plan.suite, only: plan.only)
    // Checkpoints may have come since, and the first have gone.
    let found = try suite.jobs(only: plan.only)
    jobs = try plan.jobs.map { row in
      guard let job = found.first(where: { $0.title == row.title }) else {
        throw ClusterError.unreadable(
          path: plan.suite, reason: "`\(row.title)` of the plan is no longer there: plan anew")
      }
      return job
    }
  }

  private static func digest(_ path: String) throws -> String { SHA256.digest(of: try TextFile.read(path)).description }

  // MARK: Planning

  /// Plans a suite: the real sets are listed now, outputs when they are there.
  ///
  /// - Throws: `ClusterError.planned`, `EvaluationError.noFeatures` and `.notOfParts` for metrics that are not computed from parts.
  public static func plan(
    _ suite: Suite, to folder: JobFolder, only: [String]?, tags: [String], history: String?, planning: Planning,
    networks: NetworkChoice
  ) throws -> SuitePlanFile {
    guard FileStatus(file(folder)) == nil, FileStatus(folder.planFile) == nil else {
      throw ClusterError.planned(job: folder.path)
    }
    try Planning.check(suite.honesty, planning.keeps)
    let path = URL(fileURLWithPath: suite.file).standardizedFileURL.path
    let jobs = try suite.jobs(only: only)
    var wanted: [String: [RequestedScore]] = [:]
    var taken: Set<String> = []
    let rows = try jobs.enumerated().map { index, job in
      let scores = try networks.settled(job.generator.metrics, isTable: false)
      _ = try PartExtraction.wanted(scores, of: .fake)
      let takesReal = try !PartExtraction.wanted(scores, of: .real).isEmpty
      for name in takesReal ? job.generator.data : [] { wanted[name, default: []] += scores }
      var name = slug(job.title)
      if !taken.insert(name).inserted { name += "-\(index)" }
      let command = job.generator.template
      return SuitePlanFile.Job(
        title: job.title, folder: "jobs/\(name)",
        generates: command == nil ? 0 : job.shared(among: planning.shards).tasks(planning.shards).count,
        gpus: job.generator.gpus, data: takesReal ? job.generator.data : [])
    }
    let reals = suite.data.filter { wanted[$0.name] != nil }
    let plan = SuitePlanFile(
      version: planning.version, isa: planning.isa, date: RunRecord.now(), suite: path, digest: try digest(path),
      only: only, tags: tags, shards: planning.shards, keeps: planning.keeps, command: planning.place.command,
      workingFolder: planning.place.workingFolder ?? FileManager.default.currentDirectoryPath, history: history,
      reals: reals.map { .init(name: $0.name, folder: "real/\(slug($0.name))") }, jobs: rows)
    for planned in plan.reals { try withdraw(JobFolder(folder.path + "/" + planned.folder)) }
    for (real, planned) in zip(reals, plan.reals) {
      var own = planning
      (own.real, own.fake, own.scores) = (real.path, nil, wanted[real.name] ?? [])
      own.realReading = real.input
      own.skipsUnusable = suite.input.skipsUnusable
      _ = try own.write(to: JobFolder(folder.path + "/" + planned.folder))
    }
    for job in plan.jobs { try WholeFile.makeFolder(folder.path + "/" + job.folder) }
    try WholeFile.makeFolder(folder.path + "/logs")
    try WholeFile.write(try JSONValue(plan).text() + "\n", to: file(folder))
    do {
      let made = try SuiteJob(folder)
      for target in plan.jobs.indices.flatMap({ made.scorings($0) }) { try withdraw(target) }
      for index in plan.jobs.indices where plan.jobs[index].generates == 0 { try made.planScores(index, planning) }
    } catch {
      // What is wrong can be mended, and the same command given again.
      unlink(file(folder))
      throw error
    }
    return plan
  }

  /// Without the suite's file, a plan below its folder is of a planning that came to no end, unless somebody has worked on it.
  ///
  /// - Throws: `ClusterError.planned`.
  private static func withdraw(_ job: JobFolder) throws {
    for folder in ["parts", "state", "slurm"] {
      let names = (try? FileStatus.names(in: job.path + "/" + folder)) ?? []
      guard names.isEmpty else { throw ClusterError.planned(job: job.path) }
    }
    unlink(job.planFile)
  }

  private static func slug(_ title: String) -> String {
    String(title.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.+=".contains($0)) ? $0 : "-" })
  }

  // MARK: Outputs

  /// The place of a job by the name of its folder.
  ///
  /// - Throws: `ClusterError.noSuchJob`.
  public func place(of name: String) throws -> Int {
    let names = plan.jobs.map { String($0.folder.dropFirst("jobs/".count)) }
    guard let place = names.firstIndex(of: name) else { throw ClusterError.noSuchJob(name, known: names) }
    return place
  }

  private func run(_ index: Int) -> (job: SampleJob, run: GeneratorRun) {
    let job = jobs[index].shared(among: plan.shards)
    return (job, GeneratorRun(job: job, threads: threads, isInterrupted: isInterrupted, say: say))
  }

  /// The shares of a job's outputs that are not there.
  public func missingShares(_ index: Int) throws -> [Int] {
    let own = run(index).run
    let shares = plan.jobs[index].generates
    return try (0..<shares).filter { try !own.isDone(share: $0, of: shares) }
  }

  /// Makes one share of a job's outputs, unless it is there.
  ///
  /// - Throws: `HarnessError`.
  public func generate(_ index: Int, share: Int) async throws {
    let made = try await run(index).run.run(share: share, of: plan.jobs[index].generates)
    say(
      "\(plan.jobs[index].title): share \(share + 1) of \(plan.jobs[index].generates)"
        + (made.map { ", \(count($0.samples, "video"))" } ?? " is there"))
  }

  /// Puts a job's outputs together and plans their scores.
  ///
  /// - Parameter planning: version, instruction set and place of this plan.
  public func finish(_ index: Int) async throws {
    let own = plan.jobs[index]
    if own.generates > 0 {
      let record = try await run(index).run.finish(shares: own.generates)
      say("\(own.title): \(count(record.samples, "video"))")
    }
    var planning = Planning(real: nil, fake: nil, scores: [], shards: plan.shards)
    (planning.version, planning.isa, planning.keeps) = (version, plan.isa, plan.keeps)
    (planning.place.command, planning.place.workingFolder) = (plan.command, plan.workingFolder)
    try planScores(index, planning)
  }

  private func planScores(_ index: Int, _ planning: Planning) throws {
    let (own, job) = (plan.jobs[index], jobs[index])
    var environment = environment
    environment["VIDMETRICS_ISA"] = plan.isa
    let networks = try NetworkChoice(environment: environment, allowsOtherWeights: suite.input.allowsOtherWeights)
    for real in own.data.isEmpty ? [nil] : own.data.map(Optional.some) {
      let target = scoring(index, real)
      guard FileStatus(target.planFile) == nil else { continue }
      let set = suite.data.first { $0.name == real }
      var own = planning
      own.scores = try networks.settled(job.generator.metrics, isTable: false)
      own.fake = job.base == nil ? job.folder : Outputs(folder: job.folder).set
      own.real = set?.path
      own.reading = job.generator.input
      own.realReading = set?.input
      own.skipsUnusable = suite.input.skipsUnusable
      own.allowsOtherWeights = suite.input.allowsOtherWeights
      own.honesty = suite.honesty
      own.labels = suite.labels(job, set, tags: plan.tags)
      own.history = plan.history
      own.shared = plan.reals.first { $0.name == real }.map { JobFolder(folder.path + "/" + $0.folder) }
      _ = try own.write(to: target)
    }
  }

  /// The job that scores outputs against a real set.
  func scoring(_ index: Int, _ real: String?) -> JobFolder {
    JobFolder(folder.path + "/" + plan.jobs[index].folder + "/" + (real.map(Self.slug) ?? "alone"))
  }

  func scorings(_ index: Int) -> [JobFolder] {
    let data = plan.jobs[index].data
    return data.isEmpty ? [scoring(index, nil)] : data.map { scoring(index, $0) }
  }

  var realFolders: [JobFolder] { plan.reals.map { JobFolder(folder.path + "/" + $0.folder) } }

  /// All jobs whose plan is there.
  var planned: [JobFolder] {
    (realFolders + plan.jobs.indices.flatMap { scorings($0) }).filter { FileStatus($0.planFile) != nil }
  }

  // MARK: Collecting

  /// What became of each generator, against each real set.
  public struct Collected: Sendable {
    public var runs: [RunRecord] = []
    public var failures: [(title: String, reason: String)] = []
  }

  /// Collects every job, one after another: this is the history's only writer. One that fails is named, and the others go on.
  ///
  /// - Parameter history: nil: nothing is recorded.
  public func collect(history: String?, force: Bool, with settings: (inout ClusterCollection) -> Void) -> Collected {
    var collected = Collected()
    let shared = ClusterCollection.SharedSets()
    for (index, row) in plan.jobs.enumerated() {
      for target in scorings(index) {
        do {
          guard FileStatus(target.planFile) != nil else {
            throw ClusterError.noOutputs(title: row.title, last: lastWords(index))
          }
          var collection = ClusterCollection(job: target)
          settings(&collection)
          (collection.shared, collection.resumed) = (shared, folder.path)
          if !force, let run = try collection.before(history: history) {
            collected.runs.append(run)
            continue
          }
          let job = jobs[index]
          let record = job.base == nil ? nil : try Outputs(folder: job.folder).record()
          let set = job.base == nil ? job.folder : Outputs(folder: job.folder).set
          let suite = suite
          collection.note = { suite.note(&$0, job, set, record) }
          collected.runs.append(try collection.run(history: history))
        } catch { collected.failures.append((row.title, "\(error)")) }
      }
    }
    return collected
  }

  /// Of a plan's job: its folder's.
  func name(_ job: SuitePlanFile.Job) -> String { String(job.folder.dropFirst("jobs/".count)) }

  /// The last that was said of outputs that are not there.
  private func lastWords(_ index: Int) -> String? {
    let name = name(plan.jobs[index])
    let logs =
      ((try? missingShares(index)) ?? []).map { "generate-\(name)-\($0)" } + ["finish-\(name)"]
    return logs.lazy.compactMap { JobFolder.lastLine("\(folder.path)/logs/\($0).log") }.first
  }

  // MARK: How far it is

  /// One row for each real set and each generator. Ends with a line break.
  public func statusText() throws -> String {
    var rows: [[String]] = []
    var details: [String] = []
    func row(_ title: String, _ generated: String, _ target: JobFolder) throws {
      guard FileStatus(target.planFile) != nil else {
        rows.append([title, generated, "not planned yet", ""])
        return
      }
      let status = try ClusterStatus(of: target)
      let state =
        status.run.map { "collected as run \($0)" }
        ?? (status.running.isEmpty ? "" : "\(status.running.count) running")
      rows.append([title, generated, "\(status.partsDone) of \(count(status.parts, "part"))", state])
      for task in status.missing where task.state != .waiting {
        details.append("  \(title), task \(task.task): \(task.state.rawValue): \(task.last ?? "nothing was said")")
      }
    }
    for (real, target) in zip(plan.reals, realFolders) { try row("real \(real.name)", "", target) }
    for (index, job) in plan.jobs.enumerated() {
      let shares = try missingShares(index)
      let generated =
        job.generates == 0 ? "outputs there" : "\(job.generates - shares.count) of \(job.generates) shares"
      for share in shares {
        guard let last = JobFolder.lastLine("\(folder.path)/logs/generate-\(name(job))-\(share).log") else { continue }
        details.append("  \(job.title), share \(share): \(last)")
      }
      for (place, target) in scorings(index).enumerated() {
        try row(job.title + (job.data.isEmpty ? "" : " against \(job.data[place])"), generated, target)
      }
    }
    return TextTable.text(rows) + "\n" + details.prefix(20).map { $0 + "\n" }.joined()
  }

  /// The same as JSON.
  public func statusJSON() throws -> JSONValue {
    .object([
      ("schema", .string("vidmetrics.cluster-suite-status/1")), ("job", .string(folder.path)),
      (
        "generators",
        .array(
          try plan.jobs.enumerated().map { index, job in
            .object([
              ("title", .string(job.title)), ("shares", .integer(job.generates)),
              ("missing_shares", .array(try missingShares(index).map { .integer($0) })),
            ])
          })
      ),
      ("jobs", .array(try planned.map { try JSONValue(ClusterStatus(of: $0)) })),
    ])
  }

  // MARK: Here

  /// What a scheduler would do, here, one task after another, up to collecting.
  ///
  /// - Parameter work: does one task of a job.
  public func runHere(_ work: (JobFolder, Int) throws -> Void) async throws {
    func all(_ target: JobFolder) throws {
      let (own, _) = try target.plan()
      for task in target.missing(own) { try work(target, task) }
    }
    for target in realFolders { try all(target) }
    for (index, job) in plan.jobs.enumerated() {
      do {
        for share in try missingShares(index) { try await generate(index, share: share) }
        if scorings(index).contains(where: { FileStatus($0.planFile) == nil }) { try await finish(index) }
        for target in scorings(index) { try all(target) }
      } catch {
        // The others go on, as on a cluster.
        if isInterrupted() { throw error }
        try WholeFile.append("error: \(error)\n", to: folder.path + "/logs/finish-\(name(job)).log")
        say("\(job.title): \(error)")
      }
    }
  }
}

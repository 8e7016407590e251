import Files
import Foundation
import Harness
import Scores

/// A suite as Slurm takes it. Of each generator: an array that makes its outputs, a short job that puts them together and plans their
/// scores, an array that computes features; of each real set one array; and collecting at the end.
public struct SlurmSuite {
  public let suite: SuiteJob
  public let options: Slurm.Options

  /// - Throws: `ClusterError.notAName` for what cannot stand in a script.
  public init(suite: SuiteJob, options: Slurm.Options) throws {
    (self.suite, self.options) = (suite, options)
    try options.check(job: suite.folder, workingFolder: suite.plan.workingFolder)
  }

  /// One submission: what it is called, its script, and the stages that it waits for.
  public struct Stage: Sendable, Equatable {
    public var name: String
    public var path: String
    public var script: String
    /// Of the array; nil: one job.
    public var tasks: [Int]?
    /// `afterok` or `afterany`, and the names of stages.
    public var after: (kind: String, stages: [String])?

    public static func == (a: Stage, b: Stage) -> Bool { a.name == b.name && a.script == b.script }
  }

  /// What is left to do, in an order in which each stage comes after those that it waits for.
  ///
  /// - Throws: `ClusterError`, `HarnessError`.
  public func stages() throws -> [Stage] {
    var stages: [Stage] = []
    for (real, target) in zip(suite.plan.reals, suite.realFolders) {
      if let stage = try work("real-\(real.folder.dropFirst("real/".count))", target, after: nil) {
        stages.append(stage)
      }
    }
    for (index, job) in suite.plan.jobs.enumerated() {
      let name = suite.name(job)
      let shares = try suite.missingShares(index)
      var ready: String?
      if !shares.isEmpty {
        stages.append(generate(job, name, shares))
        ready = "generate-\(name)"
      }
      let targets = suite.scorings(index)
      if targets.contains(where: { FileStatus($0.planFile) == nil }) {
        stages.append(finish(name, after: ready))
        ready = "finish-\(name)"
      }
      for target in targets {
        let own = String(target.path.split(separator: "/").last ?? "")
        if let stage = try work("score-\(name)-\(own)", target, after: ready) { stages.append(stage) }
      }
    }
    stages.append(collect(after: stages.map(\.name)))
    return stages
  }

  private var folder: String { suite.folder.path }
  private var scripts: String { suite.folder.slurmFolder }

  /// An array that works on a job, or would when it is planned; nil where nothing of it is missing.
  private func work(_ name: String, _ target: JobFolder, after: String?) throws -> Stage? {
    let isPlanned = FileStatus(target.planFile) != nil
    let missing = isPlanned ? target.missing(try target.plan().plan) : Array(0..<suite.plan.shards)
    guard !missing.isEmpty else { return nil }
    let scripts = SlurmScript(options: options, workingFolder: suite.plan.workingFolder)
    let script = scripts.array(
      name: name, tasks: missing, log: "\(target.path)/logs/work-%a.log",
      about: "A task of \(target.path): it works on its shard until that is there, whatever stops it in between.",
      command: ["cluster", "work", target.path])
    return Stage(
      name: name, path: "\(self.scripts)/\(name).sh", script: script, tasks: missing,
      after: after.map { ("afterok", [$0]) })
  }

  private func generate(_ job: SuitePlanFile.Job, _ name: String, _ shares: [Int]) -> Stage {
    var options = options
    if let gpus = job.gpus { options.others.insert("--gpus=\(gpus)", at: 0) }
    let scripts = SlurmScript(options: options, workingFolder: suite.plan.workingFolder)
    let script = scripts.array(
      name: "generate-\(name)", tasks: shares, log: "\(folder)/logs/generate-\(name)-%a.log",
      about: "A share of the outputs of \(job.title).",
      command: ["cluster", "generate", folder, "--job", name])
    return Stage(
      name: "generate-\(name)", path: "\(self.scripts)/generate-\(name).sh", script: script, tasks: shares, after: nil)
  }

  private func finish(_ name: String, after: String?) -> Stage {
    let scripts = SlurmScript(options: options, workingFolder: suite.plan.workingFolder)
    let script = scripts.single(
      name: "finish-\(name)", log: "\(folder)/logs/finish-\(name).log",
      about: "The shares of \(name) together, and the plan of their scores.",
      command: ["cluster", "generate", folder, "--job", name, "--finish"])
    return Stage(
      name: "finish-\(name)", path: "\(self.scripts)/finish-\(name).sh", script: script, tasks: nil,
      after: after.map { ("afterok", [$0]) })
  }

  private func collect(after stages: [String]) -> Stage {
    let scripts = SlurmScript(options: options, workingFolder: suite.plan.workingFolder)
    let script = scripts.single(
      name: "collect", log: "\(folder)/logs/collect.log",
      about: "All scores of the suite, and their records in the history, whose only writer this is.",
      command: ["cluster", "collect", folder])
    return Stage(
      name: "collect", path: "\(self.scripts)/collect.sh", script: script, tasks: nil,
      after: stages.isEmpty ? nil : ("afterany", stages))
  }

  /// The command of a stage, for people: the names of stages stand for their numbers.
  public func command(_ stage: Stage, numbers: [String: String] = [:]) -> [String] {
    var words = ["sbatch", "--parsable"]
    if let after = stage.after {
      // Whoever waits for what can no longer end well does not wait for ever.
      words += [
        "--dependency=\(after.kind):" + after.stages.map { numbers[$0] ?? $0 }.joined(separator: ":"),
        "--kill-on-invalid-dep=yes",
      ]
    }
    return words + [stage.path]
  }

  /// Writes the scripts and submits all stages; their numbers by name.
  ///
  /// - Throws: `ClusterError.noScheduler`, `.notSubmitted`, `.stillQueued`; `FilesError`.
  public func submit(environment: [String: String]) throws -> [(name: String, number: String)] {
    let stages = try stages()
    let active = try Slurm.active(of: suite.folder, environment: environment)
    guard active.isEmpty else { throw ClusterError.stillQueued(active) }
    try Slurm.checkArray(of: suite.plan.shards, environment: environment)
    try WholeFile.makeFolder(scripts)
    var numbers: [String: String] = [:]
    return try stages.map { stage in
      try WholeFile.write(stage.script, to: stage.path)
      let number = try Slurm.submit(command(stage, numbers: numbers), environment: environment)
      numbers[stage.name] = number
      let line = Slurm.Submission(
        date: RunRecord.now(), array: number, tasks: stage.tasks.map(TaskIndex.text) ?? "", collect: number)
      try WholeFile.append(try JSONValue(line).line + "\n", to: suite.folder.submissionsFile)
      return (stage.name, number)
    }
  }
}

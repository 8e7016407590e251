import Files
import Foundation
import Harness
import Scores

/// A job as Slurm takes it: an array with a task for each shard, and collecting after it.
public struct Slurm {
  public struct Options: Sendable, Equatable {
    /// Of each task, as `sbatch --time` has it.
    public var time: String?
    public var cpus: Int?
    public var memory: String?
    public var partition: String?
    /// More options of `sbatch`, as they stand on its command line.
    public var others: [String] = []
    /// The program's path on the nodes.
    public var program: String

    public init(program: String) { self.program = program }

    /// - Throws: `ClusterError.notAName` for what cannot stand in a script.
    func check(job: JobFolder, workingFolder: String) throws {
      let values = [
        ("out", job.path), ("time", time), ("partition", partition), ("mem", memory), ("program", program),
        ("chdir", workingFolder),
      ]
      for (option, value) in values + others.map({ ("sbatch", $0) }) {
        if let value, value.contains(where: { $0.isNewline || $0 == "\"" }) {
          throw ClusterError.notAName(option: option, value: value)
        }
      }
    }
  }

  public let job: JobFolder
  public let plan: ClusterPlan
  public var options: Options

  /// - Throws: `ClusterError.notAName` for what cannot stand in a script.
  public init(job: JobFolder, plan: ClusterPlan, options: Options) throws {
    self.job = job
    self.plan = plan
    self.options = options
    try options.check(job: job, workingFolder: plan.workingFolder)
  }

  /// The time of a person, `2h` or `90m`, as Slurm has it; what is Slurm's already as it is. nil for neither.
  public static func time(_ text: String) -> String? {
    if text.wholeMatch(of: /[0-9]+|(?:[0-9]+-)?[0-9]+(?::[0-9]+){0,2}|UNLIMITED|INFINITE/) != nil { return text }
    guard let seconds = TimeText.seconds(text).map({ Int($0.rounded(.up)) }) else { return nil }
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  // MARK: Scripts

  var workScript: String { job.slurmFolder + "/work.sh" }
  var collectScript: String { job.slurmFolder + "/collect.sh" }

  /// What is submitted: the paths and texts of the scripts.
  public var scripts: [(path: String, text: String)] { [(workScript, work), (collectScript, collect)] }

  private var name: String {
    let last = job.path.split(separator: "/").last.map(String.init) ?? "job"
    return String(last.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" })
  }

  private var script: SlurmScript { SlurmScript(options: options, workingFolder: plan.workingFolder) }

  private var work: String {
    script.array(
      name: name, tasks: Array(0..<plan.tasks), log: job.path + "/logs/work-%a.log",
      about: "A task of \(job.path): it works on its shard until that is there, whatever stops it in between.",
      command: ["cluster", "work", job.path])
  }

  private var collect: String {
    script.single(
      name: name + "-collect", log: job.path + "/logs/collect.log",
      about:
        "The parts of \(job.path) together: features, scores, and their record in the history, whose only writer this is.",
      command: ["cluster", "collect", job.path])
  }

  // MARK: Submitting

  /// What was submitted: the array's number, and that of collecting.
  public struct Submission: Sendable, Equatable, Codable {
    public var date: String
    public var array: String
    public var tasks: String
    public var collect: String
  }

  /// The commands of a submission, for people: `ARRAY` is the number that the first one prints.
  ///
  /// - Parameter others: arrays that collecting waits for besides.
  public func commands(_ tasks: [Int], after others: [String] = []) -> [String] {
    [workCommand(tasks), collectCommand(after: ["ARRAY"] + others)].map {
      $0.map(CommandTemplate.quoted).joined(separator: " ")
    }
  }

  private func workCommand(_ tasks: [Int]) -> [String] { ["sbatch", "--parsable"] + array(tasks) + [workScript] }

  private func collectCommand(after arrays: [String]) -> [String] {
    ["sbatch", "--parsable", "--dependency=afterany:" + arrays.joined(separator: ":"), collectScript]
  }

  private func array(_ tasks: [Int]) -> [String] {
    tasks.count == plan.tasks ? [] : ["--array=\(TaskIndex.text(tasks))"]
  }

  /// Writes the scripts and submits them.
  ///
  /// - Parameters:
  ///   - tasks: of the array.
  ///   - after: arrays that collecting waits for besides.
  /// - Throws: `ClusterError.arrayTooLarge`, `.noScheduler`, `.notSubmitted`; `FilesError`.
  public func submit(_ tasks: [Int], after others: [String] = [], environment: [String: String]) throws -> Submission {
    try Self.checkArray(of: plan.tasks, environment: environment)
    try WholeFile.makeFolder(job.slurmFolder)
    for script in scripts { try WholeFile.write(script.text, to: script.path) }
    let array = try Self.submit(workCommand(tasks), environment: environment)
    let collect: String
    do { collect = try Self.submit(collectCommand(after: [array] + others), environment: environment) } catch {
      // Nobody would know of the array.
      Self.cancel([array], environment: environment)
      throw error
    }
    let submission = Submission(date: RunRecord.now(), array: array, tasks: TaskIndex.text(tasks), collect: collect)
    try WholeFile.append(try JSONValue(submission).line + "\n", to: job.submissionsFile)
    return submission
  }

  /// Jobs that were submitted, oldest first.
  static func submissions(of job: JobFolder) throws -> [Submission] {
    guard FileStatus(job.submissionsFile) != nil else { return [] }
    return try TextLines.filled(TextFile.read(job.submissionsFile)).map { number, line in
      try JobFolder.decoded(String(line), "\(job.submissionsFile):\(number)")
    }
  }

  /// What is left to do and is not waiting or at work: what a `resume` submits.
  public struct Remainder: Sendable, Equatable {
    public var tasks: [Int]
    /// Arrays with tasks that wait or work.
    public var active: [String]
    /// Tasks of those.
    public var activeTasks: [Int]
    /// Collecting that waits.
    public var collecting: [String]
  }

  /// - Parameter missing: tasks with something left to do.
  /// - Throws: `ClusterError`, `FilesError`.
  public static func remainder(of job: JobFolder, missing: [Int], environment: [String: String]) throws -> Remainder {
    let submissions = try submissions(of: job)
    var found = Remainder(tasks: missing, active: [], activeTasks: [], collecting: [])
    guard !submissions.isEmpty, let squeue = ChildProcess.executable("squeue", in: environment["PATH"] ?? "") else {
      return found
    }
    for submission in submissions {
      // A number that Slurm has forgotten is an error, and says as much: nothing of it is at work.
      let text = ChildProcess.output(of: [squeue, "--noheader", "--array", "--jobs=\(submission.array)", "--format=%K"])
      let tasks = (text ?? "").split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      if !tasks.isEmpty {
        found.active.append(submission.array)
        found.activeTasks += tasks
      }
      let waiting = ChildProcess.output(
        of: [squeue, "--noheader", "--jobs=\(submission.collect)", "--states=PENDING", "--format=%A"])
      if waiting?.contains(where: \.isNumber) == true { found.collecting.append(submission.collect) }
    }
    found.tasks = missing.filter { !found.activeTasks.contains($0) }
    return found
  }

  /// Takes back collecting that waits for what a new submission waits for, too.
  public static func cancel(_ jobs: [String], environment: [String: String]) {
    guard !jobs.isEmpty, let scancel = ChildProcess.executable("scancel", in: environment["PATH"] ?? "") else { return }
    _ = ChildProcess.output(of: [scancel, "--state=PENDING"] + jobs)
  }

  private static func program(_ name: String, _ environment: [String: String]) throws -> String {
    guard let path = ChildProcess.executable(name, in: environment["PATH"] ?? "") else {
      throw ClusterError.noScheduler(program: name)
    }
    return path
  }

  /// The most tasks of an array; nil where Slurm does not say it.
  private static func largestArray(_ environment: [String: String]) throws -> Int? {
    let text = ChildProcess.output(of: [try program("scontrol", environment), "show", "config"]) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("MaxArraySize") }
    // Indices go up to one less, and begin at 0.
    return line.flatMap { $0.split(separator: "=").last }.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
  }

  /// - Throws: `ClusterError.noScheduler`, `.arrayTooLarge`.
  static func checkArray(of tasks: Int, environment: [String: String]) throws {
    if let most = try largestArray(environment), tasks > most {
      throw ClusterError.arrayTooLarge(tasks: tasks, most: most)
    }
  }

  /// The submitted jobs that wait or work.
  public static func active(of job: JobFolder, environment: [String: String]) throws -> [String] {
    guard let squeue = ChildProcess.executable("squeue", in: environment["PATH"] ?? "") else { return [] }
    return Set(try submissions(of: job).map(\.array)).sorted().filter { number in
      ChildProcess.output(of: [squeue, "--noheader", "--jobs=\(number)", "--format=%A"])?.contains(where: \.isNumber)
        == true
    }
  }

  /// Submits one command by itself, as a job that begins when no other of its name is at work: what writes to a history.
  ///
  /// - Parameters:
  ///   - more: options of `sbatch`.
  /// - Returns: its number.
  /// - Throws: `ClusterError.noScheduler`, `.notSubmitted`.
  public static func submit(
    _ command: [String], name: String, more: [String], log: String, environment: [String: String]
  ) throws -> String {
    let words = command.map { CommandTemplate.quoted($0) }.joined(separator: " ")
    return try submit(
      [
        "sbatch", "--parsable", "--job-name=\(name)", "--dependency=singleton", "--output=\(log)",
      ] + more + ["--wrap=\(words)"], environment: environment)
  }

  /// The number of what a command of `sbatch --parsable` submits.
  ///
  /// - Throws: `ClusterError.noScheduler`, `.notSubmitted`.
  static func submit(_ command: [String], environment: [String: String]) throws -> String {
    try number([try program("sbatch", environment)] + command.dropFirst())
  }

  private static func number(_ command: [String]) throws -> String {
    var lines: [String] = []
    let status = try ChildProcess.run(command) { lines.append($0) }
    let number = lines.last?.split(separator: ";").first.map(String.init) ?? ""
    guard status == 0, !number.isEmpty, number.allSatisfy(\.isNumber) else {
      let words = command.map { CommandTemplate.quoted($0) }.joined(separator: " ")
      throw ClusterError.notSubmitted(
        command: words, said: lines.isEmpty ? "it ended with status \(status)" : lines.joined(separator: "\n"))
    }
    return number
  }
}

/// The scripts of tasks.
struct SlurmScript {
  let options: Slurm.Options
  let workingFolder: String

  /// A script for an array. Slurm warns it before the end of its time, and it warns the worker, which keeps what it has done and
  /// ends with 75; then the task is queued again.
  ///
  /// - Parameters:
  ///   - log: `%a` is the task.
  ///   - command: words behind the program's name.
  func array(name: String, tasks: [Int], log: String, about: String, command: [String]) -> String {
    """
    #!/bin/bash
    # \(about)
    \(directives([
      "--job-name=\(name)", "--array=\(TaskIndex.text(tasks))", "--output=\(Self.log(log))", "--open-mode=append",
      "--requeue", "--signal=B:USR1@120",
    ]))\(words(command)) &
    worker=$!
    # Slurm warns this script, and it the worker, which keeps what it has done and ends with 75.
    trap 'kill -USR1 "$worker" 2>/dev/null' USR1
    trap 'kill -TERM "$worker" 2>/dev/null' TERM
    wait "$worker"; status=$?
    while kill -0 "$worker" 2>/dev/null; do wait "$worker"; status=$?; done
    # A wait that a signal ended says 128 and more, and the shell still knows how the worker ended.
    if [ "$status" -gt 128 ]; then wait "$worker"; ended=$?; [ "$ended" != 127 ] && status=$ended; fi
    [ "$status" = 75 ] && scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
    exit "$status"

    """
  }

  func single(name: String, log: String, about: String, command: [String]) -> String {
    """
    #!/bin/bash
    # \(about)
    \(directives(["--job-name=\(name)", "--output=\(Self.log(log))", "--open-mode=append"]))\
    exec \(words(command))

    """
  }

  private func words(_ command: [String]) -> String {
    ([options.program] + command).map { CommandTemplate.quoted($0) }.joined(separator: " ")
  }

  private func directives(_ own: [String]) -> String {
    var all = own
    if let time = options.time { all.append("--time=\(time)") }
    if let cpus = options.cpus { all.append("--cpus-per-task=\(cpus)") }
    if let memory = options.memory { all.append("--mem=\(memory)") }
    if let partition = options.partition { all.append("--partition=\(partition)") }
    all.append("--chdir=\(workingFolder)")
    all += options.others
    return all.map { "#SBATCH \(Self.directive($0))\n" }.joined()
  }

  /// `--name="value with spaces"`; what was given as two words stays so.
  private static func directive(_ option: String) -> String {
    guard let equals = option.firstIndex(of: "="), option.hasPrefix("--") else { return option }
    let value = option[option.index(after: equals)...]
    return value.contains(" ") ? "\(option[..<equals])=\"\(value)\"" : option
  }

  /// Slurm puts in numbers for `%` in names of files: the task's for the last one, `%a`, and for no other.
  private static func log(_ path: String) -> String {
    path.replacingOccurrences(of: "%", with: "%%").replacingOccurrences(of: "-%%a.log", with: "-%a.log")
  }
}

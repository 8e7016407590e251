import Scores

/// What can be wrong with a job of many tasks.
public enum ClusterError: Error, Equatable, Sendable {
  // The plan
  case noPlan(job: String)
  case planned(job: String)
  case unreadable(path: String, reason: String)
  case badShards(Int)
  case jobInSet(job: String, set: String)
  case alreadyFeatures(path: String)
  /// The processor of a worker has not the instruction set that was planned.
  case narrowProcessor(planned: String, found: String)

  /// A task that is stopped before it finishes anything.
  case noProgress(starts: Int)

  // Which task
  case noTask(job: String)
  case tasksDisagree([TaskWord])
  case badTask(TaskWord, wanted: String)
  case noSuchTask(TaskWord, tasks: Int)

  // Parts
  /// A finished part that is not of this plan: a field, what the plan has and what it has.
  case otherPart(path: String, field: String, planned: String, found: String)
  case damagedPart(path: String, reason: String)
  /// Two parts that were not computed alike.
  case partsDiffer(field: String, first: String, value: String, second: String, otherValue: String)
  case missingParts([MissingPart], of: Int, tasks: [Int], job: String)

  // Moments in the place of features
  case needsFeatures(metric: String)
  /// A protocol that takes fewer videos than another one of the same plan.
  case momentsOfFewer(metric: String, most: Int, videos: Int)

  // Schedulers
  case arrayTooLarge(tasks: Int, most: Int)
  case noScheduler(program: String)
  case notSubmitted(command: String, said: String)
  case notAName(option: String, value: String)
  case notMounted(path: String, mount: String)
  /// Jobs of an earlier submission.
  case stillQueued([String])

  // Suites
  case noSuchJob(String, known: [String])
  case noOutputs(title: String, last: String?)
  case wholeSuiteOnly(option: String)

  /// Who says which task this is: an option or a variable, with what it says.
  public struct TaskWord: Equatable, Sendable {
    public var source: String
    public var value: String

    public init(source: String, value: String) {
      self.source = source
      self.value = value
    }

    var text: String { source.hasPrefix("--") ? "`\(source) \(value)`" : "`\(source)=\(value)`" }
  }

  public struct MissingPart: Equatable, Sendable {
    public var part: String
    /// The last that its task said; nil where it said nothing.
    public var last: String?

    public init(part: String, last: String?) {
      self.part = part
      self.last = last
    }
  }
}

extension ClusterError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noPlan(let job):
      "`\(job)` has no plan\nhint: `vidmetrics cluster plan REAL FAKE --metrics fvd --shards 8 --out \(job)` writes one"
    case .planned(let job):
      """
      `\(job)` has a plan already, which is written once: its parts belong to it
      hint: `vidmetrics cluster resume \(job)` goes on with it; another --out holds another plan
      """
    case .unreadable(let path, let reason): "`\(path)` cannot be used: \(reason)"
    case .jobInSet(let job, let set):
      "the job `\(job)` would lie in the set `\(set)`, which must not change\nhint: --out names a folder beside it"
    case .badShards(let shards): "--shards \(shards): 1 to 1000000 are possible"
    case .alreadyFeatures(let path):
      "`\(path)` holds features already, and a plan is for videos\nhint: `vidmetrics score` takes both as they are"
    case .narrowProcessor(let planned, let found):
      """
      the plan computes with \(planned), and this processor has no more than \(found)
      hint: `--constraint` keeps such machines out, or `vidmetrics cluster plan --isa \(found)` is for all of them: the last \
      digits of features depend on it
      """
    case .noProgress(let starts):
      "stopped \(starts) times in a row before anything was kept\nhint: `vidmetrics cluster resume --time` gives it longer"
    case .noTask(let job):
      """
      nothing says which task of `\(job)` this is
      hint: --shard 1/8, or a scheduler's variable: \(TaskIndex.variables.joined(separator: ", "))
      """
    case .tasksDisagree(let words):
      "\(words.map(\.text).joined(separator: " and ")) are two tasks\nhint: unset what is left over from another job"
    case .badTask(let word, let wanted): "\(word.text): \(wanted) is expected"
    case .noSuchTask(let word, let tasks):
      "\(word.text): the plan has \(count(tasks, "task"))\nhint: the plan says how many there are, not the scheduler"
    case .otherPart(let path, let field, let planned, let found):
      """
      `\(path)` is not of this plan: `\(field)` is \(found), and the plan has \(planned)
      hint: remove it, and `vidmetrics cluster resume` (Slurm) or `local` (here) computes it again
      """
    case .damagedPart(let path, let reason):
      // A part is there while its record is.
      "`\(path)` is damaged: \(reason)\nhint: remove `\(Self.record(ofPartWith: path))`, and `vidmetrics cluster resume` (Slurm) or `local` "
        + "(here) computes the part again"
    case .partsDiffer(let field, let first, let value, let second, let otherValue):
      """
      `\(field)` is \(value) in part `\(first)` and \(otherValue) in part `\(second)`
      hint: all parts of a score are computed alike: remove those of one kind, and `vidmetrics cluster resume` computes them \
      again
      """
    case .missingParts(let parts, let all, let tasks, let job):
      """
      \(parts.count == 1 ? "part" : "parts") \(parts.prefix(10).map(\.part).joined(separator: ", "))\
      \(parts.count > 10 ? " and \(parts.count - 10) more" : "") of \(all) \(parts.count == 1 ? "is" : "are") missing\
      \(parts.prefix(10).map { "\n  \($0.part): \($0.last ?? "nothing was said")" }.joined())
      hint: `vidmetrics cluster resume \(job)` (Slurm) or `local` (here) computes \(tasks.count == 1 ? "task" : "tasks") \
      \(TaskIndex.text(tasks)); --allow-missing scores what is there, and every score says so
      """
    case .needsFeatures(let metric):
      """
      \(metric) needs every row of features, and --moments keeps their mean and their scatter alone
      hint: plan what needs rows by itself, without --moments
      """
    case .momentsOfFewer(let metric, let most, let videos):
      """
      \(metric) takes the first \(count(most, "video")), and another protocol of this plan takes \(videos): moments are of one number
      hint: plan \(metric) by itself
      """
    case .arrayTooLarge(let tasks, let most):
      """
      the plan has \(tasks) tasks, and this Slurm takes arrays of \(most) (MaxArraySize)
      hint: `vidmetrics cluster plan --shards \(most)` has as many as it takes
      """
    case .noScheduler(let program):
      "`\(program)` is not on the PATH\nhint: --dry-run prints the scripts; `vidmetrics cluster local` needs no scheduler"
    case .notSubmitted(let command, let said): "`\(command)` failed: \(said)"
    case .notMounted(let path, let mount):
      """
      pods see `\(mount)` alone, and `\(path)` is not below it
      hint: plan with everything in one volume, the history too (--db, or --no-record), under the paths that it has in a pod; \
      --mount says where the volume lies
      """
    case .stillQueued(let jobs):
      """
      jobs \(jobs.joined(separator: ", ")) wait or work on this
      hint: wait for them, or `scancel \(jobs.joined(separator: " "))` first
      """
    case .noSuchJob(let name, let known):
      "there is no job `\(name)` in the plan; it has \(known.joined(separator: ", "))"
    case .noOutputs(let title, let last): "the outputs of \(title) are not there: \(last ?? "nothing was said")"
    case .wholeSuiteOnly(let option):
      "--\(option) is for two sets, and a suite says by itself what it scores\nhint: keys of the suite say the same"
    case .notAName(let option, let value): "--\(option) \(value): it cannot be used as it is in a script"
    }
  }

  /// `parts/real-0004.json` of `parts/real-0004.NAME.safetensors`.
  private static func record(ofPartWith path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    return path.dropLast(name.count) + name.prefix { $0 != "." } + ".json"
  }
}

/// Which of the tasks a process is.
public enum TaskIndex {
  /// Of schedulers, and our own; how each counts.
  private static let sources: [(variable: String, first: Int)] = [
    ("SLURM_ARRAY_TASK_ID", 0), ("JOB_COMPLETION_INDEX", 0), ("PBS_ARRAY_INDEX", 0), ("LSB_JOBINDEX", 1),
    ("SGE_TASK_ID", 1), ("AWS_BATCH_JOB_ARRAY_INDEX", 0),
  ]
  static let own = "VIDMETRICS_SHARD"

  static var variables: [String] { [own] + sources.map(\.variable) }

  /// The task, from 0.
  ///
  /// Slurm, Kubernetes, PBS and AWS count from 0, as the array of a plan does; LSF and Grid Engine have no task 0. What says that
  /// there is no array (`undefined`, or 0 where counting begins at 1) says nothing.
  ///
  /// - Parameters:
  ///   - shard: of the option: `3/8`, from 1.
  ///   - tasks: that were asked for.
  ///   - used: those that have something to do, where that is another number.
  /// - Throws: `ClusterError.noTask`, `.tasksDisagree`, `.badTask`, `.noSuchTask`.
  public static func found(shard: String?, environment: [String: String], tasks: Int, used: Int? = nil, job: String)
    throws -> Int
  {
    var found: [(word: ClusterError.TaskWord, task: Int)] = []
    for (source, value) in [("--shard", shard), (own, environment[own])] {
      guard let value, !value.isEmpty else { continue }
      let word = ClusterError.TaskWord(source: source, value: value)
      let halves = value.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
      guard halves.count == 2, let index = halves[0], let count = halves[1], index >= 1, index <= count else {
        throw ClusterError.badTask(word, wanted: "a part such as 3/\(max(tasks, 3))")
      }
      guard count == tasks || count == used else { throw ClusterError.noSuchTask(word, tasks: tasks) }
      found.append((word, index - 1))
    }
    for (variable, first) in sources {
      guard let value = environment[variable], !value.isEmpty, value != "undefined", value != "\(first - 1)" else {
        continue
      }
      let word = ClusterError.TaskWord(source: variable, value: value)
      guard let index = Int(value) else { throw ClusterError.badTask(word, wanted: "a number") }
      guard index >= first, index - first < tasks else { throw ClusterError.noSuchTask(word, tasks: tasks) }
      found.append((word, index - first))
    }
    guard let task = found.first?.task else { throw ClusterError.noTask(job: job) }
    if let other = found.first(where: { $0.task != task }) {
      throw ClusterError.tasksDisagree([found[0].word, other.word])
    }
    return task
  }

  /// `0-7`, `1,4-6`: as arrays of Slurm have them.
  public static func text(_ tasks: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for task in tasks.sorted() {
      if let last = runs.last, task <= last.upperBound + 1 {
        runs[runs.count - 1] = last.lowerBound...max(task, last.upperBound)
      } else {
        runs.append(task...task)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
  }
}

import Cluster
import Testing

@Suite struct TaskIndexTests {
  private func found(_ environment: [String: String], shard: String? = nil, tasks: Int = 8) -> String {
    do {
      return "\(try TaskIndex.found(shard: shard, environment: environment, tasks: tasks, job: "job"))"
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    ("SLURM_ARRAY_TASK_ID", "0", "0"), ("SLURM_ARRAY_TASK_ID", "7", "7"), ("JOB_COMPLETION_INDEX", "3", "3"),
    ("PBS_ARRAY_INDEX", "3", "3"), ("LSB_JOBINDEX", "1", "0"), ("LSB_JOBINDEX", "8", "7"), ("SGE_TASK_ID", "4", "3"),
    ("AWS_BATCH_JOB_ARRAY_INDEX", "0", "0"), ("VIDMETRICS_SHARD", "3/8", "2"),
  ])
  func isWhatTheSchedulerSays(variable: String, value: String, task: String) {
    #expect(found([variable: value]) == task)
  }

  @Test func noArrayIsNoTask() {
    let none = """
      nothing says which task of `job` this is
      hint: --shard 1/8, or a scheduler's variable: VIDMETRICS_SHARD, SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, \
      PBS_ARRAY_INDEX, LSB_JOBINDEX, SGE_TASK_ID, AWS_BATCH_JOB_ARRAY_INDEX
      """
    #expect(found([:]) == none)
    #expect(found(["LSB_JOBINDEX": "0", "SGE_TASK_ID": "undefined", "SLURM_ARRAY_TASK_ID": ""]) == none)
  }

  @Test func messages() {
    #expect(
      found(["SLURM_ARRAY_TASK_ID": "2", "VIDMETRICS_SHARD": "5/8"])
        == "`VIDMETRICS_SHARD=5/8` and `SLURM_ARRAY_TASK_ID=2` are two tasks\nhint: unset what is left over from another job"
    )
    #expect(found(["SLURM_ARRAY_TASK_ID": "2"], shard: "3/8") == "2")
    #expect(
      found(["SLURM_ARRAY_TASK_ID": "8"])
        == "`SLURM_ARRAY_TASK_ID=8`: the plan has 8 tasks\nhint: the plan says how many there are, not the scheduler")
    #expect(
      found([:], shard: "3/9")
        == "`--shard 3/9`: the plan has 8 tasks\nhint: the plan says how many there are, not the scheduler")
    #expect(found([:], shard: "0/8") == "`--shard 0/8`: a part such as 3/8 is expected")
    #expect(found(["PBS_ARRAY_INDEX": "x"]) == "`PBS_ARRAY_INDEX=x`: a number is expected")
  }

  @Test func arraysAreShort() {
    #expect(TaskIndex.text([4, 6, 7, 8, 0]) == "0,4,6-8")
    #expect(TaskIndex.text([2]) == "2")
    #expect(TaskIndex.text([1, 2]) == "1-2")
  }
}

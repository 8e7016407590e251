import Foundation
import ProcessLimits
import Testing

/// Against the files of the kernel as cgroups(7) gives them.
@Suite struct ProcessLimitsTests {
  private func group(_ files: [String: String]) -> ControlGroup { ControlGroup { files[$0] } }

  @Test func theSmallestQuotaOfAllGroupsAboveCounts() {
    let job = group([
      "/proc/self/cgroup": "0::/slurm/job_7/step_0\n", "/sys/fs/cgroup/slurm/cpu.max": "800000 100000\n",
      "/sys/fs/cgroup/slurm/job_7/cpu.max": "250000 100000\n",
      "/sys/fs/cgroup/slurm/job_7/step_0/cpu.max": "max 100000\n",
      "/sys/fs/cgroup/slurm/job_7/memory.max": "4000000000\n", "/sys/fs/cgroup/slurm/job_7/step_0/memory.max": "max\n",
    ])
    #expect(job.processors == 3)
    #expect(job.memory == 4_000_000_000)
  }

  @Test func theFirstVersionIsReadToo() {
    let pod = group([
      "/proc/self/cgroup": "5:memory:/pod\n4:cpu,cpuacct:/pod\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/cpu/pod/cpu.cfs_quota_us": "200000\n", "/sys/fs/cgroup/cpu/pod/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/memory/pod/memory.limit_in_bytes": "512000000\n",
    ])
    #expect(pod.processors == 2)
    #expect(pod.memory == 512_000_000)
  }

  @Test(arguments: ["", "0::\n", "words", "0::/a:b\n", "4:cpu\n", "-1:x:/..\n"])
  func whatIsNotThereLimitsNothing(_ text: String) {
    let none = group([
      "/proc/self/cgroup": text, "/sys/fs/cgroup/cpu.max": "max\n", "/sys/fs/cgroup/memory.max": "max\n",
    ])
    #expect(none.processors == nil && none.memory == nil)
  }

  @Test func theBitsOfTheMaskAreProcessors() {
    #expect(
      ProcessLimits.affinity(status: "Name:\tvm\nCpus_allowed:\tf0,0000ff01\nCpus_allowed_list:\t0,8-15,36-39\n") == 13)
    #expect(ProcessLimits.affinity(status: "Name:\tvm\n") == nil)
  }

  @Test func theSmallestOfThreeCounts() {
    let quota = group(["/sys/fs/cgroup/cpu.max": "400000 100000"])
    func found(_ affinity: Int, _ group: ControlGroup, _ slurm: String?) -> Int {
      ProcessLimits.processors(
        affinity: affinity, group: group, environment: slurm.map { ["SLURM_CPUS_PER_TASK": $0] } ?? [:])
    }
    #expect(found(2, quota, "8") == 2)
    #expect(found(64, quota, nil) == 4)
    #expect(found(64, quota, "3") == 3)
    #expect(found(64, quota, "all") == 4)
    #expect(found(64, group([:]), "0") == 64)
    #expect(ProcessLimits.processors >= 1 && ProcessLimits.processors <= ProcessInfo.processInfo.processorCount)
    #expect(ProcessLimits.memory > 1_000_000 && ProcessLimits.memory <= ProcessInfo.processInfo.physicalMemory)
  }
}

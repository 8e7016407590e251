import Foundation

/// What this process may take of the machine: a job of a scheduler has a share of it.
public enum ProcessLimits {
  /// Threads that can run at once: the smallest of the affinity mask, the quota of the control group and
  /// `SLURM_CPUS_PER_TASK`. 1 at least.
  public static let processors = processors(
    affinity: affinity(status: contents("/proc/self/status")) ?? ProcessInfo.processInfo.activeProcessorCount,
    group: ControlGroup(read: contents), environment: ProcessInfo.processInfo.environment)

  /// Bytes: the memory of the machine, or the limit of the control group if that is less.
  public static var memory: Int {
    min(ControlGroup(read: contents).memory ?? .max, Int(clamping: ProcessInfo.processInfo.physicalMemory))
  }

  package static func processors(affinity: Int, group: ControlGroup, environment: [String: String]) -> Int {
    let slurm = environment["SLURM_CPUS_PER_TASK"].flatMap { Int($0) }
    return max(1, [affinity, group.processors, slurm].compactMap { $0 }.filter { $0 > 0 }.min() ?? 1)
  }

  private static func contents(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

  /// Processors that the kernel may run this process on: the bits of `Cpus_allowed`, hexadecimal words between commas
  /// (proc(5)). nil where there is no such line.
  package static func affinity(status: String?) -> Int? {
    let line = (status ?? "").split(whereSeparator: \.isNewline).first { $0.hasPrefix("Cpus_allowed:") }
    return line.map { $0.drop { $0 != ":" }.reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount } }
  }
}

/// What the control groups of a process (cgroups(7)) allow it, by reading the files of the kernel.
package struct ControlGroup {
  /// The text of a file; nil where it cannot be read.
  let read: (String) -> String?

  package init(read: @escaping (String) -> String?) { self.read = read }

  /// Processors of the smallest quota of the process's group and of all above it, rounded up; nil without one.
  ///
  /// Version 2: `cpu.max`, "quota period" or "max period". Version 1: `cpu.cfs_quota_us` (-1: none) and `cpu.cfs_period_us`.
  package var processors: Int? {
    let second = folders(controller: nil).compactMap { folder -> Int? in
      let words = read(folder + "/cpu.max")?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) } ?? []
      return words.count == 2 ? Self.processors(quota: words[0], period: words[1]) : nil
    }
    let first = folders(controller: "cpu").compactMap { folder -> Int? in
      guard let quota = number(folder + "/cpu.cfs_quota_us"), let period = number(folder + "/cpu.cfs_period_us") else {
        return nil
      }
      return Self.processors(quota: quota, period: period)
    }
    return (second + first).min()
  }

  /// Bytes of the smallest limit of the process's group and of all above it; nil without one. `memory.max`, in version 1
  /// `memory.limit_in_bytes`.
  package var memory: Int? {
    (folders(controller: nil).map { $0 + "/memory.max" }
      + folders(controller: "memory").map { $0 + "/memory.limit_in_bytes" }).compactMap(number).min()
  }

  private static func processors(quota: Int, period: Int) -> Int? {
    quota > 0 && period > 0 ? (quota - 1) / period + 1 : nil
  }

  private func number(_ path: String) -> Int? {
    read(path).flatMap { Int($0.split(whereSeparator: \.isWhitespace).first ?? "") }
  }

  /// The folders of the process's group and of those above it, the root's last.
  ///
  /// - Parameter controller: of version 1; nil for version 2. A line of `/proc/self/cgroup` is `ID:CONTROLLERS:/PATH`.
  private func folders(controller: String?) -> [String] {
    let root = "/sys/fs/cgroup" + (controller.map { "/" + $0 } ?? "")
    let lines = (read("/proc/self/cgroup") ?? "").split(whereSeparator: \.isNewline)
    let own = lines.lazy.compactMap { line -> Substring? in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return nil }
      let controllers = fields[1].split(separator: ",").map(String.init)
      return controller.map(controllers.contains) ?? (fields[0] == "0" && controllers.isEmpty) ? fields[2] : nil
    }.first
    var parts = (own ?? "/").split(separator: "/")
    var folders = [root]
    while !parts.isEmpty {
      folders.append(root + "/" + parts.joined(separator: "/"))
      parts.removeLast()
    }
    return folders
  }
}

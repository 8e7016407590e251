import Files
import Foundation

/// A process group that a run has started, so that a later run recognises it after the first was killed.
struct ProcessGroup: Equatable {
  let id: pid_t
  /// Clock ticks from the machine's start to the leader's; with the id it is one process's for good.
  let started: String

  /// nil where the leader is gone, or the system has no /proc.
  init?(id: pid_t) {
    guard id > 1, let started = Self.started(id) else { return nil }
    self.id = id
    self.started = started
  }

  /// The group that a file names, if its leader is still there.
  init?(file: String) {
    guard let bytes = FileManager.default.contents(atPath: file) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let id = pid_t(words[0]), let group = ProcessGroup(id: id), group.started == words[1] else {
      return nil
    }
    self = group
  }

  func write(to file: String) { try? WholeFile.write("\(id) \(started)\n", to: file) }

  /// Ends all of it: asks, waits two seconds, kills.
  func end() async {
    kill(-id, SIGTERM)
    for _ in 0..<100 where ProcessGroup(id: id) == self { await Pause.milliseconds(20) }
    kill(-id, SIGKILL)
  }

  /// Whether processes of the group beside its leader are at work. Where there is no /proc, it is not known and true.
  static func hasOthers(than leader: pid_t) -> Bool {
    guard let members = members(of: leader) else { return true }
    return members.contains { $0 != leader }
  }

  /// The largest resident set, in bytes, that a process of the group has had since it began its program; nil where there is
  /// no /proc.
  static func peakMemory(of group: pid_t) -> Int? {
    members(of: group)?.compactMap { id -> Int? in
      guard let bytes = FileManager.default.contents(atPath: "/proc/\(id)/status") else { return nil }
      let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }.max()
  }

  /// Those that are at work; nil where there is no /proc.
  private static func members(of group: pid_t) -> [pid_t]? {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc"), names.contains("self") else {
      return nil
    }
    return names.compactMap { pid_t($0) }.filter { id in
      // state, parent, group
      guard let fields = fields(id), fields.count > 2 else { return false }
      return fields[0] != "Z" && fields[2] == "\(group)"
    }
  }

  private static func started(_ id: pid_t) -> String? {
    guard let fields = fields(id), fields.count > 19, fields[0] != "Z" else { return nil }
    return fields[19]
  }

  /// Of /proc/ID/stat what stands behind the name, which may hold anything.
  private static func fields(_ id: pid_t) -> [String]? {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return nil }
    return text[text.index(after: end)...].split(separator: " ").map(String.init)
  }
}

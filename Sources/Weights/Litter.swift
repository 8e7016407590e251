import Foundation

/// What processes that were killed left in the folder of weights.
package enum Litter {
  /// The folder of a download.
  static func download(_ folder: String) -> String { "\(folder)/\(prefix)\(getpid())" }

  /// A file that is being written, to be called `path` when it is whole.
  package static func part(of path: String) -> String {
    "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max))\(suffix)"
  }

  /// Removes what belongs to no process and has not been touched for an hour: a process of another machine that shares
  /// the folder cannot be asked for. What cannot be removed stays.
  static func sweep(_ folder: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      let path = folder + "/" + name
      guard let process = process(of: name), kill(process, 0) != 0, errno == ESRCH, isOld(path) else { continue }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  private static let prefix = ".download-"
  private static let suffix = ".part"

  /// Nil for a name that is neither of the two.
  private static func process(of name: String) -> pid_t? {
    var digits: Substring?
    if name.hasPrefix(prefix) {
      digits = name.dropFirst(prefix.count)
    } else if name.hasSuffix(suffix) {
      digits = name.split(separator: ".").dropLast(2).last
    }
    return digits.flatMap { pid_t($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  private static func modified(_ status: stat) -> Int {
    #if canImport(Darwin)
      status.st_mtimespec.tv_sec
    #else
      status.st_mtim.tv_sec
    #endif
  }

  private static func isOld(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && time(nil) - modified(status) > 3600
  }
}

import Foundation

/// Paths of a suite: what is relative is so to the suite's folder.
enum SuitePaths {
  /// `../clips` in `Fixtures/suite` is `Fixtures/clips`; `~/` is the home folder.
  static func joined(_ folder: String, _ path: String) -> String {
    if path == "~" || path.hasPrefix("~/") { return NSHomeDirectory() + path.dropFirst() }
    return normal(path.hasPrefix("/") || folder.isEmpty ? path : folder + "/" + path)
  }

  /// Without `.`, doubled slashes, and `..` after a folder's name. Links are not looked at.
  static func normal(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    let text = parts.joined(separator: "/")
    return path.hasPrefix("/") ? "/" + text : text.isEmpty ? "." : text
  }

  static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : normal(FileManager.default.currentDirectoryPath + "/" + path)
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// What the shell's pattern matches, in the system's order.
  static func matches(_ pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
  }
}

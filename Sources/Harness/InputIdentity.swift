import Files
import Foundation

/// What tells the inputs of a generator apart from others under the same names.
enum InputIdentity {
  /// The size of a checkpoint's file and the time of its last change to the nanosecond, of what a link leads to; of a folder
  /// also the number of its files and a digest of their names, sizes and times. nil for what is not there.
  ///
  /// A checkpoint of some gigabytes is not read for this.
  static func stamp(_ path: String) -> String? {
    guard let own = facts(path) else { return nil }
    guard SuitePaths.isFolder(path) else { return own }
    let files = (try? files(of: path)) ?? []
    let lines = files.map { "\($0) \(facts(path + "/" + $0) ?? "-")\n" }
    return "\(own), \(files.count) files \(SHA256.digest(of: lines.joined()))"
  }

  /// As records of 0.1.0 hold it: in whole seconds, of a link itself, and of a folder without its files.
  static func stampBefore(_ path: String) -> String? {
    guard let facts = try? FileManager.default.attributesOfItem(atPath: path), let size = facts[.size] as? Int,
      let date = facts[.modificationDate] as? Date
    else { return nil }
    return "\(size) bytes of \(Int(date.timeIntervalSince1970))"
  }

  /// The digest of a picture's bytes; of a folder, of the names and bytes of its files.
  ///
  /// - Throws: `HarnessError.unreadable`.
  static func content(_ path: String) throws -> String {
    guard SuitePaths.isFolder(path) else { return try digest(path).description }
    let lines = try files(of: path).map { "\($0) \(try digest(path + "/" + $0))\n" }
    return SHA256.digest(of: lines.joined()).description
  }

  private static func digest(_ path: String) throws -> Digest {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw HarnessError.unreadable(path: path, reason: "it cannot be opened")
    }
    return bytes.withUnsafeBytes { SHA256.digest(of: $0) }
  }

  /// - Throws: `HarnessError.unreadable`.
  private static func files(of folder: String) throws -> [String] {
    let all: [String]
    do { all = try FileManager.default.subpathsOfDirectory(atPath: folder) } catch {
      throw HarnessError.unreadable(path: folder, reason: "its files cannot be listed")
    }
    return all.filter { !SuitePaths.isFolder(folder + "/" + $0) }.sorted()
  }

  private static func facts(_ path: String) -> String? {
    FileStatus(path).map { status in
      let nanoseconds = String(status.modified.tv_nsec + 1_000_000_000).dropFirst()
      return "\(status.size) bytes of \(status.modified.tv_sec).\(nanoseconds)"
    }
  }
}

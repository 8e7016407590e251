import Foundation

/// What the file system says about a file or folder; symbolic links are followed.
package struct FileStatus {
  package enum Kind { case file, folder, other }

  package let kind: Kind
  package let size: Int
  /// Tells one folder from another: device and inode.
  package let identity: String
  /// size|mtime|ctime|inode, times in nanoseconds: changes with the file's bytes, but for changes of the same size
  /// within one tick of the file system's clock.
  package let stamp: String
  /// When the bytes changed last.
  package let modified: timespec

  /// nil when there is nothing at `path`.
  package init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    default: kind = .other
    }
    size = Int(status.st_size)
    #if canImport(Glibc)
      let changed = status.st_ctim
      modified = status.st_mtim
    #else
      let changed = status.st_ctimespec
      modified = status.st_mtimespec
    #endif
    identity = "\(status.st_dev):\(status.st_ino)"
    stamp = "\(size)|\(Self.nanoseconds(modified))|\(Self.nanoseconds(changed))|\(status.st_ino)"
  }

  private static func nanoseconds(_ time: timespec) -> Int { Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec) }

  /// The names in a folder, without `.` and `..`, in no order.
  package static func names(in folder: String) throws -> [String] {
    guard let handle = opendir(folder) else { throw FilesError.unreadable(path: folder, reason: systemMessage()) }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

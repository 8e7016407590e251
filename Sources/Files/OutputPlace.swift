import Foundation

/// Where the bytes of an output go: what a path stands for when it is written.
///
/// A file is replaced whole, and a link goes on leading to it. A pipe, a device and an open descriptor are written to.
enum OutputPlace: Equatable {
  /// A regular file, or a name that nothing has yet, with no link in its last part.
  case file(String)
  /// `-`, `/dev/stdout`, `/dev/fd/N` and their like.
  case descriptor(Int32)
  /// A pipe, a device or a socket.
  case stream(String)

  /// As many links as the kernel follows.
  private static let mostLinks = 40

  /// - Throws: `FilesError.unwritable`.
  init(_ path: String) throws {
    if path == "-" {
      self = .descriptor(1)
      return
    }
    var place = path
    for _ in 0..<Self.mostLinks {
      if let number = Self.descriptor(place) {
        self = .descriptor(number)
        return
      }
      guard let target = Self.link(place) else {
        self = try Self.kind(place, asked: path)
        return
      }
      place = target.hasPrefix("/") ? target : Self.folder(of: place).map { $0 + "/" + target } ?? target
    }
    throw FilesError.unwritable(path: path, reason: systemMessage(ELOOP))
  }

  /// The folder that a path names its file in; nil: the working folder.
  static func folder(of path: String) -> String? {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func kind(_ place: String, asked path: String) throws -> OutputPlace {
    var status = stat()
    guard stat(place, &status) == 0 else {
      if let folder = folder(of: place), access(folder, F_OK) != 0, errno == ENOENT {
        throw FilesError.unwritable(path: path, reason: "there is no folder `\(folder)`")
      }
      return .file(place)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file(place)
    case S_IFDIR: throw FilesError.unwritable(path: path, reason: systemMessage(EISDIR))
    default: return .stream(place)
    }
  }

  /// A name of one of this process's own descriptors. What it leads to may be a pipe without a name, or a file that somebody
  /// else writes to as well, at its own place.
  private static func descriptor(_ path: String) -> Int32? {
    for folder in ["/dev/fd/", "/proc/self/fd/", "/proc/\(getpid())/fd/"] where path.hasPrefix(folder) {
      return Int32(path.dropFirst(folder.count))
    }
    switch path {
    case "/dev/stdout": return 1
    case "/dev/stderr": return 2
    default: return nil
    }
  }

  /// Where a link leads to; nil for anything else.
  private static func link(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.baseAddress.map { readlink(path, $0.assumingMemoryBound(to: CChar.self), bytes.count) } ?? -1
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}

import Files

/// Where the bytes of a video, a picture or an array come from, opened only while they are read.
enum ByteOrigin: Sendable {
  case file(path: String)
  case member(Archive, index: Int)

  func open() throws -> ByteRegion {
    switch self {
    case .file(let path): ByteRegion(try OpenFile(path))
    case .member(let archive, let index): try archive.open(index)
    }
  }

  /// The first `count` bytes at least, or all.
  func head(_ count: Int) throws -> [UInt8] {
    switch self {
    case .file: try open().bytes(at: 0, count: count)
    case .member(let archive, let index): try archive.head(index, count: count).bytes(at: 0, count: count)
    }
  }

  /// Of a member of an archive, as its index has it.
  var unpackedSize: Int? {
    switch self {
    case .file: nil
    case .member(let archive, let index): archive.members[index].size
    }
  }

  /// As `open`, for bytes that are read again and again at many places: never held in memory.
  func openSpooled() throws -> ByteRegion {
    switch self {
    case .file: try open()
    case .member(let archive, let index): try archive.openSpooled(index)
    }
  }

  /// path|size|mtime|ctime|inode of the file on disk, and the member's place and name; nil when the file has gone.
  var stamp: String? {
    switch self {
    case .file(let path): FileStatus(path).map { "\(path)|\($0.stamp)" }
    case .member(let archive, let index):
      FileStatus(archive.path).map { "\(archive.path)|\($0.stamp)|\(index)|\(archive.members[index].name)" }
    }
  }

  /// Bytes; 0 when the file has gone.
  var size: Int {
    switch self {
    case .file(let path): FileStatus(path)?.size ?? 0
    case .member(let archive, let index): archive.members[index].size
    }
  }

  /// The path that error messages name.
  var path: String {
    switch self {
    case .file(let path): path
    case .member(let archive, let index): archive.path + "/" + archive.members[index].name
    }
  }
}

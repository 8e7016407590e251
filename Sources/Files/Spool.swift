import Foundation

/// A temporary file in $TMPDIR (or /tmp) that has no name: it is gone when the last holder lets go, however that ends.
struct Spool {
  private let file: OpenFile
  private let descriptor: Int32
  private let path: String

  /// `path` is what is being unpacked.
  init(path: String) throws {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((folder + "/vidmetrics-XXXXXX").utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw FilesError.noSpool(path: path, reason: "`\(folder)`: \(systemMessage())") }
    unlink(template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    file = try OpenFile(adopting: descriptor, path: path)
    self.path = path
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let put = write(descriptor, base + done, bytes.count - done)
      if put < 0 {
        if errno == EINTR { continue }
        throw FilesError.noSpool(path: path, reason: systemMessage())
      }
      done += put
    }
  }

  /// The file, for reading.
  func finish() throws -> OpenFile {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw FilesError.noSpool(path: path, reason: systemMessage()) }
    return try OpenFile(adopting: copy, path: path)
  }

  // What is unpacked to more than `freely` bytes may have `mostGrowth` times those that it is packed in: videos and pictures
  // hardly shrink when they are packed, and a file of nothing but zeros becomes a thousand times as large.
  private static let freely = 1 << 28
  private static let mostGrowth = 100

  /// - Throws: `FilesError.growsTooMuch`.
  static func check(_ size: Int, packed: Int, path: String) throws {
    guard size > freely, size / mostGrowth >= max(1, packed) else { return }
    throw FilesError.growsTooMuch(path: path, packed: packed, limit: max(freely, packed * mostGrowth))
  }

  /// Unpacks a compressed file.
  ///
  /// - Throws: `FilesError.growsTooMuch`, `.malformed`, `.noSpool`.
  static func unpack(_ region: ByteRegion) throws -> OpenFile {
    let spool = try Spool(path: region.label)
    var size = 0
    func append(_ bytes: UnsafeRawBufferPointer) throws {
      size += bytes.count
      try check(size, packed: region.count, path: region.label)
      try spool.append(bytes)
    }
    if try Gzip.isGzip(region) {
      try Gzip.unpack(region, append)
      return try spool.finish()
    }
    let reader = try ArchiveReader(region, format: .raw)
    guard try reader.nextHeader() != nil else {
      throw FilesError.malformed(path: region.label, .archive(reason: "it is empty"))
    }
    while try reader.readData(append) > 0 {}
    return try spool.finish()
  }
}

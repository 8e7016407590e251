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

  /// Unpacks a compressed file.
  static func unpack(_ region: ByteRegion) throws -> OpenFile {
    let spool = try Spool(path: region.label)
    if try Gzip.isGzip(region) {
      try Gzip.unpack(region) { try spool.append($0) }
      return try spool.finish()
    }
    let reader = try ArchiveReader(region, format: .raw)
    guard try reader.nextHeader() != nil else {
      throw FilesError.malformed(path: region.label, .archive(reason: "it is empty"))
    }
    while try reader.readData({ try spool.append($0) }) > 0 {}
    return try spool.finish()
  }
}

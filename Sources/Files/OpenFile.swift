import Foundation

/// A file opened for reading at any place, closed when the last holder lets go.
package final class OpenFile: Sendable {
  package let path: String
  package let size: Int
  /// Not a folder, a device or a pipe.
  package let isRegular: Bool
  let descriptor: Int32

  /// - Throws: `FilesError.unreadable`.
  package convenience init(_ path: String) throws {
    // A pipe without a writer would block.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw FilesError.unreadable(path: path, reason: systemMessage()) }
    try self.init(adopting: descriptor, path: path)
  }

  /// Takes over `descriptor`.
  init(adopting descriptor: Int32, path: String) throws {
    self.descriptor = descriptor
    self.path = path
    var status = stat()
    let failed = fstat(descriptor, &status) != 0
    size = failed ? 0 : Int(status.st_size)
    isRegular = status.st_mode & S_IFMT == S_IFREG
    if failed { throw FilesError.unreadable(path: path, reason: systemMessage()) }
  }

  deinit { close(descriptor) }

  /// Reads up to `buffer.count` bytes at `offset`; fewer only at the end of the file.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      let got = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if got < 0 {
        if errno == EINTR { continue }
        throw FilesError.unreadable(path: path, reason: systemMessage())
      }
      if got == 0 { break }
      done += got
    }
    return done
  }
}

import Digests
import Foundation

/// Writes a new file and renames it into place.
final class FileWriter {
  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw WeightsError.unwritable(path: path, reason: systemMessage()) }
  }

  deinit { close(descriptor) }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let written = Foundation.write(descriptor, base, rest.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw WeightsError.unwritable(path: path, reason: systemMessage()) }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// Flushes, and gives the file its name.
  func finish(as name: String) throws {
    guard fsync(descriptor) == 0, rename(path, name) == 0 else {
      throw WeightsError.unwritable(path: name, reason: systemMessage())
    }
  }
}

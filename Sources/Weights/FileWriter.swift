import Digests
import Files
import Foundation

/// Writes a new file and renames it into place.
package final class FileWriter {
  private let path: String
  private let descriptor: Int32

  package init(_ path: String, for target: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FilesError.unwritable(path: target, reason: systemMessage()) }
  }

  deinit { close(descriptor) }

  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let written = Foundation.write(descriptor, base, rest.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw FilesError.unwritable(path: path, reason: systemMessage()) }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// Flushes, and gives the file its name. Unless `replacing`, a file that has the name already is an error.
  package func finish(as name: String, replacing: Bool = true) throws {
    guard fsync(descriptor) == 0, replacing ? rename(path, name) == 0 : give(name) else {
      throw FilesError.unwritable(path: name, reason: systemMessage())
    }
  }

  /// A second name, which is refused where the name is taken, and then the first one goes. Some file systems have no
  /// second names; there a file that appears within the same moment is replaced.
  private func give(_ name: String) -> Bool {
    if link(path, name) == 0 { return unlink(path) == 0 }
    guard [EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS].contains(errno), access(name, F_OK) != 0 else { return false }
    return rename(path, name) == 0
  }
}

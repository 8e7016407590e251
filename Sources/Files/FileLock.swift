import Foundation

/// A file that one process at a time holds; the system lets go of it with the process.
package final class FileLock {
  private var descriptor: Int32

  /// Makes the file where it is not there. File systems without locks: nothing is held, and that is no error.
  ///
  /// - Returns: nil where another holds it.
  /// - Throws: `FilesError.unwritable`.
  package init?(_ path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FilesError.unwritable(path: path, reason: systemMessage()) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(descriptor)
      descriptor = -1
      return nil
    }
  }

  /// Unlocks before it closes: a child that another thread starts at this moment has a copy of the descriptor until its own
  /// program begins, and would hold the lock for so long.
  package func release() {
    guard descriptor >= 0 else { return }
    flock(descriptor, LOCK_UN)
    close(descriptor)
    descriptor = -1
  }

  deinit { release() }
}

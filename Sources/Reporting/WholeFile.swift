import Digests
import Foundation

/// Files that are there whole or not at all.
public enum WholeFile {
  /// Writes beside the target, then gives it the target's name; folders on the way are made.
  ///
  /// - Throws: `ReportError.unwritable`; what stood there before is left alone.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty {
      do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
        throw ReportError.unwritable(path: path, reason: "the folder `\(folder)` cannot be made")
      }
    }
    let temporary = path + ".\(UUID().uuidString.prefix(8)).part"
    func fail() -> ReportError {
      let reason = systemMessage()
      unlink(temporary)
      return .unwritable(path: path, reason: reason)
    }
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666)
    guard descriptor >= 0 else { throw fail() }
    var done = 0
    while done < bytes.count {
      let put = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress! + done, bytes.count - done) }
      if put < 0 {
        if errno == EINTR { continue }
        let error = fail()
        close(descriptor)
        throw error
      }
      done += put
    }
    let synced = fsync(descriptor)
    guard close(descriptor) == 0, synced == 0, rename(temporary, path) == 0 else { throw fail() }
  }

  public static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

  /// Adds to the end of a file that others write to as well; it is made if it is not there.
  ///
  /// - Throws: `ReportError.unwritable`.
  public static func append(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw ReportError.unwritable(path: path, reason: systemMessage()) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard bytes.withUnsafeBytes({ Foundation.write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else {
      throw ReportError.unwritable(path: path, reason: systemMessage())
    }
  }
}

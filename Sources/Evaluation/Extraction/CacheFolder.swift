import Digests
import Foundation
import Synchronization

/// A folder of small checksummed files, each written in one step, so that a reader never sees half of one.
///
/// An entry is `payload`, then the 64 hexadecimal digits of a SHA-256 over its kind, its key and the payload. An entry that does
/// not match its checksum counts as absent: a damaged one, and one that lies under another key than it was written for. Values of this type may be used from several threads and several processes at once.
public final class CacheFolder: Sendable {
  public let path: String
  private let state = Mutex(State())

  private struct State {
    var failure: String?
    var folders: Set<String> = []
  }

  public init(path: String) { self.path = path }

  /// The root of everything that is kept.
  public static func defaultPath(environment: [String: String]) -> String { CacheRoot.path(environment: environment) }

  /// Why the first entry that could not be written was not; nil if all were.
  public var failure: String? { state.withLock { $0.failure } }

  /// The payload of an entry; nil if there is none or it is damaged.
  package func read(_ kind: String, _ key: Digest) -> [UInt8]? {
    guard let bytes = Self.contents(of: file(kind, key)), bytes.count >= Self.digits else { return nil }
    let payload = bytes.count - Self.digits
    let sum = bytes.withUnsafeBytes { Self.sum(kind, key, UnsafeRawBufferPointer(rebasing: $0[..<payload])) }
    guard bytes[payload...].elementsEqual(sum.hex.utf8) else { return nil }
    return Array(bytes[..<payload])
  }

  /// Writes an entry. A folder that cannot be written is remembered in `failure` and is not an error.
  package func write(_ kind: String, _ key: Digest, _ payload: [UInt8]) {
    let sum = payload.withUnsafeBytes { Self.sum(kind, key, $0) }
    let target = file(kind, key)
    do {
      try makeFolder(String(target.prefix(upTo: target.lastIndex(of: "/") ?? target.endIndex)))
      let temporary = "\(target).\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
      try Self.write(payload + Array(sum.hex.utf8), to: temporary)
      guard rename(temporary, target) == 0 else {
        let failure = CacheFailure(path: target)
        unlink(temporary)
        throw failure
      }
    } catch {
      state.withLock { if $0.failure == nil { $0.failure = "\(error)" } }
    }
  }

  private static let digits = 64

  private static func sum(_ kind: String, _ key: Digest, _ payload: UnsafeRawBufferPointer) -> Digest {
    var hasher = SHA256()
    hasher.update("\(kind)\n\(key.hex)\n")
    hasher.update(payload)
    return hasher.finish()
  }

  private func file(_ kind: String, _ key: Digest) -> String { "\(path)/\(kind)/\(key.hex.prefix(2))/\(key.hex)" }

  private func makeFolder(_ folder: String) throws {
    if state.withLock({ $0.folders.contains(folder) }) { return }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CacheFailure(path: folder, reason: (error as NSError).localizedDescription)
    }
    sweep(folder)
    state.withLock { _ = $0.folders.insert(folder) }
  }

  /// Removes the unfinished entries of a folder that are older than a day: whoever wrote them was killed.
  private func sweep(_ folder: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasSuffix(".tmp") {
      let file = folder + "/" + name
      let modified = (try? FileManager.default.attributesOfItem(atPath: file))?[.modificationDate] as? Date
      if let modified, modified.timeIntervalSinceNow < -86_400 { unlink(file) }
    }
  }

  private static func contents(of path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size > 0, status.st_size < 1 << 24 else { return nil }
    let size = Int(status.st_size)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      filled = 0
      while filled < size {
        let got = Foundation.read(descriptor, buffer.baseAddress.map { $0 + filled }, size - filled)
        if got <= 0 { break }
        filled += got
      }
    }
    return bytes.count == size ? bytes : nil
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw CacheFailure(path: path) }
    var done = 0
    while done < bytes.count {
      let put = bytes.withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if put <= 0 {
        let failure = CacheFailure(path: path)
        close(descriptor)
        unlink(path)
        throw failure
      }
      done += put
    }
    guard close(descriptor) == 0 else { throw CacheFailure(path: path) }
  }
}

/// Why an entry could not be written: the file or folder, and the system's words.
private struct CacheFailure: Error, CustomStringConvertible {
  let path: String
  let reason: String

  init(path: String, reason: String? = nil) {
    self.path = path
    self.reason = reason ?? systemMessage()
  }

  var description: String { "`\(path)`: \(reason)" }
}

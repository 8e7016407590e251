import Files
import Synchronization

/// A folder of small checksummed files, each written in one step, so that a reader never sees half of one.
///
/// An entry is `payload`, then the 64 hexadecimal digits of a SHA-256 over its kind, its key and the payload. An entry that does
/// not match its checksum counts as absent: a damaged one, and one that lies under another key than it was written for. Values
/// of this type may be used from several threads and several processes at once.
public final class CacheFolder: Sendable {
  public let path: String
  private let state = Mutex(State())

  private struct State {
    var failure: String?
    var folders: Set<String> = []
  }

  /// Where entries go that are work in progress.
  private let journal: WorkJournal?

  public init(path: String) {
    self.path = path
    journal = nil
  }

  /// A cache of one piece of work, which a process that is ended leaves to the next: a few files that grow, and not two for
  /// every clip.
  ///
  /// - Throws: `FilesError.unwritable`.
  public init(journalIn folder: String) throws {
    path = folder
    journal = try WorkJournal(folder: folder)
  }

  /// Entries of a journal, those that earlier processes left and those of this one.
  public var journalled: Int { journal?.count ?? 0 }

  /// The root of everything that is kept.
  public static func defaultPath(environment: [String: String]) -> String { CacheRoot.path(environment: environment) }

  /// Why the first entry that could not be written was not; nil if all were.
  public var failure: String? { journal?.failure ?? state.withLock { $0.failure } }

  /// The payload of an entry; nil if there is none or it is damaged.
  package func read(_ kind: String, _ key: Digest) -> [UInt8]? {
    if let journal { return journal.read(kind, key.hex) }
    guard let bytes = Self.contents(of: file(kind, key)), bytes.count >= Self.digits else { return nil }
    let payload = bytes.count - Self.digits
    let sum = bytes.withUnsafeBytes { Self.sum(kind, key, UnsafeRawBufferPointer(rebasing: $0[..<payload])) }
    guard bytes[payload...].elementsEqual(sum.hex.utf8) else { return nil }
    return Array(bytes[..<payload])
  }

  /// Writes an entry. A folder that cannot be written is remembered in `failure` and is not an error.
  package func write(_ kind: String, _ key: Digest, _ payload: [UInt8]) {
    if let journal { return journal.write(kind, key.hex, payload) }
    let sum = payload.withUnsafeBytes { Self.sum(kind, key, $0) }
    let target = file(kind, key)
    do {
      try makeFolder(String(target.prefix(upTo: target.lastIndex(of: "/") ?? target.endIndex)))
      try WholeFile.write(target, isDurable: false) { writer in
        try (payload + Array(sum.hex.utf8)).withUnsafeBytes { try writer.write($0) }
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
    try WholeFile.makeFolder(folder)
    WholeFile.sweep(folder)
    state.withLock { _ = $0.folders.insert(folder) }
  }

  /// Entries are small.
  private static func contents(of path: String) -> [UInt8]? {
    guard let file = try? OpenFile(path), file.isRegular, file.size < 1 << 24 else { return nil }
    return try? ByteRegion(file).array()
  }
}

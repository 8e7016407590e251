import Files
import Synchronization

/// A folder of small checksummed entries, in files that hold many of them (`EntryPacks`).
///
/// An entry that does not match its checksum counts as absent: a damaged one, and one that lies under another key than it was
/// written for. Values of this type may be used from several threads, and folders from several processes and machines, at once.
public final class CacheFolder: Sendable {
  public let path: String
  private let packs: EntryPacks
  /// Whether an earlier version wrote here.
  private let hasOlder: Bool
  private let firstFailure = Mutex<String?>(nil)
  private let count = Atomic<Int>(0)

  public init(path: String) {
    self.path = path
    packs = EntryPacks(path + "/packs")
    // A folder of its own for each kind.
    hasOlder = ((try? FileStatus.names(in: path)) ?? []).contains { !["packs", "weights"].contains($0) }
  }

  /// The root of everything that is kept.
  public static func defaultPath(environment: [String: String]) -> String { CacheRoot.path(environment: environment) }

  /// Why the first entry that could not be written was not; nil if all were.
  public var failure: String? { firstFailure.withLock { $0 } }

  /// Entries that were written through this value.
  package var written: Int { count.load(ordering: .relaxed) }

  /// The payload of an entry; nil if there is none or it is damaged.
  package func read(_ kind: String, _ key: Digest) -> [UInt8]? {
    packs.read(Self.name(kind, key)) ?? (hasOlder ? older(kind, key) : nil)
  }

  /// Writes an entry. A folder that cannot be written is remembered in `failure` and is not an error.
  package func write(_ kind: String, _ key: Digest, _ payload: [UInt8]) {
    do {
      try packs.write(Self.name(kind, key), payload)
      count.add(1, ordering: .relaxed)
    } catch {
      firstFailure.withLock { if $0 == nil { $0 = "\(error)" } }
    }
  }

  private static func name(_ kind: String, _ key: Digest) -> Digest { SHA256.digest(of: "\(kind)\n\(key.hex)\n") }
}

// Of versions up to 0.2.0: a file for each entry, `payload`, then the 64 hexadecimal digits of a SHA-256 over its kind, its key
// and the payload.
extension CacheFolder {
  private static let digits = 64

  /// An entry that an earlier version wrote; it is taken over.
  private func older(_ kind: String, _ key: Digest) -> [UInt8]? {
    guard let bytes = Self.contents(of: "\(path)/\(kind)/\(key.hex.prefix(2))/\(key.hex)"), bytes.count >= Self.digits
    else { return nil }
    let payload = Array(bytes.dropLast(Self.digits))
    var hasher = SHA256()
    hasher.update("\(kind)\n\(key.hex)\n")
    payload.withUnsafeBytes { hasher.update($0) }
    guard bytes[payload.count...].elementsEqual(hasher.finish().hex.utf8) else { return nil }
    write(kind, key, payload)
    return payload
  }

  /// Entries are small.
  private static func contents(of path: String) -> [UInt8]? {
    guard let file = try? OpenFile(path), file.isRegular, file.size < 1 << 24 else { return nil }
    return try? ByteRegion(file).array()
  }
}

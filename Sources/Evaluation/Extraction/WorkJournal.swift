import Files
import Foundation
import Synchronization

/// Work in progress that outlives its process: entries that one process after the other adds to files of its own in one folder,
/// each file growing at its end only. Two files for every clip, as a cache has them, would be millions of small ones on a file
/// system that many machines share.
///
/// An entry is the lengths of kind, key and payload (4, 4 and 8 bytes, little-endian), these three, and the SHA-256 over
/// them in hexadecimal digits. A reader stops at the first entry that is not whole: what a killed process was writing.
final class WorkJournal: Sendable {
  private struct Key: Hashable {
    let kind: String
    let key: String
  }

  private struct Place {
    let file: OpenFile
    let offset: Int
    let count: Int
  }

  private struct State {
    var places: [Key: Place] = [:]
    var writer: FileHandle?
    /// Entries of this process.
    var own = 0
    var failure: String?
    var synced = ContinuousClock().now
  }

  private let state = Mutex(State())
  private let folder: String

  private static let ending = ".journal"
  private static let head = 16
  private static let digits = 64
  /// What a crash of the machine may lose.
  private static let pause = Duration.seconds(60)

  /// Reads what the processes before this one have left.
  ///
  /// - Throws: `FilesError.unwritable`.
  init(folder: String) throws {
    self.folder = folder
    try WholeFile.makeFolder(folder)
    let names = try FileStatus.names(in: folder).filter { $0.hasSuffix(Self.ending) }.sorted()
    var places: [Key: Place] = [:]
    for name in names {
      guard let file = try? OpenFile(folder + "/" + name), file.isRegular else { continue }
      try? Self.read(file) { places[$0] = $1 }
    }
    state.withLock { $0.places = places }
  }

  var failure: String? { state.withLock { $0.failure } }
  var count: Int { state.withLock { $0.places.count + $0.own } }

  /// An entry that an earlier process has left. What this one writes it has at hand, and it is not held here as well.
  func read(_ kind: String, _ key: String) -> [UInt8]? {
    let place = state.withLock { $0.places[Key(kind: kind, key: key)] }
    return place.flatMap { try? ByteRegion($0.file).bytes(at: $0.offset, count: $0.count) }
  }

  func write(_ kind: String, _ key: String, _ payload: [UInt8]) {
    let entry = Self.entry(kind, key, payload)
    state.withLock { state in
      guard state.failure == nil else { return }
      do {
        let writer = try state.writer ?? open()
        state.writer = writer
        try writer.write(contentsOf: Data(entry))
        state.own += 1
        let now = ContinuousClock().now
        if now - state.synced > Self.pause {
          try writer.synchronize()
          state.synced = now
        }
      } catch { state.failure = "\(error)" }
    }
  }

  private func open() throws -> FileHandle {
    let random = String(UInt32.random(in: 0...UInt32.max), radix: 16)
    let path = "\(folder)/\(getpid())-\(random)\(Self.ending)"
    try WholeFile.write([], to: path)
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw FilesError.unwritable(path: path, reason: "it cannot be opened")
    }
    return handle
  }

  private static func entry(_ kind: String, _ key: String, _ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(head + kind.utf8.count + key.utf8.count + payload.count + digits)
    withUnsafeBytes(of: UInt32(kind.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: UInt32(key.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: UInt64(payload.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes += Array(kind.utf8) + Array(key.utf8) + payload
    return bytes + Array(bytes.withUnsafeBytes { SHA256.digest(of: $0) }.hex.utf8)
  }

  private static func read(_ file: OpenFile, _ take: (Key, Place) -> Void) throws {
    let region = ByteRegion(file)
    var place = 0
    while place + head <= region.count {
      let lengths = try region.bytes(at: place, count: head)
      let (kind, key, payload) = lengths.withUnsafeBytes { bytes in
        (
          Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self))),
          Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))),
          UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
      }
      guard kind < 1 << 10, key < 1 << 10, payload < 1 << 28 else { return }
      let whole = head + kind + key + Int(payload)
      guard place + whole + digits <= region.count else { return }
      let bytes = try region.bytes(at: place, count: whole + digits)
      let sum = bytes[..<whole].withUnsafeBytes { SHA256.digest(of: $0) }
      guard bytes[whole...].elementsEqual(sum.hex.utf8) else { return }
      take(
        Key(
          kind: String(decoding: bytes[head..<head + kind], as: UTF8.self),
          key: String(decoding: bytes[head + kind..<head + kind + key], as: UTF8.self)),
        Place(file: file, offset: place + head + kind + key, count: Int(payload)))
      place += whole + digits
    }
  }
}

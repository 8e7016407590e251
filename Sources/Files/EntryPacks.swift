import Foundation
import Synchronization

/// A folder of packs of entries, for many processes on one or several machines at once.
///
/// Each process that writes has a pack of its own, so that no two write one file. Packs whose writers have ended are put together
/// once there are many, so that a folder has few files whatever the number of entries and of runs.
package final class EntryPacks: Sendable {
  /// Ended packs of at most `small` bytes that a folder may have before they are put together.
  private static let mostSmall = 8
  private static let small = 64 << 20
  private static let mostOpen = 256

  private let folder: String
  private let state = Mutex(State())

  /// The writer is only touched with the lock held.
  private struct State: @unchecked Sendable {
    var packs: [EntryPack]?
    var writer: PackWriter?
  }

  package init(_ folder: String) { self.folder = folder }

  /// The payload of an entry; nil if there is none or it is damaged. Of what other processes write, that is found which was
  /// there at the first call.
  package func read(_ key: Digest) -> [UInt8]? {
    let name = EntryPack.Name(key)
    let (packs, own) = state.withLock { state in
      let packs = state.packs ?? Self.packs(in: folder)
      state.packs = packs
      return (packs, state.writer?.payload(name))
    }
    if let own { return own }
    for pack in packs { if let payload = pack.payload(name) { return payload } }
    return nil
  }

  /// Writes an entry; one of more than 16 MiB is not kept.
  ///
  /// - Throws: `FilesError.unwritable`.
  package func write(_ key: Digest, _ payload: [UInt8]) throws {
    guard payload.count <= EntryPack.longest else { return }
    try state.withLock { state in
      let writer = try state.writer ?? begin()
      state.writer = writer
      try writer.write(EntryPack.Name(key), payload)
    }
  }

  private func begin() throws -> PackWriter {
    try WholeFile.makeFolder(folder)
    WholeFile.sweep(folder)
    gather()
    return try PackWriter("\(folder)/\(Self.newName())")
  }

  private static func newName() -> String {
    var host = [CChar](repeating: 0, count: 256)
    gethostname(&host, host.count - 1)
    let name = host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return "\(String(decoding: name, as: UTF8.self)).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).pack"
  }

  private static func paths(in folder: String) -> [String] {
    ((try? FileStatus.names(in: folder)) ?? []).filter { $0.hasSuffix(".pack") }.sorted().map { folder + "/" + $0 }
  }

  private static func packs(in folder: String) -> [EntryPack] {
    paths(in: folder).enumerated().compactMap { EntryPack($1, staysOpen: $0 < mostOpen) }
  }

  /// Puts small packs together whose writers have ended, and gives large ones their index. One process at a time does this; what
  /// goes wrong leaves the packs as they are.
  private func gather() {
    guard let lock = try? FileLock(folder + "/lock") else { return }
    defer { lock.release() }
    var ended: [(pack: EntryPack, descriptor: Int32)] = []
    defer { for (_, descriptor) in ended { close(descriptor) } }
    for path in Self.paths(in: folder) {
      guard let status = FileStatus(path), let descriptor = Self.unused(path, status) else { continue }
      // A large one that has its index is left alone: of millions of entries the index alone is hundreds of megabytes.
      guard status.size <= Self.small || !EntryPack.endsInIndex(path), let pack = EntryPack(path, staysOpen: false)
      else {
        close(descriptor)
        continue
      }
      if status.size > Self.small {
        try? EntryPack.index(pack.places).withUnsafeBytes {
          try FileWriter.write($0, to: descriptor, target: path)
        }
        close(descriptor)
      } else {
        ended.append((pack, descriptor))
      }
    }
    guard ended.count > Self.mostSmall else { return }
    do {
      try WholeFile.write("\(folder)/\(Self.newName())", replacing: false) { writer in
        var places: [EntryPack.Name: Int] = [:]
        var size = EntryPack.head.count
        try EntryPack.head.withUnsafeBytes { try writer.write($0) }
        for (pack, _) in ended {
          for place in pack.places where places[place.name] == nil {
            guard let payload = pack.payload(place.name) else { continue }
            let entry = EntryPack.entry(place.name, payload)
            try entry.withUnsafeBytes { try writer.write($0) }
            places[place.name] = size
            size += entry.count
          }
        }
        let index = EntryPack.index(places.map { EntryPack.Place(name: $0.key, offset: $0.value) })
        try index.withUnsafeBytes { try writer.write($0) }
      }
    } catch { return }
    for (pack, _) in ended { unlink(pack.path) }
  }

  /// A pack that nobody writes any more, opened and locked; nil for one whose writer lives.
  private static func unused(_ path: String, _ status: FileStatus) -> Int32? {
    let descriptor = open(path, O_RDWR | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
    // Without locks, a pack that has not changed for an hour.
    if errno != EWOULDBLOCK, time(nil) - status.modified.tv_sec > 3600 { return descriptor }
    close(descriptor)
    return nil
  }
}

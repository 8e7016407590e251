import Foundation

/// Many small entries in one file that only grows: what a folder of as many files would be, without their inodes.
///
/// A pack is the line `vidmetrics pack`, then entries: name (32 bytes), length of the payload (UInt32, little endian), payload,
/// SHA-256 over name and payload. Behind them a pack that nobody writes any more may have an index: for each entry name and
/// place (UInt64, little endian), by rising names; SHA-256 over these; their number (UInt64); `vidmetrics index`.
///
/// A writer that is killed leaves at most its last entry unfinished, and readers stop before it. An entry that does not match its
/// checksum counts as absent, and so does one under another name than it was written for.
struct EntryPack: Sendable {
  static let head = Array("vidmetrics pack\n".utf8)
  private static let foot = Array("vidmetrics index".utf8)
  /// Longer payloads are not kept.
  static let longest = 1 << 24

  /// 32 bytes by which an entry is found.
  struct Name: Hashable, Comparable, Sendable {
    static let size = 32
    private let a, b, c, d: UInt64

    init(_ bytes: UnsafeRawBufferPointer) {
      func word(_ index: Int) -> UInt64 {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
      }
      (a, b, c, d) = (word(0), word(1), word(2), word(3))
    }

    init(_ digest: Digest) { self = digest.bytes.withUnsafeBytes { Name($0) } }

    static func < (x: Name, y: Name) -> Bool { (x.a, x.b, x.c, x.d) < (y.a, y.b, y.c, y.d) }

    var bytes: [UInt8] { [a, b, c, d].flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } } }
  }

  /// Where an entry begins.
  struct Place: Comparable, Sendable {
    static let size = Name.size + 8
    let name: Name
    let offset: Int

    static func < (x: Place, y: Place) -> Bool { (x.name, x.offset) < (y.name, y.offset) }
  }

  let path: String
  /// nil: opened for each entry that is read.
  private let file: OpenFile?
  /// By rising names; of one name by rising places.
  let places: [Place]

  /// Finds the entries of a pack without reading their payloads; nil for what is not a pack.
  ///
  /// Complexity: the index is read; without one, all of the pack.
  ///
  /// - Parameter staysOpen: a process has few descriptors, and a folder may have many packs.
  init?(_ path: String, staysOpen: Bool) {
    guard let file = try? OpenFile(path), file.isRegular,
      Self.bytes(of: file, at: 0, count: Self.head.count) == Self.head
    else { return nil }
    self.path = path
    self.file = staysOpen ? file : nil
    places = Self.index(of: file) ?? Self.scanned(file)
  }

  /// Whether the last bytes are those of an index, which is not read.
  static func endsInIndex(_ path: String) -> Bool {
    guard let file = try? OpenFile(path) else { return false }
    return bytes(of: file, at: file.size - foot.count, count: foot.count) == foot
  }

  /// The payload of the newest whole entry of that name; nil without one.
  func payload(_ name: Name) -> [UInt8]? {
    var (low, high) = (places.startIndex, places.endIndex)
    while low < high {
      let middle = (low + high) / 2
      if places[middle].name < name { low = middle + 1 } else { high = middle }
    }
    let own = places[low...].prefix { $0.name == name }
    guard !own.isEmpty, let file = file ?? (try? OpenFile(path)) else { return nil }
    for place in own.reversed() { if let payload = Self.payload(of: place, in: file) { return payload } }
    return nil
  }

  static func payload(of place: Place, in file: OpenFile) -> [UInt8]? {
    let start = bytes(of: file, at: place.offset, count: Name.size + 4)
    guard let (name, count) = header(start), name == place.name else { return nil }
    let rest = bytes(of: file, at: place.offset + start.count, count: count + Name.size)
    guard rest.count == count + Name.size else { return nil }
    let payload = Array(rest[..<count])
    return sum(name, payload) == Array(rest[count...]) ? payload : nil
  }

  /// The bytes of an entry in a pack.
  static func entry(_ name: Name, _ payload: [UInt8]) -> [UInt8] {
    name.bytes + withUnsafeBytes(of: UInt32(payload.count).littleEndian) { Array($0) } + payload + sum(name, payload)
  }

  /// The bytes of an index.
  static func index(_ places: [Place]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(places.count * Place.size + 64)
    for place in places.sorted() { bytes += place.name.bytes + littleEndian(place.offset) }
    let sum = bytes.withUnsafeBytes { SHA256.digest(of: $0) }.bytes
    return bytes + sum + littleEndian(places.count) + foot
  }

  private static func index(of file: OpenFile) -> [Place]? {
    let end = bytes(of: file, at: file.size - 56, count: 56)
    guard end.count == 56, Array(end[40...]) == foot else { return nil }
    let count = end.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 32, as: UInt64.self)) }
    guard count <= UInt64(file.size / Place.size) else { return nil }
    let size = Int(count) * Place.size
    let index = bytes(of: file, at: file.size - 56 - size, count: size)
    guard index.count == size, index.withUnsafeBytes({ SHA256.digest(of: $0) }).bytes == Array(end[..<32]) else {
      return nil
    }
    return index.withUnsafeBytes { bytes in
      (0..<Int(count)).map { number in
        let start = number * Place.size
        return Place(
          name: Name(UnsafeRawBufferPointer(rebasing: bytes[start..<start + Name.size])),
          offset: Int(
            clamping: UInt64(
              littleEndian: bytes.loadUnaligned(fromByteOffset: start + Name.size, as: UInt64.self))))
      }
    }
  }

  private static func scanned(_ file: OpenFile) -> [Place] {
    var found: [Place] = []
    var offset = head.count
    var (window, start) = ([UInt8](), 0)
    while true {
      if offset + Name.size + 4 > start + window.count || offset < start {
        (window, start) = (bytes(of: file, at: offset, count: 1 << 16), offset)
      }
      guard let (name, count) = header(window.dropFirst(offset - start).prefix(Name.size + 4)) else { break }
      let next = offset + 2 * Name.size + 4 + count
      guard next <= file.size else { break }
      found.append(Place(name: name, offset: offset))
      offset = next
    }
    return found.sorted()
  }

  /// Name and length of the payload; nil at the end, and for a length that no entry has.
  private static func header(_ bytes: some Collection<UInt8>) -> (Name, count: Int)? {
    guard bytes.count == Name.size + 4 else { return nil }
    return Array(bytes).withUnsafeBytes {
      let count = Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: Name.size, as: UInt32.self)))
      return count <= longest ? (Name(UnsafeRawBufferPointer(rebasing: $0[..<Name.size])), count) : nil
    }
  }

  private static func sum(_ name: Name, _ payload: [UInt8]) -> [UInt8] {
    var hasher = SHA256()
    name.bytes.withUnsafeBytes { hasher.update($0) }
    payload.withUnsafeBytes { hasher.update($0) }
    return hasher.finish().bytes
  }

  private static func littleEndian(_ value: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(value).littleEndian) { Array($0) }
  }

  /// As many as there are.
  private static func bytes(of file: OpenFile, at offset: Int, count: Int) -> [UInt8] {
    guard offset >= 0, count > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: count)
    let got = bytes.withUnsafeMutableBytes { try? file.read(at: offset, into: $0) } ?? 0
    bytes.removeLast(count - got)
    return bytes
  }
}

/// The pack that a process writes, locked for as long as the writer lives.
final class PackWriter {
  private let path: String
  private let descriptor: Int32
  private let file: OpenFile
  private var size = 0
  private var places: [EntryPack.Name: Int] = [:]
  private var synced = ContinuousClock().now
  /// What a crash of the machine may lose.
  private static let pause = Duration.seconds(60)

  /// - Throws: `FilesError.unwritable`.
  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FilesError.unwritable(path: path, reason: systemMessage()) }
    // Whoever puts packs together may look at it for a moment. Where the file system has no locks, the time of the last change
    // says that somebody writes.
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else {
      let reason = systemMessage()
      unlink(path)
      close(descriptor)
      throw FilesError.unwritable(path: path, reason: reason)
    }
    file = try OpenFile(adopting: copy, path: path)
    try append(EntryPack.head)
  }

  deinit {
    if places.isEmpty {
      unlink(path)
    } else {
      try? append(EntryPack.index(places.map { EntryPack.Place(name: $0.key, offset: $0.value) }))
    }
    // A child that another thread starts at this moment has a copy of the descriptor until its own program begins.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  func payload(_ name: EntryPack.Name) -> [UInt8]? {
    places[name].flatMap { EntryPack.payload(of: EntryPack.Place(name: name, offset: $0), in: file) }
  }

  /// - Throws: `FilesError.unwritable`; what the disk has no room for is taken back.
  func write(_ name: EntryPack.Name, _ payload: [UInt8]) throws {
    let offset = size
    try append(EntryPack.entry(name, payload))
    places[name] = offset
    let now = ContinuousClock().now
    if now - synced > Self.pause {
      fsync(descriptor)
      synced = now
    }
  }

  private func append(_ bytes: [UInt8]) throws {
    do {
      try bytes.withUnsafeBytes { try FileWriter.write($0, to: descriptor, target: path) }
    } catch {
      ftruncate(descriptor, off_t(size))
      throw error
    }
    size += bytes.count
  }
}

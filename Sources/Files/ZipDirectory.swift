/// The central directory of a zip (PKWARE APPNOTE 6.3.10, sections 4.3.12 to 4.3.16, with zip64). Entries that are not
/// compressed are used where they lie.
package struct ZipDirectory: Sendable {
  package struct Entry: Sendable {
    package let name: String
    let method: UInt16
    let isEncrypted: Bool
    /// CRC-32 of the content.
    let checksum: UInt32
    let storedSize: Int
    package let size: Int
    let headerOffset: Int

    var isStored: Bool { method == 0 }
  }

  package let region: ByteRegion
  /// In the directory's order.
  package let entries: [Entry]
  private let places: [String: Int]

  /// - Throws: `FilesError.malformed`.
  package init(_ region: ByteRegion) throws {
    self.region = region
    let (start, size, count) = try Self.end(of: region)
    var cursor = ByteCursor(try region.slice(at: start, count: size, part: Self.part))
    let entries = try (0..<count).map { _ in try Self.entry(&cursor, in: region) }
    self.entries = entries
    places = Dictionary(entries.indices.map { (entries[$0].name, $0) }, uniquingKeysWith: { $1 })
  }

  /// The entry of that name, the last where there are several.
  package subscript(name: String) -> Entry? { places[name].map { entries[$0] } }

  /// The content of an entry that is not compressed, whose checksum is verified; 0 is what PyTorch writes when it is told
  /// to compute none.
  package func bytes(_ name: String) throws -> ByteSlice {
    guard let entry = self[name] else { throw damaged(.missing(part: "entry `\(name)`")) }
    guard entry.isStored else { throw damaged(.unsupported(part: "entry `\(name)`", what: "compressed")) }
    let bytes = try region.slice(at: place(of: entry), count: entry.size, part: "entry `\(name)`")
    guard entry.checksum == 0 || CRC32.ieee.of(bytes) == entry.checksum else {
      throw damaged(.checksum(part: "entry `\(name)`"))
    }
    return bytes
  }

  /// Where the content of an entry begins that is not compressed.
  func place(of entry: Entry) throws -> Int {
    let part = "the header of entry `\(entry.name)`"
    guard entry.storedSize == entry.size else {
      throw damaged(
        .contradiction(part: "the size of entry `\(entry.name)`", claimed: entry.size, found: entry.storedSize))
    }
    var cursor = ByteCursor(try region.slice(at: entry.headerOffset, count: 30, part: part))
    guard try cursor.integer(UInt32.self, part) == 0x0403_4b50 else {
      throw damaged(.nonsense(part: part, at: entry.headerOffset))
    }
    _ = try cursor.take(22, part)
    let (name, extra) = (try cursor.integer(UInt16.self, part), try cursor.integer(UInt16.self, part))
    let start = entry.headerOffset + 30 + Int(name) + Int(extra)
    guard start <= region.count, entry.size <= region.count - start else {
      throw FilesError.truncated(
        path: region.label + "/" + entry.name, expected: entry.size, found: max(0, region.count - start))
    }
    return start
  }

  private func damaged(_ defect: Defect) -> FilesError { .malformed(path: region.label, defect) }

  private static let part = "the zip directory"

  /// Where the directory starts, its bytes and how many entries it has, from the record at the zip's end.
  private static func end(of region: ByteRegion) throws -> (start: Int, size: Int, count: Int) {
    // The record of 22 bytes, a comment of at most 65535 behind it, and zip64's locator of 20 before it.
    let tailStart = max(0, region.count - 65_577)
    let tail = try region.slice(at: tailStart, count: region.count - tailStart, part: part)
    var place = tail.count - 22
    while place >= 0, try read(UInt32.self, tail, at: place) != 0x0605_4b50 { place -= 1 }
    guard place >= 0 else {
      throw FilesError.malformed(path: region.label, .missing(part: "zip directory: it may be truncated"))
    }
    var count = UInt64(try read(UInt16.self, tail, at: place + 10))
    var size = UInt64(try read(UInt32.self, tail, at: place + 12))
    var start = UInt64(try read(UInt32.self, tail, at: place + 16))
    let nonsense = FilesError.malformed(path: region.label, .nonsense(part: part, at: tailStart + place))
    if count == 0xffff || size == 0xffff_ffff || start == 0xffff_ffff, place >= 20,
      try read(UInt32.self, tail, at: place - 20) == 0x0706_4b50
    {
      guard let offset = Int(exactly: try read(UInt64.self, tail, at: place - 12)) else { throw nonsense }
      let record = try region.slice(at: offset, count: 56, part: part)
      guard try read(UInt32.self, record, at: 0) == 0x0606_4b50 else { throw nonsense }
      count = try read(UInt64.self, record, at: 32)
      size = try read(UInt64.self, record, at: 40)
      start = try read(UInt64.self, record, at: 48)
    }
    // An entry has at least 46 bytes.
    guard let start = Int(exactly: start), let size = Int(exactly: size), start <= region.count,
      size <= region.count - start, count <= UInt64(size / 46)
    else { throw nonsense }
    return (start, size, Int(count))
  }

  private static func read<T: FixedWidthInteger>(_ type: T.Type, _ bytes: ByteSlice, at place: Int) throws -> T {
    var cursor = ByteCursor(bytes, at: place)
    return try cursor.integer(type, part)
  }

  private static func entry(_ cursor: inout ByteCursor, in region: ByteRegion) throws -> Entry {
    let nonsense = FilesError.malformed(path: region.label, .nonsense(part: part, at: cursor.position))
    guard try cursor.integer(UInt32.self, part) == 0x0201_4b50 else { throw nonsense }
    _ = try cursor.take(4, part)
    let flags = try cursor.integer(UInt16.self, part)
    let method = try cursor.integer(UInt16.self, part)
    _ = try cursor.take(4, part)
    let checksum = try cursor.integer(UInt32.self, part)
    var storedSize = UInt64(try cursor.integer(UInt32.self, part))
    var size = UInt64(try cursor.integer(UInt32.self, part))
    let nameLength = Int(try cursor.integer(UInt16.self, part))
    let extraLength = Int(try cursor.integer(UInt16.self, part))
    let commentLength = Int(try cursor.integer(UInt16.self, part))
    _ = try cursor.take(8, part)
    var offset = UInt64(try cursor.integer(UInt32.self, part))
    let name = try cursor.take(nameLength, part).withBytes { String(decoding: $0, as: UTF8.self) }
    var extra = ByteCursor(try cursor.take(extraLength, part))
    _ = try cursor.take(commentLength, part)
    while extra.remaining >= 4 {
      let kind = try extra.integer(UInt16.self, part)
      var field = ByteCursor(try extra.take(Int(extra.integer(UInt16.self, part)), part))
      guard kind == 1 else { continue }
      // zip64: only what did not fit, in this order.
      if size == 0xffff_ffff { size = try field.integer(UInt64.self, part) }
      if storedSize == 0xffff_ffff { storedSize = try field.integer(UInt64.self, part) }
      if offset == 0xffff_ffff { offset = try field.integer(UInt64.self, part) }
    }
    guard let size = Int(exactly: size), max(storedSize, offset) <= UInt64(region.count) else { throw nonsense }
    return Entry(
      name: name, method: method, isEncrypted: flags & 1 != 0, checksum: checksum, storedSize: Int(storedSize),
      size: size, headerOffset: Int(offset))
  }
}

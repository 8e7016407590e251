/// The central directory of a zip file whose entries are used where they lie.
///
/// PyTorch stores its tensors without compression (PKWARE's APPNOTE 4.3; zip64 included), so that nothing is copied.
package struct ZipDirectory {
  package struct Entry {
    let method: UInt16
    let checksum: UInt32
    let storedSize: Int
    let size: Int
    let headerOffset: Int
  }

  package let file: ByteSlice
  private(set) var entries: [String: Entry] = [:]

  package init(_ file: ByteSlice) throws {
    self.file = file
    let end = try Self.findEnd(file)
    var cursor = ByteCursor(file, at: end.offset)
    for _ in 0..<end.count {
      let (name, entry) = try Self.entry(&cursor)
      entries[name] = entry
    }
  }

  /// The bytes of an entry, whose checksum is verified; 0 is what PyTorch writes when it is told to compute none.
  package func bytes(_ name: String) throws -> ByteSlice {
    guard let entry = entries[name] else {
      throw WeightsError.malformed(path: file.label, .missing(part: "entry `\(name)`"))
    }
    guard entry.method == 0 else {
      throw WeightsError.malformed(path: file.label, .unsupported(part: "entry `\(name)`", what: "compressed"))
    }
    guard entry.storedSize == entry.size else {
      throw WeightsError.malformed(
        path: file.label,
        .contradiction(part: "the size of entry `\(name)`", claimed: entry.size, found: entry.storedSize))
    }
    let part = "the header of entry `\(name)`"
    var cursor = ByteCursor(try file.slice(at: entry.headerOffset, count: file.count - entry.headerOffset, part: part))
    guard try cursor.integer(UInt32.self, part) == 0x0403_4b50 else {
      throw WeightsError.malformed(path: file.label, .nonsense(part: part, at: entry.headerOffset))
    }
    _ = try cursor.take(22, part)
    let nameLength = Int(try cursor.integer(UInt16.self, part))
    let extraLength = Int(try cursor.integer(UInt16.self, part))
    _ = try cursor.take(nameLength + extraLength, part)
    let bytes = try cursor.take(entry.size, "entry `\(name)`")
    guard entry.checksum == 0 || CRC32.ieee.of(bytes) == entry.checksum else {
      throw WeightsError.malformed(path: file.label, .checksum(part: "entry `\(name)`"))
    }
    return bytes
  }

  /// Where the directory starts and how many entries it has.
  private static func findEnd(_ file: ByteSlice) throws -> (offset: Int, count: Int) {
    let part = "the zip directory"
    let earliest = max(0, file.count - 22 - 65535)
    var position = file.count - 22
    while position >= earliest {
      var cursor = ByteCursor(file, at: position)
      if try cursor.integer(UInt32.self, part) == 0x0605_4b50 { break }
      position -= 1
    }
    guard position >= earliest else { throw WeightsError.malformed(path: file.label, .missing(part: "zip directory")) }
    var cursor = ByteCursor(file, at: position + 10)
    var count = UInt64(try cursor.integer(UInt16.self, part))
    _ = try cursor.integer(UInt32.self, part)
    var offset = UInt64(try cursor.integer(UInt32.self, part))
    if count == 0xffff || offset == 0xffff_ffff, position >= 20 {
      var locator = ByteCursor(file, at: position - 20)
      if try locator.integer(UInt32.self, part) == 0x0706_4b50 {
        _ = try locator.integer(UInt32.self, part)
        let start = try locator.integer(UInt64.self, part)
        guard start <= UInt64(file.count) else {
          throw WeightsError.malformed(path: file.label, .nonsense(part: part, at: position))
        }
        var wide = ByteCursor(file, at: Int(start))
        _ = try wide.take(32, part)
        count = try wide.integer(UInt64.self, part)
        _ = try wide.integer(UInt64.self, part)
        offset = try wide.integer(UInt64.self, part)
      }
    }
    // An entry has at least 46 bytes.
    guard offset <= UInt64(file.count), count <= UInt64(file.count / 46) else {
      throw WeightsError.malformed(path: file.label, .nonsense(part: part, at: position))
    }
    return (Int(offset), Int(count))
  }

  private static func entry(_ cursor: inout ByteCursor) throws -> (String, Entry) {
    let part = "the zip directory"
    let start = cursor.position
    let nonsense = WeightsError.malformed(path: cursor.bytes.label, .nonsense(part: part, at: start))
    guard try cursor.integer(UInt32.self, part) == 0x0201_4b50 else { throw nonsense }
    _ = try cursor.take(6, part)
    let method = try cursor.integer(UInt16.self, part)
    _ = try cursor.take(4, part)
    let checksum = try cursor.integer(UInt32.self, part)
    var sizes = [UInt64(try cursor.integer(UInt32.self, part)), UInt64(try cursor.integer(UInt32.self, part))]
    let nameLength = Int(try cursor.integer(UInt16.self, part))
    let extraLength = Int(try cursor.integer(UInt16.self, part))
    let commentLength = Int(try cursor.integer(UInt16.self, part))
    _ = try cursor.take(8, part)
    var offset = UInt64(try cursor.integer(UInt32.self, part))
    guard let name = try cursor.take(nameLength, part).text() else { throw nonsense }
    var extra = ByteCursor(try cursor.take(extraLength, part))
    _ = try cursor.take(commentLength, part)
    while extra.remaining >= 4 {
      let kind = try extra.integer(UInt16.self, part)
      var field = ByteCursor(try extra.take(Int(extra.integer(UInt16.self, part)), part))
      guard kind == 1 else { continue }
      // zip64: only what did not fit, in this order: size, stored size, offset.
      if sizes[1] == 0xffff_ffff { sizes[1] = try field.integer(UInt64.self, part) }
      if sizes[0] == 0xffff_ffff { sizes[0] = try field.integer(UInt64.self, part) }
      if offset == 0xffff_ffff { offset = try field.integer(UInt64.self, part) }
    }
    guard max(sizes[0], offset) <= UInt64(cursor.bytes.count), let size = Int(exactly: sizes[1]) else { throw nonsense }
    let entry = Entry(
      method: method, checksum: checksum, storedSize: Int(sizes[0]), size: size, headerOffset: Int(offset))
    return (name, entry)
  }
}

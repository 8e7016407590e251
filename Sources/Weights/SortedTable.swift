import Files

/// A sorted table of keys and values in LevelDB's format (its doc/table_format.md), which TensorFlow's `.index` files
/// have: blocks of prefix-compressed entries, an index block, a footer of 48 bytes.
enum SortedTable {
  private static let magic: UInt64 = 0xdb47_7524_8b80_fb57
  private static let footerSize = 48
  /// Checksum and kind of compression behind every block.
  private static let trailerSize = 5
  /// A large model has some thousand tensors.
  static let maximumEntries = 100_000
  static let maximumDecompressed = 64 << 20

  static func read(_ file: ByteSlice) throws -> [(key: String, value: ByteSlice)] {
    let part = "the footer of the table"
    let footer = try file.slice(at: file.count - footerSize, count: footerSize, part: part)
    var end = ByteCursor(footer, at: 40)
    guard try end.integer(UInt64.self, part) == magic else {
      throw FilesError.malformed(path: file.label, .nonsense(part: part, at: file.count - footerSize))
    }
    var cursor = ByteCursor(footer)
    _ = try block(at: handle(&cursor, part), in: file)  // nothing that is needed, but damage there is damage
    let index = try entries(of: block(at: handle(&cursor, part), in: file))
    var result: [(key: String, value: ByteSlice)] = []
    var size = 0
    for entry in index {
      var place = ByteCursor(entry.value)
      let block = try block(at: handle(&place, "a place in the table"), in: file)
      size += block.count
      try limit(size, maximumDecompressed, "the size of all blocks", file)
      for (key, value) in try entries(of: block) {
        try limit(result.count, maximumEntries, "the number of entries", file)
        guard let name = String(validating: key, as: UTF8.self) else {
          throw FilesError.malformed(path: file.label, .nonsense(part: "a key of the table", at: value.offset))
        }
        result.append((name, value))
      }
    }
    return result
  }

  private static func limit(_ count: Int, _ limit: Int, _ part: String, _ file: ByteSlice) throws {
    guard count <= limit else {
      throw FilesError.malformed(path: file.label, .oversized(part: part, claimed: count, limit: limit))
    }
  }

  private static func handle(_ cursor: inout ByteCursor, _ part: String) throws -> (offset: Int, size: Int) {
    let offset = try cursor.variableInteger(part)
    let size = try cursor.variableInteger(part)
    return (Int(clamping: offset), Int(clamping: size))
  }

  private static func block(at place: (offset: Int, size: Int), in file: ByteSlice) throws -> ByteSlice {
    let part = "a block of the table"
    let size = place.size.addingReportingOverflow(trailerSize)
    let whole = try file.slice(at: place.offset, count: size.overflow ? Int.max : size.partialValue, part: part)
    let checked = try whole.slice(at: 0, count: place.size + 1, part: part)
    var trailer = ByteCursor(whole, at: place.size + 1)
    guard try trailer.integer(UInt32.self, part) == masked(CRC32.castagnoli.of(checked)) else {
      throw FilesError.malformed(path: file.label, .checksum(part: "the block at byte \(place.offset)"))
    }
    let contents = try whole.slice(at: 0, count: place.size, part: part)
    switch whole[place.size] {
    case 0: return contents
    case 1: return try Snappy.decompress(contents)
    case let kind:
      throw FilesError.malformed(path: file.label, .unsupported(part: part, what: "compressed by method \(kind)"))
    }
  }

  /// How TensorFlow and LevelDB store a checksum of bytes that may themselves hold checksums.
  static func masked(_ crc: UInt32) -> UInt32 { (crc >> 15 | crc << 17) &+ 0xa282_ead8 }

  private static func entries(of block: ByteSlice) throws -> [(key: [UInt8], value: ByteSlice)] {
    let part = "a block of the table"
    var tail = ByteCursor(try block.slice(at: block.count - 4, count: 4, part: part))
    let restarts = Int(try tail.integer(UInt32.self, part))
    guard restarts <= (block.count - 4) / 4 else {
      throw FilesError.malformed(path: block.label, .nonsense(part: part, at: block.offset))
    }
    var cursor = ByteCursor(try block.slice(at: 0, count: block.count - 4 - 4 * restarts, part: part))
    var key: [UInt8] = []
    var result: [(key: [UInt8], value: ByteSlice)] = []
    while cursor.remaining > 0 {
      let shared = try cursor.variableInteger(part)
      let added = Int(clamping: try cursor.variableInteger(part))
      let length = Int(clamping: try cursor.variableInteger(part))
      guard shared <= UInt64(key.count), added <= 1024 else {
        throw FilesError.malformed(path: block.label, .nonsense(part: "a key of the table", at: cursor.position))
      }
      key.removeSubrange(Int(shared)...)
      key += try cursor.take(added, "a key of the table").array()
      guard key.count <= 1024 else {
        throw FilesError.malformed(
          path: block.label, .oversized(part: "a key of the table", claimed: key.count, limit: 1024))
      }
      result.append((key, try cursor.take(length, "a value of the table")))
      try limit(result.count, maximumEntries, "the number of entries", block)
    }
    return result
  }
}

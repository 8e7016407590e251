/// Reads little-endian numbers and runs of bytes in order; every read is checked against the end.
package struct ByteCursor {
  package let bytes: ByteSlice
  package private(set) var position = 0

  package init(_ bytes: ByteSlice, at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  package var remaining: Int { bytes.count - position }

  package mutating func take(_ count: Int, _ part: String) throws -> ByteSlice {
    let piece = try bytes.slice(at: position, count: count, part: part)
    position += count
    return piece
  }

  package mutating func integer<T: FixedWidthInteger>(_ type: T.Type, _ part: String) throws -> T {
    let piece = try take(MemoryLayout<T>.size, part)
    return piece.withBytes { T(littleEndian: $0.loadUnaligned(as: T.self)) }
  }

  /// A length field of 32 or 64 bits, as an `Int` no larger than what is left of the bytes.
  package mutating func length<T: FixedWidthInteger>(_ type: T.Type, of part: String) throws -> Int {
    let value = try integer(type, part)
    guard let length = Int(exactly: value), length >= 0, length <= remaining else {
      throw FilesError.malformed(
        path: bytes.label,
        .endsEarly(part: part, at: position, needs: Int(clamping: value), of: bytes.count))
    }
    return length
  }

  /// The bytes up to the next newline, which is skipped. At most `limit` bytes.
  package mutating func line(limit: Int, _ part: String) throws -> ByteSlice {
    var end = position
    while end < bytes.count, end - position <= limit, bytes[end] != 10 { end += 1 }
    guard end < bytes.count, end - position <= limit else {
      throw FilesError.malformed(path: bytes.label, .nonsense(part: part, at: position))
    }
    let piece = try take(end - position, part)
    position += 1
    return piece
  }

  /// An unsigned integer in base-128 groups, least significant first (protobuf, LevelDB, Snappy).
  package mutating func variableInteger(_ part: String) throws -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64 {
      let byte = try integer(UInt8.self, part)
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw FilesError.malformed(path: bytes.label, .nonsense(part: part, at: position))
  }
}

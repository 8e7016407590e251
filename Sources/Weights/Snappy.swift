import Files

/// Decompresses one block (google/snappy, format_description.txt).
enum Snappy {
  /// Blocks of tables hold some 256 kB.
  static let maximumSize = 16 << 20

  static func decompress(_ block: ByteSlice) throws -> ByteSlice {
    let part = "a compressed block"
    var cursor = ByteCursor(block)
    let size = Int(clamping: try cursor.variableInteger(part))
    guard size <= maximumSize else {
      throw FilesError.malformed(path: block.label, .oversized(part: part, claimed: size, limit: maximumSize))
    }
    func check(_ condition: Bool) throws {
      guard condition else {
        throw FilesError.malformed(path: block.label, .nonsense(part: part, at: block.offset + cursor.position))
      }
    }
    var output: [UInt8] = []
    output.reserveCapacity(size)
    while cursor.remaining > 0 {
      let tag = Int(try cursor.integer(UInt8.self, part))
      if tag & 3 == 0 {
        var length = tag >> 2
        if length >= 60 {
          let bytes = try cursor.take(length - 59, part).array()
          length = bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        try check(length < size - output.count)
        output += try cursor.take(length + 1, part).array()
        continue
      }
      let length: Int
      let distance: Int
      switch tag & 3 {
      case 1:
        length = (tag >> 2 & 7) + 4
        distance = (tag >> 5) << 8 | Int(try cursor.integer(UInt8.self, part))
      case 2:
        length = (tag >> 2) + 1
        distance = Int(try cursor.integer(UInt16.self, part))
      default:
        length = (tag >> 2) + 1
        distance = Int(try cursor.integer(UInt32.self, part))
      }
      try check(distance > 0 && distance <= output.count && length <= size - output.count)
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
    try check(output.count == size)
    return MappedBytes(label: block.label, copying: output).all
  }
}

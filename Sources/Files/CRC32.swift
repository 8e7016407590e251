/// Cyclic redundancy checks of 32 bits, reflected: IEEE (zip) and Castagnoli (TensorFlow, LevelDB).
///
/// Eight bytes a step through eight tables (slicing by eight).
package struct CRC32: Sendable {
  package static let ieee = CRC32(polynomial: 0xedb8_8320)
  package static let castagnoli = CRC32(polynomial: 0x82f6_3b78)

  private let table: [UInt32]

  private init(polynomial: UInt32) {
    var table = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
      table[byte] = value
    }
    for byte in 0..<256 {
      for step in 1..<8 {
        let previous = table[(step - 1) * 256 + byte]
        table[step * 256 + byte] = previous >> 8 ^ table[Int(previous & 255)]
      }
    }
    self.table = table
  }

  /// - Parameter previous: the checksum of the bytes before these.
  package func of(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
    guard let base = bytes.baseAddress else { return previous }
    let whole = bytes.count & ~7
    return table.withUnsafeBufferPointer { table in
      guard let t = table.baseAddress else { return 0 }
      var crc = ~previous
      var position = 0
      while position < whole {
        let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ UInt64(crc)
        crc = 0
        for step in 0..<8 { crc ^= t[(7 &- step) &* 256 &+ Int(word >> UInt64(8 &* step) & 255)] }
        position &+= 8
      }
      while position < bytes.count {
        crc = crc >> 8 ^ t[Int((crc ^ UInt32(base.load(fromByteOffset: position, as: UInt8.self))) & 255)]
        position &+= 1
      }
      return ~crc
    }
  }

  package func of(_ bytes: ByteSlice) -> UInt32 { bytes.withBytes { of($0) } }
}

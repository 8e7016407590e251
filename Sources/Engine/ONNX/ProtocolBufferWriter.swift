/// Bytes of one protocol-buffer message (protobuf.dev, "Encoding").
struct ProtocolBufferWriter {
  private(set) var bytes: [UInt8] = []

  mutating func integer(_ field: Int, _ value: Int) {
    variable(UInt64(field) << 3)
    variable(UInt64(bitPattern: Int64(value)))
  }

  mutating func float(_ field: Int, _ value: Float) {
    variable(UInt64(field) << 3 | 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  mutating func data(_ field: Int, _ data: some Collection<UInt8>) {
    variable(UInt64(field) << 3 | 2)
    variable(UInt64(data.count))
    bytes += data
  }

  mutating func text(_ field: Int, _ text: String) { data(field, text.utf8) }

  mutating func message(_ field: Int, _ message: ProtocolBufferWriter) { data(field, message.bytes) }

  mutating func message(_ field: Int, _ write: (inout ProtocolBufferWriter) -> Void) {
    var message = ProtocolBufferWriter()
    write(&message)
    data(field, message.bytes)
  }

  private mutating func variable(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F | 0x80))
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

import Files

/// The fields of one protocol-buffer message, in order.
struct ProtocolBuffer {
  enum Value {
    case integer(UInt64)
    case bytes(ByteSlice)
  }

  let fields: [(number: Int, value: Value)]

  init(_ message: ByteSlice, _ part: String) throws {
    var cursor = ByteCursor(message)
    var fields: [(number: Int, value: Value)] = []
    while cursor.remaining > 0 {
      let key = try cursor.variableInteger(part)
      let number = Int(key >> 3)
      switch key & 7 {
      case 0: fields.append((number, .integer(try cursor.variableInteger(part))))
      case 1: fields.append((number, .integer(try cursor.integer(UInt64.self, part))))
      case 2:
        let length = Int(clamping: try cursor.variableInteger(part))
        fields.append((number, .bytes(try cursor.take(length, part))))
      case 5: fields.append((number, .integer(UInt64(try cursor.integer(UInt32.self, part)))))
      default:
        throw FilesError.malformed(path: message.label, .nonsense(part: part, at: message.offset + cursor.position))
      }
    }
    self.fields = fields
  }

  /// The last value of a number field; 0 when it is absent, as the format has it.
  func integer(_ number: Int) -> UInt64 {
    for field in fields.reversed() where field.number == number {
      if case .integer(let value) = field.value { return value }
    }
    return 0
  }

  /// Every value of a field of bytes.
  func messages(_ number: Int) -> [ByteSlice] {
    fields.compactMap { field in
      if field.number == number, case .bytes(let bytes) = field.value { return bytes }
      return nil
    }
  }
}

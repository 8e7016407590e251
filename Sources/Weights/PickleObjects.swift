import Files

/// What the names on the closed list stand for: arrays, tensors, dictionaries and inert records.
extension PickleMachine {
  func items(of value: PickleValue) throws -> [PickleValue] {
    guard case .node(let index) = value else { throw nonsense("a tuple") }
    switch nodes[index].kind {
    case .tuple, .list: return nodes[index].items
    default: throw nonsense("a tuple")
    }
  }

  private func integers(_ value: PickleValue) throws -> [Int] {
    let items = try items(of: value)
    guard items.count <= StoredTensor.maximumAxes else { throw nonsense("a list of integers") }
    return try items.map { item in
      guard case .integer(let integer) = item else { throw nonsense("a list of integers") }
      return integer
    }
  }

  /// Counts what is copied within the pickle: a short file that has a long list copied again and again is refused.
  private mutating func spend(_ count: Int) throws {
    copied += count
    guard copied <= cursor.bytes.count else {
      throw FilesError.malformed(
        path: path, .oversized(part: "what the pickle copies", claimed: copied, limit: cursor.bytes.count))
    }
  }

  private func kind(of value: PickleValue) throws -> PickleNode.Kind {
    guard case .node(let index) = value else { throw nonsense("an object") }
    return nodes[index].kind
  }

  /// The text of a key or a code, whichever Python wrote it.
  func string(_ value: PickleValue) throws -> String {
    switch value {
    case .text(let text): return text
    case .integer(let integer): return String(integer)
    case .bytes(let bytes):
      guard let text = bytes.text() else { throw nonsense("a text") }
      return text
    default: throw nonsense("a text")
    }
  }

  /// What REDUCE makes of a name and its arguments.
  mutating func reduce(_ callable: PickleValue, arguments: [PickleValue]) throws -> PickleValue {
    guard case .global(let global) = callable else { throw nonsense("an object") }
    switch (global, arguments.count) {
    case (.numpyReconstruct, 3): return node(.array(nil))
    case (.numpyElementType, 1...): return node(.elementType(code: try string(arguments[0]), order: "|"))
    case (.numpyScalar, 2): return .number
    case (.numpyFromBuffer, 4):
      let isFortran = try string(arguments[3]) == "F"
      return node(.array(try array(arguments[2], type: arguments[1], isFortran: isFortran, data: arguments[0])))
    case (.codecsEncode, 2): return .bytes(try encoded(arguments))
    case (.orderedDictionary, 0): return node(.dictionary)
    case (.orderedDictionary, 1):
      var pairs: [PickleValue] = []
      try spend(items(of: arguments[0]).count)
      for pair in try items(of: arguments[0]) {
        let values = try items(of: pair)
        guard values.count == 2 else { throw nonsense("a dictionary") }
        pairs += values
      }
      return node(.dictionary, pairs)
    case (.rebuildTensor, 6...7): return try tensor(arguments)
    case (.rebuildParameter, 3):
      guard case .tensor = try kind(of: arguments[0]) else { throw nonsense("a parameter") }
      return arguments[0]
    case (.torchScriptList, 1), (.torchScriptTag, 2): return arguments[0]
    default: throw nonsense("an object")
    }
  }

  /// What BUILD adds to an object.
  mutating func build(_ object: PickleValue, state: PickleValue) throws {
    guard case .node(let index) = object else { throw nonsense("an object") }
    switch nodes[index].kind {
    case .array(nil):
      let fields = try items(of: state)
      guard fields.count == 5, case .bool(let isFortran) = fields[3] else { throw nonsense("an array") }
      nodes[index].kind = .array(try array(fields[1], type: fields[2], isFortran: isFortran, data: fields[4]))
    case .elementType(let code, _):
      let fields = try items(of: state)
      guard fields.count >= 2 else { throw nonsense("an element type") }
      nodes[index].kind = .elementType(code: code, order: try string(fields[1]))
    case .dictionary: break  // attributes of a state dictionary (`_metadata`): not tensors
    case .record: nodes[index].items = [state]
    default: throw nonsense("an object")
    }
  }

  /// `('storage', type, key, location, count)`: a name for bytes that lie elsewhere.
  func storage(_ identifier: PickleValue) throws -> TorchStorage {
    let fields = try items(of: identifier)
    guard fields.count >= 5, try string(fields[0]) == "storage", case .global(.storage(let type)) = fields[1],
      case .integer(let count) = fields[4], count >= 0
    else { throw nonsense("a storage") }
    return TorchStorage(type: type, key: try string(fields[2]), count: count)
  }

  private mutating func tensor(_ arguments: [PickleValue]) throws -> PickleValue {
    guard case .storage(let storage) = try kind(of: arguments[0]), case .integer(let offset) = arguments[1],
      offset >= 0
    else { throw nonsense("a tensor") }
    let tensor = TorchTensor(
      storage: storage, offset: offset, shape: try integers(arguments[2]), strides: try integers(arguments[3]))
    return node(.tensor(tensor))
  }

  private func array(
    _ shape: PickleValue, type: PickleValue, isFortran: Bool, data: PickleValue
  ) throws -> StoredTensor {
    guard case .elementType(let code, let order) = try kind(of: type), case .bytes(let bytes) = data else {
      throw nonsense("an array")
    }
    let types: [String: ElementType] = [
      "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "u1": .uint8, "i2": .int16, "i4": .int32,
      "i8": .int64, "b1": .bool,
    ]
    guard let type = types[code], order != ">" else {
      throw FilesError.malformed(
        path: path, .unsupported(part: "an array", what: "of NumPy type `\(order)\(code)`"))
    }
    let extents = try integers(shape)
    let strides = isFortran ? Array(StoredTensor.rowMajor(extents.reversed()).reversed()) : nil
    return try StoredTensor(name: "array", type: type, shape: extents, strides: strides, bytes: bytes)
  }

  /// `_codecs.encode(text, 'latin1')`: how Python 3 writes bytes in protocol 2.
  private mutating func encoded(_ arguments: [PickleValue]) throws -> ByteSlice {
    guard case .text(let text) = arguments[0], case .text("latin1") = arguments[1] else { throw nonsense("bytes") }
    try spend(text.utf8.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { throw nonsense("bytes") }
      bytes.append(byte)
    }
    return MappedBytes(label: path, copying: bytes).all
  }
}

import Foundation

/// The safetensors format: a length, a JSON header, then the tensors' bytes, little-endian and row-major.
package enum Safetensors {
  package static let maximumHeader = 16 << 20

  /// Tensors and `__metadata__` of a file whose header has at most `limit` bytes.
  package static func read(
    _ file: ByteSlice, limit: Int = maximumHeader
  ) throws -> (tensors: [String: StoredTensor], metadata: [String: String]) {
    try ByteRegion(file).refuse({ $0 != .safetensors }, wanted: "a file of safetensors", path: file.label)
    var cursor = ByteCursor(file)
    let headerLength = try cursor.length(UInt64.self, of: "the safetensors header")
    guard headerLength <= limit else {
      throw FilesError.malformed(
        path: file.label, .oversized(part: "the safetensors header", claimed: headerLength, limit: limit))
    }
    let headerBytes = try cursor.take(headerLength, "the safetensors header")
    let data = try cursor.take(cursor.remaining, "the tensors")
    let header: [String: Entry]
    do {
      header = try JSONDecoder().decode([String: Entry].self, from: Data(headerBytes.array()))
    } catch {
      throw FilesError.malformed(path: file.label, .nonsense(part: "the safetensors header", at: 8))
    }
    var tensors: [String: StoredTensor] = [:]
    var metadata: [String: String] = [:]
    for (name, entry) in header {
      switch entry {
      case .metadata(let values): metadata = values
      case .tensor(let type, let shape, let offsets):
        tensors[name] = try tensor(name, type: type, shape: shape, offsets: offsets, data: data)
      }
    }
    return (tensors, metadata)
  }

  private static func tensor(
    _ name: String, type: String, shape: [Int], offsets: [Int], data: ByteSlice
  ) throws -> StoredTensor {
    guard let type = types[type] else {
      throw FilesError.malformed(
        path: data.label, .unsupported(part: "tensor `\(name)`", what: "of type `\(type)`"))
    }
    guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0] else {
      throw FilesError.malformed(path: data.label, .nonsense(part: "the place of tensor `\(name)`", at: 8))
    }
    let bytes = try data.slice(at: offsets[0], count: offsets[1] - offsets[0], part: "tensor `\(name)`")
    let tensor = try StoredTensor(name: name, type: type, shape: shape, bytes: bytes)
    guard tensor.count * type.size == bytes.count else {
      throw FilesError.malformed(
        path: data.label,
        .contradiction(part: "bytes of tensor `\(name)`", claimed: tensor.count * type.size, found: bytes.count))
    }
    return tensor
  }

  private static let types: [String: ElementType] = [
    "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64, "I8": .int8, "U8": .uint8, "I16": .int16,
    "I32": .int32, "I64": .int64, "BOOL": .bool,
  ]

  private enum Entry: Decodable {
    case metadata([String: String])
    case tensor(type: String, shape: [Int], offsets: [Int])

    enum Key: String, CodingKey {
      case type = "dtype"
      case shape
      case offsets = "data_offsets"
    }

    init(from decoder: any Decoder) throws {
      if decoder.codingPath.last?.stringValue == "__metadata__" {
        self = .metadata(try [String: String](from: decoder))
      } else {
        let container = try decoder.container(keyedBy: Key.self)
        self = .tensor(
          type: try container.decode(String.self, forKey: .type),
          shape: try container.decode([Int].self, forKey: .shape),
          offsets: try container.decode([Int].self, forKey: .offsets))
      }
    }
  }

  /// Writes float32 tensors, one after the other, whole or not at all.
  ///
  /// - Throws: `FilesError.unwritable`.
  package static func write(
    _ tensors: [(name: String, shape: [Int], values: [Float])], metadata: [String: String], to path: String
  ) throws {
    let head = try header(tensors.map { ($0.name, .float32, $0.shape) }, metadata: metadata, path: path)
    try WholeFile.write(path) { writer in
      try head.withUnsafeBytes { try writer.write($0) }
      for tensor in tensors { try writer.writeLittleEndian(tensor.values) }
    }
  }

  /// What stands before the values of tensors that follow one another: the length, the header, and spaces up to a multiple of
  /// eight bytes.
  ///
  /// - Throws: `FilesError.unwritable` where a name is not text.
  package static func header(
    _ tensors: [(name: String, type: ElementType, shape: [Int])], metadata: [String: String], path: String
  ) throws -> [UInt8] {
    var header: [String: Any] = ["__metadata__": metadata]
    var offset = 0
    for (name, type, shape) in tensors {
      let end = offset + shape.reduce(1, *) * type.size
      header[name] =
        [
          "dtype": types.first { $0.value == type }?.key ?? type.rawValue, "shape": shape,
          "data_offsets": [offset, end],
        ] as [String: Any]
      offset = end
    }
    let json: [UInt8]
    do {
      json = Array(try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes]))
    } catch {
      throw FilesError.unwritable(path: path, reason: "\(error)")
    }
    let whole = json + [UInt8](repeating: 0x20, count: (8 - json.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(whole.count).littleEndian, Array.init) + whole
  }
}

import Files
import Foundation

/// A TensorFlow V2 checkpoint: `X.index`, a sorted table of BundleEntryProto (tensorflow/core/protobuf/
/// tensor_bundle.proto), and the tensors' bytes in `X.data-00000-of-00001`.
package struct TensorFlowBundle {
  package static let maximumShards = 64

  package let index: ByteSlice
  package let tensors: [String: StoredTensor]
  /// The files of tensors.
  package let shards: [ByteSlice]

  /// `prefix` is `X`.
  package init(prefix: String) throws {
    index = try MappedBytes(mapping: prefix + ".index").all
    let table = try SortedTable.read(index)
    guard let header = table.first, header.key.isEmpty else {
      throw FilesError.malformed(path: index.label, .missing(part: "bundle header"))
    }
    let fields = try ProtocolBuffer(header.value, "the bundle header")
    let count = Int(clamping: fields.integer(1))
    guard (1...Self.maximumShards).contains(count) else {
      throw FilesError.malformed(
        path: index.label,
        .oversized(part: "the number of data files", claimed: count, limit: Self.maximumShards))
    }
    guard fields.integer(2) == 0 else {
      throw FilesError.malformed(path: index.label, .unsupported(part: "the byte order", what: "`big`"))
    }
    let shards = try (0..<count).map { shard in
      try MappedBytes(mapping: "\(prefix).data-\(Self.digits(shard))-of-\(Self.digits(count))").all
    }
    var tensors: [String: StoredTensor] = [:]
    for (name, value) in table.dropFirst() {
      if let tensor = try Self.tensor(name, value, shards: shards) { tensors[name] = tensor }
    }
    self.tensors = tensors
    self.shards = shards
  }

  /// The prefix that a path stands for: the path of the index, of a data file, or the prefix itself; nil when there is
  /// no index.
  package static func prefix(of path: String) -> String? {
    var prefix = path
    if path.hasSuffix(".index") {
      prefix = String(path.dropLast(".index".count))
    } else if let range = path.range(of: ".data-", options: .backwards),
      path[range.upperBound...].allSatisfy({ $0.isNumber || "-of".contains($0) })
    {
      prefix = String(path[..<range.lowerBound])
    }
    return access(prefix + ".index", F_OK) == 0 ? prefix : nil
  }

  private static func digits(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 5 - text.count)) + text
  }

  /// nil for entries that hold no numbers (strings, resources).
  private static func tensor(_ name: String, _ value: ByteSlice, shards: [ByteSlice]) throws -> StoredTensor? {
    let part = "tensor `\(name)`"
    let entry = try ProtocolBuffer(value, part)
    let types: [UInt64: ElementType] = [
      1: .float32, 2: .float64, 3: .int32, 4: .uint8, 5: .int16, 6: .int8, 9: .int64, 10: .bool, 14: .bfloat16,
      19: .float16,
    ]
    guard let type = types[entry.integer(1)] else { return nil }
    guard entry.messages(7).isEmpty else {
      throw FilesError.malformed(path: value.label, .unsupported(part: part, what: "kept in slices"))
    }
    var shape: [Int] = []
    for message in entry.messages(2) {
      for axis in try ProtocolBuffer(message, part).messages(2) {
        shape.append(Int(clamping: Int64(bitPattern: try ProtocolBuffer(axis, part).integer(1))))
      }
    }
    let shard = Int(clamping: entry.integer(3))
    guard shard < shards.count else {
      throw FilesError.malformed(path: value.label, .missing(part: "data file \(shard)"))
    }
    let bytes = try shards[shard].slice(
      at: Int(clamping: entry.integer(4)), count: Int(clamping: entry.integer(5)), part: part)
    let tensor = try StoredTensor(name: name, type: type, shape: shape, bytes: bytes)
    guard tensor.count * type.size == bytes.count else {
      throw FilesError.malformed(
        path: value.label,
        .contradiction(part: "bytes of \(part)", claimed: tensor.count * type.size, found: bytes.count))
    }
    guard SortedTable.masked(CRC32.castagnoli.of(bytes)) == UInt32(truncatingIfNeeded: entry.integer(6)) else {
      throw FilesError.malformed(path: shards[shard].label, .checksum(part: part))
    }
    return tensor
  }
}

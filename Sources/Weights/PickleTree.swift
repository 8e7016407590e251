import Files

/// The tensors of a pickle under the path that leads to each: the keys of nested dictionaries and the attributes of
/// records, joined by a separator.
struct PickleTree {
  static let maximumDepth = 64
  static let maximumVisits = 2_000_000
  static let maximumKeyLength = 1024

  let machine: PickleMachine
  let separator: String
  /// Turns a storage into its bytes.
  let storage: (TorchStorage) throws -> ByteSlice
  private(set) var tensors: [String: StoredTensor] = [:]
  private var visits = 0

  init(
    of root: PickleValue, in machine: PickleMachine, separator: String,
    storage: @escaping (TorchStorage) throws -> ByteSlice
  ) throws {
    self.machine = machine
    self.separator = separator
    self.storage = storage
    try visit(root, path: "", depth: 0)
  }

  private mutating func visit(_ value: PickleValue, path: String, depth: Int) throws {
    guard case .node(let index) = value else { return }
    let node = machine.nodes[index]
    visits += 1 + node.items.count
    guard depth <= Self.maximumDepth else { throw oversized("the depth of the pickle", depth, Self.maximumDepth) }
    guard visits <= Self.maximumVisits else { throw oversized("the size of the pickle", visits, Self.maximumVisits) }
    switch node.kind {
    case .record:
      for state in node.items { try visit(state, path: path, depth: depth + 1) }
    case .dictionary:
      for pair in stride(from: 0, to: node.items.count - 1, by: 2) {
        guard case .node = node.items[pair + 1] else { continue }
        let key = try machine.string(node.items[pair])
        guard key.utf8.count <= Self.maximumKeyLength else {
          throw oversized("a key of the pickle", key.utf8.count, Self.maximumKeyLength)
        }
        try visit(node.items[pair + 1], path: path.isEmpty ? key : path + separator + key, depth: depth + 1)
      }
    case .tuple, .list:
      for (position, item) in node.items.enumerated() {
        try visit(item, path: path.isEmpty ? "\(position)" : "\(path)\(separator)\(position)", depth: depth + 1)
      }
    case .array(let tensor): tensors[path] = tensor
    case .tensor(let tensor):
      let bytes = try storage(tensor.storage)
      let size = tensor.storage.type.size
      let (offset, overflow) = tensor.offset.multipliedReportingOverflow(by: size)
      let rest = overflow ? -1 : bytes.count - offset
      tensors[path] = try StoredTensor(
        name: path, type: tensor.storage.type, shape: tensor.shape, strides: tensor.strides,
        bytes: bytes.slice(at: overflow ? Int.max : offset, count: max(rest, 0), part: "tensor `\(path)`"))
    case .elementType, .storage: break
    }
  }

  private func oversized(_ part: String, _ claimed: Int, _ limit: Int) -> FilesError {
    .malformed(path: machine.path, .oversized(part: part, claimed: claimed, limit: limit))
  }
}

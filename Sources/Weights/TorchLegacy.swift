import Files

/// What `torch.save` wrote before PyTorch 1.6 (torch/serialization.py, `_legacy_save`): five pickles in a row (magic
/// number, version, the writing system, the object, the keys of its storages), then each storage: its count of elements
/// and its bytes.
enum TorchLegacy {
  /// The pickle of the magic number 0x1950a86a20f9469cfc6c in protocol 2.
  static let magic: [UInt8] = [
    0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
  ]

  static func read(_ file: ByteSlice) throws -> [String: StoredTensor] {
    var position = magic.count
    func next() throws -> (PickleMachine, PickleValue) {
      var machine = PickleMachine(file, at: position)
      let value = try machine.run()
      position = machine.cursor.position
      return (machine, value)
    }
    let (_, version) = try next()
    guard case .integer(1001) = version else {
      throw FilesError.malformed(path: file.label, .nonsense(part: "the version of the format", at: position))
    }
    let (systemMachine, system) = try next()
    try checkByteOrder(system, in: systemMachine)
    let (machine, tree) = try next()
    let (keyMachine, keys) = try next()

    var types: [String: TorchStorage] = [:]
    for node in machine.nodes {
      if case .storage(let storage) = node.kind { types[storage.key] = storage }
    }
    var storages: [String: ByteSlice] = [:]
    var cursor = ByteCursor(file, at: position)
    for key in try keyMachine.items(of: keys).map(keyMachine.string) {
      let part = "storage `\(key)`"
      guard let storage = types[key] else { throw FilesError.malformed(path: file.label, .missing(part: part)) }
      let count = try cursor.length(Int64.self, of: part)
      guard count == storage.count else {
        throw FilesError.malformed(
          path: file.label, .contradiction(part: "the size of \(part)", claimed: storage.count, found: count))
      }
      storages[key] = try cursor.take(count * storage.type.size, part)
    }
    return try PickleTree(of: tree, in: machine, separator: ".") { storage in
      guard let bytes = storages[storage.key] else {
        throw FilesError.malformed(path: file.label, .missing(part: "storage `\(storage.key)`"))
      }
      return bytes
    }.tensors
  }

  private static func checkByteOrder(_ system: PickleValue, in machine: PickleMachine) throws {
    guard case .node(let index) = system, case .dictionary = machine.nodes[index].kind else { return }
    let items = machine.nodes[index].items
    for pair in stride(from: 0, to: items.count - 1, by: 2) {
      if case .text("little_endian") = items[pair], case .bool(false) = items[pair + 1] {
        throw FilesError.malformed(path: machine.path, .unsupported(part: "the byte order", what: "`big`"))
      }
    }
  }
}

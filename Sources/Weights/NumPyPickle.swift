import Files

/// A pickle of nested dictionaries of NumPy arrays.
package enum NumPyPickle {
  package static func read(_ file: ByteSlice) throws -> [String: StoredTensor] {
    var machine = PickleMachine(file)
    let root = try machine.run()
    return try PickleTree(of: root, in: machine, separator: "/") { storage in
      throw FilesError.malformed(path: file.label, .missing(part: "storage `\(storage.key)`"))
    }.tensors
  }
}

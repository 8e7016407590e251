import Files

/// What `torch.save` (since 1.6) and `torch.jit.save` write: a zip of `<root>/data.pkl` and `<root>/data/<key>`.
///
/// In a TorchScript archive the pickle builds instances of `__torch__` classes; they are read as inert records, and a
/// tensor's name is the path of attributes to it. The code in the archive is not looked at.
package enum TorchArchive {
  package static func read(_ zip: ZipDirectory) throws -> [String: StoredTensor] {
    guard let root = root(of: zip) else {
      throw FilesError.malformed(path: zip.region.label, .missing(part: "entry `data.pkl`"))
    }
    if zip[root + "byteorder"] != nil {
      let order = try zip.bytes(root + "byteorder").text()
      guard order == "little" else {
        throw FilesError.malformed(
          path: zip.region.label, .unsupported(part: "the byte order", what: "`\(order ?? "nonsense")`"))
      }
    }
    let isTorchScript = zip[root + "constants.pkl"] != nil
    var machine = PickleMachine(try zip.bytes(root + "data.pkl"), acceptsTorchScript: isTorchScript)
    let tree = try machine.run()
    var storages: [String: ByteSlice] = [:]
    var total = 0
    for node in machine.nodes {
      guard case .storage(let storage) = node.kind, storages[storage.key] == nil else { continue }
      let bytes = try bytes(of: storage, in: zip, root: root)
      total += bytes.count
      guard total <= zip.region.count else {
        throw FilesError.malformed(
          path: zip.region.label, .oversized(part: "the size of all storages", claimed: total, limit: zip.region.count))
      }
      storages[storage.key] = bytes
    }
    return try PickleTree(of: tree, in: machine, separator: ".") { storage in
      guard let bytes = storages[storage.key] else {
        throw FilesError.malformed(path: zip.region.label, .missing(part: "storage `\(storage.key)`"))
      }
      return bytes
    }.tensors
  }

  /// `archive/`, or whatever the file was called when it was written; nil when there is no `data.pkl`.
  package static func root(of zip: ZipDirectory) -> String? {
    let pickles = zip.entries.map(\.name).filter { name in
      (name == "data.pkl" || name.hasSuffix("/data.pkl")) && name.utf8.filter { $0 == UInt8(ascii: "/") }.count <= 1
    }
    return pickles.min().map { String($0.dropLast("data.pkl".count)) }
  }

  private static func bytes(of storage: TorchStorage, in zip: ZipDirectory, root: String) throws -> ByteSlice {
    let bytes = try zip.bytes("\(root)data/\(storage.key)")
    guard bytes.count == storage.count.multipliedReportingOverflow(by: storage.type.size).partialValue else {
      throw FilesError.malformed(
        path: zip.region.label,
        .contradiction(
          part: "the size of storage `\(storage.key)`",
          claimed: storage.count.multipliedReportingOverflow(by: storage.type.size).partialValue, found: bytes.count))
    }
    return bytes
  }
}

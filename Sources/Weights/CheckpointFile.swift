import Foundation

/// Opens a file of weights, whatever its format, by its first bytes.
enum CheckpointFile {
  static func open(_ path: String) throws -> Checkpoint {
    try open(ByteRegion(mapping: path).all)
  }

  static func open(_ file: ByteSlice) throws -> Checkpoint {
    let tensors: [String: StoredTensor]
    switch format(of: file) {
    case .pickle: tensors = try NumPyPickle.read(file)
    case .safetensors: tensors = try Safetensors.read(file).tensors
    case .unknown: throw WeightsError.unknownFormat(path: file.label)
    }
    return Checkpoint(path: file.label, tensors: tensors, size: file.count)
  }

  private enum Format { case pickle, safetensors, unknown }

  private static func format(of file: ByteSlice) -> Format {
    let start = file.withBytes { Array($0.prefix(16)) }
    if start.first == PickleInstruction.protocolVersion.rawValue { return .pickle }
    if start.count > 8, start[8] == UInt8(ascii: "{") { return .safetensors }
    let textPickles = ["pkl", "pickle", "ckpt", "pt", "pth"]
    return textPickles.contains(URL(fileURLWithPath: file.label).pathExtension) ? .pickle : .unknown
  }
}

extension CheckpointFile {
  static func locate(_ path: String) throws -> ByteSlice { try ByteRegion(mapping: path).all }

  /// The package that an archive from pip is, by what is inside; nil when the file is no such archive.
  static func package(_ path: String) throws -> (KnownWeights, PythonPackage)? {
    let start = try ByteRegion(mapping: path).all.withBytes { Array($0.prefix(4)) }
    guard start.starts(with: [0x1f, 0x8b]) || start.starts(with: Array("PK".utf8)) else { return nil }
    let packages = KnownWeights.all.compactMap { known in known.package.map { (known, $0) } }
    return packages.first { path.hasSuffix($0.1.archive) }
  }
}

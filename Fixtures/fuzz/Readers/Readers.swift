import Files
import Harness
import Scores
import Weights

/// The readers that take their bytes from memory. The first byte of an input chooses one.
enum Readers {
  static let all: [@Sendable ([UInt8]) throws -> Void] = [
    { _ = try NPYHeader(ByteRegion(memory($0)), path: "input") },
    { _ = try ZipDirectory(ByteRegion(memory($0))) },
    { _ = try Safetensors.read(memory($0)) },
    // Pickles of NumPy and PyTorch, TorchScript, TensorFlow's tables.
    { _ = try CheckpointFile.read(memory($0)) },
    { _ = try CSV.table(text($0)) },
    { _ = try Suite.parse(text($0), file: "input.yaml") },
    { _ = try CommandTemplate(text($0), at: Place(file: "input")) },
    { _ = try RunDocument.read(text($0), place: "input") },
  ]

  private static func memory(_ bytes: [UInt8]) -> ByteSlice { MappedBytes(label: "input", copying: bytes).all }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

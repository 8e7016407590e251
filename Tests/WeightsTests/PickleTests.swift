import Files
import Foundation
import Testing
import Weights

struct PickleTests {
  private func read(_ bytes: [UInt8]) throws -> [String: StoredTensor] {
    try NumPyPickle.read(MappedBytes(label: "x.pkl", copying: bytes).all)
  }

  @Test(arguments: [2, 3, 5])
  func readsArraysOfEveryProtocol(version: Int) throws {
    let tensors = try read(Fixture.bytes("arrays.protocol\(version).pkl"))
    #expect(Set(tensors.keys) == ["row", "column", "half", "count"])
    #expect(tensors["row"]?.shape == [2, 3])
    #expect(tensors["row"]?.values() == [0, 1, 2, 3, 4, 5])
    #expect(tensors["column"]?.values() == [0, 1, 2, 3, 4, 5])
    #expect(tensors["column"]?.values(axes: [1, 0]) == [0, 3, 1, 4, 2, 5])
    #expect(tensors["half"]?.values() == [0.5, -2])
    #expect(tensors["count"]?.shape == [])
    #expect(tensors["count"]?.values() == [7])
  }

  @Test(arguments: [
    ("refused-os-system.pkl", "asks for `posix.system`, which is not data; refused"),
    ("refused-posix-system.pt", "asks for `posix.system`, which is not data; refused"),
    ("refused-builtins-eval.pkl", "asks for `__builtin__.eval`, which is not data; refused"),
    ("refused-protocol0.pkl", "asks for `os.system`, which is not data; refused"),
    (
      "refused-inst.pkl",
      "uses the pickle instruction STRING at byte 1, which no weights file needs; refused"
    ),
    ("refused-torch-class.pkl", "asks for `__torch__.a.B`, which is not data; refused"),
  ])
  func refusesByNameAndDoesNothing(file: String, words: String) throws {
    let folder = try TemporaryFolder()
    let path = Fixture.path(file)
    #expect(message { try WeightStore(folder: folder.path).importFile(path, as: nil) } == "`\(path)` \(words)")
    #expect(!FileManager.default.fileExists(atPath: "/tmp/vidmetrics-pickle-was-executed"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  /// `torch.jit` names and `__torch__` classes are data in a TorchScript archive only; `_rebuild_tensor` is nowhere.
  @Test func theListOfNamesIsClosed() {
    let names = [
      ("torch.jit._pickle", "build_intlist"), ("torch._utils", "_rebuild_tensor"), ("torch", "load"),
      ("numpy", "load"), ("numpy.core.multiarray", "fromfile"), ("collections", "defaultdict"), ("builtins", "set"),
      ("torch.storage", "_load_from_bytes"), ("os.path", "join"), ("__torch__", "A"), ("__torch__evil", "A"),
    ]
    for (module, name) in names {
      #expect(PickleGlobal(module: module, name: name, acceptsTorchScript: false) == nil, "\(module).\(name)")
    }
    #expect(PickleGlobal(module: "__torch__", name: "A", acceptsTorchScript: true) == .torchScriptClass("__torch__.A"))
    #expect(PickleGlobal(module: "__torch__evil", name: "A", acceptsTorchScript: true) == nil)
    #expect(PickleGlobal(module: "os", name: "system", acceptsTorchScript: true) == nil)
  }

  /// A billion laughs: 30 lists, each holding the one before twice.
  @Test func refusesSharedListsThatUnfoldWithoutEnd() {
    var bytes: [UInt8] = [0x80, 4, 0x5d, 0x94]
    for level in 0..<30 as Range<UInt8> {
      bytes += [0x5d, 0x94, 0x28, 0x68, level, 0x68, level, 0x65]
    }
    #expect(
      message { try read(bytes + [0x2e]) }
        == "`x.pkl` is damaged or not what it seems: the size of the pickle claims 2000002, the limit is 2000000")
  }

  @Test func refusesListsInThemselvesAndDeepNesting() {
    let inItself: [UInt8] = [0x80, 4, 0x5d, 0x94, 0x68, 0, 0x61, 0x2e]
    let deep = [0x80, 4, 0x4e] + [UInt8](repeating: 0x85, count: 500_000) + [0x2e]
    for bytes in [inItself, deep] {
      #expect(
        message { try read(bytes) }
          == "`x.pkl` is damaged or not what it seems: the depth of the pickle claims 65, the limit is 64")
    }
  }

  @Test func refusesSizesBeyondTheFile() {
    let huge: [UInt8] = [0x80, 4, 0x8e, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3, 0x2e]
    #expect(
      message { try read(huge) } == """
        `x.pkl` is damaged or not what it seems: a byte string at byte 11 needs 9223372036854775807 bytes, but only 15 \
        are there in all
        """)
    #expect(
      message { try read([0x80, 4, 0x5d, 0x61, 0x2e]) }
        == "`x.pkl` is damaged or not what it seems: the pickle's stack at byte 4 is not valid")
  }

  /// A text of 60 kB that is encoded again with every 5 bytes of the file would fill the memory.
  @Test func refusesCopiesLargerThanTheFile() {
    var bytes = Array("\u{80}".unicodeScalars.map { UInt8($0.value) }) + [2]
    bytes += Array("c_codecs\nencode\nq".utf8) + [0, 0x58, 0x60, 0xea, 0, 0] + [UInt8](repeating: 97, count: 60000)
    bytes += [0x71, 1, 0x58, 6, 0, 0, 0] + Array("latin1".utf8) + [0x86, 0x71, 2]
    for _ in 0..<10000 { bytes += [0x68, 0, 0x68, 2, 0x52] }
    #expect(message { try read(bytes + [0x2e]) }.contains("what the pickle copies claims"))
  }

  @Test func refusesTensorsThatRepeatTheirElements() throws {
    let bytes = MappedBytes(label: "x", copying: [UInt8](repeating: 0, count: 64)).all
    let shapes: [([Int], [Int])] = [
      ([1 << 40], [0]), ([1 << 40, 1 << 40], [0, 0]), ([17], [1]), ([2, 2], [100, 1]), ([-1], [1]),
    ]
    for (shape, strides) in shapes {
      #expect(throws: FilesError.self) {
        try StoredTensor(name: "t", type: .float32, shape: shape, strides: strides, bytes: bytes)
      }
    }
    #expect(try StoredTensor(name: "t", type: .float32, shape: [0, 1 << 40], bytes: bytes).values().isEmpty)
  }
}

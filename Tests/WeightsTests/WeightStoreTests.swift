import Files
import Foundation
import Testing
import Weights

struct WeightStoreTests {
  @Test func findsItsFolder() {
    #expect(WeightStore.defaultFolder(environment: ["VIDMETRICS_CACHE": "/c", "HOME": "/h"]) == "/c/weights")
    let xdg = ["XDG_CACHE_HOME": "/x", "HOME": "/h"]
    #expect(WeightStore.defaultFolder(environment: xdg) == "/x/vidmetrics/weights")
    #expect(WeightStore.defaultFolder(environment: ["HOME": "/h"]) == "/h/.cache/vidmetrics/weights")
  }

  @Test func saysHowToGetWhatIsAbsent() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path + "/none")
    #expect(
      message { try store.load("i3d-kinetics400") } == """
        weights `i3d-kinetics400` are not on this machine
        hint: `vidmetrics weights fetch i3d-kinetics400` gets them, `vidmetrics weights import FILE` takes a file you have
        """)
    #expect(
      message { try store.load("i3d-kinetics") } == """
        there are no weights called `i3d-kinetics`; known: `i3d-kinetics400`, `inception-2015-12-05`, `i3d-rgb-imagenet`, \
        `i3d-dtdb-16`, `i3d-dtdb-32`, `dreamsim-ensemble`, `dreamsim-dino-vitb16`, `dreamsim-clip-vitb32`, \
        `dreamsim-open-clip-vitb32`, `dreamsim-dinov2-vitb14`, `clip-vit-b-32`, `clip-vit-b-16`, `clip-vit-l-14`, \
        `open-clip-vit-b-32`, `open-clip-vit-b-16`, `clip-vocabulary`, `aesthetic-vit-l-14`, `musiq-spaq`, `dino-vitb16`, `dinov2-vitb14`, `dinov2-vitl14`, `alexnet`, \
        `lpips-alex`, `raft-things`, `amt-s`
        """)
    #expect(
      message { try store.load("dreamsim-ensemble") } == """
        weights `dreamsim-ensemble` are not on this machine
        hint: `vidmetrics weights fetch dreamsim-ensemble` gets them, `vidmetrics weights import \
        dreamsim_ensemble_checkpoint.zip dino_vitbase16_pretrain.pth` takes the published files
        """)
    #expect(message { try store.load("../x") }.hasPrefix("`../x` cannot name weights"))
    let list = store.list()
    #expect(list.map(\.name) == KnownWeights.all.map(\.name))
    for status in list {
      guard case .absent = status.state else {
        Issue.record("\(status.name) should be absent")
        continue
      }
    }
  }

  @Test func findsEveryDamageOfAStoredFile() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path)
    let weights = try store.importFile(Fixture.path("jax.ckpt"), as: "mine")
    #expect(weights.name == "mine")
    #expect(try store.verify("mine") == weights.fingerprint)
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: store.path("mine"))))
    bytes[bytes.count - 1] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: store.path("mine")))
    let words = message { try store.load("mine") }
    #expect(words.hasPrefix("weights `mine` in `\(store.path("mine"))` are damaged: expected"))
    let status = try #require(store.list().last)
    guard case .damaged = status.state else {
      Issue.record("`mine` should be damaged")
      return
    }
    #expect(status.name == "mine")
    let whole = bytes
    for count in [4, 1000, whole.count - 1] {
      try Data(whole[..<count]).write(to: URL(fileURLWithPath: store.path("mine")))
      #expect(message { try store.load("mine") }.hasPrefix("weights `mine` in `\(store.path("mine"))` are damaged: "))
      #expect(message { try store.load("mine") }.hasSuffix("\nhint: import the file again"))
    }
    try Data(whole[..<1000]).write(to: URL(fileURLWithPath: store.path("i3d-kinetics400")))
    #expect(
      message { try store.load("i3d-kinetics400") } == """
        weights `i3d-kinetics400` in `\(store.path("i3d-kinetics400"))` are damaged: the safetensors header at byte 8 needs \
        \(header(whole)) bytes, but only 1000 are there in all
        hint: `vidmetrics weights fetch i3d-kinetics400` gets them again
        """)
  }

  /// The length of a safetensors header.
  private func header(_ bytes: [UInt8]) -> Int { bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) } }

  @Test func aKnownNameIsOnlyForItsFingerprint() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path)
    let expected = try #require(KnownWeights.i3dKinetics400.fingerprint)
    let path = Fixture.path("jax.ckpt")
    #expect(
      message { try store.importFile(path, as: "i3d-kinetics400") }
        == "`\(path)` is not `i3d-kinetics400`: its fingerprint is sha256:\(try Fixture.fingerprint()), "
        + "that of `i3d-kinetics400` is \(expected)")
    // A file put into the folder under a known name does not pass for it.
    let other = try store.importFile(path, as: nil)
    try FileManager.default.moveItem(atPath: store.path(other.name), toPath: store.path("i3d-kinetics400"))
    #expect(message { try store.load("i3d-kinetics400") }.contains("are damaged: expected \(expected)"))
  }

  @Test(arguments: ["rgb_imagenet.pt", "model_rgb.pth", "i3d_rgb.pt"])
  func refusesImageNetWeightsUnlessTheUserInsists(name: String) throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path + "/store")
    let path = try folder.write(name, Fixture.bytes("piergiaj.pt"))
    #expect(
      message { try store.importFile(path, as: nil) } == """
        `\(path)` is taken for I3D's rgb_imagenet weights (it is called `\(name)`, and its values are not those of \
        `i3d-kinetics400`): published FVDs use rgb_scratch (`i3d-kinetics400`), and scores of the two cannot be \
        compared; refused
        hint: `--allow-rgb-imagenet` imports it as `i3d-rgb-imagenet`, and every score will say so
        """)
    let weights = try store.importFile(path, as: nil, insist: true)
    #expect(weights.name == "i3d-rgb-imagenet")
    #expect(!weights.isFVDWeights)
    #expect(weights.source.contains("rgb_imagenet: it is called `\(name)`"))
    #expect(try store.load("i3d-rgb-imagenet").fingerprint == weights.fingerprint)
  }

  /// SHA-1 of `blob 6`, a zero byte and `hello` with a newline: `git hash-object` gives ce013625....
  /// LAION's layout, and what imported files are held against.
  @Test func holdsFilesAgainstWhatTheirMakersPublish() throws {
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.path)
    let fixtures = Fixture.folder + "/.."
    guard case .network(let head) = try store.importFiles([fixtures + "/vbench/sa_0_4_vit_l_14_linear.pth"], as: nil)
    else { throw CocoaError(.fileReadCorruptFile) }
    #expect(head.network == "linear-head" && head.name.hasPrefix("custom:"))
    #expect(head.tensors.mapValues(\.shape) == ["head/kernel": [64], "head/bias": [1]])
    #expect(try store.anchor(head.name) == .none)
    #expect(KnownWeights.named("clip-vit-l-14")?.licence == "MIT")
    for known in KnownWeights.all where known.likeness != nil && known.canFetch {
      #expect(known.licence != nil, "\(known.name)")
    }
  }

  @Test func knowsFilesByTheirGitName() {
    let name = Array("hello\n".utf8).withUnsafeBytes { GitBlob.name(of: $0) }
    #expect(name == "ce013625030ba8dba906f756967f9e9ca394464a")
  }

  @Test func aTensorIsAskedForWithItsShape() throws {
    let tensors = ["a": WeightTensor(name: "a", shape: [2, 1], values: [1, 2])]
    let weights = NetworkWeights(name: "tiny", network: "i3d", tensors: tensors, source: "a test")
    #expect(try weights.tensor("a", shape: [2, 1]) == [1, 2])
    #expect(
      message { try weights.tensor("a", shape: [2]) }
        == "tensor `a` of weights `tiny` has shape [2, 1], the network needs [2]")
    #expect(message { try weights.tensor("b", shape: [2]) } == "weights `tiny` have no tensor `b`")
  }
}

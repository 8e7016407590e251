import Foundation
import Testing
import Weights

/// Weights whose fingerprint nobody knows: DT-FVD's, by the name of the file or the user's word, and by layout.
struct LikenessTests {
  private func store(_ folder: TemporaryFolder) -> WeightStore { WeightStore(folder: folder.path + "/store") }

  @Test(arguments: [16, 32]) func theirFilesAreTakenForThem(_ frames: Int) throws {
    let folder = try TemporaryFolder()
    let store = store(folder)
    let weights = try store.importFile(Fixture.path("I3D_\(frames).pth.tar"), as: nil)
    #expect(weights.name == "i3d-dtdb-\(frames)" && weights.network == "i3d")
    #expect(weights.fingerprint.hex == (try Fixture.dtdbFingerprint()))
    #expect(weights.tensors.count == 57 * 5 + 2)
    #expect(
      weights.source == """
        I3D_\(frames).pth.tar (PyTorch piergiaj/VideoGPT names); `i3d-dtdb-\(frames)` by the file's name and by \
        18 classes and batch norm with a trained scale, not by a fingerprint
        """)
    #expect(weights.known == nil && !weights.isFVDWeights)
    #expect(try store.load(weights.name).tensors == weights.tensors)
    let status = try #require(store.list().first { $0.name == weights.name })
    #expect(!status.canFetch && status.fingerprint == nil && status.source == weights.source)
  }

  @Test func theUserMayNameThem() throws {
    let folder = try TemporaryFolder()
    let other = try folder.write("dtdb.pt", Fixture.bytes("I3D_16.pth.tar"))
    let named = try store(folder).importFile(other, as: "i3d-dtdb-16")
    #expect(named.name == "i3d-dtdb-16" && named.source.contains("; `i3d-dtdb-16` by --as and by 18 classes"))
    #expect(try store(folder).importFile(other, as: nil).name == "custom:" + Fixture.dtdbFingerprint().prefix(12))
    #expect(try store(folder).importFile(Fixture.path("I3D_16.pth.tar"), as: "mine").name == "mine")
  }

  @Test func othersAreRefusedUnderTheirNames() throws {
    let folder = try TemporaryFolder()
    let kinetics = Fixture.path("piergiaj.pt")
    #expect(
      message { try store(folder).importFile(kinetics, as: "i3d-dtdb-16") } == """
        `\(kinetics)` cannot be `i3d-dtdb-16`, which is the network i3d with 18 classes and batch norm with a trained \
        scale: it is that with 3 classes and batch norm without a trained scale
        hint: leave --as out, or give another name
        """)
    let sixteen = Fixture.path("I3D_16.pth.tar")
    #expect(
      message { try store(folder).importFile(sixteen, as: "i3d-dtdb-32") } == """
        `\(sixteen)` is taken for `i3d-dtdb-16` by the file's name, and is to be kept as `i3d-dtdb-32`; refused
        hint: `--as i3d-dtdb-16`, or rename the file if it does hold `i3d-dtdb-32`
        """)
    // A file of the published name whose layout is another's is nobody's in particular.
    let wrong = try folder.write("I3D_16.pth.tar", Fixture.bytes("piergiaj.pt"))
    #expect(try store(folder).importFile(wrong, as: nil).name == "custom:" + Fixture.fingerprint().prefix(12))
    // Nor does a file put into the folder under their name pass for them.
    let mine = try store(folder).importFile(wrong, as: "mine")
    try FileManager.default.moveItem(
      atPath: store(folder).path(mine.name), toPath: store(folder).path("i3d-dtdb-16"))
    #expect(
      message { try store(folder).load("i3d-dtdb-16") }.contains("it is that with 3 classes and batch norm without"))
  }

  @Test func theListSaysWhereTheyComeFrom() throws {
    let folder = try TemporaryFolder()
    let status = try #require(store(folder).list().first { $0.name == "i3d-dtdb-32" })
    #expect(status.source.contains("models/DTI3D/length32/I3D_32.pth.tar"))
    #expect(status.source.contains("https://drive.google.com/drive/folders/12-PccC8jKz4UGpaE9GS0aOi23PHjJLzW"))
    let way = """

      hint: `vidmetrics weights import FILE` takes models/DTI3D/length32/I3D_32.pth.tar, which \
      CompVis/image2video-synthesis-using-cINNs keeps in \
      https://drive.google.com/drive/folders/12-PccC8jKz4UGpaE9GS0aOi23PHjJLzW
      """
    #expect(
      message { try store(folder).load("i3d-dtdb-32") } == "weights `i3d-dtdb-32` are not on this machine" + way)
    #expect(
      message { try store(folder).fetch("i3d-dtdb-32") { _ in } }
        == "weights `i3d-dtdb-32` cannot be fetched" + way)
  }
}

import Evaluation
import Files
import Foundation
import Synchronization
import Testing

@Suite struct CacheTests {
  let folder: TemporaryFolder
  let network = FakeNetwork()

  init() throws {
    folder = try TemporaryFolder()
    try folder.writeArray("a.npy", [5, 4, 8, 8, 3], seed: 1)
    try folder.writeArray("b.npy", [5, 4, 8, 8, 3], seed: 2)
  }

  private func run(_ network: FakeNetwork? = nil, _ settings: [(String, String)] = []) throws -> EvaluationResult {
    try evaluate(
      request(folder.file("a.npy"), folder.file("b.npy"), settings), network ?? self.network,
      cache: folder.file("cache"))
  }

  private func entries(_ kind: String) throws -> [String] {
    let root = folder.file("cache/\(kind)")
    return try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.contains("/") }.map { root + "/" + $0 }
  }

  /// A file with the old name, size and number of videos, but other content, is a new file.
  @Test func aReplacedFileIsReadAgain() throws {
    let first = try run()
    try folder.writeArray("b.npy", [5, 4, 8, 8, 3], seed: 3)
    let second = try run()
    #expect(second.circumstances.clipsCached == 5 && second.circumstances.clipsComputed == 5)
    #expect(second.scores[0].value != first.scores[0].value)
    #expect(second.scores[0].fake?.digest != first.scores[0].fake?.digest)
    #expect(second.scores[0].real?.digest == first.scores[0].real?.digest)
  }

  @Test func otherSettingsAreOtherFeatures() throws {
    _ = try run()
    #expect(try run(nil, [("resize", "tf1-bilinear")]).circumstances.clipsCached == 0)
    #expect(try run(FakeNetwork(identity: "fake/2")).circumstances.clipsCached == 0)
    #expect(try run(nil, [("ddof", "1")]).circumstances.clipsCached == 10)
  }

  @Test func aDamagedEntryIsComputedAgain() throws {
    let first = try run()
    let files = try entries("features")
    #expect(files.count == 10)
    for (index, file) in files.enumerated() {
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
      switch index % 3 {
      case 0: bytes[3] ^= 1
      case 1: bytes.removeLast(20)
      default: bytes = []
      }
      try Data(bytes).write(to: URL(fileURLWithPath: file))
    }
    let second = try run()
    #expect(second.circumstances.clipsComputed == 10)
    #expect(second.scores[0].value.bitPattern == first.scores[0].value.bitPattern)
    #expect(try run().circumstances.clipsCached == 10)
  }

  @Test func nothingHalfWrittenIsLeft() throws {
    _ = try run()
    #expect(try entries("features").allSatisfy { !$0.hasSuffix(".part") })
  }

  @Test func whatKilledProcessesLeftIsSwept() throws {
    let key = SHA256.digest(of: "key")
    let place = "cache/features/\(key.hex.prefix(2))/"
    let gone = 4_194_304 + 7  // above the largest number of a process
    let (old, new) = ("x.\(gone).1.part", "x.\(gone).2.part")
    for name in [old, new, "old"] { try folder.write([1], place + name) }
    for name in [old, "old"] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -90_000)], ofItemAtPath: folder.file(place + name))
    }
    CacheFolder(path: folder.file("cache")).write("features", key, [2])
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.file(place))
    #expect(Set(left) == [new, "old", key.hex])
  }

  @Test func aFolderThatCannotBeWrittenIsAWarning() throws {
    try folder.write([], "cache")
    let document = try run()
    let warning = try #require(document.scores[0].warnings.last)
    #expect(warning.code == "cache-not-written")
    let place = try Regex(
      "features could not be kept: `\(folder.file("cache"))/[a-z]+/[0-9a-f]{2}` cannot be written: the folder "
        + "cannot be made: Not a directory; VIDMETRICS_CACHE=FOLDER keeps them elsewhere")
    #expect(warning.text.wholeMatch(of: place) != nil, "\(warning.text)")
    #expect(
      document.scores[0].value.bitPattern
        == (try evaluate(request(folder.file("a.npy"), folder.file("b.npy")))).scores[0].value.bitPattern)
  }

  @Test func anEntryOfAnotherStampIsNotTaken() throws {
    let cache = CacheFolder(path: folder.file("memo"))
    let digest = "sha256:" + String(repeating: "0", count: 64)
    let facts = VideoFacts(
      digest: digest, width: 4, height: 3, frameCount: 2, frameRate: 29.97, codec: "h264", colourRange: "tv",
      colourMatrix: nil, isLossless: false)
    let memo = VideoMemo(folder: cache)
    memo.store(facts, stamp: "a|1")
    #expect(memo.facts(stamp: "a|1") == facts)
    #expect(memo.facts(stamp: "a|2") == nil)
    cache.write("videos", SHA256.digest(of: "a|2"), facts.encoded(stamp: "a|1"))
    #expect(memo.facts(stamp: "a|2") == nil)
  }

  /// A file that changes after it was digested gives no features under the old digest.
  @Test func aFileThatChangesWhileItIsRead() throws {
    let target = folder.file("b.npy")
    let changing = FakeNetwork {
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: target))
      try handle.seekToEnd()
      try handle.seek(toOffset: 200)
      try handle.write(contentsOf: Data([1, 2, 3]))
      try handle.close()
    }
    let expected = message { _ = try run(changing) }
    #expect(expected?.contains("`b.npy[0]` was changed while it was being read") == true)
    #expect(try run().circumstances.clipsCached == 5, "only those of the other set are kept")
  }

  @Test func whereTheFolderIs() {
    #expect(
      CacheFolder.defaultPath(environment: ["VIDMETRICS_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"]) == "/a")
    #expect(CacheFolder.defaultPath(environment: ["XDG_CACHE_HOME": "/b", "HOME": "/c"]) == "/b/vidmetrics")
    #expect(CacheFolder.defaultPath(environment: ["VIDMETRICS_CACHE": "", "HOME": "/c"]) == "/c/.cache/vidmetrics")
  }
}

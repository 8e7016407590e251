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

  private func packs(_ name: String = "cache") throws -> [String] {
    let root = folder.file("\(name)/packs")
    return try FileManager.default.contentsOfDirectory(atPath: root).filter { $0.hasSuffix(".pack") }.map {
      root + "/" + $0
    }
  }

  private func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

  private func change(_ path: String, _ body: (inout [UInt8]) -> Void) throws {
    var bytes = try bytes(path)
    body(&bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  private let key = SHA256.digest(of: "key")

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

  /// Ten entries of features of four bytes a value lie in one pack, behind what is known of ten videos.
  @Test func damagedEntriesAreComputedAgain() throws {
    let first = try run()
    let pack = try #require(try packs().first)
    #expect(try packs().count == 1)
    let index = 56 + 20 * 40
    try change(pack) { $0[$0.count - index - 33] ^= 1 }
    #expect(try run().circumstances.clipsComputed == 1, "the last payload")
    #expect(try run().circumstances.clipsComputed == 0)
    for other in try packs() where other != pack { try FileManager.default.removeItem(atPath: other) }
    try change(pack) { $0.removeLast(index + 20) }
    #expect(try run().circumstances.clipsComputed == 1, "an entry that was not finished, and no index")
    for pack in try packs() { try change(pack) { $0[3] ^= 1 } }
    let last = try run()
    #expect(last.circumstances.clipsComputed == 10, "no pack")
    #expect(last.scores[0].value.bitPattern == first.scores[0].value.bitPattern)
  }

  /// Each bit of a pack of two entries: an entry is as it was written, or not there.
  @Test func noChangedBitIsTaken() throws {
    let keys = (0..<2).map { SHA256.digest(of: "\($0)") }
    do {
      let cache = CacheFolder(path: folder.file("bits"))
      for (index, key) in keys.enumerated() { cache.write("k", key, [UInt8(index), 7]) }
    }
    let pack = try #require(try packs("bits").first)
    let whole = try bytes(pack)
    for bit in 0..<whole.count * 8 {
      try change(pack) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
      let cache = CacheFolder(path: folder.file("bits"))
      for (index, key) in keys.enumerated() {
        let found = cache.read("k", key)
        #expect(found == nil || found == [UInt8(index), 7], "bit \(bit)")
      }
      try Data(whole).write(to: URL(fileURLWithPath: pack))
    }
  }

  @Test func whatAKilledWriterLeftIsRead() throws {
    let cache = CacheFolder(path: folder.file("killed"))
    for value in 0..<3 { cache.write("k", SHA256.digest(of: "\(value)"), [UInt8(value)]) }
    // The writer lives: no index yet.
    #expect(CacheFolder(path: folder.file("killed")).read("k", SHA256.digest(of: "1")) == [1])
    let pack = try #require(try packs("killed").first)
    try FileManager.default.createDirectory(atPath: folder.file("copy/packs"), withIntermediateDirectories: true)
    try Data(try bytes(pack).dropLast(3)).write(to: URL(fileURLWithPath: folder.file("copy/packs/a.pack")))
    let copy = CacheFolder(path: folder.file("copy"))
    #expect(copy.read("k", SHA256.digest(of: "1")) == [1])
    #expect(copy.read("k", SHA256.digest(of: "2")) == nil)
    #expect(copy.read("other", SHA256.digest(of: "1")) == nil)
  }

  /// Many runs leave few files, and nothing is lost; a pack whose writer lives stays as it is.
  @Test func packsArePutTogether() throws {
    let living = CacheFolder(path: folder.file("many"))
    living.write("k", key, [200])
    for value in 0..<30 {
      CacheFolder(path: folder.file("many")).write("k", SHA256.digest(of: "\(value)"), [UInt8(value)])
      #expect(try packs("many").count <= 11)
    }
    let reader = CacheFolder(path: folder.file("many"))
    for value in 0..<30 { #expect(reader.read("k", SHA256.digest(of: "\(value)")) == [UInt8(value)]) }
    #expect(reader.read("k", key) == [200])
    #expect(living.read("k", key) == [200])
  }

  @Test func writersSideBySideLoseNothing() throws {
    let caches = (0..<4).map { _ in CacheFolder(path: folder.file("side")) }
    DispatchQueue.concurrentPerform(iterations: 400) { index in
      caches[index % 4].write("k", SHA256.digest(of: "\(index)"), [UInt8](repeating: UInt8(index % 251), count: index))
    }
    let reader = CacheFolder(path: folder.file("side"))
    for index in 0..<400 {
      #expect(
        reader.read("k", SHA256.digest(of: "\(index)")) == [UInt8](repeating: UInt8(index % 251), count: index))
    }
  }

  @Test func anEntryOfAnEarlierVersionIsTakenOver() throws {
    let sum = SHA256.digest(of: "k\n\(key.hex)\nab").hex
    let place = "old/k/\(key.hex.prefix(2))/\(key.hex)"
    try folder.write(Array("ab\(sum)".utf8), place)
    #expect(CacheFolder(path: folder.file("old")).read("k", key) == Array("ab".utf8))
    try FileManager.default.removeItem(atPath: folder.file(place))
    #expect(CacheFolder(path: folder.file("old")).read("k", key) == Array("ab".utf8))
    try folder.write(Array("ab\(sum)".utf8), place.replacing("/k/", with: "/other/"))
    #expect(CacheFolder(path: folder.file("old")).read("other", key) == nil)
  }

  @Test func whatKilledProcessesLeftIsSwept() throws {
    let gone = 4_194_304 + 7  // above the largest number of a process
    let (old, new) = ("x.\(gone).1.part", "x.\(gone).2.part")
    for name in [old, new, "old"] { try folder.write([1], "cache/packs/" + name) }
    for name in [old, "old"] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -90_000)], ofItemAtPath: folder.file("cache/packs/" + name))
    }
    CacheFolder(path: folder.file("cache")).write("features", key, [2])
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.file("cache/packs"))
    #expect(Set(left).isSuperset(of: [new, "old"]) && !left.contains(old))
  }

  @Test func aFolderThatCannotBeWrittenIsAWarning() throws {
    try folder.write([], "cache")
    let document = try run()
    let warning = try #require(document.scores[0].warnings.last)
    #expect(warning.code == "cache-not-written")
    #expect(
      warning.text
        == "features could not be kept: `\(folder.file("cache"))/packs` cannot be written: the folder cannot be made: "
        + "Not a directory; VIDMETRICS_CACHE=FOLDER keeps them elsewhere")
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

import Distances
import Evaluation
import Foundation
import MetricCatalog
import Networks
import Scores
import Testing
import Video
import Weights

/// VBench-Long from files to scores, against what its own functions made of the same videos with the same made-up weights
/// (`Fixtures/golden/vbench/recipe.py long`), and its clips.
@Suite struct VBenchLongTests {
  private struct Golden: Decodable {
    /// A value for each clip.
    struct Score: Decodable {
      let all: Double
      let videos: [Double]
      let inside: [Double]?
      let between: [Double]?

      enum CodingKeys: String, CodingKey {
        case all, videos
        case inside = "inclip_score"
        case between = "clip2clip_score"
      }
    }
    let clips: [[Int]]
    let rate: Double
    let scores: [String: Score]
  }

  private let folder: TemporaryFolder
  private let networks: MadeUpNetworks

  init() throws {
    folder = try TemporaryFolder()
    networks = MadeUpNetworks(store: WeightStore(folder: folder.file("weights")))
  }

  private func golden() throws -> Golden {
    try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: MadeUpNetworks.fixtures.appendingPathComponent("vbench/long.json")))
  }

  /// Videos of four clips, of two, of one, and of less than one.
  @Test(arguments: [
    "subject-consistency", "background-consistency", "aesthetic-quality", "imaging-quality", "temporal-flickering",
  ])
  func parity(_ metric: String) throws {
    let golden = try golden()
    for (number, clip) in golden.clips.enumerated() {
      let (frames, height, width) = (clip[0], clip[1], clip[2])
      try folder.write(
        folder.npyHeader("|u1", [1, frames, height, width, 3]) + madeUpClip(number, frames, height, width),
        "videos/\(number).npy")
    }
    let expected = try #require(golden.scores[metric])
    let branches = expected.between == nil ? [] : ["vbench-long-slow", "vbench-long-fast"]
    let wanted = try (["vbench-long"] + branches).map { name in
      var wanted = try networks.wanted(metric)
      wanted.evaluationProtocol = try EvaluationProtocol.named(name, metric: metric)
        .overriding("frame-rate", with: "\(golden.rate)")
      return wanted
    }
    var request = ScoreRequest(real: nil, fake: folder.file("videos"), scores: wanted)
    request.threads = 2
    let scores = try Evaluation(request: request, cache: nil) { try networks.network($0, MadeUpNetworks.tables.last!) }
      .run().scores
    let found = scores[0]
    #expect(abs(found.value - expected.all) < 5e-6, "\(found.value) \(expected.all)")

    // The clips of a video stand one behind the other.
    let counts = [4, 2, 1, 1]
    let videos = try #require(found.videos)
    #expect(videos.map(\.clips) == counts)
    func means(_ clips: [Double]) -> [Double] {
      var rest = clips[...]
      return counts.map { count in
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reduce(0, +) / Double(count)
      }
    }
    func agree(_ videos: [VideoValue], _ clips: [Double]) -> Bool {
      zip(videos.map(\.value), means(clips)).allSatisfy { abs($0 - $1) < 5e-6 }
    }
    #expect(agree(videos, expected.videos))
    if let inside = expected.inside, let between = expected.between {
      #expect(agree(scores[1].videos ?? [], inside))
      let fast = scores[2].videos ?? []
      #expect(fast.count == 2 && agree(fast, between))
    }
  }

  private func clips(_ sets: [(String, String)]) throws -> ClipsOfVideo? {
    ClipsOfVideo(
      try EvaluationProtocol.named("vbench", metric: "temporal-flickering").overriding(
        sets.map { (field: $0.0, value: $0.1) }
      ).fields)
  }

  @Test func theLastClipEndsWithTheVideo() throws {
    #expect(try clips([]) == nil)
    let clips = try #require(try clips([("clip-seconds", "2")]))
    func starts(_ frames: Int, _ rate: Double) throws -> [Range<Int>] {
      try clips.ranges(of: "a.mp4", frames: frames, rate: rate)
    }
    #expect(try starts(16, 8) == [0..<16])
    #expect(try starts(32, 8) == [0..<16, 16..<32])
    #expect(try starts(33, 8) == [0..<16, 16..<32, 17..<33])
    #expect(try starts(5, 8) == [0..<5])
    // Frames a second are cut off: 23.976 are 23.
    #expect(try starts(100, 23.976) == [0..<46, 46..<92, 54..<100])
  }

  @Test func ratesThatAreMissing() throws {
    let clips = try #require(try clips([("clip-seconds", "2")]))
    #expect(throws: EvaluationError.noRateOfClips(name: "a", seconds: 2)) {
      try clips.ranges(of: "a", frames: 9, rate: nil)
    }
    #expect(throws: EvaluationError.slowClips(name: "a", rate: 0.5)) {
      try clips.ranges(of: "a", frames: 9, rate: 0.5)
    }
    #expect(
      "\(EvaluationError.noRateOfClips(name: "a", seconds: 2))"
        == "`a` has no frame rate, and it is cut into clips of 2 seconds: `--set frame-rate=24` says it for all videos "
        + "(files of features, arrays and folders of frames hold none)")
    let given = try #require(try self.clips([("clip-seconds", "2"), ("frame-rate", "3.7")]))
    #expect(try given.ranges(of: "a", frames: 9, rate: 100) == [0..<6, 3..<9])
  }

  @Test func whatContradictsClips() throws {
    func check(_ sets: [(String, String)], _ metric: String, _ name: String = "vbench") throws {
      try EvaluationProtocol.named(name, metric: metric).overriding(sets.map { (field: $0.0, value: $0.1) }).validate()
    }
    try check([], "subject-consistency", "vbench-long")
    try check([("clip-seconds", "2")], "aesthetic-quality")
    #expect(throws: CatalogError.self) { try check([("clip-seconds", "2")], "subject-consistency") }
    try check([("clip-seconds", "2"), ("mean-over", "clips")], "subject-consistency")
    #expect(throws: CatalogError.self) { try check([("mean-over", "clips")], "subject-consistency") }
    #expect(throws: CatalogError.self) { try check([("drift", "yes")], "subject-consistency", "vbench-long-slow") }
    #expect(throws: CatalogError.self) { try check([("clip-frames", "first")], "subject-consistency") }
    #expect(throws: CatalogError.self) { try check([("samples", "4")], "subject-consistency", "vbench-long-slow") }
    #expect(throws: CatalogError.self) { try check([("stride", "2")], "aesthetic-quality", "vbench-long") }
    // Without clips nobody asks how long a second is.
    let whole = try EvaluationProtocol.named("vbench", metric: "temporal-flickering")
    #expect(try whole.overriding("frame-rate", with: "5").fingerprint == whole.fingerprint)
  }

  /// A long video counts for its clips, in the score and in the note of the real set alike.
  @Test func theRealSetIsMeasuredAlike() throws {
    let grey = { (level: Int) in Array(repeating: UInt8(level), count: 8 * 8 * 3) }
    for set in ["real", "fake"] {
      // Six clips of two frames that differ, one of two that do not.
      try folder.write(
        folder.npyHeader("|u1", [1, 12, 8, 8, 3]) + (0..<12).flatMap { grey($0 % 2 * 51) }, "\(set)/long.npy")
      try folder.write(folder.npyHeader("|u1", [1, 2, 8, 8, 3]) + grey(0) + grey(0), "\(set)/still.npy")
    }
    let wanted = RequestedScore(
      try EvaluationProtocol.named("vbench-long", metric: "temporal-flickering").overriding("frame-rate", with: "1"))
    let request = ScoreRequest(real: folder.file("real"), fake: folder.file("fake"), scores: [wanted])
    let score = try Evaluation(request: request, cache: nil) { try networks.network($0, MadeUpNetworks.tables[0]) }
      .run().scores[0]
    #expect(abs(score.value - (6 * 0.8 + 1) / 7) < 1e-8)
    #expect(score.warnings.contains { $0.text.hasPrefix("the real set's value is 0.8285714 ±") }, "\(score.warnings)")
  }

  // MARK: Both branches in one score

  /// At one frame a second: a red clip and a yellow one, and a video of a red clip alone. Clips stand still.
  private func writeColours() throws -> String {
    let colours = ["red": [UInt8(255), 0, 0], "yellow": [255, 255, 0]]
    for (name, clips) in [("long", ["red", "yellow"]), ("short", ["red"])] {
      let frames = clips.flatMap { [colours[$0] ?? [], colours[$0] ?? []] }
      try folder.write(
        folder.npyHeader("|u1", [1, frames.count, 8, 8, 3])
          + frames.flatMap { frame in (0..<64).flatMap { _ in frame } },
        "colours/\(name).npy")
    }
    return folder.file("colours")
  }

  /// By the means of red, green and blue: red and yellow have cosine 1 / √2, which lies between the quantiles 0.70 and 0.71 of
  /// the table of subject consistency.
  private let longValue = 0.5 + 0.5 * (0.966785529778715 + (0.968174134640714 - 0.966785529778715) * 0.7106781187)

  private func scored(
    _ path: String, _ names: [String] = ["vbench-long"], _ settings: [(String, String)] = [],
    networks: FakeNetworks = FakeNetworks(), _ more: (inout ScoreRequest) -> Void = { _ in }
  ) throws -> [ScoreRecord] {
    let all = try names.map { try wanted("subject-consistency", $0, [("frame-rate", "1")] + settings) }
    var request = ScoreRequest(real: nil, fake: path, scores: all)
    request.honesty.bootstrap = 200
    more(&request)
    return try Evaluation(request: request, cache: nil) { try networks($0) }.run().scores
  }

  /// Between the entries of a table values are linear, and clips that have nothing in common have the value inside them alone.
  @Test func theScaleOfTwoBranches() {
    func fused(_ between: Double?, _ share: Double = 0.5) -> Double {
      VBenchLong.fused(inside: 0.5, between: between, by: .backgroundQuantiles, share: share)
    }
    #expect(fused(nil) == 0.5 && fused(0) == 0.5 && fused(1) == 0.75 && fused(1, 0.25) == 0.625)
    #expect(abs(fused(0.005) - (0.5 + 0.873691544930448 / 2) / 2) < 1e-12)
    #expect(VBenchLong.fused(inside: 0.5, between: 1, by: .none, share: 0.5) == 0.5)
  }

  @Test func bothBranchesMakeOneScore() throws {
    let networks = FakeNetworks()
    let path = try writeColours()
    let score = try scored(path, networks: networks)[0]
    #expect((score.videos ?? []).map(\.name) == ["long.npy[0]", "short.npy[0]"])
    let values = (score.videos ?? []).map(\.value)
    #expect(abs(values[0] - longValue) < 1e-6 && abs(values[1] - 1) < 1e-6, "\(values)")
    #expect(abs(score.value - (2 * longValue + 1) / 3) < 1e-6)
    // Values inside clips alone would spread by nothing.
    let interval = try #require(score.interval)
    #expect(interval.high - interval.low > 0.005 && abs((score.std ?? 0) - (1 - longValue) / 2) < 1e-6)
    #expect(score.settings?.displayName == "vbench-long + frame-rate=1")
    #expect(
      score.warnings.first { $0.code == "one-clip-videos" }?.text
        == "1 of 2 videos are not longer than 2 s and have nothing to compare: "
        + "they have the value inside their clip alone")
    // Six frames of clips and three first ones; beside the branches nothing is computed twice.
    #expect(networks.frames.computed.load(ordering: .relaxed) == 9)
    _ = try scored(path, ["vbench-long", "vbench-long-slow", "vbench-long-fast"], networks: networks)
    #expect(networks.frames.computed.load(ordering: .relaxed) == 18)

    #expect(abs(try scored(path, ["vbench-long"], [("mean-over", "videos")])[0].value - (longValue + 1) / 2) < 1e-6)
    #expect(abs(try scored(path, ["vbench-long"], [("fast-share", "1")])[0].value - (4 * longValue - 2 + 1) / 3) < 1e-6)
    #expect(abs(try scored(path, ["vbench-long"], [("fusion", "none")])[0].value - 1) < 1e-6)
  }

  /// Features that were handed over in batches, and those of the parts of a set: both kinds of them.
  @Test func bothBranchesFromFeatures() throws {
    let path = try writeColours()
    let score = try scored(path)[0]
    let fused = try wanted("subject-consistency", "vbench-long", [("frame-rate", "1")])
    let networks = FakeNetworks()
    let template = FeatureExtraction(path: path, wanted: fused, cache: nil) { try networks($0) }
    let batches = FeatureAccumulation([fused], like: template)
    try batches.add(path, name: "batch")
    try FileManager.default.createDirectory(atPath: folder.file("features"), withIntermediateDirectories: true)
    let files = try batches.write(to: folder.file("features"))
    #expect(files.count == 2)
    let stored = try scored(folder.file("features"))[0]
    #expect(stored.value == score.value && stored.interval == score.interval)
    let slow = try scored(folder.file("features"), ["vbench-long-slow"])[0]
    #expect(stored.fake?.digest != slow.fake?.digest, "of both files")
    #expect(throws: EvaluationError.oneBranch(path: folder.file("features/" + files[0]), metric: "subject-consistency"))
    {
      try scored(folder.file("features/" + files[0]))
    }
    #expect(throws: CatalogError.self) { try template.run() }

    let set = try VideoSet.open(path)
    let listed = set.videos.map(\.listed)
    let part = ListedPart(
      path: path, videos: listed, first: 0, found: 2, origin: FeatureOrigin(listing: "", videos: 2))
    let found = try PartExtraction(part: part, role: .fake, scores: [fused], cache: nil) { try networks($0) }.run()
    #expect(found.features.map(\.rows.count) == [6, 3])
    let videos = try listed.map { GatheredSet.Video($0, .facts(try #require(found.facts[$0.name]))) }
    let gathered = try scored(path) { request in
      request.gathered[.fake] = GatheredSet(
        path: path, kind: set.kind, videos: videos, ignored: [], found: 2, features: found.features, listing: "")
    }
    #expect(gathered[0] == score)
  }

  /// No clip of a video stands beside another: the way out is named.
  @Test(arguments: ["vbench-long", "vbench-long-fast"]) func shortVideosAlone(_ name: String) throws {
    try folder.writeArray("short/0.npy", [1, 2, 8, 8, 3], seed: 1)
    #expect(
      message { _ = try scored(folder.file("short"), [name]) } == """
        no video of `\(folder.file("short"))` is longer than 2 seconds, and clips of long videos are compared with each other
        hint: of short videos the protocol is `vbench`, which `vidmetrics vbench` has without --long; `vbench-long-slow` is \
        what their frames differ by in clips alone
        """)
  }
}

import Evaluation
import Files
import Foundation
import MetricCatalog
import Scores
import Tensors
import Testing
import Video

/// Sets in parts, by a network of four features: what is put together from them is what one process gives.
@Suite struct PartTests {
  private let folder: TemporaryFolder
  private var real: String { folder.file("real") }
  private var fake: String { folder.file("fake") }

  init() throws {
    folder = try TemporaryFolder()
    for index in 0..<11 {
      try folder.writeArray("real/\(index).npy", [4, 8, 8, 3], seed: UInt32(index))
      try folder.writeArray("fake/\(index).npy", [4, 8, 8, 3], seed: UInt32(100 + index))
    }
  }

  private func scores(_ settings: [[(String, String)]] = [[]]) throws -> [RequestedScore] {
    try settings.flatMap { try request(real, fake, $0).scores }.map { score in
      var score = score
      score.framesAreGiven = true
      return score
    }
  }

  private func gathered(
    _ path: String, _ role: SetRole, _ scores: [RequestedScore], cuts: [Int], skips: Bool = false, cache: String? = nil,
    network: FakeNetwork = FakeNetwork(), as name: String? = nil
  ) throws -> GatheredSet {
    let set = try VideoSet.open(path)
    let listed = set.videos.map(\.listed)
    let bounds = [0] + cuts + [listed.count]
    var videos: [GatheredSet.Video] = []
    var features: [FeatureSet] = []
    for (shard, range) in zip(bounds, bounds.dropFirst()).map({ $0..<$1 }).enumerated() {
      let part = ListedPart(
        path: path, videos: Array(listed[range]), first: range.lowerBound, found: listed.count,
        origin: FeatureOrigin(listing: "", videos: listed.count, shards: cuts.count + 1, parts: [shard + 1]))
      let kept = cache.map { CacheFolder(path: $0) }
      var extraction = PartExtraction(part: part, role: role, scores: scores, cache: kept) { _ in network }
      extraction.skipsUnusable = skips
      let found = try extraction.run()
      let reasons = Dictionary(found.skipped.map { ($0.name, $0.reason) }) { $1 }
      videos += listed[range].map { video in
        found.facts[video.name].map { .init(video, .facts($0)) }
          ?? .init(video, .skipped(reason: reasons[video.name] ?? ""))
      }
      if features.isEmpty {
        features = found.features
      } else {
        for (index, own) in found.features.enumerated() {
          features[index] = FeatureSet(
            features: .init(
              rows: features[index].rows.count + own.rows.count, columns: own.features.columns,
              values: features[index].features.values + own.features.values),
            rows: Array(features[index].rows) + Array(own.rows), recipe: own.recipe)
        }
      }
    }
    return GatheredSet(
      path: name ?? path, kind: set.kind, videos: videos, ignored: set.ignored, found: listed.count, features: features,
      listing: "")
  }

  private func gatheredScores(_ wanted: [RequestedScore], cuts: [Int], skips: Bool = false) throws -> EvaluationResult {
    var request = ScoreRequest(real: real, fake: fake, scores: wanted)
    request.skipsUnusable = skips
    request.gathered = [
      .real: try gathered(real, .real, wanted, cuts: cuts, skips: skips),
      .fake: try gathered(fake, .fake, wanted, cuts: cuts, skips: skips),
    ]
    // Nothing of the sets is opened.
    return try Evaluation(request: request, cache: nil) { _ in FakeNetwork(onStart: { Issue.record("computed") }) }
      .run()
  }

  /// Protocols with other limits, strides and offsets share a pass and a part; a limit may end in any part, and before it.
  @Test(arguments: [[], [5], [1, 2, 9], [4, 5, 6, 7]])
  func scoresAreThoseOfOneProcess(cuts: [Int]) throws {
    let wanted = try scores([
      [], [("max-videos-real", "3"), ("max-videos-fake", "7")], [("frames", "2"), ("clips", "all")],
    ])
    let whole = try Evaluation(request: ScoreRequest(real: real, fake: fake, scores: wanted), cache: nil) { _ in
      FakeNetwork()
    }.run()
    let parts = try gatheredScores(wanted, cuts: cuts)
    #expect(parts.scores == whole.scores)
    #expect(parts.features.map { $0?.fake } == whole.features.map { $0?.fake })
  }

  @Test func whatIsSkippedIsSkippedInParts() throws {
    try folder.write([1, 2, 3], "fake/4.npy.mp4")
    try folder.writeArray("fake/5.npy", [1, 8, 8, 3], seed: 1)
    let wanted = try scores()
    var request = ScoreRequest(real: real, fake: fake, scores: wanted)
    request.skipsUnusable = true
    let whole = try Evaluation(request: request, cache: nil) { _ in FakeNetwork() }.run()
    let parts = try gatheredScores(wanted, cuts: [3, 5], skips: true)
    #expect(whole.skipped.count == 2)
    #expect(parts.skipped == whole.skipped)
    #expect(parts.scores == whole.scores)
  }

  @Test func aChangedSetIsNamed() throws {
    let wanted = try scores()
    let listed = try VideoSet.open(fake).videos.map(\.listed)
    let part = ListedPart(
      path: fake, videos: listed, first: 0, found: 11,
      origin: FeatureOrigin(listing: "", videos: 11, shards: 1, parts: [1]))
    try FileManager.default.removeItem(atPath: folder.file("fake/2.npy"))
    try folder.write([1, 2, 3], "fake/7.npy.bin")
    try folder.writeArray("fake/9.npy", [5, 8, 8, 3], seed: 3)
    let extraction = PartExtraction(part: part, role: .fake, scores: wanted, cache: nil) { _ in FakeNetwork() }
    #expect(
      message { _ = try extraction.run() } == """
        2 videos of `\(fake)` are not as listed
          `2.npy` is missing
          `9.npy` has 960 bytes and had 768
        hint: a set must not change while its parts are computed: put it back as it was, or plan anew
        """)
  }

  /// The second process finds what the first one has left, up to the entry that it was writing.
  @Test func workGoesOn() throws {
    let (partial, network) = (folder.file("partial"), FakeNetwork())
    let wanted = try scores()
    let first = try gathered(fake, .fake, wanted, cuts: [], cache: partial, network: network)
    #expect(network.computed.load(ordering: .relaxed) == 11)
    let again = FakeNetwork()
    _ = try gathered(fake, .fake, wanted, cuts: [3], cache: partial, network: again)
    #expect(again.computed.load(ordering: .relaxed) == 0)
    let packs = partial + "/packs"
    let file = try #require(try FileManager.default.contentsOfDirectory(atPath: packs).first { $0.hasSuffix(".pack") })
    let whole = try #require(FileManager.default.contents(atPath: packs + "/" + file))
    // In the midst of the last entry; an entry with a changed byte, behind it the index of 22 entries.
    let index = 56 + 22 * 40
    for damaged in [whole.dropLast(index + 9), whole.prefix(whole.count - index - 40) + [9] + whole.suffix(index + 39)]
    {
      for other in try FileManager.default.contentsOfDirectory(atPath: packs) {
        try FileManager.default.removeItem(atPath: packs + "/" + other)
      }
      try Data(damaged).write(to: URL(fileURLWithPath: packs + "/" + file))
      let third = FakeNetwork()
      let found = try gathered(fake, .fake, wanted, cuts: [], cache: partial, network: third)
      let computed = third.computed.load(ordering: .relaxed)
      #expect(computed > 0 && computed < 11)
      #expect(found.features == first.features)
    }
  }

  @Test func whatIsNotOfParts() throws {
    let psnr = RequestedScore(try EvaluationProtocol.named("vbench", metric: "temporal-flickering"))
    #expect(
      message { _ = try PartExtraction.wanted([psnr], of: .fake) }
        == "temporal-flickering has no features to extract: it reads the videos, or their camera poses, themselves")
    let repeated = try scores([[("repeats", "2"), ("offset-real", "random")]])
    #expect(
      message { _ = try PartExtraction.wanted(repeated, of: .real) } == """
        fvd is not computed from parts of sets: `repeats` draws the real clips several times
        hint: `vidmetrics score` computes it in one piece
        """)
  }

  /// The same features for two protocols are computed once, as many as the larger limit wants.
  @Test func equalRecipesAreOne() throws {
    let wanted = try scores([[("max-videos-real", "3")], [("max-videos-real", "9")], [("frames", "2")]])
    let found = try PartExtraction.wanted(wanted, of: .real)
    #expect(found.map(\.limit) == [.count(9), wanted[2].evaluationProtocol.fields.maxVideosReal])
  }

  /// Moments of blocks, cut anywhere between blocks and skipped videos among them: one set of moments to the bit, and the score of
  /// one process within the rounding of its last digits, with its warnings, counts and digests.
  @Test(arguments: [[], [64], [64, 128], [128]])
  func momentsAreThoseOfOneProcess(cuts: [Int]) throws {
    for index in 11..<140 {
      try folder.writeArray("real/\(index).npy", [4, 8, 8, 3], seed: UInt32(index))
      try folder.writeArray("fake/\(index).npy", [4, 8, 8, 3], seed: UInt32(1000 + index))
    }
    try folder.writeArray("fake/70.npy", [1, 8, 8, 3], seed: 1)
    let wanted = try scores([[("max-videos-real", "all"), ("max-videos-fake", "all")]])
    func gathered(_ path: String, _ role: SetRole, _ cuts: [Int]) throws -> GatheredSet {
      let set = try VideoSet.open(path)
      let listed = set.videos.map(\.listed)
      let bounds = [0] + cuts + [listed.count]
      var (videos, moments) = ([GatheredSet.Video](), [MomentsSet]())
      for range in zip(bounds, bounds.dropFirst()).map({ $0..<$1 }) {
        let part = ListedPart(
          path: path, videos: Array(listed[range]), first: range.lowerBound, found: listed.count,
          origin: FeatureOrigin(listing: "all", videos: listed.count, shards: 1, parts: [1]))
        var extraction = PartExtraction(part: part, role: role, scores: wanted, cache: nil) { _ in FakeNetwork() }
        (extraction.skipsUnusable, extraction.keepsMoments) = (true, true)
        let found = try extraction.run()
        #expect(found.features.isEmpty && found.moments.count == 1)
        moments += found.moments
        let reasons = Dictionary(found.skipped.map { ($0.name, $0.reason) }) { $1 }
        videos += listed[range].map { video in
          found.facts[video.name].map { .init(video, .facts($0)) }
            ?? .init(video, .skipped(reason: reasons[video.name] ?? ""))
        }
      }
      let whole = try MomentsSet.merged(moments, names: moments.indices.map { "part \($0)" })
      return GatheredSet(
        path: path, kind: set.kind, videos: videos, ignored: set.ignored, found: listed.count, features: [],
        moments: [whole], listing: "all")
    }
    var request = ScoreRequest(real: real, fake: fake, scores: wanted)
    request.skipsUnusable = true
    let whole = try Evaluation(request: request, cache: nil) { _ in FakeNetwork() }.run()
    request.gathered = [.real: try gathered(real, .real, cuts), .fake: try gathered(fake, .fake, cuts)]
    #expect(request.gathered[.fake]?.moments == (try gathered(fake, .fake, [])).moments)
    let parts = try Evaluation(request: request, cache: nil) { _ in
      FakeNetwork(onStart: { Issue.record("computed") })
    }.run()
    let (score, other) = (try #require(parts.scores.first), try #require(whole.scores.first))
    #expect(abs(score.value - other.value) <= 1e-12 * other.value)
    #expect(score.fake == other.fake && score.real?.digest == other.real?.digest)
    #expect(other.fake?.clips == 139 && parts.skipped == whole.skipped)
    #expect(score.warnings.map(\.code) == other.warnings.map(\.code))
  }
}

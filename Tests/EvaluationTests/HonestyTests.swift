import Distances
import Evaluation
import Foundation
import MetricCatalog
import Testing

/// How sure a score is, and how many samples stand behind it.
@Suite struct HonestyTests {
  let folder: TemporaryFolder
  let real: String
  let fake: String

  init() throws {
    folder = try TemporaryFolder()
    real = try folder.writeSet("real", videos: 0..<24) { _ in 8 }
    fake = try folder.writeSet("fake", videos: 100..<120) { _ in 8 }
  }

  private static let plain = [("frames", "4"), ("offset-real", "start")]

  private func score(
    _ metric: String = "fvd", _ settings: [(String, String)] = plain, _ change: (inout Honesty) -> Void = { _ in },
    real: String? = nil, fake: String? = nil, threads: Int = 1
  ) throws -> [Score] {
    var honesty = Honesty()
    change(&honesty)
    return try scores(
      real ?? self.real, fake ?? self.fake, [wanted(metric, nil, settings)], threads: threads, honesty: honesty)
  }

  private func intervals(_ metric: String = "fvd", _ settings: [(String, String)] = plain, threads: Int = 1) throws
    -> [ScoreInterval]
  {
    try score(metric, settings, { $0.bootstrap = 200 }, threads: threads).map { try #require($0.interval) }
  }

  @Test(arguments: ["fvd", "kvd", "prdc"]) func intervalsHoldTheScore(_ metric: String) throws {
    for score in try score(metric, Self.plain, { $0.bootstrap = 200 }) {
      let interval = try #require(score.interval)
      #expect(interval.low <= score.value && score.value <= interval.high && interval.low < interval.high)
      #expect(interval.level == 0.95 && interval.resamples == 200)
    }
  }

  @Test func intervalsDependOnTheSeedAlone() throws {
    let first = try intervals()
    for threads in [1, 2, 7] { #expect(try intervals(threads: threads) == first) }
    #expect(try intervals("fvd", Self.plain + [("seed", "1")]) != first)
    #expect(try score("fvd", Self.plain)[0].interval == nil)
  }

  /// A spread goes with the root of the number: four times the videos, half the width, within the luck of the draw.
  @Test func moreVideosAreSurer() throws {
    let (few, many) = (
      try folder.writeSet("few", videos: 0..<12) { _ in 8 }, try folder.writeSet("many", videos: 0..<96) { _ in 8 }
    )
    let (fewFakes, manyFakes) = (
      try folder.writeSet("few-fakes", videos: 200..<212) { _ in 8 },
      try folder.writeSet("many-fakes", videos: 200..<296) { _ in 8 }
    )
    func width(_ real: String, _ fake: String) throws -> Double {
      let interval = try #require(score("kvd", Self.plain, { $0.bootstrap = 200 }, real: real, fake: fake)[0].interval)
      return interval.high - interval.low
    }
    #expect(try width(many, manyFakes) < 0.7 * width(few, fewFakes))
  }

  /// Frames of one video are not independent: eight equal frames of each video say no more than one of each.
  @Test func whatIsDrawnAreVideos() throws {
    func still(_ set: String, _ videos: Range<Int>, _ count: Int) throws -> String {
      for video in videos {
        let frame = FakeVideos.frames(1, seed: video)[0]
        try folder.writeVideo("\(set)-\(count)/v\(video).npy", Array(repeating: frame, count: count))
      }
      return folder.file("\(set)-\(count)")
    }
    let widths = try [1, 8].map { count in
      let score = try score(
        "fid", [("ddof", "0")], { $0.bootstrap = 200 }, real: still("stills", 0..<24, count),
        fake: still("copies", 100..<120, count)
      )[0]
      let interval = try #require(score.interval)
      return interval.high - interval.low
    }
    #expect(abs(widths[1] / widths[0] - 1) < 1e-6, "\(widths)")
  }

  @Test func floorsAreOfTheRealSet() throws {
    let own = try #require(score("fvd", Self.plain, { $0.floor = true }, fake: real)[0].floor)
    let other = try #require(score("fvd", Self.plain, { $0.floor = true })[0].floor)
    #expect(own.samples == 12 && own.value > 0 && own.value == other.value)
    // The two halves as two sets of their own: the definition.
    let halves = try RowSubsets.halves(24, seed: 0)
    for (name, videos) in [("first", halves.first), ("second", halves.second)] {
      for video in videos { try folder.writeVideo("\(name)/v\(video).npy", FakeVideos.frames(8, seed: video)) }
    }
    let apart = try score("fvd", Self.plain, real: folder.file("first"), fake: folder.file("second"))[0]
    #expect(isClose(apart.value, other.value))
    // What is held against the floor: the first half and as many fakes.
    let fakes = try RowSubsets.halves(20, seed: 0)
    for video in (fakes.first + fakes.second).prefix(12) {
      try folder.writeVideo("drawn/v\(video).npy", FakeVideos.frames(8, seed: 100 + video))
    }
    let same = try score("fvd", Self.plain, real: folder.file("first"), fake: folder.file("drawn"))[0].value
    let atSamples = try #require(other.scoreAtSamples)
    #expect(same != other.value && isClose(atSamples, same))
    let tiny = try folder.writeSet("tiny", videos: 0..<3) { _ in 8 }
    let none = try score("fvd", Self.plain, { $0.floor = true }, real: tiny)[0]
    #expect(none.floor == nil)
    #expect(
      none.warnings.contains {
        $0.code == "no-floor" && $0.text == "the real set is too small for two halves: no floor is given"
      })
  }

  /// The last point is the score where both sets have equal numbers.
  @Test(arguments: ["fvd", "kvd", "prdc"]) func curvesEndAtTheScore(_ metric: String) throws {
    let twenty = try folder.writeSet("twenty", videos: 0..<20) { _ in 8 }
    for score in try score(metric, Self.plain, { $0.curve = 4 }, real: twenty) {
      let curve = try #require(score.curve)
      #expect(curve.map(\.samples) == (metric == "prdc" ? [10, 15, 20] : [5, 10, 15, 20]))
      #expect(isClose(curve.last?.value ?? .nan, score.value, 1e-11))
      if metric == "fvd" { #expect(curve[0].value > score.value, "few samples raise a Fréchet distance") }
    }
    #expect(try score(metric, Self.plain, { $0.curve = 4 })[0].curve?.last?.samples == 20)
  }

  @Test func numbersThatSayNothing() {
    #expect(
      message { _ = try score("fvd", Self.plain, { $0.bootstrap = 39 }) } == "--bootstrap 39: 40 or more are expected")
    #expect(message { _ = try score("fvd", Self.plain, { $0.curve = 1 }) } == "--n-curve 1: 2 or more are expected")
  }

  @Test func equalCounts() throws {
    let uneven = try score()[0]
    #expect(uneven.real?.clips == 24 && uneven.fake.clips == 20)
    #expect(
      uneven.warnings.contains {
        $0.code == "unequal-counts"
          && $0.text == "24 real clips against 20 fake clips: published scores take equal numbers"
      })
    let drawn = try score("fvd", Self.plain + [("equal-counts", "yes")])[0]
    #expect(drawn.real?.clips == 20 && drawn.fake.clips == 20 && drawn.value != uneven.value)
    #expect(drawn.evaluationProtocol.displayName.hasSuffix(" + equal-counts=yes"))
    #expect(
      drawn.warnings.first { $0.code == "equal-counts" }?.text
        == "20 of 24 real clips were drawn (seed 0), so that both sets have equal numbers, as `stylegan-v` wants it")
    #expect(!drawn.warnings.contains { $0.code == "unequal-counts" })
    #expect(try score("fvd", Self.plain + [("equal-counts", "yes")])[0].value == drawn.value)
    #expect(try score("fvd", Self.plain + [("equal-counts", "yes"), ("seed", "1")])[0].value != drawn.value)
    let turned = try score("fvd", Self.plain + [("equal-counts", "yes")], real: fake, fake: real)[0]
    #expect(turned.warnings.contains { $0.text.hasPrefix("20 of 24 fake clips were drawn") })
  }

  /// What the JSON document says of both sets: N, d and the covariance's rank.
  @Test func countsInTheDocument() throws {
    let small = try folder.writeSet("small", videos: 0..<3) { _ in 8 }
    let found = try evaluate(
      ScoreRequest(real: real, fake: small, scores: [wanted("fvd", nil, Self.plain), wanted("kvd", nil, Self.plain)]))
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(found.json.text().utf8)) as? [String: Any])
    let results = try #require(json["results"] as? [[String: Any]])
    for (result, ranks) in zip(results, [[4, 2], [nil, nil]]) {
      let sides = ["real", "fake"].compactMap { result[$0] as? [String: Any] }
      #expect(result["features"] as? Int == 4 && result["sample"] as? String == "clip")
      #expect(sides.map { $0["clips"] as? Int } == [24, 3] && sides.map { $0["videos"] as? Int } == [24, 3])
      #expect(sides.map { $0["rank"] as? Int } == ranks)
      #expect(sides.allSatisfy { $0["rank"] != nil }, "unknown is null, not absent")
    }
    let codes = (results[0]["warnings"] as? [[String: String]])?.map { $0["code"] }
    #expect(codes?.contains("rank-deficient") == true)
  }
}

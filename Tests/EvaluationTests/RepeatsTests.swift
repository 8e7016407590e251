import Evaluation
import Foundation
import MetricCatalog
import Testing

/// Real clips drawn anew, as LVDM does ten times; and clips whose frames are spread over the video, as LFDM takes them.
@Suite struct RepeatsTests {
  let folder: TemporaryFolder
  let networks = FakeNetworks()
  let real: String
  let fake: String

  init() throws {
    folder = try TemporaryFolder()
    real = try folder.writeSet("real", videos: 0..<8) { 20 + $0 }
    fake = try folder.writeSet("fake", videos: 20..<27) { _ in 12 }
  }

  @Test(arguments: ["fvd", "kvd", "prdc"]) func runsAreScoresOfSeedsInARow(_ metric: String) throws {
    let name = metric == "prdc" ? "i3d" : "tats"
    let base =
      [("frames", "4"), ("offset-real", "random"), ("offset-fake", "random")]
      + (metric == "prdc" ? [("neighbours", "2")] : [])
    let repeated = try scores(
      real, fake, [wanted(metric, name, base + [("seed", "5"), ("repeats", "10")])], networks: networks)
    // The fake clips are those of the first seed in every run.
    let fixed = try scores(real, fake, [wanted(metric, name, base + [("seed", "5")])])
    #expect(networks.clips.computed.load(ordering: .relaxed) <= 8 * 10 + 7)
    let singles = try (5..<15).map { seed in
      var own = base
      own[2] = ("offset-fake", "start")
      let list = try scores(real, fake, [wanted(metric, name, own + [("seed", "\(seed)")])])
      return list
    }
    var started = base
    started[2] = ("offset-fake", "start")
    let plain = try scores(real, fake, [wanted(metric, name, started + [("seed", "5"), ("repeats", "10")])])
    for index in repeated.indices {
      #expect(plain[index].repeats == singles.map { $0[index].value }, "\(plain[index].metric)")
      #expect(repeated[index].repeats?.first == fixed[index].value)
      let runs = try #require(plain[index].repeats)
      let mean = runs.reduce(0, +) / 10
      let square = runs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 10
      #expect(isClose(plain[index].value, mean) && isClose(plain[index].std ?? .nan, square.squareRoot(), 1e-9))
      #expect(plain[index].std ?? 0 > 0)
    }
  }

  /// The interval belongs to the number beside it, which is the mean over the runs.
  @Test func intervalOfRuns() throws {
    var honesty = Honesty()
    honesty.bootstrap = 100
    let settings = [("frames", "4"), ("repeats", "10"), ("offset-real", "random")]
    let score = try scores(real, fake, [wanted("fvd", "tats", settings)], honesty: honesty)[0]
    let (interval, runs) = (try #require(score.interval), try #require(score.repeats))
    let single = try scores(real, fake, [wanted("fvd", "tats", [settings[0], settings[2]])], honesty: honesty)[0]
    let own = try #require(single.interval)
    #expect(runs[0] == single.value)
    #expect(isClose(interval.low - score.value, own.low - single.value, 1e-9))
    #expect(isClose(interval.high - score.value, own.high - single.value, 1e-9))
  }

  @Test func repeatsThatNothingIsDrawnIn() throws {
    let settings = [("frames", "4"), ("repeats", "3"), ("offset-real", "start")]
    let score = try scores(real, fake, [wanted("fvd", "tats", settings)])[0]
    #expect(score.std == 0 && Set(score.repeats ?? []).count == 1)
    #expect(
      score.warnings.first { $0.code == "repeats-draw-nothing" }?.text
        == "every run takes the same real clips: only `offset-real=random` draws them anew")
  }

  /// One clip a video of T = 7 frames from the first to the last, whatever its length; shorter ones repeat their last.
  @Test func framesSpreadEvenly() throws {
    func spread(_ set: String, _ videos: Range<Int>, _ lengths: (Int) -> Int) throws -> String {
      for video in videos {
        let length = lengths(video)
        let frames = FakeVideos.frames(length, seed: video)
        let places = (0..<7).map { length < 7 ? min($0, length - 1) : $0 * (length - 1) / 6 }
        try folder.writeVideo("\(set)/v\(video).npy", places.map { frames[$0] })
      }
      return folder.file(set)
    }
    let lengths: (Int) -> Int = { [3, 6, 7, 8, 13, 20][$0 % 6] }
    let mixed = try folder.writeSet("mixed", videos: 60..<72, lengths: lengths)
    let settings = [("frames", "7"), ("clips", "even"), ("ddof", "1"), ("offset-real", "start")]
    let even = try scores(mixed, fake, [wanted("fvd", nil, settings)])[0]
    let cut = try scores(
      spread("cut", 60..<72, lengths), spread("fake-cut", 20..<27) { _ in 12 },
      [wanted("fvd", nil, [("frames", "7"), ("ddof", "1"), ("offset-real", "start")])])[0]
    #expect(even.value == cut.value && even.real?.clips == 12)
  }
}

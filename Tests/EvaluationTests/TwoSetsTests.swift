import Evaluation
import Foundation
import MetricCatalog
import Scores
import Testing

@Suite struct TwoSetsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func words(_ request: ScoreRequest) -> String? { message { _ = try evaluate(request) } }

  @Test func aRowOfAnArrayIsAClipByItself() throws {
    try folder.writeArray("a.npy", [3, 7, 8, 8, 3], seed: 1)
    try folder.writeArray("b.npy", [4, 7, 8, 8, 3], seed: 2)
    var asked = try request(folder.file("a.npy"), folder.file("b.npy"))
    let whole = try evaluate(asked).scores[0]
    #expect(whole.settings?.displayName == "stylegan-v + frames=7")
    #expect(whole.warnings.contains { $0.code == "array-clip-length" })
    asked.scores[0].framesAreGiven = true
    let cut = try evaluate(asked).scores[0]
    #expect(cut.settings?.displayName == "stylegan-v + frames=4")
    #expect(!cut.warnings.contains { $0.code == "array-clip-length" })
  }

  @Test func arraysOfTwoLengths() throws {
    try folder.writeArray("a.npy", [3, 7, 8, 8, 3], seed: 1)
    try folder.writeArray("b.npy", [3, 6, 8, 8, 3], seed: 2)
    #expect(
      try words(request(folder.file("a.npy"), folder.file("b.npy")))
        == "a row of an array is a clip by itself, but `a.npy[0]` has 7 frames and `b.npy[0]` has 6\n"
        + "hint: --frames sets one length for both")
  }

  @Test func clipsThatTheNetworkCannotSee() throws {
    try folder.writeArray("a.npy", [3, 1, 8, 8, 3], seed: 1)
    #expect(
      try words(request(folder.file("a.npy"), folder.file("a.npy")))
        == "clips of 1 frames are too short for I3D, which needs at least 2\nhint: --frames sets the length of a clip")
  }

  @Test func oneClipIsNoCovariance() throws {
    try folder.writeArray("a.npy", [1, 4, 8, 8, 3], seed: 1)
    try folder.writeArray("b.npy", [3, 4, 8, 8, 3], seed: 2)
    let path = folder.file("a.npy")
    #expect(
      try words(request(path, folder.file("b.npy")))
        == "the real set `\(path)` has 1 clip: at least 2 are needed")
    #expect(
      try words(request(folder.file("b.npy"), path))
        == "the fake set `\(path)` has 1 clip: at least 2 are needed")
  }

  @Test func unusableVideosStopOrAreListed() throws {
    for video in 0..<4 { try folder.writeArray("real/v\(video).npy", [1, 9, 8, 8, 3], seed: UInt32(video)) }
    for video in 0..<4 { try folder.writeArray("fake/v\(video).npy", [1, 9, 8, 8, 3], seed: UInt32(video + 9)) }
    try folder.writeArray("fake/short.npy", [1, 3, 8, 8, 3], seed: 5)
    try folder.write(Array("not a video".utf8), "fake/bad.mp4")
    let path = folder.file("fake")
    var asked = try request(folder.file("real"), path)
    asked.scores[0].framesAreGiven = true
    let stopped = try #require(words(asked))
    #expect(
      stopped.hasPrefix("\(path): 2 videos cannot be used\n  `bad.mp4` is a short text that begins with `not a video`"))
    #expect(stopped.contains("\n  `short.npy[0]` is too short: 3 frames found, 4 needed\n"))
    #expect(stopped.hasSuffix("\nhint: --on-error skip leaves such videos out, lists them and ends with status 4"))
    asked.skipsUnusable = true
    let document = try evaluate(asked)
    #expect(document.skipped.map(\.path) == ["\(path)/bad.mp4", "\(path)/short.npy[0]"])
    #expect(document.skipped[1].reason == "`short.npy[0]` is too short: 3 frames found, 4 needed")
    #expect(document.scores[0].fake?.videos == 4)
    let skipped = document.scores[0].warnings.first { $0.code == "skipped-videos" }
    #expect(skipped?.text == "2 fake videos left out, 4 scored")
  }

  @Test func filesThatAreNotScoredAreNamed() throws {
    try folder.writeArray("real/a.npy", [2, 4, 8, 8, 3], seed: 1)
    try folder.writeArray("fake/a.npy", [2, 4, 8, 8, 3], seed: 2)
    for name in ["clip.mp4v", "clip2.mp4v", "clip10.mp4v", "old.zip", ".DS_Store"] {
      try folder.write([0], "fake/" + name)
    }
    try folder.write([0], "real/.hidden")
    let score = try evaluate(request(folder.file("real"), folder.file("fake"))).scores[0]
    let reason = "not a video, picture or array by its name"
    #expect(
      score.warnings.filter { $0.code == "ignored-files" }.map(\.text) == [
        """
        4 files of the fake set are not videos
        `clip.mp4v`: \(reason)
        `clip2.mp4v`: \(reason)
        `clip10.mp4v`: \(reason)
        and 1 more
        `vidmetrics inspect \(folder.file("fake"))` lists them
        """
      ])
  }

  @Test func arraysThatEndBeforeTheFramesLeftOut() throws {
    try folder.writeArray("real/a.npy", [2, 6, 8, 8, 3], seed: 1)
    try folder.writeArray("real/b.npy", [1, 2, 8, 8, 3], seed: 3)
    var asked = try request(folder.file("real"), folder.file("real"), [("skip-first", "2")])
    #expect(words(asked) == "`b.npy[0]` has 2 frames, and nothing is left of it after the first 2")
    asked.skipsUnusable = true
    #expect(try evaluate(asked).scores[0].real?.videos == 2)
  }

  /// Exactly enough frames is enough.
  @Test func exactlyEnoughFrames() throws {
    try folder.writeArray("real/a.npy", [2, 4, 8, 8, 3], seed: 1)
    try folder.writeArray("fake/a.npy", [2, 4, 8, 8, 3], seed: 2)
    var asked = try request(folder.file("real"), folder.file("fake"))
    asked.scores[0].framesAreGiven = true
    #expect(try evaluate(asked).scores[0].real?.clips == 2)
  }

  @Test func countsThatShouldBeKnown() throws {
    try folder.writeArray("a.npy", [6, 4, 8, 8, 3], seed: 1)
    try folder.writeArray("b.npy", [3, 4, 8, 8, 3], seed: 2)
    let asked = try request(folder.file("a.npy"), folder.file("b.npy"), [("max-videos-real", "4"), ("seed", "1")])
    let score = try evaluate(asked).scores[0]
    #expect(score.real?.videos == 4 && score.fake?.videos == 3)
    let texts = Dictionary(score.warnings.map { ($0.code, $0.text) }) { first, _ in first }
    #expect(texts["unequal-counts"] == "4 real clips against 3 fake clips: published scores take equal numbers")
    #expect(
      texts["small-n"]
        == "`stylegan-v` scores are published with 2048 real clips (here 4) and 2048 fake clips (here 3)")
    #expect(texts["rank-deficient"]?.hasPrefix("N = 4 real and 3 fake clips for d = 4 features") == true)
    #expect(texts["max-videos"] == nil, "the limit was asked for")
  }

  /// N samples have a covariance of rank N - 1 at most: of d = 4 features, 4 samples are one too few.
  @Test(arguments: [(3, true), (4, true), (5, false)]) func ranks(_ clips: Int, _ isDeficient: Bool) throws {
    try folder.writeArray("a.npy", [7, 4, 8, 8, 3], seed: 1)
    try folder.writeArray("b.npy", [clips, 4, 8, 8, 3], seed: 2)
    for (a, b) in [("a.npy", "b.npy"), ("b.npy", "a.npy")] {
      let score = try evaluate(request(folder.file(a), folder.file(b))).scores[0]
      #expect(score.warnings.contains { $0.code == "rank-deficient" } == isDeficient)
    }
  }

  @Test func theNetworksOwnRange() throws {
    try folder.writeFloats("a.npy", [3, 4, 8, 8, 3], value: 0.25)
    try folder.writeFloats("b.npy", [3, 4, 8, 8, 3], value: 0.75)
    var asked = try request(folder.file("a.npy"), folder.file("b.npy"), [("value-range", "network")])
    // The three means differ by 0.5, and so does the last value; covariances are 0.
    #expect(try evaluate(asked).scores[0].value == 1)
    asked.scores[0].evaluationProtocol = try EvaluationProtocol.named("stylegan-v", metric: "fvd").overriding(
      "frames", with: "4")
    asked.input.valueRange = .unit
    // 0...1 is mapped to -1...1: all differences double.
    #expect(try evaluate(asked).scores[0].value == 4)
    try folder.writeArray("c.npy", [3, 4, 8, 8, 3], seed: 1)
    try folder.writeFloats("small.npy", [3, 4, 6, 8, 3], value: 0)
    var raw = try request(folder.file("small.npy"), folder.file("b.npy"), [("value-range", "network")])
    for skips in [false, true] {
      raw.skipsUnusable = skips
      #expect(words(raw) == "`small.npy[0]` is 8x6, and frames that are not resized must be 8x8")
    }
  }

  @Test func scaleFactor() throws {
    try folder.writeFloats("a.npy", [3, 4, 8, 8, 3], value: 0)
    try folder.writeFloats("b.npy", [3, 4, 8, 8, 3], value: 0.5)
    var asked = try request(folder.file("a.npy"), folder.file("b.npy"), [("scale-factor", "10")])
    asked.input.valueRange = .unit
    #expect(try evaluate(asked).scores[0].value == 40)
    // Papers print KID times 100: its deviation over subsets goes with it.
    try folder.writeSet("real", videos: 0..<12) { _ in 6 }
    try folder.writeSet("fake", videos: 50..<60) { _ in 6 }
    func kid(_ factor: String) throws -> ScoreRecord {
      let subsets = [("subsets", "20"), ("subset-size", "8"), ("scale-factor", factor)]
      return try scores(folder.file("real"), folder.file("fake"), [wanted("kid", "clean", subsets)])[0]
    }
    let (one, hundred) = (try kid("1"), try kid("100"))
    #expect(isClose(hundred.value, 100 * one.value) && isClose(hundred.std ?? 0, 100 * (one.std ?? 1)))
  }
}

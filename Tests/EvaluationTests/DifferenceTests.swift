import Distances
import Evaluation
import Foundation
import MetricCatalog
import Scores
import Testing
import Vocabulary

/// Differences of scores from kept feature files.
@Suite struct ScoreDifferenceTests {
  let folder = NSTemporaryDirectory() + "vidmetrics-differences-" + UUID().uuidString

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

  private func set(_ names: [String], seed: UInt64, scale: Float = 1, clips: Int = 1) -> FeatureSet {
    var state = seed
    func noise() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) * 0x1p-23 - 1
    }
    let rows = names.flatMap { name in
      (0..<clips).map { FeatureSet.Row(video: name, digest: "", start: $0 * 16, count: 16, stride: 1) }
    }
    let values = (0..<rows.count * 6).map { _ in scale * noise() }
    return FeatureSet(
      features: FeatureMatrix(rows: rows.count, columns: 6, values: values), rows: rows, recipe: [:])
  }

  /// A score of FVD whose features are kept.
  private func score(_ real: FeatureSet, _ fake: FeatureSet, metric: String = "fvd") throws -> ScoreRecord {
    let settled = try EvaluationProtocol.named(
      EvaluationProtocol.defaultName(metric: metric) ?? "", metric: metric)
    let measured = try FrechetDistance(ddof: 0, root: .symmetricEigen).between(real.features, fake.features).value
    var score = ScoreRecord(metric: metric, value: measured, direction: .lower)
    score.settings = Settings(settled)
    func side(_ set: FeatureSet, _ path: String) throws -> ScoredSet {
      let digest = FeatureFile.digest(of: set)
      try FeatureFile.write(set, to: file(digest), replacing: true)
      var side = ScoredSet(path: path, clips: set.rows.count, digest: "sha256:\(path)")
      side.features = digest
      return side
    }
    (score.real, score.fake) = (try side(real, "real"), try side(fake, "fake"))
    return score
  }

  private func file(_ digest: String) -> String { folder + "/\(digest.dropFirst(7)).safetensors" }

  private func finding(
    _ a: ScoreRecord, _ b: ScoreRecord, unit: Grouping = .none, anyCount: Bool = false
  ) -> Finding {
    let source = ScoreDifferences(threads: 2, unit: unit) { [folder] digest in
      let path = folder + "/\(digest.dropFirst(7)).safetensors"
      return FileManager.default.fileExists(atPath: path) ? path : nil
    }
    return Judgement(Comparison(a, b), by: source, anyCount: anyCount).finding
  }

  private func difference(
    _ a: ScoreRecord, _ b: ScoreRecord, unit: Grouping = .none, anyCount: Bool = false
  ) throws -> Difference {
    switch finding(a, b, unit: unit, anyCount: anyCount) {
    case .difference(let difference): return difference
    case .notComparable(let words):
      Issue.record("\(words)")
      throw CancellationError()
    }
  }

  private func names(_ count: Int, _ prefix: String) -> [String] { (0..<count).map { "\(prefix)\($0).mp4" } }

  @Test func measuredFromWhatIsKept() throws {
    let real = set(names(20, "r"), seed: 1)
    let (a, b) = (
      try score(real, set(names(20, "a"), seed: 2)), try score(real, set(names(20, "b"), seed: 3, scale: 3))
    )
    let found = try difference(a, b)
    #expect(found.value == b.value - a.value && found.units == 20 && !found.isPaired && found.p <= 0.01)
    #expect(found.isShown(alpha: 0.05))
    #expect(try difference(b, a).value == a.value - b.value)
    // The same names, whatever their container, belong together.
    let c = try score(real, set((0..<20).map { "a\($0).gif" }, seed: 3, scale: 3))
    #expect(try difference(a, c).isPaired)
    // Its own features hold nothing against a score.
    let same = try difference(a, a)
    #expect(same.value == 0 && same.p == 1 && !same.isShown(alpha: 0.05))
  }

  /// The unit is the video with all its clips, or what a pattern of names says.
  @Test func units() throws {
    let real = set(names(20, "r"), seed: 1)
    let a = try score(real, set(names(16, "a"), seed: 2, clips: 3))
    let b = try score(real, set(names(16, "b"), seed: 3, scale: 2, clips: 3))
    #expect(try difference(a, b).units == 16)
    func prompts(_ seed: UInt64, _ scale: Float) throws -> ScoreRecord {
      let names = (0..<48).map { "prompt \($0 / 3)-\($0 % 3)-\(seed).mp4" }
      return try score(real, set(names, seed: seed, scale: scale))
    }
    let (c, d) = (try prompts(2, 1), try prompts(3, 2))
    #expect(try difference(c, d).units == 48)
    let byPrompt = try difference(c, d, unit: .regex("^(prompt \\d+)-"))
    #expect(byPrompt.units == 16 && byPrompt.isPaired)
    #expect(
      finding(c, d, unit: .regex("^(clip)"))
        == .notComparable("`prompt 0-0-2.mp4` belongs to no group by `regex:^(clip)`"))
  }

  @Test func numbersOfSamples() throws {
    let real = set(names(20, "r"), seed: 1)
    let a = try score(real, set(names(40, "a"), seed: 2))
    let b = try score(real, set(names(20, "b"), seed: 3))
    #expect(
      finding(a, b)
        == .notComparable("20 fake clips against 40: a score depends on its number of samples (--any-count)"))
    let drawn = try difference(a, b, anyCount: true)
    #expect(drawn.units == 20 && drawn.value != b.value - a.value)
    let few = set(names(15, "f"), seed: 4)
    let (c, d) = (try score(real, few), try score(real, set(names(15, "g"), seed: 5)))
    #expect(finding(c, d) == .notComparable("15 videos are too few for a verdict: 16 are needed"))
    // Intervals of FID are too narrow at 16.
    let frames = (try score(real, few, metric: "fid"), try score(real, set(names(20, "g"), seed: 5), metric: "fid"))
    #expect(
      finding(frames.0, frames.1, anyCount: true)
        == .notComparable("15 videos are too few for a verdict: 64 are needed"))
  }

  @Test func whatIsMissing() throws {
    let real = set(names(20, "r"), seed: 1)
    let (a, b) = (try score(real, set(names(20, "a"), seed: 2)), try score(real, set(names(20, "b"), seed: 3)))
    var bare = b
    bare.fake?.features = nil
    #expect(finding(a, bare) == .notComparable("features missing: a run has kept none of its fake set; score it again"))
    let digest = try #require(b.fake?.features)
    try FileManager.default.removeItem(atPath: file(digest))
    #expect(
      finding(a, b)
        == .notComparable("features missing: those of the fake set, \(digest.prefix(19)), are not beside the history"))
    // A damaged file is no features.
    try Data("x".utf8).write(to: URL(fileURLWithPath: file(digest)))
    guard case .notComparable = finding(a, b) else { throw CancellationError() }
    var (first, second) = (a, a)
    (first.groups, second.groups) = ([], [])
    #expect(
      finding(first, second)
        == .notComparable("no difference of means over groups is measured: compare the plain score"))
  }

  /// Means over videos need no features: paired by the videos' names, six at least.
  @Test func means() throws {
    func score(_ values: [Double], _ prefix: String = "v") throws -> ScoreRecord {
      var score = ScoreRecord(
        metric: "psnr", value: values.reduce(0, +) / Double(values.count), direction: .higher)
      score.settings = Settings(
        try EvaluationProtocol.named(EvaluationProtocol.defaultName(metric: "psnr") ?? "", metric: "psnr"))
      score.real = ScoredSet(path: "real", digest: "sha256:r")
      score.fake = ScoredSet(path: "fake")
      score.videos = values.enumerated().map { VideoValue(name: "\(prefix)\($0.offset).mp4", value: $0.element) }
      return score
    }
    let (a, b) = (try score([10, 20, 30, 40, 50, 60, 70]), try score([11, 21, 31, 41, 51, 61, 71.5]))
    let found = try difference(a, b)
    // Differences 1, 1, ..., 1.5: s = 0.189 over √7; two of 128 flips are as far from 0.
    #expect(found.isPaired && abs(found.standardError - 0.5 / 7) < 1e-12 && found.p < 0.03)
    #expect(Judgement(Comparison(a, b), by: ScoreDifferences(threads: 1) { _ in nil }).verdict() == .better)
    let five = try score([1, 2, 3, 4, 5])
    #expect(finding(five, five) == .notComparable("5 videos are too few for a verdict: 6 are needed"))
  }
}

import Distances
import MetricCatalog
import Scores
import Vocabulary

/// Measures the differences of scores: of distances of features from the features that runs have kept, of means over videos
/// from the values of the videos. Nothing is guessed from the intervals of the two.
public struct ScoreDifferences: DifferenceSource {
  /// The feature file that is kept under a digest; nil where it is not there.
  private let file: @Sendable (String) -> String?
  private let threads: Int
  /// What is drawn and exchanged as one; `none`: each video.
  private let unit: Grouping

  /// Of a distance, units below which its intervals do not cover what they say: see `Metrics/HONESTY.md`. Those of Fréchet
  /// distances of frames, with 2048 features, are too narrow at 16.
  static func fewest(of metric: Metric) -> Int {
    switch (metric.computation, metric.sample) {
    case (.frechet, .frame): 64
    case (_, .clip), (_, .frame), (_, .pair), (_, .video): 16
    }
  }
  /// Below six pairs no sign flip gives p <= 0.05.
  static let fewestOfMeans = 6

  public init(threads: Int, unit: Grouping = .none, file: @escaping @Sendable (String) -> String?) {
    self.threads = threads
    self.unit = unit
    self.file = file
  }

  /// Why no difference is measured.
  private struct Obstacle: Error {
    let words: String
  }

  public func finding(_ comparison: Comparison, anyCount: Bool) -> Finding {
    do {
      return .difference(try difference(comparison.first, comparison.second, anyCount: anyCount))
    } catch let obstacle as Obstacle {
      return .notComparable(obstacle.words)
    } catch {
      return .notComparable("\(error)".split(separator: "\n").first.map(String.init) ?? "")
    }
  }

  private func difference(_ first: ScoreRecord, _ second: ScoreRecord, anyCount: Bool) throws -> Difference {
    guard let metric = ScoreName(first.metric)?.metric, let settings = first.settings else {
      throw Obstacle(words: "no difference of `\(first.metric)` is measured")
    }
    if let a = first.videos, let b = second.videos { return try ofMeans(first, a, second, b) }
    for (isSo, what) in [
      (first.groups != nil, "means over groups"), (first.series != nil, "means along time"),
      (first.repeats != nil, "means over repeats"),
    ] where isSo { throw Obstacle(words: "no difference of \(what) is measured: compare the plain score") }
    let fields = ProtocolFields(stored: settings.fields, of: metric)
    let distance: any InfluenceMetric
    switch metric.computation {
    case .frechet: distance = FrechetMetric(fields, threads: threads)
    case .kernel: distance = KernelMetric(fields, threads: threads)
    case .neighbours:
      throw Obstacle(
        words: "\(metric.title) counts neighbours, which one video more or less moves by jumps: no difference is "
          + "measured; compare FVD, KVD or FID beside it")
    case .extrapolated:
      throw Obstacle(
        words: "\(metric.title) is the end of a line through distances of random parts, whose noise is not known: no "
          + "difference is measured; compare FVD, KVD or FID beside it")
    case .pairs, .stillness, .flow, .interpolation, .embedding, .cameras, .takes:
      throw Obstacle(words: "the values of single videos are not recorded: score them again")
    }
    let sides = [(first.real, "real"), (first.fake, "fake"), (second.fake, "fake")]
    var sets = try sides.map { try FeatureSide(features: kept($0.0, $0.1), labels: UnitLabels(unit, path: $0.0?.path)) }
    var value = second.value - first.value
    let seed = UInt64(truncatingIfNeeded: fields.seed)
    if sets[1].rows != sets[2].rows {
      let counts = "\(sets[2].rows) fake features against \(sets[1].rows)"
      guard anyCount else { throw Obstacle(words: counts) }
      // A distance depends on the number of samples: both are taken at the smaller one's.
      let size = min(sets[1].rows, sets[2].rows)
      for side in 1...2 {
        guard let drawn = try sets[side].drawn(size, seed: seed) else {
          throw Obstacle(words: "\(counts), and no draw of whole units has \(size)")
        }
        sets[side] = drawn
      }
      let measured = try sets[1...].map { try distance.measure(sets[0].matrix, $0.matrix).values[0] }
      value = measured[1] - measured[0]
    }
    // Real videos that have no prompt in their names are units by themselves.
    let byVideo = FeatureSide(features: sets[0].features, labels: UnitLabels(.none, path: first.real?.path))
    let units = try DifferenceUnits(
      real: (try? sets[0].unitLabels()) ?? byVideo.unitLabels(), first: sets[1].unitLabels(),
      second: sets[2].unitLabels())
    try check(units, least: Self.fewest(of: metric))
    return try DifferenceTest(seed: seed).difference(
      value, distance.influence(sets[0].matrix, sets[1].matrix, sets[2].matrix), units: units)
  }

  /// - Throws: `Obstacle` where nothing is kept, and what reading throws.
  private func kept(_ set: ScoredSet?, _ role: String) throws -> FeatureSet {
    guard let digest = set?.features else {
      throw Obstacle(words: "features missing: a run has kept none of its \(role) set; score it again")
    }
    guard let path = file(digest) else {
      throw Obstacle(
        words: "features missing: those of the \(role) set, \(digest.prefix(19)), are not beside the history")
    }
    guard case .set(let features) = try FeatureFile.read(path) else {
      throw Obstacle(words: "features missing: `\(path)` holds none")
    }
    return features
  }

  private func ofMeans(_ first: ScoreRecord, _ a: [VideoValue], _ second: ScoreRecord, _ b: [VideoValue]) throws
    -> Difference
  {
    func labels(_ values: [VideoValue], _ score: ScoreRecord) throws -> [String] {
      try UnitLabels(unit, path: score.fake?.path)(values.map(\.name))
    }
    let weighted = [MeanOver.frames, .clips].map(\.rawValue)
    for (score, values) in [(first, a), (second, b)] {
      guard let over = score.settings?.text("mean-over"), weighted.contains(over) else { continue }
      let mean = values.reduce(0) { $0 + $1.value } / Double(values.count)
      guard abs(mean - score.value) <= 1e-9 * max(abs(mean), abs(score.value)) else {
        throw Obstacle(words: "a mean over \(over) of videos of different lengths: score them with `mean-over=videos`")
      }
    }
    let units = DifferenceUnits(real: [], first: try labels(a, first), second: try labels(b, second))
    try check(units, least: Self.fewestOfMeans)
    return try DifferenceTest(seed: UInt64(truncatingIfNeeded: first.settings?.integer("seed") ?? 0)).difference(
      second.value - first.value, DifferenceInfluence(ofMeans: a.map(\.value), b.map(\.value)), units: units)
  }

  private func check(_ units: DifferenceUnits, least: Int) throws {
    let sides = units.real.isEmpty ? [units.first, units.second] : [units.real, units.first, units.second]
    let found = sides.map { Set($0).count }.min() ?? 0
    guard found < least else { return }
    let noun = unit == .none ? "video" : "unit"
    throw Obstacle(words: "\(count(found, noun)) are too few for a verdict: \(least) are needed")
  }
}

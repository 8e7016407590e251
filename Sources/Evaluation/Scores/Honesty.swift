import Distances
import Foundation
import MetricCatalog
import Scores

/// How sure a score is: what can be found out from the features alone.
///
/// Resamples and halves take whole videos, since clips and frames of one video are not independent; rows of arrays are
/// videos by themselves. The curve over N takes single samples.
public struct Honesty: Sendable {
  /// Resamples of a 95 % interval.
  public var bootstrap: Int?
  /// The metric between two random halves of the real set.
  public var floor = false
  /// Points of the curve over the number of samples.
  public var curve: Int?

  public init() {}

  /// Of intervals.
  static let level = 0.95
  /// Fewer resamples say nothing of a 2.5 % quantile.
  public static let resamples = 40...1_000_000
  /// Of a curve.
  public static let points = 2...1000

  func validate() throws {
    for (option, value, range) in [("bootstrap", bootstrap, Self.resamples), ("n-curve", curve, Self.points)] {
      guard let value else { continue }
      if value < range.lowerBound {
        throw EvaluationError.badCount(option: option, value: value, least: range.lowerBound)
      }
      if value > range.upperBound {
        throw EvaluationError.tooLarge(option: option, value: value, most: range.upperBound)
      }
    }
  }

  /// Says that what was asked for is not given for a kind of score.
  func notDone(for kind: String, intervalsAreDone: Bool = false) -> [ScoreWarning] {
    let asked = [
      intervalsAreDone ? nil : bootstrap.map { _ in "interval" }, floor ? "floor" : nil,
      curve.map { _ in "curve over N" },
    ]
    let words = asked.compactMap { $0 }
    guard !words.isEmpty else { return [] }
    return [
      ScoreWarning(
        code: "plain-scores-only",
        text:
          "no \(words.joined(separator: ", no ")) is given for \(kind)\(intervalsAreDone ? "" : ": plain scores have them")"
      )
    ]
  }

  struct Findings {
    /// One for each score of the metric.
    var spreads: [Bootstrap.Interval]?
    var floors: [ScoreFloor]?
    var curves: [[CurvePoint]]?
    var warnings: [ScoreWarning] = []
  }

  /// - Parameter progress: hears of the resamples, as that stage.
  /// - Throws: what the metric throws.
  func measure(
    _ metric: any DistributionMetric, real: FeatureSet, fake: FeatureSet, fields: ProtocolFields, least: Int,
    threads: Int, progress: (stage: ExtractionStage, listener: any ExtractionProgress)
  ) throws -> Findings {
    var findings = Findings()
    let seed = UInt64(fields.seed)
    if floor {
      findings.floors = try floors(metric, real, fake, seed: seed, least: least)
      if findings.floors == nil {
        findings.warnings.append(
          ScoreWarning(code: "no-floor", text: "the real set is too small for two halves: no floor is given"))
      }
    }
    if let curve {
      findings.curves = try curves(metric, real, fake, points: curve, seed: seed, least: least)
      if findings.curves == nil {
        findings.warnings.append(
          ScoreWarning(code: "no-curve", text: "the sets are too small for a curve over the number of samples"))
      }
    }
    if let bootstrap {
      var draws = Bootstrap(resamples: bootstrap, seed: seed, confidence: Self.level, threads: threads)
      draws.units = Bootstrap.Units(first: real.rowsOfVideos, second: fake.rowsOfVideos)
      draws.heard = { progress.listener.advance(to: $0) }
      progress.listener.begin(progress.stage, total: bootstrap)
      defer { progress.listener.end() }
      findings.spreads = try metric.intervals(real.features, fake.features, draws)
    }
    return findings
  }

  // MARK: Intervals

  /// For scores that are the mean of one value a video.
  ///
  /// - Parameters:
  ///   - weights: how often each value counts; nil: once.
  ///   - bounds: what no value is beyond.
  func interval(
    ofMeans values: [Double], weights: [Double]? = nil, seed: Int, threads: Int,
    within bounds: ClosedRange<Double> = -.infinity ... .infinity
  ) throws -> ScoreInterval? {
    guard let bootstrap, values.count > 1 else { return nil }
    let draws = Bootstrap(resamples: bootstrap, seed: UInt64(seed), confidence: Self.level, threads: threads)
    @Sendable func mean(_ rows: [Int]) -> Double {
      guard let weights else { return rows.reduce(0.0) { $0 + values[$1] } / Double(rows.count) }
      return rows.reduce(0.0) { $0 + values[$1] * weights[$1] } / rows.reduce(0.0) { $0 + weights[$1] }
    }
    let found = try draws.interval(rows: values.count, 1) { rows, _ in mean(rows) }
    let score = weights == nil ? MeanAndDeviation(of: values).mean : mean(Array(values.indices))
    return found.interval(around: score, within: bounds)
  }

  /// For scores of all videos together that are no mean: `statistic` of videos that may be there several times.
  func interval(
    ofVideos videos: Int, seed: Int, threads: Int, around score: Double, within bounds: ClosedRange<Double>,
    _ statistic: @Sendable ([Int]) throws -> Double
  ) throws -> ScoreInterval? {
    guard let bootstrap, videos > 1 else { return nil }
    let draws = Bootstrap(resamples: bootstrap, seed: UInt64(seed), confidence: Self.level, threads: threads)
    return try draws.interval(rows: videos, 1) { rows, _ in try statistic(rows) }.interval(
      around: score, within: bounds)
  }

  // MARK: Floor and curve

  private func floors(
    _ metric: any DistributionMetric, _ real: FeatureSet, _ fake: FeatureSet, seed: UInt64, least: Int
  ) throws -> [ScoreFloor]? {
    let videos = real.rowsOfVideos
    guard videos.count >= 2 else { return nil }
    let halves = try RowSubsets.halves(videos.count, seed: seed)
    let (first, second) = (halves.first.flatMap { videos[$0] }, halves.second.flatMap { videos[$0] })
    let size = min(first.count, second.count)
    guard size >= least else { return nil }
    let half = real.selecting(Array(first.prefix(size)))
    let floor = try metric.measure(half.features, real.selecting(Array(second.prefix(size))).features).values
    var same: [Double]?
    let fakes = fake.rowsOfVideos
    if fakes.count >= 2 {
      let order = try RowSubsets.halves(fakes.count, seed: seed)
      let drawn = (order.first + order.second).flatMap { fakes[$0] }
      if drawn.count >= size {
        same = try metric.measure(half.features, fake.selecting(Array(drawn.prefix(size))).features).values
      }
    }
    return floor.enumerated().map { ScoreFloor(value: $1, samples: size, scoreAtSamples: same?[$0]) }
  }

  /// Each point holds the samples of the one before.
  private func curves(
    _ metric: any DistributionMetric, _ real: FeatureSet, _ fake: FeatureSet, points: Int, seed: UInt64, least: Int
  ) throws -> [[CurvePoint]]? {
    let largest = min(real.rows.count, fake.rows.count)
    let sizes = Self.curveSizes(points: points, largest: largest, least: least)
    let reals = try RowSubsets.nested(real.rows.count, sizes: sizes, seed: seed)
    let fakes = try RowSubsets.nested(fake.rows.count, sizes: sizes, seed: seed &+ 1)
    var curves: [[CurvePoint]] = []
    for (index, size) in sizes.enumerated() {
      let measured = try metric.measure(real.selecting(reals[index]).features, fake.selecting(fakes[index]).features)
      if curves.isEmpty { curves = Array(repeating: [], count: measured.values.count) }
      for (score, value) in measured.values.enumerated() {
        curves[score].append(CurvePoint(samples: size, value: value))
      }
    }
    return curves.isEmpty ? nil : curves
  }
}

extension Bootstrap.Interval {
  /// Resamples repeat videos, which alone raises a Fréchet distance; the quantiles are therefore taken around the mean of
  /// the resamples and laid around the score, no further than the metric's own bounds.
  func interval(around score: Double, within bounds: ClosedRange<Double>) -> ScoreInterval {
    func bound(_ quantile: Double) -> Double {
      min(max(score + quantile - mean, bounds.lowerBound), bounds.upperBound)
    }
    return ScoreInterval(
      low: bound(lower), high: bound(upper), level: Honesty.level, resamples: values.count,
      method: "bootstrap")
  }
}

extension FeatureSet {
  /// The rows of each video, in order.
  var rowsOfVideos: [[Int]] {
    var places: [String: Int] = [:]
    var found: [[Int]] = []
    for (index, row) in rows.enumerated() {
      if let place = places[row.video] {
        found[place].append(index)
      } else {
        places[row.video] = found.count
        found.append([index])
      }
    }
    return found
  }
}

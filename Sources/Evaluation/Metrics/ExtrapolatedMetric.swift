import Distances
import MetricCatalog

/// FVD∞ and FID∞: the Fréchet distance of growing random parts of the fake set to the whole real one, extrapolated to
/// infinitely many samples.
struct ExtrapolatedMetric: DistributionMetric {
  private let frechet: FrechetMetric
  private let points: Int
  private let from: Int
  private let seed: UInt64
  /// Hears of the sizes that are done.
  var heard: (@Sendable (_ done: Int, _ total: Int) -> Void)?

  init(_ fields: ProtocolFields) {
    frechet = FrechetMetric(fields)
    points = fields.extrapolationPoints
    from = fields.extrapolationFrom
    seed = UInt64(fields.seed)
  }

  /// The extrapolated value may lie below 0.
  func bounds(ofScore index: Int) -> ClosedRange<Double> { -.infinity ... .infinity }

  func measure(_ real: FeatureMatrix, _ fake: FeatureMatrix) throws -> Measurement {
    let smallest = Self.smallest(from: from, rows: fake.rows)
    let line = try Extrapolation(points: points, smallest: smallest, seed: seed)(
      FrechetReference(real, frechet: frechet.distance), fake, heard: heard)
    return Measurement(values: [line.intercept * frechet.scale])
  }

  /// The smallest size, at most half of the rows.
  static func smallest(_ fields: ProtocolFields, rows: Int) -> Int {
    smallest(from: fields.extrapolationFrom, rows: rows)
  }

  private static func smallest(from: Int, rows: Int) -> Int { min(from, max(2, rows / 2)) }
}

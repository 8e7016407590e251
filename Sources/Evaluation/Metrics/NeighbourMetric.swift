import Distances
import MetricCatalog

/// Precision, recall, density and coverage, in this order.
struct NeighbourMetric: DistributionMetric {
  private let prdc: PRDC
  /// Hears of the steps of a distance.
  var heard: (@Sendable (_ done: Int, _ total: Int) -> Void)?

  init(_ fields: ProtocolFields, threads: Int = 1) {
    prdc = PRDC(k: fields.neighbours, rule: fields.neighbourRule, threads: threads)
  }

  func measure(_ real: FeatureMatrix, _ fake: FeatureMatrix) throws -> Measurement {
    let result = try prdc.between(real: real, generated: fake, heard: heard)
    return Measurement(values: [result.precision, result.recall, result.density, result.coverage])
  }

  /// Density alone may be above 1.
  func bounds(ofScore index: Int) -> ClosedRange<Double> { index == 2 ? 0 ... .infinity : 0...1 }
}

import Distances
import MetricCatalog

extension DifferenceTrial.Measure {
  /// The distance that a protocol defines, over all samples.
  ///
  /// - Throws: `EvaluationError.noDifference` for a metric whose differences are not measured by features.
  public init(of settled: EvaluationProtocol) throws {
    let metric: any InfluenceMetric
    switch settled.definition.computation {
    case .frechet: metric = FrechetMetric(settled.fields)
    case .kernel: metric = KernelMetric(settled.fields).overAllSamples
    case .neighbours, .extrapolated, .pairs, .stillness, .embedding:
      throw EvaluationError.noDifference(metric: settled.metric)
    }
    self.init(
      distance: { try metric.measure($0, $1).values[0] }, influence: { try metric.influence($0, $1, $2) })
  }
}

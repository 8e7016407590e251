import Distances
import MetricCatalog

extension DifferenceTrial.Measure {
  /// The distance that a protocol defines, over all samples.
  ///
  /// - Throws: `EvaluationError.noDifference` for a metric whose differences are not measured by features.
  public init(of settled: EvaluationProtocol) throws {
    let metric: any InfluenceMetric
    let isOfShape: Bool
    switch settled.definition.computation {
    case .frechet: (metric, isOfShape) = (FrechetMetric(settled.fields), true)
    case .kernel: (metric, isOfShape) = (KernelMetric(settled.fields).overAllSamples, false)
    case .neighbours, .extrapolated, .pairs, .stillness, .flow, .interpolation, .embedding, .cameras, .takes:
      throw EvaluationError.noDifference(metric: settled.metric)
    }
    self.init(
      isOfShape: isOfShape, distance: { try metric.measure($0, $1).values[0] },
      influence: { try metric.influence($0, $1, $2) })
  }
}

import Distances
import MetricCatalog

/// FVD, DT-FVD and FID: the Fréchet distance of the Gaussians fitted to the features.
struct FrechetMetric: InfluenceMetric {
  let distance: FrechetDistance
  let scale: Double

  /// - Parameter threads: the two sets are prepared side by side where there are two; the value is the same.
  init(_ fields: ProtocolFields, threads: Int = 1) {
    distance = FrechetDistance(
      ddof: fields.ddof, root: fields.root == .svd ? .svd(epsilon: fields.rootEpsilon) : .symmetricEigen,
      threads: min(threads, 2))
    scale = fields.scaleFactor
  }

  func measure(_ real: FeatureMatrix, _ fake: FeatureMatrix) throws -> Measurement {
    let result = try distance.between(real, fake)
    return Measurement(values: [result.value * scale], ranks: (result.rankA, result.rankB))
  }

  func against(_ real: FeatureMatrix) throws -> @Sendable (FeatureMatrix) throws -> Measurement {
    let reference = try FrechetReference(real, frechet: distance)
    return { [scale] fake in
      let result = try reference.distance(to: fake)
      return Measurement(values: [result.value * scale], ranks: (result.rankA, result.rankB))
    }
  }

  func influence(_ real: FeatureMatrix, _ first: FeatureMatrix, _ second: FeatureMatrix) throws -> DifferenceInfluence {
    try distance.influence(real: real, first, second).scaled(by: scale)
  }

  func intervals(_ real: FeatureMatrix, _ fake: FeatureMatrix, _ bootstrap: Bootstrap) throws -> [Bootstrap.Interval] {
    [try bootstrap.interval(real, fake, frechet: distance).scaled(by: scale)]
  }
}

extension Bootstrap.Interval {
  func scaled(by factor: Double) -> Bootstrap.Interval {
    factor == 1 ? self : Bootstrap.Interval(values: values.map { $0 * factor }, confidence: Honesty.level)
  }
}

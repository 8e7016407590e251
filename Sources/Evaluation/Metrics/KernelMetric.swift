import Distances
import MetricCatalog
import Vocabulary

/// KVD and KID: the squared maximum mean discrepancy under a polynomial kernel, over all samples or over subsets.
struct KernelMetric: InfluenceMetric {
  let distance: KernelDistance
  private var subsets: Int
  private let size: Int
  private let seed: UInt32
  private let draws: SubsetDraw
  /// 0: all samples at once.
  private var block: Int
  private let blockSeed: UInt64
  let scale: Double
  /// Hears of the steps of a distance.
  var heard: (@Sendable (_ done: Int, _ total: Int) -> Void)?

  init(_ fields: ProtocolFields, threads: Int = 1) {
    distance = KernelDistance(
      kernel: PolynomialKernel(
        degree: fields.kernelDegree, gamma: fields.kernelGamma, coefficient: fields.kernelCoefficient),
      estimator: fields.estimator, threads: threads)
    subsets = fields.subsets
    size = fields.subsetSize
    seed = UInt32(truncatingIfNeeded: fields.subsetSeed)
    draws = fields.subsetDraw
    block = fields.blockSize
    blockSeed = UInt64(fields.seed)
    scale = fields.scaleFactor
  }

  /// The same without subsets and blocks.
  var overAllSamples: KernelMetric {
    var copy = self
    (copy.subsets, copy.block) = (0, 0)
    return copy
  }

  func measure(_ real: FeatureMatrix, _ fake: FeatureMatrix) throws -> Measurement {
    if block > 0 {
      let over = MeanAndDeviation(
        of: try distance.blockDistances(real, fake, size: block, seed: blockSeed, heard: heard))
      return Measurement(values: [over.mean * scale], deviations: [over.deviation * scale])
    }
    guard subsets > 0 else { return Measurement(values: [try distance.between(real, fake, heard: heard) * scale]) }
    // The real set is the first of both packages' two.
    let size = min(size, real.rows, fake.rows)
    let over = MeanAndDeviation(
      of: try distance.subsetDistances(real, fake, subsets: subsets, size: size, seed: seed, draws: draws))
    return Measurement(values: [over.mean * scale], deviations: [over.deviation * scale])
  }

  func bounds(ofScore index: Int) -> ClosedRange<Double> {
    distance.estimator == .biased ? 0 ... .infinity : -.infinity ... .infinity
  }

  /// Of all samples, whether the score itself takes subsets or not.
  func influence(_ real: FeatureMatrix, _ first: FeatureMatrix, _ second: FeatureMatrix) throws -> DifferenceInfluence {
    try distance.influence(real: real, first, second).scaled(by: scale)
  }

  /// Of all samples, whether the score itself takes subsets or not.
  func intervals(_ real: FeatureMatrix, _ fake: FeatureMatrix, _ bootstrap: Bootstrap) throws -> [Bootstrap.Interval] {
    [try bootstrap.interval(real, fake, kernel: distance).scaled(by: scale)]
  }
}

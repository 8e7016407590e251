import Distances

/// What a metric says of two sets of features.
struct Measurement: Sendable {
  /// One for each score of the metric.
  var values: [Double]
  /// Over subsets, where the metric draws some.
  var deviations: [Double]?
  /// Numerical ranks of the covariances, where there are covariances.
  var ranks: (real: Int, fake: Int)?

  init(values: [Double], deviations: [Double]? = nil, ranks: (real: Int, fake: Int)? = nil) {
    self.values = values
    self.deviations = deviations
    self.ranks = ranks
  }
}

/// A metric of two sets of features, as the fields of a protocol define it.
protocol DistributionMetric: Sendable {
  /// - Throws: `DistanceError`.
  func measure(_ real: FeatureMatrix, _ fake: FeatureMatrix) throws -> Measurement

  /// The same for many fake sets against one real set, of which what can be is computed once.
  func against(_ real: FeatureMatrix) throws -> @Sendable (FeatureMatrix) throws -> Measurement

  /// The spread of each score over resamples of the rows.
  func intervals(_ real: FeatureMatrix, _ fake: FeatureMatrix, _ bootstrap: Bootstrap) throws -> [Bootstrap.Interval]

  /// Between which numbers each score lies.
  func bounds(ofScore index: Int) -> ClosedRange<Double>
}

extension DistributionMetric {
  func bounds(ofScore index: Int) -> ClosedRange<Double> { 0 ... .infinity }

  func intervals(_ real: FeatureMatrix, _ fake: FeatureMatrix, _ bootstrap: Bootstrap) throws -> [Bootstrap.Interval] {
    try bootstrap.intervals(rows: real.rows, fake.rows) { a, b in
      try measure(real.selecting(a), fake.selecting(b)).values
    }
  }

  func against(_ real: FeatureMatrix) throws -> @Sendable (FeatureMatrix) throws -> Measurement {
    { try measure(real, $0) }
  }
}

/// A metric whose differences are measured: it says how each row bears on it.
protocol InfluenceMetric: DistributionMetric {
  /// How the rows of two fake sets and of the real set they share bear on the score of `second` less that of `first`.
  ///
  /// - Throws: `DistanceError`.
  func influence(_ real: FeatureMatrix, _ first: FeatureMatrix, _ second: FeatureMatrix) throws -> DifferenceInfluence
}

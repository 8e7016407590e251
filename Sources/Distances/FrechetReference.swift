/// The first set of many Fréchet distances: its part of each is computed once.
///
/// For scores of windows against one fixed set. `distance(to:)` is `FrechetDistance.between` to rounding, and takes the
/// low-rank path where a window has no more rows than columns.
public struct FrechetReference: Sendable {
  public let frechet: FrechetDistance
  public var columns: Int { mean.count }

  let mean: [Double]
  private let part: Part

  /// What a distance needs of one set beside its mean.
  enum Part: Sendable {
    case factor(CovarianceFactor, isLowRank: Bool)
    case thresholded(ThresholdedSet)
  }

  /// Throws as `FrechetDistance.between` does for its first set.
  public init(_ features: FeatureMatrix, frechet: FrechetDistance) throws {
    try self.init(features, frechet: frechet, side: .first)
  }

  init(_ features: FeatureMatrix, frechet: FrechetDistance, side: DistanceError.Side) throws {
    try features.check(side, ddof: frechet.ddof)
    self.frechet = frechet
    if frechet.root == .symmetricEigen && FrechetDistance.isSmall(features) {
      mean = features.columnMeans()
      part = .factor(try CovarianceFactor(rowsOf: features, mean: mean, ddof: frechet.ddof), isLowRank: true)
    } else {
      let statistics = try FeatureStatistics(features, ddof: frechet.ddof, side: side)
      mean = statistics.mean
      part = try FrechetReference.part(statistics, root: frechet.root, side: side)
    }
  }

  /// Of a sample of rows whose repetitions count; without ranks where it has no more different rows than columns. The
  /// features were checked before.
  init(
    _ features: FeatureMatrix, _ sample: RowSample, frechet: FrechetDistance, side: DistanceError.Side
  ) throws {
    self.frechet = frechet
    if frechet.root == .symmetricEigen && sample.rows.count <= features.columns {
      mean = features.columnMeans(sample)
      part = .factor(CovarianceFactor(rowsOf: features, sample, mean: mean, ddof: frechet.ddof), isLowRank: true)
    } else {
      let statistics = FeatureStatistics(features, sample, ddof: frechet.ddof)
      mean = statistics.mean
      part = try FrechetReference.part(statistics, root: frechet.root, side: side)
    }
  }

  /// Throws `DistanceError` for statistics of another ddof and for a covariance with eigenvalues far below 0.
  public init(_ statistics: FeatureStatistics, frechet: FrechetDistance) throws {
    guard statistics.ddof == frechet.ddof else {
      throw DistanceError.differentDdof(first: statistics.ddof, second: frechet.ddof)
    }
    try self.init(statistics, frechet: frechet, side: .first)
  }

  init(_ statistics: FeatureStatistics, frechet: FrechetDistance, side: DistanceError.Side) throws {
    self.frechet = frechet
    mean = statistics.mean
    part = try FrechetReference.part(statistics, root: frechet.root, side: side)
  }

  private static func part(
    _ statistics: FeatureStatistics, root: FrechetDistance.Root, side: DistanceError.Side
  ) throws -> Part {
    switch root {
    case .symmetricEigen: .factor(try CovarianceFactor(of: statistics), isLowRank: false)
    case .svd: .thresholded(try ThresholdedSet(statistics, takesVectors: side == .first))
    }
  }

  /// A window of N rows costs O(N·D² + N²·D), or O(N·D² + D³) with more rows than columns.
  ///
  /// Throws `DistanceError` for different columns, no more than `ddof` rows, and features that are not finite.
  public func distance(to features: FeatureMatrix) throws -> FrechetDistance.Result {
    guard columns == features.columns else {
      try features.check(.second, ddof: frechet.ddof)
      throw DistanceError.differentColumns(first: columns, second: features.columns)
    }
    return try distance(to: FrechetReference(features, frechet: frechet, side: .second))
  }

  /// The same to statistics.
  public func distance(to statistics: FeatureStatistics) throws -> FrechetDistance.Result {
    guard columns == statistics.columns else {
      throw DistanceError.differentColumns(first: columns, second: statistics.columns)
    }
    guard frechet.ddof == statistics.ddof else {
      throw DistanceError.differentDdof(first: frechet.ddof, second: statistics.ddof)
    }
    return try distance(to: FrechetReference(statistics, frechet: frechet, side: .second))
  }

  /// Both sets prepared: `second` as the second one.
  func distance(to second: FrechetReference) throws -> FrechetDistance.Result {
    let meanTerm = squaredDistance(mean, second.mean)
    switch (part, second.part) {
    case (.factor(let a, let isLowRankA), .factor(let b, let isLowRankB)):
      return frechet.result(
        meanTerm: meanTerm, traces: a.trace + b.trace, rootTrace: try CovarianceFactor.rootTrace(a, b),
        columns: columns,
        ranks: (a.rank ?? 0, b.rank ?? 0), path: isLowRankA || isLowRankB ? .lowRank : .full)
    case (.thresholded(let a), .thresholded(let b)):
      guard case .svd(let epsilon) = frechet.root else { preconditionFailure("FrechetReference: one root") }
      return frechet.result(
        meanTerm: meanTerm, traces: ThresholdedSet.traces(a, b),
        rootTrace: try ThresholdedSet.rootTrace(a, b, epsilon: epsilon), columns: columns, ranks: (a.rank, b.rank),
        path: .full)
    case (.factor, .thresholded), (.thresholded, .factor):
      preconditionFailure("FrechetReference: both sets are prepared for one root")
    }
  }
}

/// The Fréchet distance between the Gaussians fitted to two sets of features:
/// ‖μ₁ - μ₂‖² + Tr Σ₁ + Tr Σ₂ - 2 Tr √(Σ₁Σ₂), in float64.
///
/// Source: Heusel et al. 2017 (FID), Unterthiner et al. 2018 (FVD). It is real and finite for every finite input. With
/// `.symmetricEigen` a set against itself gives 0 to rounding: at most `roundingBound` · (Tr Σ₁ + Tr Σ₂).
public struct FrechetDistance: Sendable, Equatable {
  /// How Tr √(Σ₁Σ₂) is taken. For well-conditioned covariances both give the same number to rounding.
  public enum Root: Sendable, Equatable {
    /// The sum of √max(0, λ) over the eigenvalues λ of Σ₁^½Σ₂Σ₁^½, taken as the singular values of Σ₁^½Σ₂^½, which lose
    /// no digits to the squaring. What scipy's `sqrtm` of the product gives where that is accurate.
    case symmetricEigen
    /// TensorFlow-GAN's and VideoGPT's symmetric square root by SVD: a singular value below `epsilon` is kept as it is
    /// instead of being rooted, in Σ₁^½ and in the root of Σ₁^½Σ₂Σ₁^½. Both use 1e-10. It raises the distance by
    /// the order of D · √epsilon, a set's distance to itself included. The time is that of the full path at any N.
    /// Source: tensorflow/gan `classifier_metrics.py` `_symmetric_matrix_square_root`, VideoGPT `videogpt/fvd/fvd.py`.
    case svd(epsilon: Double)
  }

  /// Which way the covariance term was computed. It does not change the value beyond rounding.
  public enum Path: String, Sendable {
    /// Both D×D covariances were formed.
    case full
    /// At least one set is small, and its centred rows stood for its covariance.
    case lowRank = "low-rank"
  }

  public struct Result: Sendable, Equatable {
    /// The distance: `meanTerm + covarianceTerm`.
    public let value: Double
    /// ‖μ₁ - μ₂‖².
    public let meanTerm: Double
    /// Tr Σ₁ + Tr Σ₂ - 2 Tr √(Σ₁Σ₂).
    public let covarianceTerm: Double
    /// Numerical ranks of the covariances: eigenvalues above 2.2e-16 · max(N, D) · the largest. Below D, the
    /// covariance is deficient and the distance depends strongly on N.
    public let rankA: Int
    public let rankB: Int
    public let path: Path
  }

  public let ddof: Int
  public let root: Root
  public let threads: Int

  /// - Parameters:
  ///   - ddof: the covariance divides by N - ddof: 0 or 1 in every published protocol.
  ///   - root: the rule for the matrix root.
  ///   - threads: with 2 the two sets are prepared side by side. It changes no bit.
  public init(ddof: Int, root: Root, threads: Int = 1) {
    self.ddof = ddof
    self.root = root
    self.threads = threads
  }

  /// The covariance term may come out this much below 0, relative to Tr Σ₁ + Tr Σ₂, and is then set to 0.
  public static func roundingBound(columns: Int) -> Double { 8 * Double(columns) * Double.ulpOfOne }

  /// Throws `DistanceError` for different columns, no more than `ddof` rows, and features that are not finite.
  ///
  /// O(N·D² + D³), or O(N²·D + N³) where N is small.
  public func between(_ a: FeatureMatrix, _ b: FeatureMatrix) throws -> Result {
    try a.check(.first, ddof: ddof)
    try b.check(.second, ddof: ddof)
    guard a.columns == b.columns else {
      throw DistanceError.differentColumns(first: a.columns, second: b.columns)
    }
    let sets = [a, b]
    return try between { try FrechetReference(sets[$0], frechet: self, side: $0 == 0 ? .first : .second) }
  }

  /// The same from statistics alone, by the full path.
  public func between(_ a: FeatureStatistics, _ b: FeatureStatistics) throws -> Result {
    guard a.columns == b.columns else {
      throw DistanceError.differentColumns(first: a.columns, second: b.columns)
    }
    guard a.ddof == b.ddof else { throw DistanceError.differentDdof(first: a.ddof, second: b.ddof) }
    let sets = [a, b]
    return try between { try FrechetReference(sets[$0], frechet: self, side: $0 == 0 ? .first : .second) }
  }

  /// Statistics, such as published ones, against features.
  public func between(_ a: FeatureStatistics, _ b: FeatureMatrix) throws -> Result {
    try check(a, b, features: .second)
    return try between {
      $0 == 0
        ? try FrechetReference(a, frechet: self, side: .first) : try FrechetReference(b, frechet: self, side: .second)
    }
  }

  /// Features against statistics.
  public func between(_ a: FeatureMatrix, _ b: FeatureStatistics) throws -> Result {
    try check(b, a, features: .first)
    return try between {
      $0 == 0
        ? try FrechetReference(a, frechet: self, side: .first) : try FrechetReference(b, frechet: self, side: .second)
    }
  }

  private func check(_ statistics: FeatureStatistics, _ features: FeatureMatrix, features side: DistanceError.Side)
    throws
  {
    try features.check(side, ddof: ddof)
    let isFirst = side == .first
    guard statistics.columns == features.columns else {
      throw DistanceError.differentColumns(
        first: isFirst ? features.columns : statistics.columns,
        second: isFirst ? statistics.columns : features.columns)
    }
    guard statistics.ddof == ddof else {
      throw DistanceError.differentDdof(
        first: isFirst ? ddof : statistics.ddof, second: isFirst ? statistics.ddof : ddof)
    }
  }

  private func between(_ prepared: @Sendable (Int) throws -> FrechetReference) throws -> Result {
    let sets = try LinearAlgebra.parallelMap(2, threads: threads, prepared)
    return try sets[0].distance(to: sets[1])
  }

  /// Up to D rows the centred rows are the cheaper factor: see `Fixtures/golden/distances/README.md` for the times.
  static func isSmall(_ features: FeatureMatrix) -> Bool { features.rows <= features.columns }

  func result(
    meanTerm: Double, traces: Double, rootTrace: Double, columns: Int, ranks: (Int, Int), path: Path
  ) -> Result {
    var covarianceTerm = traces - 2 * rootTrace
    let bound = FrechetDistance.roundingBound(columns: columns) * traces
    if covarianceTerm < 0 && covarianceTerm >= -bound { covarianceTerm = 0 }
    // Roots of what should be 0 and came out as rounding (of order 2^-52 · traces²) or stays below epsilon: D of them at
    // most. They may not carry a distance below 0.
    if case .svd(let epsilon) = root, meanTerm + covarianceTerm < 0 {
      let perRoot = epsilon.squareRoot() + Double.ulpOfOne.squareRoot() * traces
      if meanTerm + covarianceTerm >= -2 * Double(columns) * perRoot { covarianceTerm = -meanTerm }
    }
    return Result(
      value: meanTerm + covarianceTerm, meanTerm: meanTerm, covarianceTerm: covarianceTerm, rankA: ranks.0,
      rankB: ranks.1, path: path)
  }
}

func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices {
    let difference = a[index] - b[index]
    sum += difference * difference
  }
  return sum
}

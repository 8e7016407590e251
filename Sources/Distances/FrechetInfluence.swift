extension FrechetDistance {
  /// Influences on the squared Fréchet distance. With μ, Σ of the own set, μ', Σ' of the other and T = Σ'^½(Σ'^½ΣΣ'^½)^-½Σ'^½:
  /// |x-μ|² - Tr Σ + 2(x-μ)ᵀ(μ-μ') - ((x-μ)ᵀT(x-μ) - Tr √(ΣΣ')).
  ///
  /// One eigendecomposition of the order min(N, N', D), whose vectors serve both sets; directions in which √(ΣΣ') is below
  /// 1e-7 of its largest are left out. `.svd` differs from `.symmetricEigen` in such directions alone, and is treated
  /// alike. Throws as `between` does.
  public func influence(_ a: FeatureMatrix, _ b: FeatureMatrix) throws -> Influence {
    try a.check(.first, ddof: 0)
    try b.check(.second, ddof: 0)
    guard a.columns == b.columns else { throw DistanceError.differentColumns(first: a.columns, second: b.columns) }
    // The eigenproblem is that of the set with the smaller factor.
    let isTurned = min(b.rows, b.columns) < min(a.rows, a.columns)
    let root = try RootInfluence(of: isTurned ? b : a, and: isTurned ? a : b)
    let (rootA, rootB) = isTurned ? (root.other, root.own) : (root.own, root.other)
    let (meanA, meanB) = (a.columnMeans(), b.columnMeans())
    func influences(_ set: FeatureMatrix, _ mean: [Double], _ otherMean: [Double], _ root: [Double]) -> (
      values: [Double], trace: Double
    ) {
      let shift = zip(mean, otherMean).map { 2 * ($0 - $1) }
      var (values, trace) = ([Double](repeating: 0, count: set.rows), 0.0)
      set.values.withUnsafeBufferPointer { features in
        for row in 0..<set.rows {
          var (length, along) = (0.0, 0.0)
          for column in 0..<set.columns {
            let place = Double(features[row * set.columns + column]) - mean[column]
            length += place * place
            along += place * shift[column]
          }
          trace += length
          values[row] = length + along - root[row]
        }
      }
      return (DifferenceInfluence.centred(values), trace / Double(set.rows))
    }
    let (first, second) = (influences(a, meanA, meanB, rootA), influences(b, meanB, meanA, rootB))
    return Influence(
      value: squaredDistance(meanA, meanB) + first.trace + second.trace - 2 * root.trace, first: first.values,
      second: second.values)
  }

  /// Influences on distance(real, b) - distance(real, a).
  public func influence(real: FeatureMatrix, _ a: FeatureMatrix, _ b: FeatureMatrix) throws -> DifferenceInfluence {
    let pool = a.columns == b.columns ? a.followed(by: b) : b
    let fakes = [a, b, pool]
    let found = try LinearAlgebra.parallelMap(3, threads: threads) { try influence(real, fakes[$0]) }
    return DifferenceInfluence(
      real: zip(found[0].first, found[1].first).map { $1 - $0 }, first: found[0].second, second: found[1].second,
      pooled: found[2].second)
  }
}

/// The quadratic forms (x-μ)ᵀT(x-μ) of the rows of two sets, whose mean is Tr √(ΣΣ') over either set.
private struct RootInfluence {
  let own: [Double]
  let other: [Double]
  let trace: Double

  /// Singular values below this share of the largest are rounding.
  private static let smallest = 1e-7
  private static let blockRows = 256

  init(of set: FeatureMatrix, and others: FeatureMatrix) throws {
    let columns = set.columns
    let mean = others.columnMeans()
    let isSmall = FrechetDistance.isSmall(set)
    let factor: [Double]
    let order: Int
    if isSmall {
      (factor, order) = (set.centred(0..<set.rows, mean: set.columnMeans(), scale: Self.scale(set)), set.rows)
    } else {
      let covariance = try CovarianceFactor(of: FeatureStatistics(set, ddof: 0))
      (factor, order) = (covariance.values, covariance.rows)
    }
    // F Σ' Fᵀ, by way of the rows of the other set or of its covariance, whichever is the shorter.
    var cross: [Double] = []
    var throughCovariance: [Double] = []
    var gram: [Double]
    if others.rows < columns {
      let rows = others.centred(0..<others.rows, mean: mean, scale: Self.scale(others))
      cross = LinearAlgebra.productTransposed(rows, factor, m: others.rows, n: order, k: columns)
      gram = [Double](repeating: 0, count: order * order)
      LinearAlgebra.addGram(cross, rows: others.rows, columns: order, scale: 1, to: &gram)
      LinearAlgebra.mirrorUpper(&gram, order: order)
    } else {
      let covariance = try FeatureStatistics(others, ddof: 0).covariance
      throughCovariance = LinearAlgebra.productTransposed(
        factor, covariance, m: order, n: columns, k: columns)
      gram = LinearAlgebra.productTransposed(
        throughCovariance, factor, m: order, n: order, k: columns)
    }
    let (squares, vectors) = try LinearAlgebra.eigen(gram, order: order)
    let roots = squares.map { max(0, $0).squareRoot() }
    let kept = roots.indices.filter { roots[$0] > Self.smallest * (roots.last ?? 0) }
    trace = kept.reduce(0) { $0 + roots[$1] }

    /// Row k is eigenvector k times s^power.
    func weighted(_ power: Double) -> [Double] {
      kept.flatMap { index in
        let scale = Self.power(roots[index], power)
        return vectors[index * order..<(index + 1) * order].map { $0 * scale }
      }
    }
    // Of the other set: its rows times Fᵀv over √s.
    if cross.isEmpty {
      let lines = LinearAlgebra.product(weighted(-0.5), factor, m: kept.count, n: columns, k: order)
      other = Self.lengths(others, mean: mean, lines, count: kept.count)
    } else {
      let places = LinearAlgebra.productTransposed(cross, weighted(-0.5), m: others.rows, n: kept.count, k: order)
      other = Self.lengths(places, rows: others.rows, columns: kept.count).map { $0 * Double(others.rows) }
    }
    // Of the own set: N v² s where the rows are the factor, else its rows times Σ'Fᵀv over s^1.5.
    if isSmall {
      let places = weighted(0.5)
      var sums = [Double](repeating: 0, count: order)
      for line in kept.indices {
        for row in 0..<order { sums[row] += places[line * order + row] * places[line * order + row] }
      }
      own = sums.map { $0 * Double(order) }
    } else {
      let lines = LinearAlgebra.product(weighted(-1.5), throughCovariance, m: kept.count, n: columns, k: order)
      own = Self.lengths(set, mean: set.columnMeans(), lines, count: kept.count)
    }
  }

  private static func scale(_ set: FeatureMatrix) -> Double { 1 / Double(set.rows).squareRoot() }

  /// s^½, s^-½, s^-1½.
  private static func power(_ value: Double, _ power: Double) -> Double {
    let root = value.squareRoot()
    return power > 0 ? root : power > -1 ? 1 / root : 1 / (root * value)
  }

  /// The squared length of each row of a matrix.
  private static func lengths(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
    matrix.withUnsafeBufferPointer { matrix in
      (0..<rows).map { row in
        var sum = 0.0
        for column in 0..<columns { sum += matrix[row &* columns &+ column] * matrix[row &* columns &+ column] }
        return sum
      }
    }
  }

  /// Σₖ ((x - mean)·lineₖ)² of each row x, a block of rows at a time.
  private static func lengths(_ set: FeatureMatrix, mean: [Double], _ lines: [Double], count: Int) -> [Double] {
    stride(from: 0, to: set.rows, by: blockRows).flatMap { start in
      let block = start..<min(start + blockRows, set.rows)
      let places = LinearAlgebra.productTransposed(
        set.centred(block, mean: mean), lines, m: block.count, n: count, k: set.columns)
      return lengths(places, rows: block.count, columns: count)
    }
  }
}

/// A matrix F, r×D, with FᵀF = the covariance of a set.
///
/// The nuclear norm of F₁F₂ᵀ is Tr √(Σ₁Σ₂), whatever factors are taken.
struct CovarianceFactor: Sendable {
  let rows: Int
  let columns: Int
  let values: [Double]
  /// D×D with zeros below the diagonal.
  let isUpperTriangular: Bool
  /// Of the covariance.
  let trace: Double
  /// Numerical rank of the covariance: eigenvalues above 2.2e-16 · max(N, D) · the largest. Of a sample of rows it is
  /// not computed.
  let rank: Int?
}

extension CovarianceFactor {
  /// The centred rows over √(N - ddof): r = N. O(N²·D), for few rows.
  init(rowsOf features: FeatureMatrix, mean: [Double], ddof: Int) throws {
    let scale = 1 / Double(features.rows - ddof).squareRoot()
    values = features.centred(0..<features.rows, mean: mean, scale: scale)
    rows = features.rows
    columns = features.columns
    isUpperTriangular = false
    let gram = LinearAlgebra.gram(values, rows: rows, columns: columns)
    var trace = 0.0
    for row in 0..<rows { trace += gram[row * rows + row] }
    self.trace = trace
    // Centred rows add up to 0. With that one direction filled in, the Gram matrix tells whether it is the only one.
    let extent = max(rows, columns)
    let filling = trace / (Double(rows) * Double(rows))
    if LinearAlgebra.cholesky(gram.map { $0 + filling }, order: rows, extent: extent) != nil {
      rank = rows - 1
    } else {
      rank = LinearAlgebra.rank(ofAscending: try LinearAlgebra.eigenvalues(gram, order: rows), extent: extent)
    }
  }

  /// The same of a sample of the rows, with one row for each that is repeated: O(N·D), without the rank.
  init(rowsOf features: FeatureMatrix, _ sample: RowSample, mean: [Double], ddof: Int) {
    let scale = 1 / Double(sample.total - ddof).squareRoot()
    values = features.centred(sample, 0..<sample.rows.count, mean: mean, scale: scale)
    rows = sample.rows.count
    columns = features.columns
    isUpperTriangular = false
    trace = values.reduce(0) { $0 + $1 * $1 }
    rank = nil
  }

  /// By Cholesky's decomposition where the covariance is far from singular, else from its eigenvectors. O(D³).
  init(of statistics: FeatureStatistics) throws {
    let columns = statistics.columns
    let extent = max(statistics.count ?? 0, columns)
    if let factor = LinearAlgebra.cholesky(statistics.covariance, order: columns, extent: extent) {
      self.init(
        rows: columns, columns: columns, values: factor, isUpperTriangular: true, trace: statistics.trace, rank: columns
      )
    } else {
      try self.init(eigenOf: statistics)
    }
  }

  /// Λ^½Qᵀ of the eigendecomposition QΛQᵀ, without the eigenvalues that are 0 to rounding: r = rank.
  private init(eigenOf statistics: FeatureStatistics) throws {
    columns = statistics.columns
    isUpperTriangular = false
    let (eigenvalues, vectors) = try LinearAlgebra.eigen(statistics.covariance, order: columns)
    if let smallest = eigenvalues.first, let largest = eigenvalues.last,
      smallest < -CovarianceFactor.negativeBound * largest.magnitude
    {
      throw DistanceError.notPositive(smallest: smallest, largest: largest)
    }
    let rank = LinearAlgebra.rank(ofAscending: eigenvalues, extent: max(statistics.count ?? 0, columns))
    self.rank = rank
    rows = rank
    trace = statistics.trace
    let kept = (columns - rank)..<columns
    var values: [Double] = []
    values.reserveCapacity(rank * columns)
    for index in kept {
      let root = eigenvalues[index].squareRoot()
      for value in vectors[index * columns..<(index + 1) * columns] { values.append(value * root) }
    }
    self.values = values
  }

  /// Covariances computed in float32, or as E[xxᵀ] - μμᵀ, have negative eigenvalues of some 1e-7 of the largest.
  private static let negativeBound = 1e-4

  /// Tr √(Σ₁Σ₂).
  static func rootTrace(_ a: CovarianceFactor, _ b: CovarianceFactor) throws -> Double {
    let columns = a.columns
    let cross: [Double]
    if b.isUpperTriangular {
      cross = LinearAlgebra.productWithTransposedUpper(a.values, b.values, m: a.rows, n: columns)
    } else if a.isUpperTriangular {
      cross = LinearAlgebra.productWithTransposedUpper(b.values, a.values, m: b.rows, n: columns)
      return try LinearAlgebra.nuclearNorm(cross, rows: b.rows, columns: a.rows)
    } else {
      cross = LinearAlgebra.productTransposed(a.values, b.values, m: a.rows, n: b.rows, k: columns)
    }
    return try LinearAlgebra.nuclearNorm(cross, rows: a.rows, columns: b.rows)
  }
}

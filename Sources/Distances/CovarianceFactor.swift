/// A matrix F, r×D, with FᵀF = the covariance of a set.
///
/// The nuclear norm of F₁F₂ᵀ is Tr √(Σ₁Σ₂), whatever factors are taken.
struct CovarianceFactor {
  let rows: Int
  let columns: Int
  let values: [Double]
  /// Of the covariance.
  let trace: Double
  /// Numerical rank of the covariance: eigenvalues above 2.2e-16 · max(N, D) · the largest.
  let rank: Int
}

extension CovarianceFactor {
  /// The centred rows over √(N - ddof): r = N. O(N²·D), for few rows.
  init(rowsOf features: FeatureMatrix, mean: [Double], ddof: Int) throws {
    let scale = 1 / Double(features.rows - ddof).squareRoot()
    values = features.centred(0..<features.rows, mean: mean, scale: scale)
    rows = features.rows
    columns = features.columns
    let gram = LinearAlgebra.productTransposed(values, values, m: rows, n: rows, k: columns)
    var trace = 0.0
    for row in 0..<rows { trace += gram[row * rows + row] }
    self.trace = trace
    let eigenvalues = try LinearAlgebra.eigenvalues(gram, order: rows)
    rank = LinearAlgebra.rank(ofAscending: eigenvalues, extent: max(rows, columns))
  }

  /// Λ^½Qᵀ of the eigendecomposition QΛQᵀ, without the eigenvalues that are 0 to rounding: r = rank. O(D³).
  init(eigenOf statistics: FeatureStatistics) throws {
    columns = statistics.columns
    let (eigenvalues, vectors) = try LinearAlgebra.eigen(statistics.covariance, order: columns)
    rank = LinearAlgebra.rank(ofAscending: eigenvalues, extent: max(statistics.count, columns))
    rows = rank
    var trace = 0.0
    for index in 0..<columns { trace += statistics.covariance[index * columns + index] }
    self.trace = trace
    let kept = (columns - rank)..<columns
    var values: [Double] = []
    values.reserveCapacity(rank * columns)
    for index in kept {
      let root = eigenvalues[index].squareRoot()
      for value in vectors[index * columns..<(index + 1) * columns] { values.append(value * root) }
    }
    self.values = values
  }
}

/// A set prepared for TensorFlow-GAN's root. A symmetric matrix QΛQᵀ has the SVD U = Q, S = |Λ|, V = Q·sign Λ: the
/// eigendecomposition is that SVD, and U f(S) Vᵀ = Q sign(Λ) f(|Λ|) Qᵀ.
struct ThresholdedSet: Sendable {
  let covariance: [Double]
  let columns: Int
  let rank: Int
  /// Of the covariance, ascending, with the eigenvectors as rows; of the second set neither is needed.
  private let eigen: (values: [Double], vectors: [Double])?

  init(_ statistics: FeatureStatistics, takesVectors: Bool) throws {
    covariance = statistics.covariance
    columns = statistics.columns
    let extent = max(statistics.count ?? 0, columns)
    if takesVectors {
      let eigen = try LinearAlgebra.eigen(covariance, order: columns)
      rank = LinearAlgebra.rank(ofAscending: eigen.values, extent: extent)
      self.eigen = eigen
    } else {
      let isFull = LinearAlgebra.cholesky(covariance, order: columns, extent: extent) != nil
      rank =
        isFull
        ? columns
        : LinearAlgebra.rank(ofAscending: try LinearAlgebra.eigenvalues(covariance, order: columns), extent: extent)
      eigen = nil
    }
  }

  /// Tr Σ₁ + Tr Σ₂.
  static func traces(_ a: ThresholdedSet, _ b: ThresholdedSet) -> Double {
    var traces = 0.0
    for index in 0..<a.columns {
      traces += a.covariance[index * a.columns + index] + b.covariance[index * a.columns + index]
    }
    return traces
  }

  static func rootTrace(_ a: ThresholdedSet, _ b: ThresholdedSet, epsilon: Double) throws -> Double {
    guard let (valuesA, vectors) = a.eigen else { preconditionFailure("ThresholdedSet: a first set has eigenvectors") }
    let columns = a.columns
    // √Σ₁ Σ₂ √Σ₁ in the eigenbasis of Σ₁, where √Σ₁ is diagonal: the eigenvalues are the same.
    let half = LinearAlgebra.productTransposed(vectors, b.covariance, m: columns, n: columns, k: columns)
    var product = LinearAlgebra.productTransposed(half, vectors, m: columns, n: columns, k: columns)
    let roots = valuesA.map { signedRoot($0, epsilon: epsilon) }
    for row in 0..<columns {
      for column in row..<columns { product[row * columns + column] *= roots[row] * roots[column] }
    }
    return try LinearAlgebra.eigenvalues(product, order: columns).reduce(0) { $0 + signedRoot($1, epsilon: epsilon) }
  }

  /// sign(λ)·√|λ|, or λ itself where |λ| is below `epsilon`.
  private static func signedRoot(_ value: Double, epsilon: Double) -> Double {
    guard value.magnitude >= epsilon else { return value }
    return value < 0 ? -value.magnitude.squareRoot() : value.squareRoot()
  }
}

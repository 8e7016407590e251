extension FrechetDistance {
  /// The distance with TensorFlow-GAN's root. A symmetric matrix QΛQᵀ has the SVD U = Q, S = |Λ|, V = Q·sign Λ: the
  /// eigendecomposition is that SVD, and U f(S) Vᵀ = Q sign(Λ) f(|Λ|) Qᵀ.
  func thresholdedRoot(
    _ a: FeatureStatistics, _ b: FeatureStatistics, epsilon: Double, meanTerm: Double
  ) throws -> Result {
    let columns = a.columns
    let (valuesA, vectors) = try LinearAlgebra.eigen(a.covariance, order: columns)
    let valuesB = try LinearAlgebra.eigenvalues(b.covariance, order: columns)

    // √Σ₁ Σ₂ √Σ₁ in the eigenbasis of Σ₁, where √Σ₁ is diagonal: the eigenvalues are the same.
    let half = LinearAlgebra.productTransposed(vectors, b.covariance, m: columns, n: columns, k: columns)
    var product = LinearAlgebra.productTransposed(half, vectors, m: columns, n: columns, k: columns)
    let roots = valuesA.map { signedRoot($0, epsilon: epsilon) }
    for row in 0..<columns {
      for column in row..<columns { product[row * columns + column] *= roots[row] * roots[column] }
    }
    let rootTrace = try LinearAlgebra.eigenvalues(product, order: columns)
      .reduce(0) { $0 + signedRoot($1, epsilon: epsilon) }

    var traces = 0.0
    for index in 0..<columns {
      traces += a.covariance[index * columns + index] + b.covariance[index * columns + index]
    }
    return result(
      meanTerm: meanTerm, traces: traces, rootTrace: rootTrace, columns: columns,
      ranks: (
        LinearAlgebra.rank(ofAscending: valuesA, extent: max(a.count, columns)),
        LinearAlgebra.rank(ofAscending: valuesB, extent: max(b.count, columns))
      ), path: .full)
  }

  /// sign(λ)·√|λ|, or λ itself where |λ| is below `epsilon`.
  private func signedRoot(_ value: Double, epsilon: Double) -> Double {
    guard value.magnitude >= epsilon else { return value }
    return value < 0 ? -value.magnitude.squareRoot() : value.squareRoot()
  }
}

/// How far the rows of one feature set are from another set.
public enum NearestRows {
  /// Of each row of `features`, the Euclidean distance to the nearest row of `others`, in float64.
  ///
  /// O(m·n·D) time, O(m + n) memory beside the features.
  ///
  /// - Throws: `DistanceError` for different columns, no rows, and features that are not finite.
  public static func distances(
    of features: FeatureMatrix, to others: FeatureMatrix, threads: Int = 1
  ) throws -> [Double] {
    try others.check(.first, ddof: 0)
    try features.check(.second, ddof: 0)
    guard features.columns == others.columns else {
      throw DistanceError.differentColumns(first: others.columns, second: features.columns)
    }
    let (norms, normsOfOthers) = (features.squaredNorms(), others.squaredNorms())
    var nearest = [Double](repeating: .infinity, count: features.rows)
    RowTiles(others, features, scale: -2, threads: threads).forEach { tile in
      var nearest = [Double](repeating: .infinity, count: tile.right.count)
      for (place, row) in tile.left.enumerated() {
        let products = tile.values.baseAddress! + place * tile.right.count
        for (place, column) in tile.right.enumerated() {
          let distance = squaredDistance(
            products[place], others, row, normsOfOthers[row], features, column, norms[column])
          if distance < nearest[place] { nearest[place] = distance }
        }
      }
      return nearest
    } add: { _, right, found in
      for (column, distance) in zip(right, found) where distance < nearest[column] { nearest[column] = distance }
    }
    return nearest.map { $0.squareRoot() }
  }
}

/// ‖x‖² + ‖y‖² - 2xᵀy, or the sum of squared differences where that lost its digits.
@inline(__always)
func squaredDistance(
  _ product: Double, _ a: FeatureMatrix, _ row: Int, _ normA: Double, _ b: FeatureMatrix, _ column: Int, _ normB: Double
) -> Double {
  let norms = normA + normB
  let distance = norms + product
  if distance > 1e-6 * norms { return distance }
  return a.withRows(row..<row + 1) { a in
    b.withRows(column..<column + 1) { b in
      var sum = 0.0
      for index in a.indices {
        let difference = Double(a[index]) - Double(b[index])
        sum += difference * difference
      }
      return sum
    }
  }
}

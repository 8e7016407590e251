/// How far the rows of one feature set are from another set.
public enum NearestRows {
  /// Of each row of `features`, the Euclidean distance to the nearest row of `others`, in float64.
  ///
  /// Which rows can be the nearest is found by products in float32, and those are compared in float64: rounding leaves none out.
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
    // Around the mean norms are small, and with them what rounding can do.
    let centre = others.columnMeans()
    let (norms, normsOfOthers) = (features.squaredNorms(around: centre), others.squaredNorms(around: centre))
    let uncertainty = Self.uncertainty(columns: features.columns)
    var nearest = [Double](repeating: .infinity, count: features.rows)
    RowTiles(others, features, around: centre, scale: -2, threads: threads).forEach { tile in
      Candidates(tile, norms: normsOfOthers, norms, uncertainty: uncertainty).nearest { row, column in
        squaredDistance(others, row, features, column)
      }
    } add: { _, right, found in
      for (column, distance) in zip(right, found) where distance < nearest[column] { nearest[column] = distance }
    }
    return nearest.map { $0.squareRoot() }
  }

  /// What ‖x‖² + ‖y‖² - 2xᵀy in float32 can be off by, of ‖x‖² + ‖y‖²: D rounded products and sums, of values that were rounded,
  /// and the sums of the three terms. (Higham, Accuracy and Stability of Numerical Algorithms, 3.5: γ_D·|x|ᵀ|y| of a product.)
  static func uncertainty(columns: Int) -> Float { 1.1 * Float(columns + 16) * Float.ulpOfOne / 2 }
}

/// The pairs of a tile that can be nearest to each other, for each column.
private struct Candidates {
  private let tile: RowTiles<Float>.Tile
  private let normsOfRows: [Float]
  private let normsOfColumns: [Float]
  private let uncertainty: Float

  init(_ tile: RowTiles<Float>.Tile, norms rows: [Float], _ columns: [Float], uncertainty: Float) {
    self.tile = tile
    normsOfRows = Array(rows[tile.left])
    normsOfColumns = Array(columns[tile.right])
    self.uncertainty = uncertainty
  }

  /// For each column the smallest squared distance to a row.
  ///
  /// - Parameter distance: the squared distance of a row and a column of the sets.
  func nearest(_ distance: (_ row: Int, _ column: Int) -> Double) -> [Double] {
    let columns = tile.right.count
    var nearest = [Double](repeating: .infinity, count: columns)
    // What the nearest row is not farther than.
    var bounds = [Float](repeating: .infinity, count: columns)
    let (more, less) = (1 + uncertainty, 1 - uncertainty)
    // What is below the normal numbers has lost digits, whatever its size.
    let least = uncertainty / Float.ulpOfOne * .leastNormalMagnitude
    normsOfColumns.withUnsafeBufferPointer { norms in
      bounds.withUnsafeMutableBufferPointer { bounds in
        for (place, norm) in normsOfRows.enumerated() {
          let products = tile.values.baseAddress! + place * columns
          for column in 0..<columns {
            let farthest = (norm + norms[column]) * more + products[column] + least
            bounds[column] = farthest < bounds[column] ? farthest : bounds[column]
          }
        }
        for (place, norm) in normsOfRows.enumerated() {
          let products = tile.values.baseAddress! + place * columns
          // Norms that float32 has no number for rule nothing out.
          for column in 0..<columns where !((norm + norms[column]) * less + products[column] - least > bounds[column]) {
            guard nearest[column] > 0 else { continue }
            nearest[column] = min(
              nearest[column], distance(tile.left.lowerBound + place, tile.right.lowerBound + column))
          }
        }
      }
    }
    return nearest
  }
}

/// The sum of squared differences of two rows.
func squaredDistance(_ a: FeatureMatrix, _ row: Int, _ b: FeatureMatrix, _ column: Int) -> Double {
  a.withRows(row..<row + 1) { a in
    b.withRows(column..<column + 1) { b in
      var sum = SIMD8<Double>(repeating: 0)
      let whole = a.count / 8 * 8
      for start in stride(from: 0, to: whole, by: 8) {
        let difference = SIMD8<Double>(eight(a, start)) - SIMD8<Double>(eight(b, start))
        sum += difference * difference
      }
      var rest = sum.sum()
      for index in whole..<a.count {
        let difference = Double(a[index]) - Double(b[index])
        rest += difference * difference
      }
      return rest
    }
  }
}

@inline(__always)
private func eight(_ values: UnsafeBufferPointer<Float>, _ start: Int) -> SIMD8<Float> {
  UnsafeRawPointer(values.baseAddress! + start).loadUnaligned(as: SIMD8<Float>.self)
}

extension FeatureMatrix {
  /// ‖x - centre‖² of every row, as float32 rounds it.
  fileprivate func squaredNorms(around centre: [Double]) -> [Float] {
    var norms = [Float](repeating: 0, count: rows)
    forEachBlock(of: rowsOfBlock) { block, values in
      for (place, row) in block.enumerated() {
        var sum = 0.0
        for column in 0..<columns {
          let value = Double(values[place &* columns &+ column]) - centre[column]
          sum += value * value
        }
        norms[row] = Float(sum)
      }
    }
    return norms
  }
}

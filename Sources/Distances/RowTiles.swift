import COpenBLAS

/// Products of the rows of two feature sets, a tile of at most 512×512 at a time, in float64: O(1) memory beside the
/// features.
struct RowTiles {
  static let side = 512

  /// Tiles of one set with itself: the diagonal and what is above it.
  static func upper(
    _ features: FeatureMatrix, scale: Double,
    _ body: (Range<Int>, Range<Int>, UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    forEach(features, features, scale: scale, upperOnly: true, body)
  }

  static func all(
    _ a: FeatureMatrix, _ b: FeatureMatrix, scale: Double,
    _ body: (Range<Int>, Range<Int>, UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    forEach(a, b, scale: scale, upperOnly: false, body)
  }

  /// `body` takes rows of a, rows of b, and scale·xᵀy of them, row-major.
  private static func forEach(
    _ a: FeatureMatrix, _ b: FeatureMatrix, scale: Double, upperOnly: Bool,
    _ body: (Range<Int>, Range<Int>, UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    LinearAlgebra.useOneThread()
    let columns = a.columns
    let tile = UnsafeMutableBufferPointer<Double>.allocate(capacity: side * side)
    defer { tile.deallocate() }
    for startA in stride(from: 0, to: a.rows, by: side) {
      let rowsA = startA..<min(startA + side, a.rows)
      let left = a.doubles(rowsA)
      for startB in stride(from: upperOnly ? startA : 0, to: b.rows, by: side) {
        let rowsB = startB..<min(startB + side, b.rows)
        let right = upperOnly && startA == startB ? left : b.doubles(rowsB)
        cblas_dgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rowsA.count), Int32(rowsB.count), Int32(columns), scale, left,
          Int32(columns), right, Int32(columns), 0, tile.baseAddress!, Int32(rowsB.count))
        body(rowsA, rowsB, UnsafeMutableBufferPointer(rebasing: tile[0..<rowsA.count * rowsB.count]))
      }
    }
  }
}

extension FeatureMatrix {
  func doubles(_ rows: Range<Int>) -> [Double] {
    values[rows.lowerBound * columns..<rows.upperBound * columns].map(Double.init)
  }

  /// These rows, in this order; a row may come more than once.
  public func selecting(_ rows: [Int]) -> FeatureMatrix {
    let selected = [Float](unsafeUninitializedCapacity: rows.count * columns) { result, count in
      values.withUnsafeBufferPointer { values in
        for (place, row) in rows.enumerated() {
          precondition(row >= 0 && row < self.rows, "FeatureMatrix: no such row")
          for column in 0..<columns { result[place &* columns &+ column] = values[row &* columns &+ column] }
        }
      }
      count = rows.count * columns
    }
    return FeatureMatrix(rows: rows.count, columns: columns, values: selected)
  }
}

/// Features of one set: N rows (one a clip) × D columns, row-major.
public struct FeatureMatrix: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  public let values: [Float]

  public init(rows: Int, columns: Int, values: [Float]) {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    precondition(
      rows >= 0 && columns >= 0 && !overflow && count == values.count, "FeatureMatrix: rows×columns values are needed")
    self.rows = rows
    self.columns = columns
    self.values = values
  }
}

extension FeatureMatrix {
  /// Throws unless the matrix has columns, not more of them than LAPACK can index, more rows than `ddof`, and only
  /// finite values. O(N·D).
  func check(_ side: DistanceError.Side, ddof: Int) throws {
    guard ddof >= 0 else { throw DistanceError.negativeDdof(ddof) }
    guard rows > 0 else { throw DistanceError.empty(side) }
    guard columns > 0 && columns <= LinearAlgebra.largestOrder else {
      throw DistanceError.columnCount(side, columns: columns, largest: LinearAlgebra.largestOrder)
    }
    guard rows > ddof else { throw DistanceError.tooFewRows(side, rows: rows, ddof: ddof) }
    if let index = firstNonFinite() {
      throw DistanceError.nonFinite(side, row: index / columns, column: index % columns, value: "\(values[index])")
    }
  }

  private func firstNonFinite() -> Int? {
    let isClean = values.withUnsafeBufferPointer { values in
      var found: UInt32 = 0
      for value in values {
        let isSpecial: UInt32 = (value.bitPattern & 0x7f80_0000) == 0x7f80_0000 ? 1 : 0
        found |= isSpecial
      }
      return found == 0
    }
    return isClean ? nil : values.firstIndex { !$0.isFinite }
  }
}

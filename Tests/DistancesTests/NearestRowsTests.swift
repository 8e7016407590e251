import Distances
import Testing

@Suite struct NearestRowsTests {
  @Test func wholeNumbersAreExact() throws {
    let real = FeatureMatrix(rows: 2, columns: 2, values: [0, 0, 10, 0])
    let fake = FeatureMatrix(rows: 4, columns: 2, values: [3, 4, 10, 0, 13, 4, 7, 4])
    #expect(try NearestRows.distances(of: fake, to: real) == [5, 0, 5, 5])
  }

  @Test("as the definition, over the edges of tiles")
  func definition() throws {
    let real = FeatureMatrix.random(rows: 515, columns: 5, seed: 1)
    let fake = FeatureMatrix.random(rows: 521, columns: 5, seed: 2, mean: 0.5)
    let found = try NearestRows.distances(of: fake, to: real)
    for row in stride(from: 0, to: 521, by: 13) {
      let expected = (0..<515).map { squared(fake, row, real, $0) }.min()!.squareRoot()
      #expect(abs(found[row] - expected) <= 1e-12 * max(1, expected))
    }
  }

  /// Two heaps far from each other: what rows of a heap differ by is far below what float32 can tell of their products.
  @Test("rows that differ by less than the rounding of products", arguments: [3, 64, 203])
  func roundingLeavesNoneOut(columns: Int) throws {
    func heaps(_ rows: Int, seed: UInt64) -> FeatureMatrix {
      let noise = FeatureMatrix.random(rows: rows, columns: columns, seed: seed)
      let values = noise.values.enumerated().map { index, value in
        (index / columns % 2 == 0 ? 1000 : -1000) + value * 0.01
      }
      return FeatureMatrix(rows: rows, columns: columns, values: values)
    }
    let (real, fake) = (heaps(101, seed: 3), heaps(60, seed: 4))
    let found = try NearestRows.distances(of: fake, to: real)
    for row in 0..<60 {
      let expected = (0..<101).map { squared(fake, row, real, $0) }.min()!.squareRoot()
      #expect(abs(found[row] - expected) <= 1e-12 * expected)
    }
  }

  @Test("values whose squares float32 has no number for", arguments: [1e30, 1e-20, 3e-22, 1e-30] as [Float])
  func extremes(size: Float) throws {
    let real = FeatureMatrix(rows: 3, columns: 2, values: [1, 0, 5, 0, 9, 0].map { $0 * size })
    let fake = FeatureMatrix(rows: 2, columns: 2, values: [6, 0, 8, 0].map { $0 * size })
    let found = try NearestRows.distances(of: fake, to: real)
    #expect(found.allSatisfy { abs($0 / Double(size) - 1) < 1e-6 })
  }

  /// Squares that float32 has only with few digits leave no row out.
  @Test func squaresBelowTheNormalNumbers() throws {
    func small(_ rows: Int, seed: UInt64) -> FeatureMatrix {
      let noise = FeatureMatrix.random(rows: rows, columns: 2, seed: seed)
      return FeatureMatrix(rows: rows, columns: 2, values: noise.values.map { $0 * 3e-22 })
    }
    let (real, fake) = (small(200, seed: 5), small(60, seed: 6))
    let found = try NearestRows.distances(of: fake, to: real)
    for row in 0..<60 {
      let expected = (0..<200).map { squared(fake, row, real, $0) }.min()!.squareRoot()
      #expect(abs(found[row] - expected) <= 1e-12 * expected)
    }
  }

  private func squared(_ a: FeatureMatrix, _ row: Int, _ b: FeatureMatrix, _ other: Int) -> Double {
    (0..<a.columns).reduce(0.0) { sum, column in
      let difference = Double(a.values[row * a.columns + column]) - Double(b.values[other * b.columns + column])
      return sum + difference * difference
    }
  }

  @Test func differentColumnsAreRefused() {
    #expect(throws: DistanceError.differentColumns(first: 2, second: 1)) {
      try NearestRows.distances(
        of: FeatureMatrix(rows: 1, columns: 1, values: [1]), to: FeatureMatrix(rows: 1, columns: 2, values: [1, 2]))
    }
  }
}

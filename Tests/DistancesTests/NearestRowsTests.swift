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
      let expected = (0..<515).map { other in
        (0..<5).reduce(0.0) { sum, column in
          let difference = Double(fake.values[row * 5 + column]) - Double(real.values[other * 5 + column])
          return sum + difference * difference
        }
      }.min()!.squareRoot()
      #expect(abs(found[row] - expected) <= 1e-9 * max(1, expected))
    }
  }

  @Test func differentColumnsAreRefused() {
    #expect(throws: DistanceError.differentColumns(first: 2, second: 1)) {
      try NearestRows.distances(
        of: FeatureMatrix(rows: 1, columns: 1, values: [1]), to: FeatureMatrix(rows: 1, columns: 2, values: [1, 2]))
    }
  }
}

import Distances
import Testing

@Suite struct DistanceErrorTests {
  @Test func messages() {
    let a = FeatureMatrix(rows: 2, columns: 2, values: [1, 2, 3, 4])
    let none = FeatureMatrix(rows: 0, columns: 2, values: [])
    let one = FeatureMatrix(rows: 1, columns: 2, values: [1, 2])
    let wide = FeatureMatrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
    let bad = FeatureMatrix(rows: 2, columns: 2, values: [1, 2, 3, .nan])
    let worse = FeatureMatrix(rows: 2, columns: 2, values: [1, -.infinity, 3, .nan])
    let flat = FeatureMatrix(rows: 2, columns: 0, values: [])
    #expect(message(a, none) == "the second set has no features")
    #expect(
      message(one, a) == """
        the first set has 1 feature: a covariance with ddof 1 needs at least 2
        hint: give more clips, or use a protocol with ddof 0
        """)
    #expect(
      message(a, wide) == """
        the features of the first set have 2 columns, those of the second 3
        hint: both sets need features of the same network and layer
        """)
    #expect(message(a, bad) == "the second set has nan in row 1, column 1: features must be finite")
    #expect(message(worse, bad) == "the first set has -inf in row 0, column 1: features must be finite")
    #expect(message(flat, flat) == "the features of the first set have 0 columns: 1 to 32000 can be compared")
    #expect(message(a, a, ddof: -1) == "ddof is -1: it must be 0 or more")
  }

  @Test func statisticsOfDifferentKinds() throws {
    let a = FeatureMatrix(rows: 3, columns: 2, values: [1, 2, 3, 4, 5, 7])
    let statistics = [try FeatureStatistics(a, ddof: 0), try FeatureStatistics(a, ddof: 1)]
    #expect(throws: DistanceError.differentDdof(first: 0, second: 1)) {
      try FrechetDistance(ddof: 1, root: .symmetricEigen).between(statistics[0], statistics[1])
    }
  }

  private func message(_ a: FeatureMatrix, _ b: FeatureMatrix, ddof: Int = 1) -> String? {
    do {
      _ = try FrechetDistance(ddof: ddof, root: .symmetricEigen).between(a, b)
      return nil
    } catch {
      return "\(error)"
    }
  }
}

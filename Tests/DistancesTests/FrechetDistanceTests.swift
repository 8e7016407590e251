import Distances
import Testing

@Suite struct FrechetDistanceTests {
  static let roots: [FrechetDistance.Root] = [.symmetricEigen, .svd(epsilon: 1e-10)]

  // MARK: Closed forms

  @Test("diagonal Gaussians: ‖Δμ‖² + Σ(√a - √b)²", arguments: roots, [0, 1])
  func diagonal(root: FrechetDistance.Root, ddof: Int) throws {
    let a = FeatureMatrix.axes(mean: [1, 2, 3, 4], spread: [1, 2, 0.5, 8])
    let b = FeatureMatrix.axes(mean: [2, 2, 1, 8], spread: [4, 2, 1, 0.25])
    let result = try FrechetDistance(ddof: ddof, root: root).between(a, b)
    let factor = 2 / Double(8 - ddof)
    #expect(result.meanTerm == 1 + 4 + 16)
    #expect(relative(result.covarianceTerm, factor * (9 + 0 + 0.25 + 7.75 * 7.75)) < 1e-13)
    #expect(result.value == result.meanTerm + result.covarianceTerm)
    #expect(result.rankA == 4 && result.rankB == 4)
  }

  @Test("equal covariances leave ‖Δμ‖²", arguments: roots)
  func equalCovariances(root: FrechetDistance.Root) throws {
    let a = FeatureMatrix.axes(mean: [0, 0, 0], spread: [1, 2, 4])
    let b = FeatureMatrix.axes(mean: [3, 4, 12], spread: [1, 2, 4])
    let result = try FrechetDistance(ddof: 1, root: root).between(a, b)
    #expect(result.meanTerm == 169)
    #expect(abs(result.value - 169) < 1e-13)
  }

  @Test("one row against one row with ddof 0 is ‖Δμ‖², of rank 0", arguments: roots)
  func singleRows(root: FrechetDistance.Root) throws {
    let a = FeatureMatrix(rows: 1, columns: 3, values: [1, 2, 3])
    let b = FeatureMatrix(rows: 1, columns: 3, values: [1, 0, 7])
    let result = try FrechetDistance(ddof: 0, root: root).between(a, b)
    #expect(result.value == 20 && result.covarianceTerm == 0)
    #expect(result.rankA == 0 && result.rankB == 0)
  }

  // MARK: Properties

  /// (rows, columns): full rank, square, and fewer rows than columns.
  static let sizes = [(300, 40), (41, 40), (40, 40), (24, 40), (2, 40)]

  @Test("a set against itself is 0 to rounding", arguments: sizes)
  func selfDistance(rows: Int, columns: Int) throws {
    let features = FeatureMatrix.random(rows: rows, columns: columns, seed: 5, mean: 3, scale: 20)
    let trace =
      2
      * (0..<columns).reduce(0) {
        $0 + ((try? FeatureStatistics(features, ddof: 1).covariance[$1 * columns + $1]) ?? .nan)
      }
    let distance = FrechetDistance(ddof: 1, root: .symmetricEigen)
    let statistics = try FeatureStatistics(features, ddof: 1)
    for result in [try distance.between(features, features), try distance.between(statistics, statistics)] {
      #expect(result.meanTerm == 0)
      #expect(result.value >= 0 && result.value <= FrechetDistance.roundingBound(columns: columns) * trace)
    }
  }

  @Test("TensorFlow's root never carries a distance below 0", arguments: sizes)
  func selfDistanceByThresholdedRoot(rows: Int, columns: Int) throws {
    let features = FeatureMatrix.random(rows: rows, columns: columns, seed: 5, mean: 3, scale: 20)
    #expect(try FrechetDistance(ddof: 1, root: .svd(epsilon: 1e-10)).between(features, features).value >= 0)
  }

  @Test("symmetric", arguments: roots, sizes)
  func symmetry(root: FrechetDistance.Root, size: (Int, Int)) throws {
    let a = FeatureMatrix.random(rows: size.0, columns: size.1, seed: 1)
    let b = FeatureMatrix.random(rows: size.0 + 3, columns: size.1, seed: 2, mean: 0.5, scale: 2)
    let distance = FrechetDistance(ddof: 1, root: root)
    let (forth, back) = (try distance.between(a, b), try distance.between(b, a))
    // The epsilon rule treats the two sets differently where the covariances are deficient.
    #expect(relative(forth.value, back.value) < (root == .symmetricEigen ? 1e-12 : 1e-6))
    #expect(forth.rankA == back.rankB && forth.rankB == back.rankA)
  }

  @Test("a rotation of the feature space changes nothing")
  func rotation() throws {
    let a = FeatureMatrix.random(rows: 90, columns: 12, seed: 3)
    let b = FeatureMatrix.random(rows: 70, columns: 12, seed: 4, mean: 1, scale: 3)
    let distance = FrechetDistance(ddof: 0, root: .symmetricEigen)
    let plain = try distance.between(a, b)
    let rotated = try distance.between(reflected(a), reflected(b))
    // The rotated features are rounded to Float: 2⁻²⁴ relative each.
    #expect(relative(plain.value, rotated.value) < 1e-6)
  }

  @Test("rows for the covariance and the covariance itself agree", arguments: [0, 1])
  func lowRankAgainstFull(ddof: Int) throws {
    for (first, second) in [(2, 2), (8, 30), (30, 30), (40, 40), (12, 200)] {
      let a = FeatureMatrix.random(rows: first, columns: 40, seed: 7, mean: 2)
      let b = FeatureMatrix.random(rows: second, columns: 40, seed: 8, scale: 4)
      let distance = FrechetDistance(ddof: ddof, root: .symmetricEigen)
      let low = try distance.between(a, b)
      let full = try distance.between(FeatureStatistics(a, ddof: ddof), FeatureStatistics(b, ddof: ddof))
      #expect(low.path == .lowRank && full.path == .full)
      #expect(relative(low.value, full.value) < 1e-12, "\(first) and \(second) rows")
      #expect(low.rankA == full.rankA && low.rankB == full.rankB)
      #expect(low.rankA == min(first - 1, 40))
    }
  }

  @Test("constant and duplicated columns give finite distances and count in the ranks", arguments: roots)
  func deficient(root: FrechetDistance.Root) throws {
    let source = FeatureMatrix.random(rows: 50, columns: 6, seed: 11)
    var values = source.values
    for row in 0..<50 {
      values[row * 6 + 4] = values[row * 6]
      values[row * 6 + 5] = 1e4
    }
    let a = FeatureMatrix(rows: 50, columns: 6, values: values)
    let result = try FrechetDistance(ddof: 1, root: root).between(a, source)
    #expect(result.value.isFinite)
    #expect(result.rankA == 4 && result.rankB == 6)
  }

  @Test("one Float step between huge features stays finite", arguments: roots)
  func extremes(root: FrechetDistance.Root) throws {
    let huge = Float.greatestFiniteMagnitude
    let a = FeatureMatrix(rows: 3, columns: 2, values: [huge, -huge, -huge, huge, 0, 1])
    let b = FeatureMatrix(rows: 3, columns: 2, values: [1e-38, 0, 0, 1e-38, 0, 0])
    #expect(try FrechetDistance(ddof: 1, root: root).between(a, b).value.isFinite)
  }

  private func relative(_ a: Double, _ b: Double) -> Double { abs(a - b) / max(abs(a), abs(b), .leastNormalMagnitude) }

  /// Times the Householder reflection I - 2vvᵀ/vᵀv.
  private func reflected(_ features: FeatureMatrix) -> FeatureMatrix {
    let axis = (0..<features.columns).map { Double($0 + 1) }
    let norm = axis.reduce(0) { $0 + $1 * $1 }
    var values: [Float] = []
    for row in 0..<features.rows {
      let old = features.values[row * features.columns..<(row + 1) * features.columns].map(Double.init)
      let projection = zip(old, axis).reduce(0) { $0 + $1.0 * $1.1 }
      values += zip(old, axis).map { Float($0 - 2 * projection / norm * $1) }
    }
    return FeatureMatrix(rows: features.rows, columns: features.columns, values: values)
  }
}

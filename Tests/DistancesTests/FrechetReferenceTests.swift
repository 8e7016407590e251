import Distances
import Foundation
import Testing

@Suite struct FrechetReferenceTests {
  struct Statistics: Decodable {
    struct FullRank: Decodable {
      let pytorchFid: Double
      let torchFidelity: Double
    }
    let window: Double
    let fullRank: FullRank
    let weighted: Double
  }

  static let frechet = FrechetDistance(ddof: 1, root: .symmetricEigen)

  @Test("against pytorch-fid and torch-fidelity: statistics_recipe.py")
  func parity() throws {
    let golden = try Golden.read("statistics", as: Statistics.self)
    let many = Golden.features(rows: 300, columns: 40, seed: 1)
    let few = Golden.features(rows: 25, columns: 40, seed: 2, shift: 30)
    let window = try FrechetReference(many, frechet: FrechetReferenceTests.frechet).distance(to: few)
    // sqrtm of a singular product is good to √(2.2e-16) · trace only.
    #expect(relative(window.value, golden.window) < 1e-7)
    #expect(window.path == .lowRank && window.rankA == 40 && window.rankB == 24)

    let a = Golden.features(rows: 1000, columns: 400, seed: 3)
    let b = Golden.features(rows: 1000, columns: 400, seed: 4, shift: 3)
    let full = try FrechetReferenceTests.frechet.between(a, b)
    #expect(relative(full.value, golden.fullRank.pytorchFid) < 1e-11)
    #expect(relative(full.value, golden.fullRank.torchFidelity) < 1e-11)
    #expect(full.rankA == 400 && full.rankB == 400 && full.path == .full)

    let rows = (0..<300).map { (7 * $0 * $0 + 3 * $0) % 300 }
    #expect(
      relative(try FrechetReferenceTests.frechet.between(many.selecting(rows), many).value, golden.weighted) < 1e-7)
  }

  @Test(
    "a reference gives what `between` gives", arguments: FrechetDistanceTests.roots, [(90, 12), (30, 60), (90, 60)])
  func reference(root: FrechetDistance.Root, rows: (Int, Int)) throws {
    let a = FeatureMatrix.random(rows: rows.0, columns: 40, seed: 1)
    let frechet = FrechetDistance(ddof: 1, root: root)
    let reference = try FrechetReference(a, frechet: frechet)
    for seed: UInt64 in 2..<5 {
      let b = FeatureMatrix.random(rows: rows.1, columns: 40, seed: seed, mean: 0.25)
      let expected = try frechet.between(a, b)
      #expect(try reference.distance(to: b) == expected)
      for threads in [2, 5] {
        #expect(try FrechetDistance(ddof: 1, root: root, threads: threads).between(a, b) == expected)
      }
    }
  }

  @Test("statistics against features, either way round", arguments: FrechetDistanceTests.roots)
  func mixed(root: FrechetDistance.Root) throws {
    let a = FeatureMatrix.random(rows: 90, columns: 20, seed: 1)
    let b = FeatureMatrix.random(rows: 70, columns: 20, seed: 2, mean: 0.5)
    let frechet = FrechetDistance(ddof: 1, root: root)
    let expected = try frechet.between(a, b)
    let own = try FeatureStatistics(a, ddof: 1)
    let given = try FeatureStatistics(mean: own.mean, covariance: own.covariance, count: nil, ddof: 1)
    #expect(try frechet.between(given, b) == expected)
    #expect(try FrechetReference(given, frechet: frechet).distance(to: b) == expected)
    let back = try frechet.between(b, given)
    #expect(back == (try frechet.between(b, a)))
    #expect(relative(back.value, expected.value) < 1e-11)
    let small = FeatureMatrix.random(rows: 9, columns: 20, seed: 3)
    #expect(try frechet.between(given, small).rankB == 8)
  }

  // MARK: 2048 columns

  /// pytorch-fid's own test: means 0 and 1, both covariances the identity.
  @Test("identity covariances of 2048 columns: 2048")
  func identities() throws {
    let columns = 2048
    var identity = [Double](repeating: 0, count: columns * columns)
    for index in 0..<columns { identity[index * columns + index] = 1 }
    func statistics(_ mean: Double) throws -> FeatureStatistics {
      try FeatureStatistics(
        mean: [Double](repeating: mean, count: columns), covariance: identity, count: nil, ddof: 1)
    }
    let result = try FrechetReferenceTests.frechet.between(statistics(0), statistics(1))
    #expect(result.value == 2048)
    #expect(result.rankA == 2048 && result.rankB == 2048)
  }

  @Test("diagonal Gaussians where the way over the band is taken: Σ(√a - √b)²", arguments: [512, 700])
  func banded(columns: Int) throws {
    var (first, second) = (
      [Double](repeating: 0, count: columns * columns), [Double](repeating: 0, count: columns * columns)
    )
    var expected = 0.0
    for index in 0..<columns {
      let (a, b) = (1 / Double(1 + index * index), Double(1 + (index * 37) % columns) * 1e-3)
      first[index * columns + index] = a
      second[index * columns + index] = b
      expected += (a.squareRoot() - b.squareRoot()) * (a.squareRoot() - b.squareRoot())
    }
    // A reflection I - 2vvᵀ/vᵀv of the space mixes all columns and changes nothing.
    let axis = (0..<columns).map { Double($0 % 13) - 5.5 }
    let zero = [Double](repeating: 0, count: columns)
    let result = try FrechetReferenceTests.frechet.between(
      FeatureStatistics(mean: zero, covariance: reflected(first, axis), count: nil, ddof: 1),
      FeatureStatistics(mean: zero, covariance: reflected(second, axis), count: nil, ddof: 1))
    #expect(relative(result.value, expected) < 1e-11)
    #expect(result.rankA == columns)
  }

  /// With Σ₂ = TΣ₁T for a positive T, √(Σ₁^½Σ₂Σ₁^½) is Σ₁^½TΣ₁^½, and its trace Tr(TΣ₁): exact whatever the condition.
  @Test("covariances that do not commute: Tr(TΣ₁)", arguments: [100, 400, 600], [1.0, 1e4, 1e10])
  func transported(columns: Int, condition: Double) throws {
    var spectrum = [Double](repeating: 0, count: columns * columns)
    for index in 0..<columns {
      spectrum[index * columns + index] = pow(condition, -Double(index) / Double(columns - 1))
    }
    let first = reflected(spectrum, (0..<columns).map { Double($0 % 13) - 5.5 })
    let scales = (0..<columns).map { 0.7 + 0.7 * Double(($0 * 37) % columns) / Double(columns) }
    var (second, expected, traces) = (first, 0.0, 0.0)
    for row in 0..<columns {
      for column in 0..<columns { second[row * columns + column] *= scales[row] * scales[column] }
      let (a, b) = (first[row * columns + row], second[row * columns + row])
      expected += a + b - 2 * scales[row] * a
      traces += a + b
    }
    let zero = [Double](repeating: 0, count: columns)
    let result = try FrechetReferenceTests.frechet.between(
      FeatureStatistics(mean: zero, covariance: first, count: nil, ddof: 1),
      FeatureStatistics(mean: zero, covariance: second, count: nil, ddof: 1))
    #expect(abs(result.value - expected) < 1e-14 * traces)
    #expect(relative(result.value, expected) < 1e-11)
    #expect(result.rankA == columns && result.rankB == columns)
  }

  @Test("every column twice is a deficient covariance and twice the distance")
  func repeatedColumns() throws {
    let a = FeatureMatrix.random(rows: 900, columns: 300, seed: 1)
    let b = FeatureMatrix.random(rows: 700, columns: 300, seed: 2, mean: 0.5, scale: 2)
    func doubled(_ features: FeatureMatrix) -> FeatureMatrix {
      let values = (0..<features.rows).flatMap { row in
        let values = features.values[row * 300..<(row + 1) * 300]
        return values + values
      }
      return FeatureMatrix(rows: features.rows, columns: 600, values: values)
    }
    let single = try FrechetReferenceTests.frechet.between(a, b)
    let double = try FrechetReferenceTests.frechet.between(doubled(a), doubled(b))
    #expect(double.path == .full && double.rankA == 300 && double.rankB == 300)
    #expect(relative(double.value, 2 * single.value) < 1e-11)
    let itself = try FrechetReferenceTests.frechet.between(doubled(a), doubled(a))
    #expect(itself.value >= 0 && itself.value < 1e-9)
  }

  @Test("more rows than one band, fewer than columns: statistics and rows agree", arguments: [(600, 560), (530, 900)])
  func bandedRows(rows: (Int, Int)) throws {
    let a = FeatureMatrix.random(rows: rows.0, columns: 640, seed: 1)
    let b = FeatureMatrix.random(rows: rows.1, columns: 640, seed: 2, scale: 2)
    let frechet = FrechetReferenceTests.frechet
    let low = try frechet.between(a, b)
    let full = try frechet.between(FeatureStatistics(a, ddof: 1), FeatureStatistics(b, ddof: 1))
    #expect(low.path == .lowRank && full.path == .full)
    #expect(relative(low.value, full.value) < 1e-11)
    #expect(low.rankA == rows.0 - 1 && full.rankA == rows.0 - 1 && low.rankB == full.rankB)
  }

  @Test("a large set against itself is 0 to rounding", arguments: [560, 900])
  func largeSelfDistance(rows: Int) throws {
    let features = FeatureMatrix.random(rows: rows, columns: 600, seed: 5, mean: 3, scale: 20)
    let statistics = try FeatureStatistics(features, ddof: 1)
    let trace = 2 * (0..<600).reduce(0) { $0 + statistics.covariance[$1 * 600 + $1] }
    let result = try FrechetReferenceTests.frechet.between(features, features)
    #expect(result.value >= 0 && result.value <= FrechetDistance.roundingBound(columns: 600) * trace)
  }

  /// H·M·H for the reflection H along `axis`.
  private func reflected(_ matrix: [Double], _ axis: [Double]) -> [Double] {
    let n = axis.count
    let norm = axis.reduce(0) { $0 + $1 * $1 }
    // H M H = M - vpᵀ - pvᵀ with p = 2/‖v‖² (Mv - v (vᵀMv)/‖v‖²); M is diagonal here.
    let product = (0..<n).map { matrix[$0 * n + $0] * axis[$0] }
    let inner = zip(product, axis).reduce(0) { $0 + $1.0 * $1.1 }
    let p = (0..<n).map { 2 / norm * (product[$0] - axis[$0] * inner / norm) }
    var result = matrix
    for row in 0..<n {
      for column in 0..<n { result[row * n + column] -= axis[row] * p[column] + p[row] * axis[column] }
    }
    return result
  }

  // MARK: Statistics made elsewhere

  @Test func messages() throws {
    func message(_ mean: [Double], _ covariance: [Double], count: Int? = nil) -> String? {
      DistancesTests.message { _ = try FeatureStatistics(mean: mean, covariance: covariance, count: count, ddof: 1) }
    }
    #expect(message([0, 0], [1, 0, 0, 1]) == nil)
    #expect(message([0, 0], [1, 0, 0]) == "the covariance has 3 values: a mean of 2 needs 2 × 2")
    #expect(message([0, .nan], [1, 0, 0, 1]) == "the mean has nan at index 1: statistics must be finite")
    #expect(
      message([0, 0], [1, 0, 0, .infinity]) == "the covariance has inf at index 3: statistics must be finite")
    #expect(
      message([0, 0], [1, 0.5, 0, 1])
        == "the covariance has 0.5 in row 0, column 1, but 0.0 in row 1, column 0: it must be symmetric")
    #expect(
      message([0, 0], [1, 0, 0, -1])
        == "the covariance has -1.0 on its diagonal, column 1: a variance is 0 or more")
    #expect(
      message([0, 0], [1, 0, 0, 1], count: 1) == """
        the first set has 1 feature: a covariance with ddof 1 needs at least 2
        hint: give more clips, or use a protocol with ddof 0
        """)
    let averaged = try FeatureStatistics(mean: [0, 0], covariance: [1, 0.5, 0.500_001, 1], count: nil, ddof: 1)
    #expect(averaged.covariance[1] == averaged.covariance[2])
    // Symmetric, variances above 0, and yet no covariance: a correlation of 2.
    let wrong = try FeatureStatistics(mean: [0, 0], covariance: [1, 2, 2, 1], count: nil, ddof: 1)
    #expect(throws: DistanceError.self) { try FrechetReference(wrong, frechet: FrechetReferenceTests.frechet) }
    let other = try FeatureStatistics(mean: [0, 0], covariance: [1, 0, 0, 1], count: nil, ddof: 0)
    #expect(throws: DistanceError.differentDdof(first: 0, second: 1)) {
      try FrechetReference(other, frechet: FrechetReferenceTests.frechet)
    }
    #expect(throws: DistanceError.differentDdof(first: 1, second: 0)) {
      try FrechetReferenceTests.frechet.between(FeatureMatrix.random(rows: 9, columns: 2, seed: 1), other)
    }
  }
}

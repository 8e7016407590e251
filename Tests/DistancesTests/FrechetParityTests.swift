import COpenBLAS
import Distances
import Foundation
import Testing

/// Against scipy, TensorFlow-GAN's formula in NumPy and 60-digit arithmetic: `Fixtures/golden/distances/frechet.py`.
@Suite struct FrechetParityTests {
  struct Golden: Decodable {
    let cases: [Case]
  }

  struct Case: Decodable {
    let name: String
    let rows: [Int]
    let columns: Int
    let ddof: Int
    let unit: Double
    let scipy: Double
    let tfgan: Double
    let exact: Double
    let ranks: [Int]
  }

  static func golden() throws -> [Case] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appendingPathComponent("Fixtures/golden/distances/frechet.json"))
    return try JSONDecoder().decode(Golden.self, from: data).cases
  }

  /// The generator of the recipe.
  func features(rows: Int, columns: Int, seed: UInt64, shift: Int, unit: Double) -> FeatureMatrix {
    var state = seed
    var integers: [Int] = []
    for index in 0..<rows * columns {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let fresh = Int((state >> 33) % 2001) - 1000
      let previous = index % columns > 0 ? integers[index - 1] : 0
      integers.append(floorDivide(previous, 2) + floorDivide(fresh, 1 + index % columns % 5) + shift)
    }
    return FeatureMatrix(rows: rows, columns: columns, values: integers.map { Float(Double($0) / unit) })
  }

  func sets(_ golden: Case) -> (FeatureMatrix, FeatureMatrix) {
    (
      features(rows: golden.rows[0], columns: golden.columns, seed: 1, shift: 0, unit: golden.unit),
      features(rows: golden.rows[1], columns: golden.columns, seed: 2, shift: 50, unit: golden.unit)
    )
  }

  @Test func symmetricEigen() throws {
    for golden in try FrechetParityTests.golden() {
      let (a, b) = sets(golden)
      let result = try FrechetDistance(ddof: golden.ddof, root: .symmetricEigen).between(a, b)
      #expect(abs(result.value / golden.exact - 1) < 1e-11, "\(golden.name): exact")
      // sqrtm of a singular product is good to √(2.2e-16) · trace only.
      let isFullRank = golden.ranks.allSatisfy { $0 == golden.columns }
      #expect(abs(result.value / golden.scipy - 1) < (isFullRank ? 1e-11 : 1e-7), "\(golden.name): scipy")
      #expect([result.rankA, result.rankB] == golden.ranks, "\(golden.name): ranks")
    }
  }

  @Test func tensorFlowGAN() throws {
    for golden in try FrechetParityTests.golden() {
      let (a, b) = sets(golden)
      let result = try FrechetDistance(ddof: golden.ddof, root: .svd(epsilon: 1e-10)).between(a, b)
      #expect(abs(result.value / golden.tfgan - 1) < 1e-11, "\(golden.name)")
    }
  }

  @Test("the epsilon rule is a different number where variances are small")
  func epsilonRule() throws {
    let golden = try #require(try FrechetParityTests.golden().last)
    #expect(golden.tfgan > 10 * golden.exact)
  }

  @Test("the caller's OpenBLAS threads change no bit")
  func threads() throws {
    let a = features(rows: 300, columns: 200, seed: 3, shift: 0, unit: 64)
    let b = features(rows: 150, columns: 200, seed: 4, shift: 9, unit: 64)
    for root in FrechetDistanceTests.roots {
      let distance = FrechetDistance(ddof: 0, root: root)
      openblas_set_num_threads(2)
      let first = try distance.between(a, b)
      openblas_set_num_threads(1)
      #expect(try distance.between(a, b) == first)
    }
  }

  private func floorDivide(_ a: Int, _ b: Int) -> Int { (a - ((a % b) + b) % b) / b }
}

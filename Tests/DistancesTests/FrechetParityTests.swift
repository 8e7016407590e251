import COpenBLAS
import Distances
import Testing

/// Against scipy, TensorFlow-GAN's formula in NumPy and 60-digit arithmetic: `Fixtures/golden/distances/frechet.py`.
@Suite struct FrechetParityTests {
  struct Cases: Decodable {
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

  static func golden() throws -> [Case] { try Golden.read("frechet", as: Cases.self).cases }

  func sets(_ golden: Case) -> (FeatureMatrix, FeatureMatrix) {
    (
      Golden.features(rows: golden.rows[0], columns: golden.columns, seed: 1, shift: 0, unit: golden.unit),
      Golden.features(rows: golden.rows[1], columns: golden.columns, seed: 2, shift: 50, unit: golden.unit)
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
    let a = Golden.features(rows: 300, columns: 200, seed: 3, shift: 0, unit: 64)
    let b = Golden.features(rows: 150, columns: 200, seed: 4, shift: 9, unit: 64)
    for root in FrechetDistanceTests.roots {
      let distance = FrechetDistance(ddof: 0, root: root)
      openblas_set_num_threads(2)
      let first = try distance.between(a, b)
      openblas_set_num_threads(1)
      #expect(try distance.between(a, b) == first)
    }
  }
}

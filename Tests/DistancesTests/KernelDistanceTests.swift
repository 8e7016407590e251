import Distances
import Testing
import Vocabulary

@Suite struct KernelDistanceTests {
  struct Kernels: Decodable {
    struct Subsets: Decodable {
      let mean: Double
      let std: Double
      let subsets: [Double]
    }
    struct Seeded: Decodable {
      let seed: UInt32
      let subsets: Int?
      let mean: Double
    }
    struct Draws: Decodable {
      let words: [UInt32]
      let uniform: [Double]
      let permutation: [Int]
      let choice: [Int]
      let after: [Double]
    }
    struct Single: Decodable {
      let torchFidelity: Double
      let cleanFid: Double
    }
    let rows: [Int]
    let columns: Int
    let shift: Int
    let tats: Double
    let biasedCubic: Double
    let biasedDegree2GammaHalfCoef3: Double
    let biasedDegree4: Double
    let biasedLinear: Double
    let subsets: Int
    let size: Int
    let torchFidelityKid: Subsets
    let cleanFid: Seeded
    let cleanFidAllRows: Seeded
    let float32: Single
    let randomState: Draws
  }

  let golden: Kernels
  let a: FeatureMatrix
  let b: FeatureMatrix
  static let unbiased = KernelDistance(kernel: .cubic, estimator: .unbiased)

  init() throws {
    golden = try Golden.read("kernel")
    a = Golden.features(rows: golden.rows[0], columns: golden.columns, seed: 1)
    b = Golden.features(rows: golden.rows[1], columns: golden.columns, seed: 2, shift: golden.shift)
  }

  // MARK: Against scikit-learn, torch-fidelity and clean-fid: `kernel.py`

  @Test func allRows() throws {
    #expect(relative(try KernelDistanceTests.unbiased.between(a, b), golden.tats) < 1e-11)
    for (degree, gamma, coefficient, expected): (Int, KernelGamma, Double, Double) in [
      (3, .perDimension, 1, golden.biasedCubic), (2, .value(0.5), 3, golden.biasedDegree2GammaHalfCoef3),
      (4, .perDimension, 1, golden.biasedDegree4), (1, .perDimension, 1, golden.biasedLinear),
    ] {
      let kernel = PolynomialKernel(degree: degree, gamma: gamma, coefficient: coefficient)
      let value = try KernelDistance(kernel: kernel, estimator: .biased).between(a, b)
      #expect(relative(value, expected) < 1e-11, "degree \(degree)")
    }
  }

  @Test func torchFidelity() throws {
    let values = try KernelDistanceTests.unbiased.subsetDistances(a, b, subsets: golden.subsets, size: golden.size)
    #expect(values.count == golden.subsets)
    for (value, expected) in zip(values, golden.torchFidelityKid.subsets) { #expect(abs(value - expected) < 1e-12) }
    let summary = MeanAndDeviation(of: values)
    #expect(relative(summary.mean, golden.torchFidelityKid.mean) < 1e-11)
    #expect(relative(summary.deviation, golden.torchFidelityKid.std) < 1e-11)
    // The package computes float32 features in float32.
    #expect(relative(summary.mean, golden.float32.torchFidelity) < 1e-5)
  }

  @Test func cleanFID() throws {
    func mean(_ subsets: Int, _ size: Int, _ seed: UInt32) throws -> Double {
      MeanAndDeviation(
        of: try KernelDistanceTests.unbiased.subsetDistances(
          a, b, subsets: subsets, size: size, seed: seed, draws: .cleanFID)
      ).mean
    }
    let value = try mean(golden.subsets, golden.size, golden.cleanFid.seed)
    #expect(relative(value, golden.cleanFid.mean) < 1e-11)
    #expect(relative(value, golden.float32.cleanFid) < 1e-5)
    let whole = golden.cleanFidAllRows
    #expect(relative(try mean(try #require(whole.subsets), 1000, whole.seed), whole.mean) < 1e-11)
  }

  @Test("NumPy's legacy draws")
  func randomState() {
    let draws = golden.randomState
    // torch.manual_seed(0); torch.randperm(10), torch.randperm(7)
    var torch = NumPyRandomState(seed: 0)
    #expect(torch.torchPermutation(10) == [4, 1, 7, 5, 3, 9, 0, 8, 6, 2])
    var words = NumPyRandomState(seed: 5489)
    #expect(draws.words.map { _ in words.next() } == draws.words)
    var generator = NumPyRandomState(seed: 2020)
    #expect(draws.uniform.map { _ in generator.uniform() } == draws.uniform)
    #expect(generator.permutation(12) == draws.permutation)
    #expect(generator.choice(5000, size: 8) == draws.choice)
    #expect(draws.after.map { _ in generator.uniform() } == draws.after)
    #expect(generator.permutation(0) == [] && generator.permutation(1) == [0])
  }

  // MARK: Closed forms and properties

  @Test("by hand: one pair a side, linear kernel")
  func byHand() throws {
    let a = FeatureMatrix(rows: 2, columns: 2, values: [1, 2, 3, 4])
    let b = FeatureMatrix(rows: 2, columns: 2, values: [1, 0, 0, 2])
    let kernel = PolynomialKernel(degree: 1, gamma: .value(1), coefficient: 0)
    // Within a: 11; within b: 0; across: 1, 4, 3, 8.
    #expect(try KernelDistance(kernel: kernel, estimator: .unbiased).between(a, b) == 11 + 0 - 2 * 16 / 4.0)
    // ‖mean a - mean b‖²
    #expect(try KernelDistance(kernel: kernel, estimator: .biased).between(a, b) == 1.5 * 1.5 + 2 * 2)
  }

  /// The two arrays of `videojedi/mmd_polynomial.py`.
  @Test(
    "JEDi's example",
    arguments: [
      (2, KernelGamma.value(1), 0.0, 2436.5), (2, .perDimension, 0, 2436.5 / 9),
      (3, .perDimension, 1, 277_057.0 / 12), (3, .value(1), 1, 608615.25),
    ])
  func videojedi(degree: Int, gamma: KernelGamma, coefficient: Double, expected: Double) throws {
    let a = FeatureMatrix(rows: 3, columns: 3, values: [1, 2, 3, 4, 5, 6, 7, 8, 9])
    let b = FeatureMatrix(rows: 4, columns: 3, values: [7, 6, 5, 4, 3, 2, 1, 1, 8, 0, 2, 5])
    let kernel = PolynomialKernel(degree: degree, gamma: gamma, coefficient: coefficient)
    let value = try KernelDistance(kernel: kernel, estimator: .biased).between(a, b)
    #expect(relative(value, expected) < 1e-13)
  }

  @Test("a set against itself: biased 0; unbiased below 0")
  func selfDistance() throws {
    #expect(abs(try KernelDistance(kernel: .cubic, estimator: .biased).between(a, a)) < 1e-12)
    #expect(try KernelDistanceTests.unbiased.between(a, a) < 0)
  }

  @Test("symmetric, and the same for rows in another order")
  func symmetry() throws {
    let value = try KernelDistanceTests.unbiased.between(a, b)
    #expect(relative(value, try KernelDistanceTests.unbiased.between(b, a)) < 1e-11)
    let order = Array((0..<a.rows).reversed())
    #expect(relative(value, try KernelDistanceTests.unbiased.between(a.selecting(order), b)) < 1e-11)
  }

  @Test("subsets by themselves and out of all pairs agree")
  func routes() throws {
    // 40 subsets of 300: all pairs once. 3 of 20: each by itself. The first three draw the same rows of a.
    let few = try KernelDistanceTests.unbiased.subsetDistances(a, b, subsets: 1, size: 300, seed: 5)
    let many = try KernelDistanceTests.unbiased.subsetDistances(a, b, subsets: 40, size: 300, seed: 5)
    #expect(abs(few[0] - many[0]) < 1e-12)
  }

  @Test func messages() throws {
    let one = FeatureMatrix(rows: 1, columns: 24, values: [Float](repeating: 1, count: 24))
    let wide = FeatureMatrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
    let distance = KernelDistanceTests.unbiased
    #expect(
      message { _ = try distance.between(one, b) }
        == "the first set has 1 feature: 2 are needed for the unbiased estimator")
    #expect(try KernelDistance(kernel: .cubic, estimator: .biased).between(one, b).isFinite)
    #expect(
      message { _ = try distance.between(a, wide) } == """
        the features of the first set have 24 columns, those of the second 3
        hint: both sets need features of the same network and layer
        """)
    #expect(
      message { _ = try distance.subsetDistances(a, b, size: 580) } == """
        the second set has 530 features: a subset of 580 cannot be drawn
        hint: take smaller subsets
        """)
    #expect(
      message { _ = try distance.subsetDistances(a, b, size: 1) }
        == "the number of rows of a subset is 1: it must be 2 or more")
    #expect(
      message { _ = try distance.subsetDistances(a, b, subsets: 0) }
        == "the number of subsets is 0: it must be 1 or more")
  }
}

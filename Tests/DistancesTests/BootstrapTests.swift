import Distances
import Testing

@Suite struct BootstrapTests {
  static let frechet = FrechetDistance(ddof: 1, root: .symmetricEigen)

  @Test("quantiles between neighbours, as NumPy's percentile has them")
  func quantiles() {
    // numpy.percentile([4, 1, 3, 2], [5, 95]) = [1.15, 3.85]; std(ddof=1) = 1.2909944487358056
    let interval = Bootstrap.Interval(values: [4, 1, 3, 2], confidence: 0.9)
    #expect(abs(interval.lower - 1.15) < 1e-15 && abs(interval.upper - 3.85) < 1e-15)
    #expect(interval.mean == 2.5 && abs(interval.standardError - 1.290_994_448_735_805_6) < 1e-15)
  }

  @Test("the mean of normal-like rows: the interval has the width that theory says")
  func meanOfRows() throws {
    // Uniform on 0..<400: σ of a mean of 400 is 115.47 / 20.
    let interval = try Bootstrap(resamples: 2000, seed: 1).interval(rows: 400, 1) { rows, _ in
      Double(rows.reduce(0, +)) / 400
    }
    #expect(abs(interval.mean - 199.5) < 0.6)
    #expect(abs(interval.standardError / 5.773 - 1) < 0.07)
    #expect(abs((interval.upper - interval.lower) / (2 * 1.96 * 5.773) - 1) < 0.1)
  }

  @Test("Fréchet by weighted rows is Fréchet of repeated rows", arguments: [(20, 26), (70, 90), (22, 90)])
  func frechetByWeights(rows: (Int, Int)) throws {
    let a = FeatureMatrix.random(rows: rows.0, columns: 24, seed: 1)
    let b = FeatureMatrix.random(rows: rows.1, columns: 24, seed: 2, mean: 0.5, scale: 2)
    for root in FrechetDistanceTests.roots {
      let frechet = FrechetDistance(ddof: 1, root: root)
      let bootstrap = Bootstrap(resamples: 12, seed: 4)
      let fast = try bootstrap.interval(a, b, frechet: frechet)
      let plain = try bootstrap.interval(rows: a.rows, b.rows) {
        try frechet.between(a.selecting($0), b.selecting($1)).value
      }
      for (value, expected) in zip(fast.values, plain.values) {
        // TensorFlow's root turns the rounding of deficient covariances into √ of it.
        #expect(relative(value, expected) < (root == .symmetricEigen ? 1e-11 : 1e-6))
      }
    }
  }

  @Test("kernel distances by multiplicities are those of repeated rows", arguments: [true, false])
  func kernelByWeights(isUnbiased: Bool) throws {
    let a = FeatureMatrix.random(rows: 530, columns: 6, seed: 1)
    let b = FeatureMatrix.random(rows: 90, columns: 6, seed: 2, mean: 0.5)
    let kernel = KernelDistance(kernel: .cubic, estimator: isUnbiased ? .unbiased : .biased)
    let bootstrap = Bootstrap(resamples: 10, seed: 4)
    let fast = try bootstrap.interval(a, b, kernel: kernel)
    let plain = try bootstrap.interval(rows: a.rows, b.rows) { try kernel.between(a.selecting($0), b.selecting($1)) }
    for (value, expected) in zip(fast.values, plain.values) { #expect(abs(value - expected) < 1e-12) }
  }

  @Test("threads change no bit, another seed does")
  func threads() throws {
    let a = FeatureMatrix.random(rows: 60, columns: 24, seed: 1)
    let b = FeatureMatrix.random(rows: 20, columns: 24, seed: 2)
    let one = try Bootstrap(resamples: 40, seed: 4).interval(a, b, frechet: BootstrapTests.frechet)
    for threads in [2, 3] {
      let several = try Bootstrap(resamples: 40, seed: 4, threads: threads)
        .interval(a, b, frechet: BootstrapTests.frechet)
      #expect(several == one)
    }
    #expect(try Bootstrap(resamples: 40, seed: 5).interval(a, b, frechet: BootstrapTests.frechet) != one)
    // A resample's stream does not depend on how many there are.
    let more = try Bootstrap(resamples: 50, seed: 4).interval(a, b, frechet: BootstrapTests.frechet)
    #expect(Array(more.values.prefix(40)) == one.values)
  }

  @Test("the first error of the statistic comes out")
  func failure() {
    #expect(throws: DistanceError.negativeDdof(0)) {
      try Bootstrap(resamples: 6, threads: 2).interval(rows: 3, 3) { _, _ in throw DistanceError.negativeDdof(0) }
    }
    #expect(
      message { _ = try Bootstrap(resamples: 1).interval(rows: 3, 3) { _, _ in 0 } }
        == "the number of resamples is 1: it must be 2 or more")
    #expect(
      message { _ = try Bootstrap(confidence: 1).interval(rows: 3, 3) { _, _ in 0 } }
        == "the confidence is 1.0: it must be above 0 and below 1")
    #expect(message { _ = try Bootstrap().interval(rows: 0, 3) { _, _ in 0 } } == "the first set has no features")
  }

  // MARK: Subsets and extrapolation

  @Test func halves() throws {
    for count in [2, 3, 10, 101] {
      let (first, second) = try RowSubsets.halves(count, seed: 3)
      #expect(first.count == count / 2 && second.count == count / 2)
      let all = Set(first + second)
      #expect(all.count == count / 2 * 2 && all.allSatisfy { (0..<count).contains($0) })
    }
    #expect(try RowSubsets.halves(100, seed: 1).first != RowSubsets.halves(100, seed: 2).first)
    #expect(message { _ = try RowSubsets.halves(1, seed: 1) } == "the number of rows is 1: it must be 2 or more")
  }

  @Test func nestedSubsets() throws {
    let subsets = try RowSubsets.nested(50, sizes: [5, 20, 50], seed: 1)
    #expect(subsets.map(\.count) == [5, 20, 50])
    #expect(Set(subsets[0]).isSubset(of: subsets[1]) && subsets[2] == Array(0..<50))
    #expect(throws: DistanceError.subsetTooLarge(.first, rows: 50, size: 51)) {
      try RowSubsets.nested(50, sizes: [51], seed: 1)
    }
  }

  @Test("sizes are NumPy's linspace")
  func sizes() throws {
    // numpy.linspace(5000, 50000, 15).astype(int)
    #expect(
      try RowSubsets.sizes(from: 5000, to: 50000, points: 15) == [
        5000, 8214, 11428, 14642, 17857, 21071, 24285, 27500, 30714, 33928, 37142, 40357, 43571, 46785, 50000,
      ])
    #expect(
      message { _ = try RowSubsets.sizes(from: 5000, to: 2048, points: 15) }
        == "the number of rows of the largest subset is 2048: it must be 5001 or more")
  }

  @Test("a statistic 3 + 50/N is extrapolated to 3")
  func line() throws {
    let result = try Extrapolation(points: 6, smallest: 10, threads: 2)(rows: 200) { 3 + 50 / Double($0.count) }
    #expect(abs(result.intercept - 3) < 1e-13 && abs(result.slope - 50) < 1e-11)
    #expect(abs(result.determination - 1) < 1e-12)
    #expect(result.points.map(\.size) == [10, 48, 86, 124, 162, 200])
  }

  @Test("FID∞ of two samples of one distribution is nearer 0 than FID")
  func extrapolatedFrechet() throws {
    let reference = try FrechetReference(
      FeatureMatrix.random(rows: 3000, columns: 8, seed: 1), frechet: BootstrapTests.frechet)
    let features = FeatureMatrix.random(rows: 600, columns: 8, seed: 2)
    let result = try Extrapolation(points: 15, smallest: 60)(reference, features)
    let plain = try reference.distance(to: features).value
    #expect(result.points.last?.value == plain)
    #expect(abs(result.intercept) < plain / 2)
    #expect(result.slope > 0)
  }
}

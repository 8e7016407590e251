import Distances
import Testing
import Vocabulary

@Suite struct DifferenceTests {
  private static let frechet = FrechetDistance(ddof: 1, root: .symmetricEigen)

  private func labels(_ count: Int, _ prefix: String) -> [String] { (0..<count).map { "\(prefix)\($0)" } }

  @Test("Student's quantiles, as tables have them")
  func quantiles() {
    for (level, degrees, wanted) in [
      (0.95, 1.0, 12.706_204_736), (0.95, 15, 2.131_449_546), (0.9, 15, 1.753_050_356), (0.99, 4, 4.604_094_871),
      (0.95, 1e6, 1.959_966_4),
    ] { #expect(relative(StudentT.twoSided(level, degrees: degrees), wanted) < 1e-6, "\(level) \(degrees)") }
  }

  /// Welch's t interval, and a permutation test of the difference of means.
  @Test("means of two sets without common labels: Welch's interval")
  func welch() throws {
    let (a, b) = ([1.0, 2, 4, 5, 3, 6], [4.0, 9, 7, 8, 12, 6, 9])
    let found = try DifferenceTest().difference(
      55.0 / 7 - 3.5, DifferenceInfluence(ofMeans: a, b),
      units: DifferenceUnits(real: [], first: labels(6, "a"), second: labels(7, "b")))
    // Variances 3.5 and 6.476190476 (ddof 1): s² = 3.5/6 + 6.476190476/7, degrees 10.85 by Welch and Satterthwaite.
    let (first, second) = (3.5 / 6, 136.0 / 21 / 7)
    #expect(relative(found.standardError, (first + second).squareRoot()) < 1e-12)
    let degrees = (first + second) * (first + second) / (first * first / 5 + second * second / 6)
    #expect(relative(found.degreesOfFreedom, degrees) < 1e-12)
    #expect(!found.isPaired && found.units == 6)
    #expect(found.p < 0.02 && found.isShown(alpha: 0.05))
    let interval = found.interval(level: 0.95)
    #expect(relative(interval.upperBound - found.value, found.value - interval.lowerBound) < 1e-12)
  }

  @Test("pairs: the t interval of the differences, and sign flips")
  func pairs() throws {
    let (a, b) = ([10.0, 20, 30, 40], [11.0, 21, 31, 41.5])
    let units = DifferenceUnits(real: [], first: labels(4, "v"), second: labels(4, "v"))
    let found = try DifferenceTest(permutations: 9999).difference(
      1.125, DifferenceInfluence(ofMeans: a, b), units: units)
    // Differences 1, 1, 1, 1.5: s = 0.25 over √4, three degrees.
    #expect(
      found.isPaired && relative(found.standardError, 0.125) < 1e-12 && relative(found.degreesOfFreedom, 3) < 1e-12)
    // Two of sixteen flips are as far from 0.
    #expect(abs(found.p - 0.125) < 0.01)
    // Without the pairs, nothing is seen: 54 of 70 splits are as far apart.
    let apart = try DifferenceTest().difference(
      1.125, DifferenceInfluence(ofMeans: a, b),
      units: DifferenceUnits(real: [], first: labels(4, "v"), second: labels(4, "w")))
    #expect(apart.standardError > 9 && abs(apart.p - 54.0 / 70) < 0.05)
  }

  @Test("rows of one unit count as one: every row four times changes nothing")
  func units() throws {
    let real = FeatureMatrix.random(rows: 24, columns: 5, seed: 3)
    let a = FeatureMatrix.random(rows: 12, columns: 5, seed: 1)
    let b = FeatureMatrix.random(rows: 12, columns: 5, seed: 2, scale: 1.3)
    func found(_ times: Int) throws -> Difference {
      func four(_ set: FeatureMatrix) -> FeatureMatrix {
        set.selecting((0..<set.rows).flatMap { Array(repeating: $0, count: times) })
      }
      func units(_ set: FeatureMatrix, _ prefix: String) -> [String] {
        labels(set.rows, prefix).flatMap { Array(repeating: $0, count: times) }
      }
      let influence = try FrechetDistance(ddof: 0, root: .symmetricEigen).influence(real: four(real), four(a), four(b))
      return try DifferenceTest().difference(
        1, influence, units: DifferenceUnits(real: units(real, "r"), first: units(a, "a"), second: units(b, "b")))
    }
    let (one, four) = (try found(1), try found(4))
    #expect(relative(one.standardError, four.standardError) < 1e-9 && one.p == four.p && one.units == four.units)
  }

  /// The trial's own way: `boot` and `perm` of the distances themselves, and the delete-one jackknife.
  @Test("the jackknife's error and the direct exchange test say the same", arguments: [1.0, 1.6])
  func directly(scale: Float) throws {
    let real = FeatureMatrix.random(rows: 60, columns: 5, seed: 3)
    let a = FeatureMatrix.random(rows: 60, columns: 5, seed: 1)
    let b = FeatureMatrix.random(rows: 60, columns: 5, seed: 2, scale: scale)
    func difference(_ real: FeatureMatrix, _ a: FeatureMatrix, _ b: FeatureMatrix) throws -> Double {
      try Self.frechet.between(real, b).value - Self.frechet.between(real, a).value
    }
    let value = try difference(real, a, b)
    let found = try DifferenceTest(permutations: 999).difference(
      value, Self.frechet.influence(real: real, a, b),
      units: DifferenceUnits(real: labels(60, "r"), first: labels(60, "a"), second: labels(60, "b")))
    var variance = 0.0
    for side in 0..<3 {
      let values = try (0..<60).map { left in
        let rows = (0..<60).filter { $0 != left }
        let sets = [real, a, b].enumerated().map { $0.offset == side ? $0.element.selecting(rows) : $0.element }
        return try difference(sets[0], sets[1], sets[2])
      }
      let mean = values.reduce(0, +) / 60
      variance += 59 / 60 * values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    #expect(abs(found.standardError / variance.squareRoot() - 1) < 0.1)
    let pool = a.followed(by: b)
    var extreme = 0
    for permutation in 0..<399 {
      var stream = RowStream(seed: 9, stream: UInt64(permutation))
      let order = stream.subset(of: 120, size: 120)
      let drawn = try difference(
        real, pool.selecting(Array(order[..<60])), pool.selecting(Array(order[60...])))
      if abs(drawn) >= abs(value) { extreme += 1 }
    }
    #expect(abs(found.p - Double(1 + extreme) / 400) < 0.08, "\(found.p) \(extreme)")
    #expect((found.p <= 0.05) == (scale > 1))
  }

  @Test("p is never 0, one generator is seldom called another, and the seed decides the draws")
  func exchange() throws {
    var alarms = 0
    for trial in 0..<400 {
      var noise = Noise(seed: UInt64(trial) &* 7919)
      let (a, b) = ((0..<12).map { _ in Double(noise.next()) }, (0..<12).map { _ in Double(noise.next()) })
      let units = DifferenceUnits(real: [], first: labels(12, "a"), second: labels(12, "b"))
      let found = try DifferenceTest(permutations: 99).difference(0, DifferenceInfluence(ofMeans: a, b), units: units)
      if found.p <= 0.05 { alarms += 1 }
    }
    // 20 are expected; 99 % of binomials lie within these.
    #expect((9...32).contains(alarms), "\(alarms)")
    let units = DifferenceUnits(real: [], first: labels(9, "a"), second: labels(9, "b"))
    let (low, high) = ((0..<9).map { Double($0) }, (0..<9).map { Double($0 * $0) })
    func p(_ seed: UInt64) throws -> Double {
      try DifferenceTest(seed: seed).difference(0, DifferenceInfluence(ofMeans: low, high), units: units).p
    }
    #expect(try p(1) == p(1) && p(1) != p(2))
    let apart = try DifferenceTest().difference(
      0, DifferenceInfluence(ofMeans: low, low.map { $0 + 100 }), units: units)
    #expect(apart.p == 0.001)
  }

  @Test func refusals() {
    let influence = DifferenceInfluence(ofMeans: [1], [2])
    #expect(throws: DistanceError.fewerRows(.first, rows: 1, least: 2, purpose: "a difference")) {
      try DifferenceTest().difference(1, influence, units: DifferenceUnits(real: [], first: ["a"], second: ["b"]))
    }
    #expect(throws: DistanceError.count(of: "permutations", value: 0, least: 1)) {
      try DifferenceTest(permutations: 0).difference(
        1, influence, units: DifferenceUnits(real: [], first: ["a"], second: ["b"]))
    }
  }
}

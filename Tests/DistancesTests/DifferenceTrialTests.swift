import Distances
import Testing

/// The trial of the test of differences, on a pool that is small and wide.
@Suite struct DifferenceTrialTests {
  private static let frechet = FrechetDistance(ddof: 1, root: .symmetricEigen)

  private func trial(_ kind: FeaturePopulation.Kind, isOfShape: Bool = true, threads: Int = 1) throws -> DifferenceTrial
  {
    let measure = DifferenceTrial.Measure(
      isOfShape: isOfShape, distance: { try Self.frechet.between($0, $1).value },
      influence: { try Self.frechet.influence(real: $0, $1, $2) })
    let pool = FeatureMatrix.random(rows: 24, columns: 40, seed: 5, mean: 0.5)
    return DifferenceTrial(
      measure: measure, population: try FeaturePopulation(kind, pool: pool), rows: 12, permutations: 199,
      threads: threads)
  }

  @Test("few alarms where nothing differs, and the larger a change the more often it is shown")
  func power() throws {
    for kind in FeaturePopulation.Kind.allCases {
      let found = try trial(kind, threads: 2).outcomes([.same, .change(0.2), .change(3)]) { _ in 200 }
      // 10 are expected of 200; 99.9 % of binomials lie within these.
      #expect(found[0].different <= 22 && found[0].better + found[0].worse <= 22, "\(kind) \(found[0])")
      #expect(found[1].worse <= found[2].worse && found[2].worse > 100, "\(kind) \(found)")
      #expect(found.allSatisfy { $0.covered >= 176 }, "\(kind) \(found)")
      // A change is that share of the expected distance, but for the noise of 200 draws.
      #expect(abs(found[2].difference / found[2].distance - 3) < 0.3, "\(kind) \(found[2])")
    }
  }

  @Test("rows may be turned into fewer columns, and threads change nothing")
  func turned() throws {
    func outcome(_ isOfShape: Bool, threads: Int) throws -> DifferenceTrial.Outcome {
      try trial(.mixture, isOfShape: isOfShape, threads: threads).outcomes([.change(0.5)]) { _ in 40 }[0]
    }
    let (one, two, wide) = (
      try outcome(true, threads: 1), try outcome(true, threads: 2), try outcome(false, threads: 1)
    )
    #expect(one.deviation == two.deviation && one.worse == two.worse)
    #expect(relative(one.deviation, wide.deviation) < 1e-3 && abs(one.covered - wide.covered) <= 1)
  }
}

import Distances
import MetricCatalog
import Scores
import Testing

@Suite struct VerdictTests {
  private struct Known: DifferenceSource {
    let finding: Finding
    func finding(_ comparison: Comparison, anyCount: Bool) -> Finding { finding }
  }

  private func score(_ value: Double, _ direction: Direction = .lower, clips: Int = 16) -> ScoreRecord {
    var score = ScoreRecord(metric: "fvd", value: value, direction: direction)
    score.settings = Settings(name: "s", version: 1, fingerprint: "sha256:a", overrides: [:], fields: [:])
    score.real = ScoredSet(path: "real", clips: 16, digest: "sha256:r")
    score.fake = ScoredSet(path: "fake", clips: clips, digest: "sha256:f")
    return score
  }

  private func judged(
    _ value: Double, error: Double, p: Double, direction: Direction = .lower
  ) -> Judgement {
    let difference = Difference(
      value: value, standardError: error, degreesOfFreedom: 1e9, p: p, permutations: 999, units: 16, isPaired: false)
    return Judgement(
      Comparison(score(100, direction), score(100 + value, direction)), by: Known(finding: .difference(difference)))
  }

  /// Both the exchange test and the interval must say so.
  @Test func bothOrNothing() {
    #expect(judged(10, error: 5, p: 0.05).verdict() == .worse && judged(-10, error: 5, p: 0.05).verdict() == .better)
    #expect(judged(10, error: 5, p: 0.051).verdict() == .notShown)
    #expect(judged(10, error: 5.2, p: 0.001).verdict() == .notShown)
    #expect(judged(10, error: 5, p: 0.05).verdict(alpha: 0.025) == .notShown)
    #expect(judged(10, error: 5, p: 0.05, direction: .higher).verdict() == .better)
    #expect(judged(10, error: 4, p: 0.05).reason() == "p = 0.05, 95 % of the difference: [2.160144, 17.83986]")
  }

  /// Scores that do not compare are not even measured.
  @Test func whatDoesNotCompare() {
    let source = Known(finding: .notComparable("features missing"))
    let missing = Judgement(Comparison(score(1), score(2)), by: source)
    #expect(missing.verdict() == .notComparable && missing.reason() == "features missing" && missing.difference == nil)
    let counts = Judgement(Comparison(score(1), score(2, clips: 32)), by: source)
    #expect(counts.reason() == "32 fake clips against 16: a score depends on its number of samples (--any-count)")
    #expect(
      Judgement(Comparison(score(1), score(2, clips: 32)), by: source, anyCount: true).reason() == "features missing")
  }

  /// Holm 1979: the smallest p at α/k, the next at α/(k-1); the first that fails ends it.
  @Test func holm() {
    #expect(Holm.rejected([0.04, 0.01, 0.03], alpha: 0.05) == [false, true, false])
    #expect(Holm.rejected([0.04, 0.01, 0.02], alpha: 0.05) == [true, true, true])
    #expect(Holm.rejected([0.02, 0.03], alpha: 0.05) == [true, true])
    #expect(Holm.rejected([0.026, 0.03], alpha: 0.05) == [false, false])
    #expect(Holm.rejected([], alpha: 0.05) == [])
  }
}

import History
import Testing

@Suite struct ComparisonTests {
  private func score(_ value: Double, _ settings: RunScore.Settings? = .made(), real: String = "sha256:0") -> RunScore {
    var score = RunScore(metric: "fvd", value: value, direction: .lower)
    score.settings = settings
    score.real = RunScore.ScoredSide(path: "real", digest: real)
    return score
  }

  @Test func directionSaysWhatIsBetter() {
    let pair = ScoreComparison(score(100), score(90))
    #expect(pair.isComparable && pair.reasons.isEmpty)
    #expect(pair.difference == -10 && pair.percent == -10 && pair.better == .second)
    var (a, b) = (score(100), score(90))
    (a.direction, b.direction) = (.higher, .higher)
    #expect(ScoreComparison(a, b).better == .first)
    #expect(ScoreComparison(score(1), score(1)).better == nil)
    #expect(ScoreComparison(score(0), score(1)).percent == nil)
  }

  @Test func intervals() {
    var (a, b) = (score(100), score(90))
    #expect(ScoreComparison(a, b).intervalsOverlap == nil)
    a.interval = .init(low: 95, high: 105, level: 0.95, resamples: 10, method: "bootstrap")
    b.interval = .init(low: 85, high: 95, level: 0.95, resamples: 10, method: "bootstrap")
    #expect(ScoreComparison(a, b).intervalsOverlap == true)
    b.interval?.high = 94
    #expect(ScoreComparison(a, b).intervalsOverlap == false)
  }

  @Test func whyNot() {
    let other = RunScore.Settings.made(["ddof": .integer(1), "root": .text("svd")], fingerprint: "sha256:b")
    let fields = ScoreComparison(score(1), score(2, other))
    #expect(fields.better == nil)
    #expect(
      fields.reasons == [
        .init(name: "ddof", first: "0", second: "1"), .init(name: "root", first: nil, second: "svd"),
      ])
    #expect(
      ScoreComparison(score(1), score(2, real: "sha256:1")).reasons
        == [.init(name: "real set", first: "sha256:0", second: "sha256:1")])
    #expect(
      ScoreComparison(score(1), score(2, nil)).reasons
        == [.init(name: "measured by this program", first: "yes", second: "no")])
  }

  /// Of several scores of one name those of one fingerprint belong together.
  @Test func pairs() {
    var (a, b) = (Run.made("a"), Run.made("b"))
    let other = RunScore.Settings.made(fingerprint: "sha256:b")
    a.scores = [score(1), score(2, other)]
    b.scores = [score(3, other), RunScore(metric: "kvd", value: 1, direction: .lower), score(4)]
    let found = ScoreComparison.pairs(a, b)
    #expect(found.pairs.map { [$0.first.value, $0.second.value] } == [[1, 4], [2, 3]])
    #expect(found.first.isEmpty && found.second == ["kvd"])
  }
}

import MetricCatalog
import Scores
import Testing

private func made(_ fields: [String: FieldValue] = ["ddof": .integer(0)], fingerprint: String = "sha256:a") -> Settings
{
  Settings(name: "stylegan-v", version: 1, fingerprint: fingerprint, overrides: [:], fields: fields)
}

@Suite struct ComparisonTests {
  private func score(_ value: Double, _ settings: Settings? = made(), real: String = "sha256:0") -> ScoreRecord {
    var score = ScoreRecord(metric: "fvd", value: value, direction: .lower)
    score.settings = settings
    score.real = ScoredSet(path: "real", digest: real)
    return score
  }

  @Test func directionSaysWhatIsBetter() {
    let pair = Comparison(score(100), score(90))
    #expect(pair.isComparable && pair.reasons.isEmpty)
    #expect(pair.difference == -10 && pair.percent == -10 && pair.better == .second)
    var (a, b) = (score(100), score(90))
    (a.direction, b.direction) = (.higher, .higher)
    #expect(Comparison(a, b).better == .first)
    #expect(Comparison(score(1), score(1)).better == nil)
    #expect(Comparison(score(0), score(1)).percent == nil)
  }

  @Test func whyNot() {
    let other = made(["ddof": .integer(1), "root": .text("svd")], fingerprint: "sha256:b")
    let fields = Comparison(score(1), score(2, other))
    #expect(fields.better == nil)
    #expect(
      fields.reasons == [
        .init(name: "ddof", first: "0", second: "1"), .init(name: "root", first: nil, second: "svd"),
      ])
    #expect(
      Comparison(score(1), score(2, real: "sha256:1")).reasons
        == [.init(name: "real set", first: "sha256:0", second: "sha256:1")])
    var unknown = score(1)
    unknown.real?.digest = nil
    #expect(
      Comparison(unknown, unknown).reasons == [.init(name: "real set", first: "unknown", second: "unknown")])
    #expect(
      Comparison(score(1), score(2, nil)).reasons
        == [.init(name: "measured by this program", first: "yes", second: "no")])
  }

  /// Of several scores of one name those of one fingerprint belong together.
  @Test func pairs() {
    let other = made(fingerprint: "sha256:b")
    let a = [score(1), score(2, other)]
    let b = [score(3, other), ScoreRecord(metric: "kvd", value: 1, direction: .lower), score(4)]
    let found = Comparison.pairs(a, b)
    #expect(found.pairs.map { [$0.first.value, $0.second.value] } == [[1, 4], [2, 3]])
    #expect(found.first.isEmpty && found.second == ["kvd"])
  }

  /// Equal real sets of unknown content are not known to be equal; so are different ones.
  @Test func oneRuleForAll() {
    var (a, b) = (score(1), score(2))
    #expect(Comparison(a, b).isComparable && a.isComparable(with: b))
    (a.prompts, b.prompts) = (ScoredPrompts(digest: "sha256:p"), ScoredPrompts(digest: "sha256:q"))
    #expect(Comparison(a, b).reasons.map(\.name) == ["prompts"])
    b.prompts = a.prompts
    (a.real, b.real) = (nil, nil)
    #expect(Comparison(a, b).isComparable, "of the fake set alone")
    b.real = ScoredSet(path: "real", digest: "sha256:0")
    #expect(Comparison(a, b).reasons == [.init(name: "real set", first: nil, second: "sha256:0")])
    a = score(1, made(fingerprint: "sha256:b"))
    #expect(
      Comparison(a, score(1)).reasons == [.init(name: "fingerprint", first: "sha256:b", second: "sha256:a")],
      "fields of another kind")
    b = score(1)
    b.metric = "kvd"
    #expect(Comparison(score(1), b).reasons == [.init(name: "metric", first: "fvd", second: "kvd")])
  }
}

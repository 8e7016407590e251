import History
import MetricCatalog
import Reporting
import Scores
import Testing

/// When a gate fails, and when it cannot tell.
@Suite struct GateTests {
  private func run(
    _ id: String, _ value: Double, metric: String = "fvd", direction: Direction = .lower,
    fingerprint: String = "sha256:a",
    fields: [String: FieldValue] = [:], clips: Int? = 16, real: String? = "sha256:r", interval: (Double, Double)? = nil
  ) -> RunRecord {
    var run = RunRecord(id: id, date: "2026-11-21T00:00:00.000Z", name: "<\(id)|&>")
    var score = ScoreRecord(metric: metric, value: value, direction: direction)
    score.settings = .init(name: "stylegan-v", version: 1, fingerprint: fingerprint, overrides: [:], fields: fields)
    score.real = .init(path: "real", clips: 16, digest: real)
    score.fake = .init(path: "fake", clips: clips, digest: "sha256:\(id)")
    score.interval = interval.map { .init(low: $0.0, high: $0.1, level: 0.95, resamples: 1000, method: "bootstrap") }
    run.scores = [score]
    return run
  }

  private func verdict(
    _ candidate: RunRecord, _ baselines: [RunRecord], _ relative: Double = 0.05, _ absolute: Double = 3,
    anyCount: Bool = false
  ) -> Gate.Verdict {
    let gate = Gate(
      candidate: candidate, metrics: [candidate.scores[0].metric], anyCount: anyCount,
      limits: { _ in .init(relative: relative, absolute: absolute) }, baselines: { _ in baselines })
    #expect(gate.outcome == gate.verdicts[0].outcome)
    return gate.verdicts[0]
  }

  /// 100 to 106 with limits of 5 % and 3: worse. At a limit exactly it passes; both limits must be exceeded.
  @Test func bothLimits() {
    let base = run("b", 100)
    #expect(verdict(run("a", 106), [base]).outcome == .worse)
    #expect(verdict(run("a", 106), [base]).reason == "worse; neither run has an interval: --bootstrap 1000 records one")
    #expect(verdict(run("a", 105), [base]).reason == "worse, but within 5 %")
    #expect(verdict(run("a", 106), [base], 0.05, 6).reason == "worse, but by less than 6")
    #expect(verdict(run("a", 106), [base], 0.05, 6).outcome == .passed)
    #expect(verdict(run("a", 100), [base]).reason == "equal" && verdict(run("a", 90), [base]).reason == "better")
    // Of a baseline of 0 every share is 0; of a negative one its size counts (KVD).
    #expect(verdict(run("a", 4), [run("b", 0)]).outcome == .worse)
    #expect(verdict(run("a", -96), [run("b", -100)]).outcome == .passed)
    #expect(verdict(run("a", -94), [run("b", -100)]).outcome == .worse)
  }

  @Test func direction() {
    let base = run("b", 0.9, metric: "pic", direction: .higher)
    #expect(verdict(run("a", 0.8, metric: "pic", direction: .higher), [base], 0.05, 0).outcome == .worse)
    #expect(verdict(run("a", 1.0, metric: "pic", direction: .higher), [base], 0.05, 0).reason == "better")
    #expect(verdict(run("a", 0.8, metric: "pic", direction: .higher), [base], 0.05, 0).regression == 0.9 - 0.8)
  }

  @Test func intervals() {
    let base = run("b", 100)
    let wide = verdict(run("a", 120, interval: (95, 150)), [base])
    #expect(wide.outcome == .passed && wide.reason == "worse, but the baseline lies in the 95 % interval")
    let theirs = verdict(run("a", 120), [run("b", 100, interval: (80, 125))])
    #expect(theirs.outcome == .passed && theirs.reason == "worse, but it lies in the baseline's 95 % interval")
    let narrow = verdict(run("a", 120, interval: (110, 130)), [run("b", 100, interval: (90, 111))])
    #expect(narrow.outcome == .worse && narrow.reason == "worse, and outside the interval")
  }

  /// Never a pass, however good the number is.
  @Test func whatDoesNotCompare() {
    func reason(_ candidate: RunRecord, _ baselines: [RunRecord]) -> String {
      let found = verdict(candidate, baselines)
      #expect(found.outcome == .notComparable && found.regression == nil)
      return found.reason
    }
    let base = run("b", 100, fields: ["frames": .integer(16)])
    #expect(
      reason(run("a", 1, fingerprint: "sha256:x", fields: ["frames": .integer(32)]), [base])
        == "it differs in frames (32 against 16)")
    #expect(reason(run("a", 1, real: "sha256:other"), [base]) == "it differs in real set")
    #expect(
      reason(run("a", 1, real: nil), [run("b", 100, real: nil)]) == "it differs in real set (unknown against unknown)")
    #expect(
      reason(run("a", 1, clips: 256), [base])
        == "256 fake clips against 16: a score depends on its number of samples (--any-count)")
    #expect(verdict(run("a", 1, clips: 256), [base], anyCount: true).outcome == .passed)
    #expect(reason(run("a", .nan), [base]) == "a value is not finite")
    #expect(reason(run("a", 1), []) == "there is no baseline")
    #expect(reason(run("a", 1), [run("b", 1, metric: "kvd")]) == "run b has no such score")
    var imported = run("b", 100)
    imported.scores[0].settings = nil
    #expect(
      reason(run("a", 1), [imported]) == "it differs in measured by this program (yes against no)")
    let absent = Gate(
      candidate: run("a", 1), metrics: ["kvd"], limits: { _ in .init(relative: 0, absolute: 0) }, baselines: { _ in [] }
    )
    #expect(absent.outcome == .notComparable && absent.verdicts[0].reason == "run a has no such score; it has fvd")
  }

  /// The first run that compares is the baseline.
  @Test func severalBaselines() {
    let found = verdict(run("a", 100), [run("b", 1, fingerprint: "sha256:x"), run("c", 100), run("d", 1)])
    #expect(found.run?.id == "c" && found.outcome == .passed)
  }

  @Test func texts() {
    var candidate = run("a", 120, interval: (110, 130))
    candidate.scores.append(ScoreRecord(metric: "kvd", value: 1, direction: .lower))
    let gate = Gate(
      candidate: candidate, metrics: ["fvd", "kvd"], limits: { _ in .init(relative: 0.05, absolute: 3) },
      baselines: { _ in [run("b", 100)] })
    #expect(gate.outcome == .worse)
    #expect(
      GateText.markdown(gate) == """
        ### vidmetrics gate: worse: 1 of 2

        Run `a` (&lt;a\\|&amp;&gt;)

        | | metric | score | baseline | change | baseline's run | |
        |---|---|---:|---:|---:|---|---|
        | ❌ | fvd ↓ | 120 [110, 130] | 100 | +20 (+20.00 %) | `b` &lt;b\\|&amp;&gt; | worse, and outside the interval |
        | ⚠️ | kvd ↓ | 1 |  |  | `b` &lt;b\\|&amp;&gt; | run b has no such score |

        Fails when worse: fvd by more than 5 % and 3; kvd by more than 5 % and 3, outside of the interval.

        """)
    let xml = GateText.junit(gate)
    #expect(xml.contains("<testsuites tests=\"2\" failures=\"1\" errors=\"1\">"))
    #expect(
      xml.contains(
        "<testcase classname=\"&lt;a|&amp;&gt;\" name=\"fvd (stylegan-v)\">\n      <failure type=\"worse\" "
          + "message=\"worse, and outside the interval\">score 120 [110, 130], baseline 100, change +20 (+20.00 %), "
          + "baseline&#39;s run b</failure>"))
    #expect(xml.contains("<error type=\"not comparable\" message=\"run b has no such score\">"))
    #expect(GateText.summary(gate) == "worse: 1 of 2")
    #expect(GateText.rows(gate)[2] == ["not comparable", "kvd", "1", "", "", "b", "run b has no such score"])
  }
}

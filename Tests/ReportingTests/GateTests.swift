import Distances
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
    fields: [String: FieldValue] = [:], clips: Int? = 16, real: String? = "sha256:r"
  ) -> RunRecord {
    var run = RunRecord(id: id, date: "2026-11-21T00:00:00.000Z", name: "<\(id)|&>")
    var score = ScoreRecord(metric: metric, value: value, direction: direction)
    score.settings = .init(name: "stylegan-v", version: 1, fingerprint: fingerprint, overrides: [:], fields: fields)
    score.real = .init(path: "real", clips: 16, digest: real)
    score.fake = .init(path: "fake", clips: clips, digest: "sha256:\(id)")
    run.scores = [score]
    return run
  }

  private func gate(
    _ candidate: RunRecord, _ baselines: [RunRecord], _ relative: Double = 0.05, _ absolute: Double = 3,
    by differences: KnownDifferences = KnownDifferences(), _ change: (inout Gate.Inputs) -> Void = { _ in }
  ) throws -> Gate {
    var inputs = Gate.Inputs(
      metrics: candidate.scores.map(\.metric), limits: { _ in .init(relative: relative, absolute: absolute) },
      baselines: { score in baselines.filter { $0.scores[0].metric == score.metric || baselines.count == 1 } },
      differences: differences)
    change(&inputs)
    return try Gate(candidate: candidate, inputs)
  }

  private func check(
    _ candidate: RunRecord, _ baselines: [RunRecord], _ relative: Double = 0.05, _ absolute: Double = 3,
    by differences: KnownDifferences = KnownDifferences(), _ change: (inout Gate.Inputs) -> Void = { _ in }
  ) throws -> Gate.Check {
    let gate = try gate(candidate, baselines, relative, absolute, by: differences, change)
    #expect(gate.outcome == gate.checks[0].outcome || gate.allowsNotShown)
    return gate.checks[0]
  }

  /// With an error of 0.5 a change is known to ± 0.98; 5 % of 100 are 5, and the larger of both limits counts.
  @Test func limits() throws {
    let base = run("b", 100)
    func outcome(_ value: Double, _ relative: Double = 0.05, _ absolute: Double = 3) throws -> Gate.Outcome {
      try check(run("a", value), [base], relative, absolute).outcome
    }
    #expect(try outcome(106) == .worse && outcome(105.9) == .notShown && outcome(105) == .passed)
    #expect(try outcome(106, 0.05, 6) == .passed && outcome(106, 0.07, 0) == .passed && outcome(107, 0.05, 6) == .worse)
    #expect(try outcome(100, 0, 0) == .passed && outcome(90, 0, 0) == .passed && outcome(101, 0, 0) == .worse)
    // Of a baseline of 0 every share is 0; of a negative one its size counts (KVD).
    #expect(try check(run("a", 4), [run("b", 0)], 0.05, 2).outcome == .worse)
    #expect(try check(run("a", -96), [run("b", -100)]).outcome == .passed)
    #expect(try check(run("a", -93), [run("b", -100)]).outcome == .worse)
  }

  @Test func reasons() throws {
    let base = run("b", 100)
    #expect(
      try check(run("a", 106), [base]).reason == "worse by more than the 5 allowed (p = 0.001)")
    #expect(
      try check(run("a", 105.5), [base]).reason
        == "beyond the 5 allowed, but its interval is not (p = 0.001): more videos would tell")
    #expect(
      try check(run("a", 104.5), [base]).reason
        == "measured within the 5 allowed, which 16 videos cannot prove (95 % bound 5.32)")
    #expect(
      try check(run("a", 104), [base]).reason == "shown to be within the 5 allowed (95 % bound 4.82)")
    #expect(
      try check(run("a", 90), [base], 0, 0).reason == "shown to be within the 0 allowed (95 % bound -9.18)")
  }

  /// An interval beyond the limit is not enough: the exchange test must call the two different, too.
  @Test func bothMustSaySo() throws {
    let unsure = KnownDifferences(error: 0.5) { _ in 0.06 }
    #expect(try check(run("a", 120), [run("b", 100)], by: unsure).outcome == .notShown)
    #expect(try check(run("a", 120), [run("b", 100)], by: KnownDifferences(error: 12)).outcome == .notShown)
    #expect(try check(run("a", 466), [run("b", 100)], by: KnownDifferences(error: 300)).outcome == .notShown)
    let allowed = try gate(run("a", 120), [run("b", 100)], by: unsure) { $0.allowsNotShown = true }
    #expect(allowed.outcome == .passed && allowed.checks[0].outcome == .notShown)
    #expect(GateText.summary(allowed) == "passed: 1 of 1 (1 not shown, which is allowed)")
    #expect(GateText.junit(allowed).contains("failures=\"0\" errors=\"0\" skipped=\"1\""))
  }

  @Test func direction() throws {
    let base = run("b", 0.9, metric: "pic", direction: .higher)
    let exact = KnownDifferences(error: 0.001)
    func check(_ value: Double) throws -> Gate.Check {
      try self.check(run("a", value, metric: "pic", direction: .higher), [base], 0.05, 0, by: exact)
    }
    #expect(try check(0.8).outcome == .worse && check(1.0).outcome == .passed)
    #expect(try check(0.8).regression == 0.9 - 0.8)
    #expect(try check(0.8).reason == "worse by more than the 0.045 allowed (p = 0.001)")
  }

  /// Two scores that would each be worse alone: Holm asks 0.025 of the smaller p, and intervals are those of 97.5 %.
  @Test func severalScores() throws {
    func gate(_ p: [String: Double]) throws -> Gate {
      var (candidate, base) = (run("a", 110), run("b", 100))
      candidate.scores.append(run("a", 110, metric: "kvd").scores[0])
      base.scores.append(run("b", 100, metric: "kvd").scores[0])
      return try self.gate(candidate, [base], by: KnownDifferences(error: 2.2) { p[$0.first.metric] ?? 1 })
    }
    let both = try gate(["fvd": 0.02, "kvd": 0.04])
    #expect(both.checks.map(\.outcome) == [.worse, .worse] && both.outcome == .worse)
    #expect(both.checks.allSatisfy { $0.level == 0.975 })
    #expect(try gate(["fvd": 0.03, "kvd": 0.04]).checks.map(\.outcome) == [.notShown, .notShown])
    #expect(try gate(["fvd": 0.2, "kvd": 0.02]).checks.map(\.outcome) == [.notShown, .worse])
    // 110 ± 2.2·1.96 lies beyond 105, 110 ± 2.3·2.24 does not.
    #expect(try check(run("a", 110), [run("b", 100)], by: KnownDifferences(error: 2.3)).outcome == .worse)
    var (candidate, base) = (run("a", 110), run("b", 100))
    candidate.scores.append(run("a", 100, metric: "kvd").scores[0])
    base.scores.append(run("b", 100, metric: "kvd").scores[0])
    let wide = try self.gate(candidate, [base], by: KnownDifferences(error: 2.3))
    #expect(wide.checks.map(\.outcome) == [.notShown, .passed] && wide.outcome == .notShown)
  }

  /// The baseline's generator with other seeds: where that is called different, nothing is said.
  @Test func negativeControl() throws {
    let (candidate, base) = (run("a", 120), run("b", 100))
    func check(_ control: RunRecord) throws -> Gate.Check {
      try self.check(candidate, [base]) { $0.control = control }
    }
    #expect(try check(run("c", 100.5)).outcome == .worse)
    let different = try check(run("c", 104))
    #expect(different.outcome == .notComparable)
    #expect(
      different.reason
        == "no verdict: the control, run c, is itself called worse than the baseline, and nothing but its seeds is "
        + "different (p = 0.001)")
    #expect(try check(run("c", 1, metric: "kvd")).reason == "the control, run c, has no such score")
    #expect(try check(run("c", 100, real: "sha256:x")).reason == "the control, run c: it differs in real set")
  }

  /// Never a pass, however good the number is.
  @Test func whatDoesNotCompare() throws {
    func reason(_ candidate: RunRecord, _ baselines: [RunRecord]) throws -> String {
      let found = try check(candidate, baselines)
      #expect(found.outcome == .notComparable && found.regression == nil)
      return found.reason
    }
    let base = run("b", 100, fields: ["frames": .integer(16)])
    #expect(
      try reason(run("a", 1, fingerprint: "sha256:x", fields: ["frames": .integer(32)]), [base])
        == "it differs in frames (32 against 16)")
    #expect(try reason(run("a", 1, real: "sha256:other"), [base]) == "it differs in real set")
    #expect(
      try reason(run("a", 1, real: nil), [run("b", 100, real: nil)])
        == "it differs in real set (unknown against unknown)")
    #expect(
      try reason(run("a", 1, clips: 256), [base])
        == "256 fake clips against 16: a score depends on its number of samples (--any-count)")
    #expect(try check(run("a", 1, clips: 256), [base]) { $0.anyCount = true }.outcome == .passed)
    #expect(try reason(run("a", .nan), [base]) == "a value is not finite")
    #expect(try reason(run("a", 1), []) == "there is no baseline")
    #expect(try reason(run("a", 1), [run("b", 1, metric: "kvd")]) == "run b has no such score")
    var imported = run("b", 100)
    imported.scores[0].settings = nil
    #expect(
      try reason(run("a", 1), [imported]) == "it differs in measured by this program (yes against no)")
    let missing = KnownDifferences(obstacle: "features missing: a run has kept none")
    #expect(try check(run("a", 1), [base], by: missing).reason == "features missing: a run has kept none")
    let absent = try gate(run("a", 1), []) { $0.metrics = ["kvd"] }
    #expect(absent.outcome == .notComparable && absent.checks[0].reason == "run a has no such score; it has fvd")
  }

  /// The first run that compares is the baseline.
  @Test func severalBaselines() throws {
    let found = try check(run("a", 100), [run("b", 1, fingerprint: "sha256:x"), run("c", 100), run("d", 1)])
    #expect(found.run?.id == "c" && found.outcome == .passed)
  }

  @Test func texts() throws {
    var candidate = run("a", 120)
    candidate.scores.append(ScoreRecord(metric: "kvd", value: 1, direction: .lower))
    let gate = try gate(candidate, [run("b", 100)])
    #expect(gate.outcome == .worse)
    #expect(
      GateText.markdown(gate) == """
        ### vidmetrics gate: worse: 1 of 2

        Run `a` (&lt;a\\|&amp;&gt;)

        | | metric | score | baseline | change | its interval | baseline's run | |
        |---|---|---:|---:|---:|---:|---|---|
        | ❌ | fvd ↓ | 120 | 100 | +20 (+20.00 %) | [19.02002, 20.97998] | `b` &lt;b\\|&amp;&gt; | worse by more than the 5 allowed (p = 0.001) |
        | ⚠️ | kvd ↓ | 1 |  |  |  | `b` &lt;b\\|&amp;&gt; | run b has no such score |

        Fails when shown to be worse: fvd by more than 5 % and 3; kvd by more than 5 % and 3, with 95 % intervals.

        """)
    let xml = GateText.junit(gate)
    #expect(xml.contains("<testsuites tests=\"2\" failures=\"1\" errors=\"1\" skipped=\"0\">"))
    #expect(
      xml.contains(
        "<testcase classname=\"&lt;a|&amp;&gt;\" name=\"fvd (stylegan-v)\">\n      <failure type=\"worse\" "
          + "message=\"worse by more than the 5 allowed (p = 0.001)\">score 120, baseline 100, change +20 (+20.00 %), "
          + "95 % [19.02002, 20.97998], baseline&#39;s run b</failure>"))
    #expect(xml.contains("<error type=\"not comparable\" message=\"run b has no such score\">"))
    #expect(GateText.summary(gate) == "worse: 1 of 2")
    #expect(GateText.rows(gate)[2] == ["not comparable", "kvd", "1", "", "", "", "b", "run b has no such score"])
  }
}

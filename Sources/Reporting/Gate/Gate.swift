import Distances
import History
import MetricCatalog
import Scores

/// Holds the scores of a run against those of an earlier one, and says whether they became worse by more than chance and
/// habit allow.
///
/// A score is worse when the interval of the difference lies beyond the change that is allowed, and the exchange test calls
/// the two different; of k scores at intervals of 1 - α/k and by Holm's rule. It passes when its change for the worse is
/// shown to lie within what is allowed, or was measured there. What cannot be compared is no pass.
public struct Gate: Sendable {
  /// How much worse a score may be: the larger of the two.
  public struct Limits: Sendable, Equatable {
    /// As a share of the baseline's absolute value: 0.05.
    public var relative: Double
    /// In the metric's own unit.
    public var absolute: Double

    public init(relative: Double, absolute: Double) {
      self.relative = relative
      self.absolute = absolute
    }

    /// In the metric's own unit.
    public func allowed(of baseline: ScoreRecord) -> Double { max(relative * abs(baseline.value), absolute) }
  }

  public enum Outcome: String, Sendable {
    case passed
    case worse
    /// The measured change is beyond what is allowed, its interval is not.
    case notShown = "not shown"
    case notComparable = "not comparable"
  }

  /// What was found about one score. Unknown is nil.
  public struct Check: Sendable {
    public let metric: String
    public let outcome: Outcome
    /// One sentence.
    public let reason: String
    public let score: ScoreRecord?
    public let baseline: ScoreRecord?
    /// The baseline's run.
    public let run: RunRecord?
    public let limits: Limits
    public let difference: Difference?
    /// 1 - α/k, of the interval of the difference.
    public let level: Double

    /// The change for the worse, in the metric's unit; negative for an improvement.
    public var regression: Double? {
      guard let baseline, let difference else { return nil }
      return baseline.direction == .lower ? difference.value : -difference.value
    }
  }

  public let candidate: RunRecord
  public let checks: [Check]
  /// Whether what is not shown passes.
  public let allowsNotShown: Bool

  /// `worse` if any score is; else `notComparable`, then `notShown`, if any is; else `passed`.
  public var outcome: Outcome {
    for outcome in [Outcome.worse, .notComparable] where checks.contains(where: { $0.outcome == outcome }) {
      return outcome
    }
    guard !checks.isEmpty else { return .notComparable }
    return allowsNotShown || checks.allSatisfy { $0.outcome == .passed } ? .passed : .notShown
  }

  /// Where the scores of a gate come from, and by what they are judged.
  public struct Inputs {
    /// The scores that are held against the baseline, by name.
    public var metrics: [String]
    /// Whether scores of different numbers of samples are compared all the same, at the smaller one's number.
    public var anyCount = false
    public var allowsNotShown = false
    /// Of a metric.
    public var limits: (String) -> Limits
    /// For a score, the runs to choose its baseline from, the first one that compares wins; empty: none was found.
    public var baselines: (ScoreRecord) throws -> [RunRecord]
    /// What is said then.
    public var absent = "there is no baseline"
    /// The baseline's generator with other seeds: nothing may be shown between the two.
    public var control: RunRecord?
    public var differences: any DifferenceSource

    public init(
      metrics: [String], limits: @escaping (String) -> Limits, baselines: @escaping (ScoreRecord) throws -> [RunRecord],
      differences: any DifferenceSource
    ) {
      self.metrics = metrics
      self.limits = limits
      self.baselines = baselines
      self.differences = differences
    }
  }

  /// - Throws: what the search for baselines throws.
  public init(candidate: RunRecord, _ inputs: Inputs) throws {
    self.candidate = candidate
    allowsNotShown = inputs.allowsNotShown
    let paired = try inputs.metrics.flatMap { metric -> [Pairing] in
      let scores = candidate.scores.filter { $0.metric == metric }
      guard scores.isEmpty else { return try scores.map { try Pairing($0, inputs) } }
      let known = candidate.scores.map(\.metric)
      let has = known.isEmpty ? "none" : known.joined(separator: ", ")
      return [Pairing(metric: metric, obstacle: "run \(candidate.id) has no such score; it has \(has)")]
    }
    let found = paired.compactMap { $0.judgement?.difference }
    let rejected = Holm.rejected(found.map(\.p), alpha: Judgement.alpha)
    let level = 1 - Judgement.alpha / Double(max(found.count, 1))
    var place = 0
    checks = paired.map { pairing in
      let limits = inputs.limits(pairing.metric)
      guard let judgement = pairing.judgement, let difference = judgement.difference else {
        return pairing.check(.notComparable, pairing.obstacle ?? "", limits, nil, level)
      }
      defer { place += 1 }
      let (outcome, reason) = Self.outcome(
        judgement, difference, limits.allowed(of: judgement.comparison.first), level, isRejected: rejected[place])
      return pairing.check(outcome, reason, limits, difference, level)
    }
  }

  private static func outcome(
    _ judgement: Judgement, _ difference: Difference, _ allowed: Double, _ level: Double, isRejected: Bool
  ) -> (Outcome, String) {
    let change = judgement.regression(difference.value)
    let ends = difference.interval(level: level)
    let (low, high) = (judgement.regression(ends.lowerBound), judgement.regression(ends.upperBound))
    let limit = NumberText.short(allowed)
    if isRejected, min(low, high) > allowed {
      return (.worse, "worse by more than the \(limit) allowed (\(Words.p(difference)))")
    }
    let most = difference.upperBound(
      level: 1 - Judgement.alpha, sign: judgement.comparison.first.direction == .lower ? 1 : -1)
    let bound = "\(NumberText.percent(1 - Judgement.alpha)) bound \(NumberText.rough(most))"
    if most <= allowed { return (.passed, "shown to be within the \(limit) allowed (\(bound))") }
    if change <= allowed {
      return (
        .passed,
        "measured within the \(limit) allowed, which \(count(difference.units, "video")) cannot prove (\(bound))"
      )
    }
    return (
      .notShown,
      "beyond the \(limit) allowed, but its interval is not (\(Words.p(difference))): more videos would tell"
    )
  }
}

/// A score with the baseline it is held against, or the reason why there is none.
private struct Pairing {
  let metric: String
  var score: ScoreRecord?
  var baseline: ScoreRecord?
  var run: RunRecord?
  var judgement: Judgement?
  var obstacle: String?

  init(metric: String, obstacle: String) {
    self.metric = metric
    self.obstacle = obstacle
  }

  init(_ score: ScoreRecord, _ inputs: Gate.Inputs) throws {
    metric = score.metric
    self.score = score
    for run in try inputs.baselines(score) {
      let scores = run.scores.filter { $0.metric == score.metric }
      if scores.isEmpty, obstacle == nil { (self.run, obstacle) = (run, "run \(run.id) has no such score") }
      for baseline in scores {
        let comparison = Comparison(baseline, score)
        if let words = comparison.obstacle(anyCount: inputs.anyCount) {
          if obstacle == nil { (self.run, self.baseline, obstacle) = (run, baseline, words) }
          continue
        }
        (self.run, self.baseline) = (run, baseline)
        judgement = Judgement(comparison, by: inputs.differences, anyCount: inputs.anyCount)
        if case .notComparable(let words)? = judgement?.finding { obstacle = words }
        if judgement?.difference != nil, let control = inputs.control,
          let words = Self.failure(of: control, baseline, inputs)
        {
          (judgement, obstacle) = (nil, words)
        }
        return
      }
    }
    obstacle = obstacle ?? inputs.absent
  }

  /// Why the negative control forbids a verdict; nil where it does not.
  private static func failure(of control: RunRecord, _ baseline: ScoreRecord, _ inputs: Gate.Inputs) -> String? {
    var found: Judgement?
    for score in control.scores where score.metric == baseline.metric && found?.difference == nil {
      let judgement = Judgement(Comparison(baseline, score), by: inputs.differences, anyCount: inputs.anyCount)
      if found == nil || judgement.difference != nil { found = judgement }
    }
    guard let found else { return "the control, run \(control.id), has no such score" }
    let verdict = found.verdict()
    switch verdict {
    case .notShown: return nil
    case .notComparable: return "the control, run \(control.id): \(found.reason())"
    case .better, .worse:
      let p = found.difference.map { " (" + Words.p($0) + ")" } ?? ""
      return "no verdict: the control, run \(control.id), is itself called \(verdict) than the baseline, "
        + "and nothing but its seeds is different" + p
    }
  }

  func check(
    _ outcome: Gate.Outcome, _ reason: String, _ limits: Gate.Limits, _ difference: Difference?, _ level: Double
  ) -> Gate.Check {
    Gate.Check(
      metric: metric, outcome: outcome, reason: reason, score: score, baseline: baseline, run: run, limits: limits,
      difference: difference, level: level)
  }
}

import History
import MetricCatalog
import Scores

/// Holds the scores of a run against those of an earlier one, and says whether they became worse by more than chance and
/// habit allow.
///
/// A score is worse when the change for the worse is larger than a share of the baseline's value, larger than an absolute
/// amount, and neither interval covers the other's value. What cannot be compared is no pass.
public struct Gate: Sendable {
  /// How much worse a score may be. Both must be exceeded.
  public struct Limits: Sendable, Equatable {
    /// As a share of the baseline's absolute value: 0.05.
    public var relative: Double
    /// In the metric's own unit.
    public var absolute: Double

    public init(relative: Double, absolute: Double) {
      self.relative = relative
      self.absolute = absolute
    }
  }

  public enum Outcome: String, Sendable {
    case passed
    case worse
    case notComparable = "not comparable"
  }

  /// What was found about one score. Unknown is nil.
  public struct Verdict: Sendable {
    public let metric: String
    public let outcome: Outcome
    /// One sentence.
    public let reason: String
    public let score: ScoreRecord?
    public let baseline: ScoreRecord?
    /// The baseline's run.
    public let run: RunRecord?
    public let limits: Limits

    /// The change for the worse, in the metric's unit; negative for an improvement.
    public var regression: Double? {
      guard let score, let baseline, outcome != .notComparable else { return nil }
      return Comparison(baseline, score).regression
    }
  }

  public let candidate: RunRecord
  public let verdicts: [Verdict]

  /// `worse` if any score is; else `notComparable` if any is; else `passed`.
  public var outcome: Outcome {
    if verdicts.contains(where: { $0.outcome == .worse }) { return .worse }
    return verdicts.allSatisfy { $0.outcome == .passed } && !verdicts.isEmpty ? .passed : .notComparable
  }

  /// - Parameters:
  ///   - metrics: the scores that are held against the baseline, by name.
  ///   - anyCount: whether scores of different numbers of samples are compared all the same.
  ///   - limits: of a metric.
  ///   - baselines: for a score, the runs to choose its baseline from, the first one that compares wins; empty: none was
  ///     found.
  ///   - absent: what is said then.
  public init(
    candidate: RunRecord, metrics: [String], anyCount: Bool = false, limits: (String) -> Limits,
    baselines: (ScoreRecord) -> [RunRecord], absent: String = "there is no baseline"
  ) {
    self.candidate = candidate
    verdicts = metrics.flatMap { metric -> [Verdict] in
      let scores = candidate.scores.filter { $0.metric == metric }
      guard !scores.isEmpty else {
        let known = candidate.scores.map(\.metric)
        let has = known.isEmpty ? "none" : known.joined(separator: ", ")
        return [
          Verdict(
            metric: metric, outcome: .notComparable, reason: "run \(candidate.id) has no such score; it has \(has)",
            score: nil, baseline: nil, run: nil, limits: limits(metric))
        ]
      }
      return scores.map {
        Self.verdict($0, among: baselines($0), limits: limits(metric), anyCount: anyCount, absent: absent)
      }
    }
  }

  private static func verdict(
    _ score: ScoreRecord, among runs: [RunRecord], limits: Limits, anyCount: Bool, absent: String
  )
    -> Verdict
  {
    func verdict(_ outcome: Outcome, _ reason: String, _ baseline: ScoreRecord? = nil, _ run: RunRecord? = nil)
      -> Verdict
    {
      Verdict(
        metric: score.metric, outcome: outcome, reason: reason, score: score, baseline: baseline, run: run,
        limits: limits)
    }
    guard !runs.isEmpty else { return verdict(.notComparable, absent) }
    var obstacle: (text: String, score: ScoreRecord?, run: RunRecord)?
    for run in runs {
      let scores = run.scores.filter { $0.metric == score.metric }
      if scores.isEmpty { obstacle = obstacle ?? ("run \(run.id) has no such score", nil, run) }
      for baseline in scores {
        if let text = Comparison(baseline, score).obstacle(anyCount: anyCount) {
          obstacle = obstacle ?? (text, baseline, run)
        } else {
          let (outcome, reason) = judge(score, baseline, limits)
          return verdict(outcome, reason, baseline, run)
        }
      }
    }
    return verdict(.notComparable, obstacle?.text ?? absent, obstacle?.score, obstacle?.run)
  }

  private static func judge(_ score: ScoreRecord, _ baseline: ScoreRecord, _ limits: Limits) -> (Outcome, String) {
    let regression = Comparison(baseline, score).regression
    guard regression > 0 else { return (.passed, regression < 0 ? "better" : "equal") }
    guard regression > limits.relative * abs(baseline.value) else {
      return (.passed, "worse, but within \(NumberText.percent(limits.relative))")
    }
    guard regression > limits.absolute else {
      return (.passed, "worse, but by less than \(NumberText.short(limits.absolute))")
    }
    if let interval = score.interval, interval.low...interval.high ~= baseline.value {
      return (.passed, "worse, but the baseline lies in the \(interval.words)")
    }
    if let interval = baseline.interval, interval.low...interval.high ~= score.value {
      return (.passed, "worse, but it lies in the baseline's \(interval.words)")
    }
    let isSure = score.interval != nil || baseline.interval != nil
    return (
      .worse,
      isSure ? "worse, and outside the interval" : "worse; neither run has an interval: --bootstrap 1000 records one"
    )
  }
}

extension ScoreInterval {
  /// `95 % interval`.
  fileprivate var words: String { "\(NumberText.percent(level)) interval" }
}

import Scores

/// What an evaluation found out.
public struct EvaluationResult: Sendable {
  public let scores: [ScoreRecord]
  public let skipped: [SkippedInput]
  /// The machine and the time; the command and its folder are not known here.
  public let circumstances: RunRecord.Circumstances
}

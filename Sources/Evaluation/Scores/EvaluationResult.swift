import Scores

/// The features that a score was computed from: what a difference to another score is measured by.
public struct ScoredFeatures: Sendable {
  public let real: FeatureSet
  public let fake: FeatureSet
}

/// What an evaluation found out.
public struct EvaluationResult: Sendable {
  public let scores: [ScoreRecord]
  /// For each score; nil of scores that differences are not measured of by features.
  public var features: [ScoredFeatures?] = []
  /// Pictures of the optical flow that one of the scores was computed from.
  public var previews: [MadePreview] = []
  public let skipped: [SkippedInput]
  /// The machine and the time; the command and its folder are not known here.
  public let circumstances: RunRecord.Circumstances
}

import MetricCatalog

/// Something that a reader of a score should know.
public struct ScoreWarning: Sendable, Equatable {
  /// A fixed word for programs.
  public let code: String
  /// What it is and what to do, for people.
  public let text: String

  public init(code: String, text: String) {
    self.code = code
    self.text = text
  }
}

/// One side of a comparison, as it was scored.
public struct ScoredSet: Sendable, Equatable {
  public let path: String
  public let videos: Int
  public let clips: Int
  /// SHA-256 over the content digests and value ranges of the scored videos, in order.
  public let digest: String
}

/// One number with all that decided it.
public struct Score: Sendable {
  public let metric: String
  public let value: Double
  public let evaluationProtocol: EvaluationProtocol
  public let real: ScoredSet
  public let fake: ScoredSet
  public let warnings: [ScoreWarning]
}

/// Where a score was computed. Unknown is nil.
public struct ScoreEnvironment: Sendable, Equatable {
  public let version: String
  /// Instruction set and kernels.
  public let isa: String
  /// The libraries that decoded the videos.
  public let decoder: String
  public let processor: String?
  public let host: String?
  public let os: String?
}

/// How long it took, and how much of it was there already.
public struct ScoreTiming: Sendable, Equatable {
  public let totalSeconds: Double
  /// Opening, counting and digesting.
  public let readingSeconds: Double
  /// Decoding, resizing and the network.
  public let extractionSeconds: Double
  public let distanceSeconds: Double
  public let clipsComputed: Int
  public let clipsCached: Int
  public let threads: Int
}

/// Everything that one command found out.
public struct ScoreDocument: Sendable {
  public let scores: [Score]
  public let skipped: [SkippedVideo]
  public let environment: ScoreEnvironment
  public let timing: ScoreTiming
}

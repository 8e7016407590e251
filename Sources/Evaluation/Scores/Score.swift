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

/// One side of a comparison, as it was scored. Unknown is nil.
public struct ScoredSet: Sendable, Equatable {
  public let path: String
  public internal(set) var videos: Int?
  /// Samples: clips, frames or pairs.
  public internal(set) var clips: Int?
  /// SHA-256 over the content digests and value ranges of the scored videos, in order; of the file for stored features.
  public let digest: String
  /// Numerical rank of the covariance, where there is one.
  public internal(set) var rank: Int?

  init(path: String, videos: Int?, clips: Int?, digest: String) {
    self.path = path
    self.videos = videos
    self.clips = clips
    self.digest = digest
  }
}

/// The prompts of a score.
public struct ScoredPrompts: Sendable, Equatable {
  /// Where they were found, in words.
  public let source: String
  public let count: Int
  /// SHA-256 over the prompts, in the order of the videos: two videos that exchange theirs are another score.
  public let digest: String
}

/// Quantiles of a bootstrap, laid around the score.
public struct ScoreInterval: Sendable, Equatable {
  public let low: Double
  public let high: Double
  /// The share of resamples between them.
  public let level: Double
  public let resamples: Int
}

/// The same metric between two random halves of the real set: what no difference gives at this number of samples.
public struct ScoreFloor: Sendable, Equatable {
  public let value: Double
  /// Samples of each half.
  public let samples: Int
  /// The metric between a half of the real set and as many fake samples: what to hold against the floor.
  public let scoreAtSamples: Double?
}

/// The metric of so many samples a side.
public struct CurvePoint: Sendable, Equatable {
  public let samples: Int
  public let value: Double
}

/// The score of one group of videos.
public struct GroupScore: Sendable, Equatable {
  public let label: String
  public let value: Double
  public let realSamples: Int
  public let fakeSamples: Int
}

/// The score of one window or prefix.
public struct SeriesPoint: Sendable, Equatable {
  /// First frame.
  public let start: Int
  public let frames: Int
  public let value: Double
  public let realSamples: Int
  public let fakeSamples: Int
}

/// One number with all that decided it.
public struct Score: Sendable {
  public let metric: String
  public let value: Double
  public let evaluationProtocol: EvaluationProtocol
  /// What `clips` of the sets counts: `clip`, `frame`, `pair` or `video`.
  public let sample: String
  /// d, the features of a sample; nil for metrics that look at pixels.
  public let features: Int?
  /// The real set, or that of the inputs; nil where there is none.
  public let real: ScoredSet?
  public internal(set) var fake: ScoredSet
  /// Of metrics that compare videos with their texts.
  public internal(set) var prompts: ScoredPrompts?
  public let warnings: [ScoreWarning]
  /// Over runs, subsets, groups, windows or videos.
  public internal(set) var std: Double?
  public internal(set) var interval: ScoreInterval?
  /// The value of each repeat.
  public internal(set) var runs: [Double]?
  public internal(set) var groups: [GroupScore]?
  public internal(set) var series: [SeriesPoint]?
  public internal(set) var floor: ScoreFloor?
  public internal(set) var curve: [CurvePoint]?
  /// Of metrics that look at each video by itself: the value of each.
  public internal(set) var perVideo: [(name: String, value: Double)]?
  /// Of each fake video, the mean over its samples of the Euclidean distance to the nearest real feature; nil for metrics
  /// without features, groups and series, and for sets too large for it.
  public internal(set) var distances: [(name: String, value: Double)]?

  init(
    metric: String, value: Double, evaluationProtocol: EvaluationProtocol, sample: String, features: Int?,
    real: ScoredSet?, fake: ScoredSet, warnings: [ScoreWarning]
  ) {
    self.metric = metric
    self.value = value
    self.evaluationProtocol = evaluationProtocol
    self.sample = sample
    self.features = features
    self.real = real
    self.fake = fake
    self.warnings = warnings
  }
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
  /// Samples: clips, and frames of networks that see single frames.
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

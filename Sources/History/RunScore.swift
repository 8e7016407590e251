import MetricCatalog

/// One number of a run with all that decided it. Unknown is nil.
public struct RunScore: Sendable, Equatable, Codable {
  /// `fvd`, `cfvd`, `pic[inception-cosine]`; of imported scores what the file calls them.
  public var metric: String
  public var value: Double
  public var direction: Direction
  /// Over runs, subsets, groups, windows or videos.
  public var std: Double?
  public var interval: Interval?
  /// nil for imported scores: those are compared with nothing.
  public var settings: Settings?
  /// What `clips` of the sets counts: `clip`, `frame`, `pair` or `video`.
  public var sample: String?
  /// d, the features of a sample.
  public var features: Int?
  public var real: ScoredSide?
  public var fake: ScoredSide?
  public var promptsDigest: String?
  public var floor: Floor?
  /// The value of each repeat.
  public var repeats: [Double]?
  public var groups: [Group]?
  public var series: [Point]?
  /// The score of so many samples a side.
  public var curve: [CurvePoint]?
  /// The value of each video, of metrics that look at each by itself.
  public var videos: [VideoValue]?
  /// Of each fake video, how far its features are from the nearest real ones: which samples are best and worst.
  public var distances: [VideoValue]?
  public var warnings: [Warning] = []

  public init(metric: String, value: Double, direction: Direction) {
    self.metric = metric
    self.value = value
    self.direction = direction
  }

  /// The evaluation protocol.
  public struct Settings: Sendable, Equatable, Codable {
    public var name: String
    public var version: Int
    /// `sha256:...`; scores with different ones are never compared.
    public var fingerprint: String
    public var overrides: [String: FieldValue]
    /// Every field that decided the score.
    public var fields: [String: FieldValue]

    public init(
      name: String, version: Int, fingerprint: String, overrides: [String: FieldValue], fields: [String: FieldValue]
    ) {
      self.name = name
      self.version = version
      self.fingerprint = fingerprint
      self.overrides = overrides
      self.fields = fields
    }

    /// `stylegan-v + frames=32`.
    public var displayName: String {
      ([name] + overrides.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: " + ")
    }
  }

  public struct Interval: Sendable, Equatable, Codable {
    public var low: Double
    public var high: Double
    /// The share that lies between them: 0.95.
    public var level: Double
    /// Of a bootstrap; nil for other kinds.
    public var resamples: Int?
    /// `bootstrap`, `wilson`.
    public var method: String

    public init(low: Double, high: Double, level: Double, resamples: Int?, method: String) {
      self.low = low
      self.high = high
      self.level = level
      self.resamples = resamples
      self.method = method
    }
  }

  /// One side of the comparison.
  public struct ScoredSide: Sendable, Equatable, Codable {
    public var path: String
    public var videos: Int?
    public var clips: Int?
    public var rank: Int?
    /// SHA-256 over the contents.
    public var digest: String?

    public init(path: String, videos: Int? = nil, clips: Int? = nil, rank: Int? = nil, digest: String? = nil) {
      self.path = path
      self.videos = videos
      self.clips = clips
      self.rank = rank
      self.digest = digest
    }
  }

  /// The metric between two halves of the real set.
  public struct Floor: Sendable, Equatable, Codable {
    public var value: Double
    public var samples: Int
    public var scoreAtSamples: Double?

    public init(value: Double, samples: Int, scoreAtSamples: Double?) {
      self.value = value
      self.samples = samples
      self.scoreAtSamples = scoreAtSamples
    }
  }

  public struct Group: Sendable, Equatable, Codable {
    public var label: String
    public var value: Double
    public var realSamples: Int
    public var fakeSamples: Int

    public init(label: String, value: Double, realSamples: Int, fakeSamples: Int) {
      self.label = label
      self.value = value
      self.realSamples = realSamples
      self.fakeSamples = fakeSamples
    }
  }

  /// One window or prefix.
  public struct Point: Sendable, Equatable, Codable {
    /// First frame.
    public var start: Int
    public var frames: Int
    public var value: Double
    public var realSamples: Int
    public var fakeSamples: Int

    public init(start: Int, frames: Int, value: Double, realSamples: Int, fakeSamples: Int) {
      self.start = start
      self.frames = frames
      self.value = value
      self.realSamples = realSamples
      self.fakeSamples = fakeSamples
    }
  }

  public struct CurvePoint: Sendable, Equatable, Codable {
    public var samples: Int
    public var value: Double

    public init(samples: Int, value: Double) {
      self.samples = samples
      self.value = value
    }
  }

  public struct VideoValue: Sendable, Equatable, Codable {
    public var name: String
    public var value: Double

    public init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  public struct Warning: Sendable, Equatable, Codable {
    public var code: String
    public var text: String

    public init(code: String, text: String) {
      self.code = code
      self.text = text
    }
  }

  /// Whether the two numbers can be held against each other: equal metric and fingerprint, against the same real set and
  /// prompts. Nothing that was not measured here compares.
  public func isComparable(with other: RunScore) -> Bool {
    guard let settings, let others = other.settings, metric == other.metric,
      settings.fingerprint == others.fingerprint, promptsDigest == other.promptsDigest
    else { return false }
    return real?.digest == other.real?.digest && (real == nil || real?.digest != nil)
  }
}

import MetricCatalog

/// One number with all that decided it: what evaluations make, the history keeps, and every document, table and page shows.
///
/// The properties are the columns of the history and, in snake case, the keys of documents. Unknown is nil.
public struct ScoreRecord: Sendable, Equatable, Codable {
  /// `fvd`, `cfvd`, `pic[inception-cosine]`; of imported scores what the file calls them.
  public var metric: String
  public var value: Double
  public var direction: Direction
  /// Over repeats, subsets, groups, windows or videos.
  public var std: Double?
  public var interval: ScoreInterval?
  /// The evaluation protocol; nil for imported scores, which are compared with nothing.
  public var settings: Settings?
  /// What `clips` of the sets counts: `clip`, `frame`, `pair` or `video`; of a user study `vote`.
  public var sample: String?
  /// d, the features of a sample; nil for metrics that look at pixels.
  public var features: Int?
  /// The real set, or that of the inputs; nil where there is none.
  public var real: ScoredSet?
  public var fake: ScoredSet?
  /// For metrics that compare videos with texts.
  public var prompts: ScoredPrompts?
  public var floor: ScoreFloor?
  /// The value of each repeat.
  public var repeats: [Double]?
  public var groups: [GroupScore]?
  /// Windows or prefixes; of a metric of frames that follow each other, each two of them.
  public var series: [SeriesPoint]?
  /// The score of so many samples a side.
  public var curve: [CurvePoint]?
  /// The power of motion over temporal frequency.
  public var spectrum: [SpectrumPoint]?
  /// For metrics that look at each video by itself: the value of each video.
  public var videos: [VideoValue]?
  /// Of each fake video, the mean over its samples of the Euclidean distance to the nearest real feature: which samples are
  /// best and worst. nil for metrics without features, for groups and series, and for sets too large for it.
  public var distances: [VideoValue]?
  public var warnings: [ScoreWarning] = []

  public init(metric: String, value: Double, direction: Direction) {
    self.metric = metric
    self.value = value
    self.direction = direction
  }
}

extension ScoreRecord {
  /// Whether its series is of each two frames that follow each other, and the score the mean over videos.
  public var isOverPairsOfFrames: Bool { series != nil && videos != nil }

  /// `std` where it says something: it is of two parts at the least that are not the same. Subsets that each hold a whole set
  /// are the same, and one block alone has no deviation.
  public var deviation: Double? {
    guard let std, std > 0 else { return nil }
    if let parts = repeats?.count ?? groups?.count ?? videos?.count ?? series?.count { return parts > 1 ? std : nil }
    if let size = settings?.integer("block-size") {
      return [real?.clips, fake?.clips].compactMap { $0 }.allSatisfy { $0 >= 2 * size } ? std : nil
    }
    guard let subsets = settings?.integer("subsets"), let size = settings?.integer("subset-size") else { return std }
    let isWhole = [real?.clips, fake?.clips].compactMap { $0 }.allSatisfy { $0 <= size }
    return subsets > 1 && !isWhole ? std : nil
  }
}

/// Something that a reader of a score should know.
public struct ScoreWarning: Sendable, Equatable, Codable {
  /// A fixed word for programs.
  public var code: String
  /// What it is and what to do, for people.
  public var text: String

  public init(code: String, text: String) {
    self.code = code
    self.text = text
  }
}

/// One side of the comparison, as it was scored.
public struct ScoredSet: Sendable, Equatable, Codable {
  public var path: String
  public var videos: Int?
  /// Samples: clips, frames or pairs.
  public var clips: Int?
  /// Numerical rank of the covariance, where there is one.
  public var rank: Int?
  /// SHA-256 over the content digests and value ranges of the scored videos, in order; of the file for stored features.
  public var digest: String?
  /// SHA-256 over the features that the history keeps of it; nil where it keeps none.
  public var features: String?

  public init(path: String, videos: Int? = nil, clips: Int? = nil, rank: Int? = nil, digest: String? = nil) {
    self.path = path
    self.videos = videos
    self.clips = clips
    self.rank = rank
    self.digest = digest
  }
}

/// The prompts of a score.
public struct ScoredPrompts: Sendable, Equatable, Codable {
  /// Where they were found, in words.
  public var source: String?
  public var count: Int?
  /// SHA-256 over the prompts, in the order of the videos: two videos that exchange theirs are another score.
  public var digest: String

  public init(source: String? = nil, count: Int? = nil, digest: String) {
    self.source = source
    self.count = count
    self.digest = digest
  }
}

/// Where the score may lie as well.
public struct ScoreInterval: Sendable, Equatable, Codable {
  public var low: Double
  public var high: Double
  /// The share that lies between them: 0.95.
  public var level: Double
  /// Of a bootstrap; nil for other kinds.
  public var resamples: Int?
  /// `bootstrap` (quantiles of resamples, laid around the score) or `wilson`.
  public var method: String

  public init(low: Double, high: Double, level: Double, resamples: Int?, method: String) {
    self.low = low
    self.high = high
    self.level = level
    self.resamples = resamples
    self.method = method
  }
}

/// The same metric between two random halves of the real set: what no difference gives at this number of samples.
public struct ScoreFloor: Sendable, Equatable, Codable {
  public var value: Double
  /// Samples of each half.
  public var samples: Int
  /// The metric between a half of the real set and as many fake samples: what to hold against the floor.
  public var scoreAtSamples: Double?

  public init(value: Double, samples: Int, scoreAtSamples: Double?) {
    self.value = value
    self.samples = samples
    self.scoreAtSamples = scoreAtSamples
  }
}

/// The score of one group of videos.
public struct GroupScore: Sendable, Equatable, Codable {
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

/// The score of one window or prefix.
public struct SeriesPoint: Sendable, Equatable, Codable {
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

/// The metric of so many samples a side.
public struct CurvePoint: Sendable, Equatable, Codable {
  public var samples: Int
  public var value: Double

  public init(samples: Int, value: Double) {
    self.samples = samples
    self.value = value
  }
}

/// The power of motion at one temporal frequency, in square pixels a frame: the mean over pixels and videos.
public struct SpectrumPoint: Sendable, Equatable, Codable {
  /// Cycles a frame.
  public var frequency: Double
  public var fake: Double
  /// nil where there is no real set.
  public var real: Double?

  public init(frequency: Double, fake: Double, real: Double?) {
    self.frequency = frequency
    self.fake = fake
    self.real = real
  }
}

/// A number of one video.
public struct VideoValue: Sendable, Equatable, Codable {
  public var name: String
  public var value: Double
  /// Where the score is the mean over the clips of all videos: how many it has. Not stored.
  public var clips: Int?

  private enum CodingKeys: CodingKey { case name, value }

  public init(name: String, value: Double, clips: Int? = nil) {
    self.name = name
    self.value = value
    self.clips = clips
  }
}

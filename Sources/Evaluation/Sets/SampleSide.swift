import Distances
import Files
import Foundation
import MetricCatalog
import Scores
import Synchronization
import Tensors
import Threads
import Video
import Vocabulary

/// One of the sets, whatever it is made of: videos on their way to features, a file of features or statistics, or nothing
/// where no such set is given.
struct SampleSide: Sendable {
  enum Stored: Sendable {
    case features(FeatureSet)
    case statistics(FeatureStatistics)
    /// With all its nodes joined.
    case moments(MomentsSet, FeatureMoments)
  }

  let role: Role
  let path: String
  /// nil for files of features and statistics, and for a set that is not given.
  private(set) var videos: SetPlan?
  /// What a file holds, or the moments that a protocol takes of a set that others have worked on; nil for videos, and for a set that
  /// is not given.
  private(set) var stored: Stored?
  /// Of that file, or of those that a protocol takes of a folder.
  private var digest: String
  /// Of a folder of files of features, each of them; empty for others.
  private var files: [SampleSide] = []
  /// What its parts have found, of a set that others have worked on.
  private var gathered: GatheredSet?

  private init(role: Role, path: String, videos: SetPlan?, stored: (content: Stored, digest: String)? = nil) {
    self.role = role
    self.path = path
    self.videos = videos
    self.stored = stored?.content
    digest = stored?.digest ?? ""
  }

  /// A set that is not given.
  init(absent role: Role) { self.init(role: role, path: "", videos: nil) }

  /// The videos of a part, on their way to features.
  init(part plan: SetPlan) { self.init(role: plan.role, path: plan.set.path, videos: plan) }

  /// A set of which everything is known already.
  init(role: Role, gathered: GatheredSet) {
    var plan = SetPlan(
      role: role, set: gathered.set, first: 0, found: gathered.found, origin: gathered.origin)
    plan.take(zip(plan.items, gathered.videos).map { $1.surveyed($0) })
    self.init(role: role, path: gathered.path, videos: plan)
    self.gathered = gathered
  }

  init(inputs plan: SetPlan) { self.init(role: .input, path: plan.set.path, videos: plan) }

  init(role: Role, path: String, limit: Limit, options: VideoSetOptions, shard: Shard? = nil, block: Int = 1)
    throws
  {
    if options.isOfPoses {
      let plan = try SetPlan(role: role, path: path, limit: limit, options: options, shard: shard, block: block)
      self.init(role: role, path: path, videos: plan)
      return
    }
    if let files = try FeatureFile.paths(inFolder: path, filter: options.filter) {
      try self.init(role: role, files: files)
      return
    }
    guard FeatureFile.isFeatureFile(path) else {
      let plan = try SetPlan(role: role, path: path, limit: limit, options: options, shard: shard, block: block)
      self.init(role: role, path: path, videos: plan)
      return
    }
    let (read, digest) = try Self.read(path)
    let content: Stored =
      switch read {
      case .set(let features): .features(features)
      case .moments(let moments): .moments(try Self.checked(moments, path: path), moments.tree.total)
      case .statistics(let mean, let covariance, let count):
        // NumPy's `cov`, which such files come from, divides by N - 1.
        .statistics(try FeatureStatistics(mean: mean, covariance: covariance, count: count, ddof: 1))
      }
    self.init(role: role, path: path, videos: nil, stored: (content, digest))
  }

  /// The features of one set by several networks or protocols. Until `asked(by:)` has chosen, it is the first of them.
  private init(role: Role, files: [String]) throws {
    let options = VideoSetOptions()
    let sides = try files.map { try SampleSide(role: role, path: $0, limit: .all, options: options) }
    guard let first = sides.first else { preconditionFailure("a folder of features has a file") }
    for side in sides where side.originIsUnknown { throw EvaluationError.unknownFeatures(path: side.path) }
    self = first
    self.files = sides
  }

  /// From a folder of feature files, the file that a protocol asks for; any other set unchanged. Where no file fits, the first
  /// one stays, and the error names it.
  func asked(by wanted: EvaluationProtocol) -> SampleSide {
    var own = fitting(wanted)
    let branches = wanted.branches
    if branches.count > 1, !files.isEmpty {
      own.digest = SHA256.digest(of: branches.map { fitting($0).digest + "\n" }.joined()).description
    }
    return own
  }

  /// Whether it holds fewer kinds of features than a protocol has networks.
  func lacksBranches(of wanted: EvaluationProtocol) -> Bool {
    stored != nil && max(files.count, 1) < wanted.branches.count
  }

  private func fitting(_ wanted: EvaluationProtocol) -> SampleSide {
    let recipe = FeatureRecipe(wanted, role: role)
    if let moments = gathered?.moments(recipe) {
      var own = self
      own.stored = .moments(moments, moments.tree.total)
      return own
    }
    let fitting = files.filter { $0.recipe.map { recipe.difference(from: $0) == nil } ?? false }
    // Moments stand for features where nothing else is there.
    return fitting.first { !$0.isStatistics } ?? fitting.first ?? self
  }

  /// Whether each pattern fits a file of one of the sets that it is for.
  ///
  /// - Throws: `EvaluationError.patternUnused`.
  static func check(_ filters: [(NameFilter, of: SampleSide)]) throws {
    var isUsed: [String: Bool] = [:]
    for (filter, side) in filters {
      guard let set = side.videos?.set else { continue }
      for pattern in filter.patterns {
        isUsed[pattern] = isUsed[pattern] == true || !set.unfittingPatterns.contains(pattern)
      }
    }
    if let pattern = isUsed.filter({ !$0.value }).keys.sorted().first { throw EvaluationError.patternUnused(pattern) }
  }

  var isGiven: Bool { videos != nil || stored != nil }
  var items: [VideoItem] { videos?.items ?? [] }
  /// What was left out now, or when the stored features were extracted.
  var skipped: [SkippedVideo] {
    if let videos { return videos.skipped }
    let stored: [FeatureOrigin.Skipped]
    switch self.stored {
    case .features(let set): stored = set.origin?.skipped ?? []
    case .moments(let set, _): stored = set.skipped
    case .statistics, nil: return []
    }
    return stored.map { SkippedVideo(path: "\(path)/\($0.video)", name: $0.video, reason: $0.reason) }
  }

  /// Nothing of it is opened or computed any more.
  var isGathered: Bool { gathered != nil }

  mutating func take(_ results: [Result<SurveyedVideo, any Error>]) { videos?.take(results) }

  /// Takes the rows that were gathered, of each protocol.
  ///
  /// - Throws: `EvaluationError.otherRows`, `.noGatheredFeatures`.
  mutating func takeGathered(_ plan: SamplePlan) throws {
    guard let gathered else { return }
    for samples in plan.all {
      for part in samples.parts {
        guard let taken = part.taken(role), let rule = taken.rules.first else { continue }
        if let recipe = samples.recipes[role], gathered.moments(recipe) != nil { continue }
        guard let recipe = samples.recipes[role], let stored = gathered.features(recipe) else {
          throw EvaluationError.noGatheredFeatures(path: path)
        }
        try videos?.take(stored, of: rule, source: taken.source, limit: samples.limit(role))
      }
    }
  }

  func arrayFrames(_ fields: ProtocolFields, skipsUnusable: Bool) throws -> (name: String, frames: Int)? {
    try videos?.arrayFrames(
      fields, limit: role == .real ? fields.maxVideosReal : fields.maxVideosFake, skipsUnusable: skipsUnusable)
  }

  mutating func plan(_ plan: SamplePlan, skipsUnusable: Bool) throws {
    let demands = plan.all.flatMap { $0.demands(role) }
    try videos?.plan(demands, sources: plan.sources, skipsUnusable: skipsUnusable)
  }

  func wanted(
    _ plan: SamplePlan, only sources: Set<Int>, items: Range<Int>? = nil
  ) -> [(item: Int, video: WantedVideo)] {
    isGathered ? [] : videos?.wanted(sources: plan.sources, only: sources, items: items) ?? []
  }

  /// Gives up the features of some videos.
  mutating func forget(items: Range<Int>) { videos?.forget(items: items) }

  mutating func take(_ features: [[Float]], of clips: [WantedClip], item: Int, _ plan: SamplePlan) {
    videos?.take(features, of: clips, item: item, sources: plan.sources)
  }

  mutating func drop(_ failures: [(item: Int, error: any Error)], skipsUnusable: Bool) throws {
    try videos?.drop(failures, skipsUnusable: skipsUnusable)
  }

  // MARK: What a protocol sees

  /// Samples of the first repeat.
  func sampleCount(_ samples: ProtocolSamples) -> Int? {
    switch stored {
    case .features(let set): return set.first(samples.limit(role)).rows.count
    case .statistics(let statistics): return statistics.count
    case .moments(_, let moments): return moments.count
    case nil:
      guard let videos else { return nil }
      guard let part = samples.parts.last else { return videos.scored(samples.limit(role)).count }
      return part.taken(role).flatMap { taken in
        taken.rules.first.map { videos.count($0, source: taken.source, limit: samples.limit(role)) }
      }
    }
  }

  /// - Throws: `EvaluationError.tooFewClips`.
  func checkCount(_ wanted: EvaluationProtocol, _ samples: ProtocolSamples) throws {
    guard let found = sampleCount(samples) else { return }
    guard found >= wanted.counts.minimum else {
      throw EvaluationError.tooFewClips(
        role: role.rawValue, path: path, clips: found, sample: samples.sample.rawValue, least: wanted.counts.minimum,
        skipped: skipped.count)
    }
  }

  /// The features of one part and repeat.
  func features(_ part: ProtocolSamples.Part, round: Int, _ samples: ProtocolSamples) -> FeatureSet {
    let rules = part.rules(role)
    return features(rules.isEmpty ? nil : rules[min(round, rules.count - 1)], of: part.taken(role), samples)
  }

  /// The frames that inputs are: the first of each video.
  func inputs(_ part: ProtocolSamples.Part, _ samples: ProtocolSamples) -> FeatureSet {
    features(part.rules(.input).first, of: part.taken(.input), samples)
  }

  private func features(
    _ rule: SampleRule?, of taken: ProtocolSamples.Part.Taken?, _ samples: ProtocolSamples
  ) -> FeatureSet {
    if case .features(let set) = stored { return set.first(samples.limit(role)) }
    if let videos, let rule, let taken {
      return videos.features(rule, source: taken.source, limit: samples.limit(role), columns: samples.columns)
    }
    return FeatureSet(features: FeatureMatrix(rows: 0, columns: samples.columns, values: []), rows: [], recipe: [:])
  }

  func scored(_ samples: ProtocolSamples) -> ScoredSet {
    if let plan = videos {
      let videos = plan.scored(samples.limit(role))
      let content = videos.map { "\($0.facts.digest) \($0.item.valueRange.rawValue)\n" }.joined()
      return ScoredSet(
        path: plan.set.path, videos: videos.count, clips: sampleCount(samples),
        digest: SHA256.digest(of: content).description)
    }
    switch stored {
    case .features(let set):
      let taken = set.first(samples.limit(role))
      return ScoredSet(
        path: path, videos: taken.rows.videos, clips: taken.rows.count, digest: digest)
    case .statistics(let statistics):
      return ScoredSet(path: path, videos: nil, clips: statistics.count, digest: digest)
    case .moments(let set, let moments):
      return ScoredSet(path: path, videos: set.videosThere, clips: moments.count, digest: digest)
    case nil: return ScoredSet(path: path, videos: nil, clips: nil, digest: "")
    }
  }

  /// Videos before any limit.
  var found: Int {
    if let videos { return videos.found }
    if case .features(let set) = stored { return set.rows.videos }
    if case .moments(let set, _) = stored { return set.videosThere }
    return 0
  }

  /// The names of the videos that a protocol takes, in the order of their digest.
  func scoredNames(_ samples: ProtocolSamples) -> [String] {
    if case .features(let set) = stored {
      let taken = set.first(samples.limit(role))
      return taken.rowsOfVideos.map { taken.rows[$0[0]].video }
    }
    return videos?.scored(samples.limit(role)).map(\.item.name) ?? []
  }

  /// The rows of each group.
  ///
  /// - Throws: `EvaluationError.noGroup`, `.badPattern`.
  func groups(of set: FeatureSet, _ grouping: Grouping) throws -> [String: [Int]] {
    let columns = Dictionary(items.map { ($0.name, $0.labels) }) { first, _ in first }
    let labels = try GroupLabels(grouping, columns: columns)
    var groups: [String: [Int]] = [:]
    var known: [String: String] = [:]
    for (index, row) in set.rows.enumerated() {
      let label = try known[row.video] ?? labels.label(of: row.video)
      known[row.video] = label
      groups[label, default: []].append(index)
    }
    return groups
  }
}

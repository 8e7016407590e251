import Digests
import Distances
import Foundation
import MetricCatalog
import Scores
import Tensors
import Video

/// One of the two sets, whatever it is made of.
struct SampleSide: Sendable {
  enum Content: Sendable {
    case videos(SetPlan)
    case features(FeatureSet, digest: String)
    case statistics(FeatureStatistics, digest: String)
    /// No such set is given.
    case absent
    /// While the plan is being changed.
    case changing
  }

  let role: Role
  let path: String
  private(set) var content: Content

  /// A set that is not given.
  init(absent role: Role) {
    self.role = role
    path = ""
    content = .absent
  }

  init(inputs plan: SetPlan) {
    role = .input
    path = plan.set.path
    content = .videos(plan)
  }

  init(role: Role, path: String, limit: Limit, options: VideoSetOptions, shard: Shard? = nil)
    throws
  {
    self.role = role
    self.path = path
    if FeatureFile.isFeatureFile(path) {
      let digest = try Self.digest(ofFile: path)
      switch try FeatureFile.read(path) {
      case .set(let features): content = .features(features, digest: digest)
      case .statistics(let mean, let covariance, let count):
        content = .statistics(
          // NumPy's `cov`, which such files come from, divides by N - 1.
          try FeatureStatistics(mean: mean, covariance: covariance, count: count, ddof: 1), digest: digest)
      }
    } else {
      content = .videos(
        try SetPlan(
          role: role, path: path, limit: limit, options: options, shard: shard))
    }
  }

  private static func digest(ofFile path: String) throws -> String {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw FeatureFileError.unreadable(path: path, reason: "it cannot be opened")
    }
    return bytes.withUnsafeBytes { SHA256.digest(of: $0) }.description
  }

  /// nil for features and statistics.
  var videos: SetPlan? { if case .videos(let plan) = content { plan } else { nil } }
  var isGiven: Bool { if case .absent = content { false } else { true } }
  var items: [VideoItem] { videos?.items ?? [] }
  var skipped: [SkippedVideo] { videos?.skipped ?? [] }

  mutating func take(_ results: [Result<SurveyedVideo, any Error>]) { change { $0.take(results) } }

  func arrayFrames(_ fields: ProtocolFields, skipsUnusable: Bool) throws -> (name: String, frames: Int)? {
    try videos?.arrayFrames(
      fields, limit: role == .real ? fields.maxVideosReal : fields.maxVideosFake, skipsUnusable: skipsUnusable)
  }

  /// Whether stored features are those that the protocol asks for.
  ///
  /// - Throws: `EvaluationError.otherFeatures`, `.statisticsOnly`, `.needsVideos`.
  func check(_ wanted: EvaluationProtocol, _ samples: ProtocolSamples) throws {
    switch content {
    case .videos, .changing, .absent: return
    case .statistics:
      let fields = samples.fields
      let isPlain =
        fields.series == .none && fields.groupBy == .none && fields.repeats == 1 && fields.equalCounts == .no
        && fields.partialBatch == "keep" && !wanted.overrides.contains { $0.field == "max-videos-\(role)" }
      guard isPlain, fields.extrapolationPoints == 0, try wanted.definition.hasCovariances else {
        throw EvaluationError.statisticsOnly(path: path, metric: "\(wanted.metric) by `\(wanted.displayName)`")
      }
      guard fields.ddof == 1 else { throw EvaluationError.statisticsDivisor(path: path, ddof: fields.ddof) }
    case .features(let set, _):
      guard !samples.parts.isEmpty else { throw EvaluationError.needsVideos(path: path, metric: wanted.metric) }
      let arePrefixes = samples.sample == .clip && samples.fields.series == .prefixes
      guard samples.fields.input == .given else {
        throw EvaluationError.needsVideos(path: path, metric: "\(wanted.metric) by `\(wanted.displayName)`")
      }
      guard !arePrefixes, role == .fake || samples.fields.repeats == 1 else {
        throw EvaluationError.needsVideos(path: path, metric: "\(wanted.metric) by `\(wanted.displayName)`")
      }
      guard samples.fields.series == .none || !set.recipe.isEmpty else {
        throw EvaluationError.noTimes(path: path)
      }
      guard set.features.columns == samples.columns else {
        throw EvaluationError.otherColumns(
          path: path, columns: set.features.columns, wanted: samples.columns, metric: wanted.metric)
      }
      if let difference = FeatureRecipe(wanted, role: role).difference(from: set.recipe) {
        throw EvaluationError.otherFeatures(
          path: path, field: difference.field, stored: difference.stored, wanted: difference.wanted)
      }
    }
  }

  mutating func plan(_ plan: SamplePlan, skipsUnusable: Bool) throws {
    let demands = plan.samples.flatMap { $0.demands(role) }
    try change { try $0.plan(demands, sources: plan.sources, skipsUnusable: skipsUnusable) }
  }

  func wanted(_ plan: SamplePlan, only sources: Set<Int>) -> [(item: Int, video: WantedVideo)] {
    videos?.wanted(sources: plan.sources, only: sources) ?? []
  }

  mutating func take(_ features: [[Float]], of clips: [WantedClip], item: Int, _ plan: SamplePlan) {
    change { $0.take(features, of: clips, item: item, sources: plan.sources) }
  }

  mutating func drop(_ failures: [(item: Int, error: any Error)], skipsUnusable: Bool) throws {
    try change { try $0.drop(failures, skipsUnusable: skipsUnusable) }
  }

  private mutating func change(_ body: (inout SetPlan) throws -> Void) rethrows {
    guard case .videos(var plan) = content else { return }
    content = .changing  // so that the plan is not copied
    defer { content = .videos(plan) }
    try body(&plan)
  }

  // MARK: What a protocol sees

  /// Samples of the first repeat.
  func sampleCount(_ samples: ProtocolSamples) -> Int? {
    switch content {
    case .changing, .absent: return nil
    case .features(let set, _): return set.first(samples.limit(role)).rows.count
    case .statistics(let statistics, _): return statistics.count
    case .videos(let plan):
      guard let part = samples.parts.last else { return plan.scored(samples.limit(role)).count }
      return part.rules(role).first.map { plan.count($0, source: part.source, limit: samples.limit(role)) }
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
    return features(rules.isEmpty ? nil : rules[min(round, rules.count - 1)], part, samples)
  }

  /// The frames that inputs are: the first of each video.
  func inputs(_ part: ProtocolSamples.Part, _ samples: ProtocolSamples) -> FeatureSet {
    features(part.rules(.input).first, part, samples)
  }

  private func features(_ rule: SampleRule?, _ part: ProtocolSamples.Part, _ samples: ProtocolSamples) -> FeatureSet {
    switch content {
    case .features(let set, _): return set.first(samples.limit(role))
    case .videos(let plan):
      guard let rule else { break }
      return plan.features(rule, source: part.source, limit: samples.limit(role), columns: samples.columns)
    case .statistics, .changing, .absent: break
    }
    return FeatureSet(features: FeatureMatrix(rows: 0, columns: samples.columns, values: []), rows: [], recipe: [:])
  }

  func scored(_ samples: ProtocolSamples) -> ScoredSet {
    switch content {
    case .changing, .absent: return ScoredSet(path: path, videos: nil, clips: nil, digest: "")
    case .features(let set, let digest):
      let taken = set.first(samples.limit(role))
      return ScoredSet(
        path: path, videos: Set(taken.rows.map(\.video)).count, clips: taken.rows.count, digest: digest)
    case .statistics(let statistics, let digest):
      return ScoredSet(path: path, videos: nil, clips: statistics.count, digest: digest)
    case .videos(let plan):
      let videos = plan.scored(samples.limit(role))
      let content = videos.map { "\($0.facts.digest) \($0.item.valueRange.rawValue)\n" }.joined()
      return ScoredSet(
        path: plan.set.path, videos: videos.count, clips: sampleCount(samples),
        digest: SHA256.digest(of: content).description)
    }
  }

  /// Videos before any limit.
  var found: Int {
    if case .features(let set, _) = content { return Set(set.rows.map(\.video)).count }
    return videos?.set.videos.count ?? 0
  }

  var isStatistics: Bool { if case .statistics = content { true } else { false } }

  /// Whether the features do not say how they were made.
  var originIsUnknown: Bool { if case .features(let set, _) = content { set.recipe.isEmpty } else { false } }

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

extension FeatureSet {
  /// The rows of the first videos.
  func first(_ limit: Limit) -> FeatureSet {
    guard let most = limit.maximum else { return self }
    var seen: Set<String> = []
    let end = rows.firstIndex { seen.insert($0.video).inserted && seen.count > most } ?? rows.count
    return selecting(Array(0..<end))
  }
}

extension Collection<String> {
  func sortedNaturally() -> [String] { NaturalOrder.sorted(Array(self)) }
}

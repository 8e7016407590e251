import Distances
import MetricCatalog
import Synchronization
import Tensors
import Video

/// One part of a set that is worked on by itself: 1 of 3, 2 of 3, ...
public struct Shard: Sendable, Equatable {
  public let index: Int
  public let count: Int

  /// - Parameter text: `2/16`; nil for anything else, and for an index beyond the count.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], index >= 1, index <= count,
      count <= 1 << 20
    else { return nil }
    self.index = index
    self.count = count
  }

  /// The places of this shard among so many.
  ///
  /// - Parameter block: places that are not divided.
  func range(_ total: Int, block: Int = 1) -> Range<Int> {
    let blocks = (total + block - 1) / block
    return min(blocks * (index - 1) / count * block, total)..<min(blocks * index / count * block, total)
  }
}

/// The features of one set, as a protocol takes them of its real or fake set.
public struct FeatureExtraction {
  public var path: String
  public var wanted: RequestedScore
  public let network: (EvaluationProtocol) throws -> any FeatureNetwork
  public let cache: CacheFolder?
  /// Whose offsets, seed and limit hold.
  public var isReal = true
  public var shard: Shard?
  /// How the set is read.
  public var input = VideoSetOptions()
  public var skipsUnusable = false
  public var threads = 1
  public var memory = MemoryAllowance()
  public var progress: any ExtractionProgress = NoProgress()
  public var isInterrupted: @Sendable () -> Bool = { false }

  public init(
    path: String, wanted: RequestedScore, cache: CacheFolder?,
    network: @escaping (EvaluationProtocol) throws -> any FeatureNetwork
  ) {
    self.path = path
    self.wanted = wanted
    self.cache = cache
    self.network = network
  }

  /// What can be found wrong before weights are looked for and videos are opened.
  ///
  /// - Throws: `EvaluationError`, `CatalogError`, `VideoError.set(.missing)`.
  public func check() throws {
    try ScoreRequest.check(threads: threads)
    try wanted.evaluationProtocol.validate()
    try ScoreRequest.check(path: path)
  }

  /// The features with their recipe, and what was left out. A shard of few videos may have none.
  ///
  /// - Throws: `EvaluationError`, `CatalogError`, and the errors of the rooms below.
  public func run() throws -> (features: FeatureSet, skipped: [SkippedVideo]) {
    var known = try prepared(progress: progress)
    _ = try known.pass.extract(&known.sides, known.plan)
    var features = known.sides[0].features(known.part, round: 0, known.samples)
    features.recipe = known.recipe
    features.origin = known.sides[0].videos?.featureOrigin
    return (features, known.sides[0].skipped)
  }

  /// The moments of a whole set, or of a shard, which is a run of whole blocks of videos. Features are never all in memory: a
  /// few blocks are extracted at a time.
  ///
  /// - Throws: as `run()` does.
  public func moments() throws -> (moments: MomentsSet, skipped: [SkippedVideo]) {
    let progress = ProgressOfParts(progress)
    var known = try prepared(progress: progress, block: MomentsSet.videosOfBlock)
    guard let videos = known.sides[0].videos, let rule = known.part.rules(known.role).first,
      let source = known.part.taken(known.role)?.source
    else { throw EvaluationError.needsVideos(path: path, metric: wanted.evaluationProtocol.metric) }
    let origin = videos.featureOrigin
    var moments = MomentsSet(
      videos: origin.videos, columns: known.samples.columns, listing: origin.listing, recipe: known.recipe)
    let counts = videos.items.indices.map { videos.count(rule, source: source, items: $0..<$0 + 1) }
    progress.total = counts.reduce(0, +)
    for items in Self.groups(counts, columns: known.samples.columns) {
      _ = try known.pass.extract(&known.sides, known.plan, items: items)
      guard let videos = known.sides[0].videos else { break }
      var ends = [0]
      let features = videos.features(rule, source: source, columns: known.samples.columns, items: items)
      for start in stride(from: items.lowerBound, to: items.upperBound, by: MomentsSet.videosOfBlock) {
        let block = start..<min(start + MomentsSet.videosOfBlock, items.upperBound)
        ends.append(ends[ends.count - 1] + videos.count(rule, source: source, items: block))
      }
      precondition(ends.last == features.rows.count, "FeatureExtraction: a row for each sample")
      try moments.add(
        features.features, fromBlock: (videos.first + items.lowerBound) / MomentsSet.videosOfBlock,
        rows: zip(ends, ends.dropFirst()).map { $0..<$1 }, threads: threads)
      known.sides[0].forget(items: items)
      progress.finished(counts[items].reduce(0, +))
    }
    moments.skipped = known.sides[0].videos?.featureOrigin.skipped ?? []
    return (moments, known.sides[0].skipped)
  }

  /// Runs of whole blocks whose features are in memory together.
  private static func groups(_ counts: [Int], columns: Int) -> [Range<Int>] {
    var (groups, start, values) = ([Range<Int>](), 0, 0)
    for first in stride(from: 0, to: counts.count, by: MomentsSet.videosOfBlock) {
      let block = first..<min(first + MomentsSet.videosOfBlock, counts.count)
      let own = counts[block].reduce(0, +) * columns
      if first > start, values + own > valuesAtATime {
        groups.append(start..<first)
        (start, values) = (first, 0)
      }
      values += own
    }
    if start < counts.count { groups.append(start..<counts.count) }
    return groups
  }

  /// 128 MB; of a few million frames of one video there may be more.
  private static let valuesAtATime = 32 << 20

  /// What is known before the first video is decoded.
  private struct Prepared {
    let pass: ExtractionPass
    let plan: SamplePlan
    let samples: ProtocolSamples
    let part: ProtocolSamples.Part
    let role: Role
    let recipe: [String: String]
    var sides: [SampleSide]
  }

  /// - Parameter block: videos that a shard does not divide.
  private func prepared(progress: any ExtractionProgress, block: Int = 1) throws -> Prepared {
    try check()
    guard [.clip, .frame].contains(wanted.evaluationProtocol.definition.sample) else {
      throw EvaluationError.noFeatures(metric: wanted.evaluationProtocol.metric)
    }
    guard wanted.evaluationProtocol.fields.repeats <= 1 else {
      throw CatalogError.contradiction(
        field: "repeats", other: "features extract", reason: "a file holds one draw: set `seed` for another one")
    }
    // Without a real set every set is taken as the fake one is.
    let isReal = isReal && wanted.evaluationProtocol.definition.reference == .real
    let role = isReal ? Role.real : .fake
    let fields = wanted.evaluationProtocol.fields
    if fields.series == .prefixes, wanted.evaluationProtocol.definition.sample == .clip {
      throw CatalogError.contradiction(
        field: "series", other: "features extract", reason: "a file holds clips of one length: set `frames` for each")
    }
    var options = input
    if fields.valueRange == .network { options.valueRange = .network }
    let side = try SampleSide(
      role: role, path: path, limit: isReal ? fields.maxVideosReal : fields.maxVideosFake, options: options,
      shard: shard, block: block)
    try SampleSide.check([(input.filter, of: side)])
    guard side.videos != nil else { throw EvaluationError.alreadyFeatures(path: path) }
    let pass = ExtractionPass(
      cache: cache, threads: threads, memory: memory, skipsUnusable: skipsUnusable, progress: progress,
      isInterrupted: isInterrupted)
    var sides = [side]
    try pass.survey(&sides)
    let settled = try pass.withArrayLength(wanted, sides)
    // Each group of blocks is a pass of its own, with the same networks.
    let kept = KeptNetworks()
    let plan = try SamplePlan([settled]) { block > 1 ? kept.keeping(try network($0)) : try network($0) }
    guard let samples = plan.samples.first, let part = samples.parts.first else {
      throw EvaluationError.needsVideos(path: path, metric: wanted.evaluationProtocol.metric)
    }
    try sides[0].plan(plan, skipsUnusable: skipsUnusable)
    return Prepared(
      pass: pass, plan: plan, samples: samples, part: part, role: role,
      recipe: FeatureRecipe(settled.evaluationProtocol, role: role).fields, sides: sides)
  }
}

/// Work that is done part by part, told of as one.
private final class ProgressOfParts: ExtractionProgress {
  private struct State {
    var total = 0
    var done = 0
    /// Of the part that is at work, what was there before.
    var cached = 0
    var hasBegun = false
  }

  private let whole: any ExtractionProgress
  private let state = Mutex(State())

  init(_ whole: any ExtractionProgress) { self.whole = whole }

  /// Samples of all parts.
  var total: Int {
    get { state.withLock { $0.total } }
    set { state.withLock { $0.total = newValue } }
  }

  func begin(_ stage: ExtractionStage, total: Int) {
    guard case .computing(let cached, let noun, _) = stage else { return whole.begin(stage, total: total) }
    let isFirst = state.withLock { state in
      state.cached = cached
      defer { state.hasBegun = true }
      return !state.hasBegun
    }
    if isFirst { whole.begin(.computing(cached: 0, noun: noun, plan: nil), total: self.total) }
  }

  func advance(to done: Int) {
    whole.advance(to: state.withLock { $0.hasBegun ? $0.done + $0.cached + done : done })
  }

  func end() {
    if !state.withLock({ $0.hasBegun }) { whole.end() }
  }

  /// A part of so many samples.
  func finished(_ samples: Int) {
    let isAll = state.withLock { state in
      state.done += samples
      state.cached = 0
      return state.done >= state.total
    }
    if isAll { whole.end() }
  }
}

import Distances
import MetricCatalog
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
    let blockwise = BlockwiseMoments(
      pass: known.pass, plan: known.plan, progress: progress,
      listing: known.sides[0].videos?.featureOrigin.listing ?? "")
    guard let found = try blockwise.run(&known.sides, recipes: [known.recipe]), let moments = found.moments.first
    else { throw EvaluationError.needsVideos(path: path, metric: wanted.evaluationProtocol.metric) }
    return (moments, known.sides[0].skipped)
  }

  /// What is known before the first video is decoded.
  private struct Prepared {
    let pass: ExtractionPass
    let plan: SamplePlan
    let samples: ProtocolSamples
    let part: ProtocolSamples.Part
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
    guard wanted.evaluationProtocol.fields.fusion == .none else {
      throw CatalogError.contradiction(
        field: "fusion", other: "features extract",
        reason:
          "a file holds the features of one network: extract those of `vbench-long-slow` and of `vbench-long-fast` into "
          + "one folder, which is then a set")
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
      pass: pass, plan: plan, samples: samples, part: part,
      recipe: FeatureRecipe(settled.evaluationProtocol, role: role).fields, sides: sides)
  }
}

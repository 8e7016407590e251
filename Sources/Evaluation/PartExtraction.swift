import Distances
import Files
import MetricCatalog
import Scores
import Tensors
import Video
import Vocabulary

/// A part of a set, as a listing of the set says it: who works on it lists nothing by himself.
public struct ListedPart: Sendable {
  /// Of the set.
  public var path: String
  /// The part's, in the set's order.
  public var videos: [ListedVideo]
  /// Place in the set of the first of them, from 0.
  public var first: Int
  /// Videos of the set before any limit.
  public var found: Int
  public var origin: FeatureOrigin

  public init(path: String, videos: [ListedVideo], first: Int, found: Int, origin: FeatureOrigin) {
    self.path = path
    self.videos = videos
    self.first = first
    self.found = found
    self.origin = origin
  }
}

/// What several protocols want of a part.
public struct PartFeatures: Sendable {
  /// One set for each of `PartExtraction.wanted`; none where moments are kept.
  public let features: [FeatureSet]
  /// The same of moments.
  public let moments: [MomentsSet]
  /// The networks, with weights and kernels, that computed each.
  public let networks: [String]
  /// What was learned of each video that was not left out, by its name.
  public let facts: [String: VideoFacts]
  public let skipped: [SkippedVideo]
  public let computed: Int
  public let cached: Int
}

/// The features of a part of a set by several protocols, in one decoding pass.
public struct PartExtraction {
  public var part: ListedPart
  public var role: SetRole
  public var scores: [RequestedScore]
  public let network: (EvaluationProtocol) throws -> any FeatureNetwork
  public let cache: CacheFolder?
  /// How the set is read.
  public var input = VideoSetOptions()
  public var skipsUnusable = false
  /// Whether the moments of features are kept in their place: of a part of whole blocks of `MomentsSet.videosOfBlock` videos.
  public var keepsMoments = false
  public var threads = 1
  public var memory = MemoryAllowance()
  public var progress: any ExtractionProgress = NoProgress()
  public var isInterrupted: @Sendable () -> Bool = { false }

  public init(
    part: ListedPart, role: SetRole, scores: [RequestedScore], cache: CacheFolder?,
    network: @escaping (EvaluationProtocol) throws -> any FeatureNetwork
  ) {
    self.part = part
    self.role = role
    self.scores = scores
    self.cache = cache
    self.network = network
  }

  /// Features that protocols want of one of the sets, each once: what decides them, and the protocol that wants most of them.
  public struct Wanted: Sendable {
    public let recipe: [String: String]
    public let score: RequestedScore
    /// Of videos of the set.
    public let limit: Limit
  }

  /// What protocols want of one of the sets, in the order of the protocols.
  ///
  /// - Throws: `EvaluationError.noFeatures` for a metric that looks at pixels, `.notOfParts` for what wants more than one row of
  ///   features a sample, or other sets than two of videos.
  public static func wanted(_ scores: [RequestedScore], of role: SetRole) throws -> [Wanted] {
    var found: [Wanted] = []
    for score in scores.flatMap(\.branches) {
      let (settled, fields) = (score.evaluationProtocol, score.evaluationProtocol.fields)
      let metric = settled.definition
      guard metric.sample == .clip || metric.sample == .frame else {
        throw EvaluationError.noFeatures(metric: metric.name)
      }
      guard metric.reference != .inputs, metric.reference != .prompts else {
        throw EvaluationError.notOfParts(
          metric: metric.name, reason: "it compares videos with what they were made from")
      }
      guard fields.repeats <= 1 else {
        throw EvaluationError.notOfParts(metric: metric.name, reason: "`repeats` draws the real clips several times")
      }
      guard fields.series != .prefixes || metric.sample != .clip else {
        throw EvaluationError.notOfParts(metric: metric.name, reason: "prefixes are clips of several lengths")
      }
      guard role == .fake || metric.reference == .real || metric.reference == .realIfGiven else { continue }
      let limit = role == .real ? fields.maxVideosReal : fields.maxVideosFake
      let recipe = FeatureRecipe(settled, of: role).fields
      guard let place = found.firstIndex(where: { $0.recipe == recipe }) else {
        found.append(Wanted(recipe: recipe, score: score, limit: limit))
        continue
      }
      if [found[place].limit, limit].largest == limit {
        found[place] = Wanted(recipe: recipe, score: score, limit: limit)
      }
    }
    return found
  }

  /// - Throws: `EvaluationError.notAsListed` for videos that are missing or of another size, and as `FeatureExtraction.run`.
  public func run() throws -> PartFeatures {
    try ScoreRequest.check(threads: threads)
    precondition(
      !keepsMoments || part.first % MomentsSet.videosOfBlock == 0, "PartExtraction: moments are of whole blocks")
    let set = try open()
    let own: Role = role == .real ? .real : .fake
    var plan = SetPlan(role: own, set: set, first: part.first, found: part.found, origin: part.origin)
    try SetPlan.checkRanges(plan.items, options)
    let progress = ProgressOfParts(progress)
    let pass = ExtractionPass(
      cache: cache, threads: threads, memory: memory, skipsUnusable: skipsUnusable,
      progress: keepsMoments ? progress : self.progress, isInterrupted: isInterrupted)
    var sides = [SampleSide(part: plan)]
    try pass.survey(&sides)
    plan = sides[0].videos ?? plan
    let wanted = try Self.wanted(scores, of: role)
    let settled = try wanted.map { try pass.withArrayLength($0.score, sides) }
    for (planned, found) in zip(wanted, settled) {
      let recipe = FeatureRecipe(found.evaluationProtocol, of: role)
      if let difference = recipe.difference(from: planned.recipe) {
        throw EvaluationError.notAsPlanned(
          field: difference.field, planned: difference.stored, found: difference.wanted)
      }
    }
    let samples = try SamplePlan(settled, network: network)
    try sides[0].plan(samples, skipsUnusable: skipsUnusable)
    let counts: (computed: Int, cached: Int)
    var (features, moments) = ([FeatureSet](), [MomentsSet]())
    if keepsMoments {
      let blockwise = BlockwiseMoments(
        pass: pass, plan: samples, progress: progress, listing: part.origin.listing)
      guard let found = try blockwise.run(&sides, recipes: wanted.map(\.recipe)) else {
        throw EvaluationError.needsVideos(path: part.path, metric: wanted.first?.score.evaluationProtocol.metric ?? "")
      }
      (moments, counts) = (found.moments, (found.computed, found.cached))
    } else {
      counts = try pass.extract(&sides, samples)
      let origin = sides[0].videos?.featureOrigin
      features = zip(samples.samples, wanted).map { samples, wanted in
        var features = sides[0].features(samples.parts[0], round: 0, samples)
        features.recipe = wanted.recipe
        features.origin = origin
        return features
      }
    }
    let networks = samples.samples.map { own in
      own.parts.first?.taken(self.role == .real ? .real : .fake).map { samples.sources[$0.source].network.identity }
        ?? ""
    }
    let kept = (sides[0].videos?.videos ?? []).compactMap { $0 }
    return PartFeatures(
      features: features, moments: moments, networks: networks,
      facts: Dictionary(kept.map { ($0.item.name, $0.facts) }) { first, _ in first }, skipped: sides[0].skipped,
      computed: counts.computed, cached: counts.cached)
  }

  private var options: VideoSetOptions {
    var options = input
    if scores.contains(where: { $0.evaluationProtocol.fields.valueRange == .network }) { options.valueRange = .network }
    return options
  }

  /// The part's videos, each as it was listed.
  private func open() throws -> VideoSet {
    guard FileStatus(part.path) != nil else { throw VideoError.set(.missing(path: part.path)) }
    let set = try VideoSet.open(part.path, only: part.videos.map(\.name), options: options)
    let found = Dictionary(set.videos.map { ($0.name, $0.listedSize) }) { first, _ in first }
    let differences = part.videos.compactMap { listed -> String? in
      guard let bytes = found[listed.name] else { return "`\(listed.name)` is missing" }
      return bytes == listed.bytes ? nil : "`\(listed.name)` has \(count(bytes, "byte")) and had \(listed.bytes)"
    }
    guard differences.isEmpty else {
      throw EvaluationError.notAsListed(path: part.path, differences: differences)
    }
    return set
  }
}

extension RequestedScore {
  /// Rows of arrays are clips by themselves: with the length of those that a listing names.
  ///
  /// - Parameter sets: opened, so that the headers of arrays are at hand.
  public func withLength(ofArraysIn sets: [VideoSet]) throws -> RequestedScore {
    let fields = evaluationProtocol.fields
    guard !framesAreGiven, evaluationProtocol.definition.sample == .clip, fields.clips != .even, fields.series == .none,
      let row = sets.lazy.compactMap({ $0.videos.first(where: \.isArrayRow) }).first
    else { return self }
    let length = try row.info().frameCount - fields.skipFirst
    guard length > 0 else { return self }
    var settled = self
    settled.evaluationProtocol = try evaluationProtocol.overriding(
      "frames", with: "\((length - 1) / fields.stride + 1)")
    return settled
  }
}

import Digests
import Distances
import MetricCatalog
import Tensors
import Video

/// One protocol that is to be scored.
public struct RequestedScore: Sendable {
  public var evaluationProtocol: EvaluationProtocol
  /// Whether the clip length was asked for: then rows of arrays are cut to it like videos.
  public var framesAreGiven = false
  /// Warnings that are known before the work.
  public var warnings: [ScoreWarning] = []

  public init(_ evaluationProtocol: EvaluationProtocol) { self.evaluationProtocol = evaluationProtocol }
}

/// What is asked of two sets.
public struct ScoreRequest: Sendable {
  public var real: String
  public var fake: String
  public var scores: [RequestedScore]
  /// What the numbers of float arrays mean.
  public var valueRange: ValueRange?
  /// Whether each picture is a sample by itself, and no folder of pictures a video.
  public var picturesAreImages = false
  /// Whether videos that cannot be used are left out and listed.
  public var skipsUnusable = false
  public var threads = 1
  public var honesty = Honesty()

  public init(real: String, fake: String, scores: [RequestedScore]) {
    self.real = real
    self.fake = fake
    self.scores = scores
  }
}

/// The scores of two sets, from paths to numbers: every network takes what it wants in one decoding pass.
public struct Evaluation {
  public let request: ScoreRequest
  /// Makes the network that the fields of a protocol ask for.
  public let network: (EvaluationProtocol) throws -> any FeatureNetwork
  /// nil: nothing is kept.
  public let cache: CacheFolder?
  public var progress: any ExtractionProgress = NoProgress()
  public var isInterrupted: @Sendable () -> Bool = { false }
  /// The program's version.
  public var version = ""

  public init(
    request: ScoreRequest, cache: CacheFolder?, network: @escaping (EvaluationProtocol) throws -> any FeatureNetwork
  ) {
    self.request = request
    self.cache = cache
    self.network = network
  }

  /// - Throws: `EvaluationError`, `CatalogError`, and the errors of the rooms below.
  public func run() throws -> ScoreDocument {
    let clock = ContinuousClock()
    let begin = clock.now
    guard request.threads >= 1 else { throw EvaluationError.badThreads(request.threads) }
    guard request.threads <= 1024 else {
      throw EvaluationError.tooLarge(option: "threads", value: request.threads, most: 1024)
    }
    try request.honesty.validate()
    for wanted in request.scores { try wanted.evaluationProtocol.validate() }

    var sides = [try open(.real), try open(.fake)]
    if let range = request.valueRange, !sides.flatMap(\.items).contains(where: \.holdsFloats) {
      throw EvaluationError.valueRangeUnused(range.rawValue)
    }
    let pass = ExtractionPass(
      cache: cache, threads: request.threads, skipsUnusable: request.skipsUnusable, progress: progress,
      isInterrupted: isInterrupted)
    try pass.survey(&sides)
    let settled = try request.scores.map { try pass.withArrayLength($0, sides) }
    let plan = try SamplePlan(settled, network: network)
    for side in sides {
      for (wanted, samples) in zip(settled, plan.samples) { try side.check(wanted.evaluationProtocol, samples) }
    }
    for side in sides.indices { try sides[side].plan(plan, skipsUnusable: request.skipsUnusable) }
    try checkCounts(settled, plan, sides)
    let read = clock.now

    let extracted = try pass.extract(&sides, plan)
    let computed = clock.now
    try checkCounts(settled, plan, sides)

    let scores = try zip(settled, plan.samples).flatMap { wanted, samples in
      try ScoreComputation(
        wanted: wanted, samples: samples, real: sides[0], fake: sides[1], request: request, cache: cache,
        isInterrupted: isInterrupted
      ).scores()
    }
    let ended = clock.now
    return ScoreDocument(
      scores: scores, skipped: sides.flatMap(\.skipped),
      environment: ScoreEnvironment(version: version, isa: plan.sources.first?.network.isa ?? "none"),
      timing: ScoreTiming(
        totalSeconds: (ended - begin).seconds, readingSeconds: (read - begin).seconds,
        extractionSeconds: (computed - read).seconds, distanceSeconds: (ended - computed).seconds,
        clipsComputed: extracted.computed, clipsCached: extracted.cached, threads: request.threads))
  }

  /// Opens a set; of videos, as many as the protocol that wants most of them takes.
  private func open(_ role: Role) throws -> SampleSide {
    let fields = request.scores.map(\.evaluationProtocol.fields)
    let limits = fields.map { role == .real ? $0.maxVideosReal : $0.maxVideosFake }
    let ranges = Set(fields.map { $0.valueRange == .network })
    guard ranges.count <= 1 else { throw EvaluationError.mixedValueRanges }
    return try SampleSide(
      role: role, path: role == .real ? request.real : request.fake, limit: limits.largest,
      options: VideoSetOptions(
        valueRange: ranges.contains(true) ? .network : request.valueRange,
        picturesAreImages: request.picturesAreImages))
  }

  private func checkCounts(_ settled: [RequestedScore], _ plan: SamplePlan, _ sides: [SampleSide]) throws {
    for (wanted, samples) in zip(settled, plan.samples) {
      for side in sides { try side.checkCount(wanted.evaluationProtocol, samples) }
    }
  }
}

extension [Limit] {
  /// The one that lets most videos through.
  var largest: Limit { contains(.all) ? .all : compactMap(\.maximum).max().map { .count($0) } ?? .all }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

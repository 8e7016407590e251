import Digests
import Distances
import MetricCatalog
import Tensors
import Video

/// What is asked of `fvd`.
public struct FVDRequest: Sendable {
  public var real: String
  public var fake: String
  public var evaluationProtocol: EvaluationProtocol
  /// Whether the clip length was asked for: then rows of arrays are cut to it like videos.
  public var framesAreGiven = false
  /// What the numbers of float arrays mean.
  public var valueRange: ValueRange?
  /// Whether videos that cannot be used are left out and listed.
  public var skipsUnusable = false
  public var threads = 1

  public init(real: String, fake: String, evaluationProtocol: EvaluationProtocol) {
    self.real = real
    self.fake = fake
    self.evaluationProtocol = evaluationProtocol
  }
}

/// The Fréchet video distance of two sets, from paths to a score.
public struct FVDEvaluation {
  public let request: FVDRequest
  /// Makes the network that the protocol's fields ask for.
  public let network: (ProtocolFields) throws -> any FeatureNetwork
  /// nil: nothing is kept.
  public let cache: CacheFolder?
  public var progress: any ExtractionProgress = NoProgress()
  public var isInterrupted: @Sendable () -> Bool = { false }
  /// Warnings that are known before the work.
  public var warnings: [ScoreWarning] = []
  /// The program's version.
  public var version = ""

  public init(
    request: FVDRequest, cache: CacheFolder?, network: @escaping (ProtocolFields) throws -> any FeatureNetwork
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
    var settled = request.evaluationProtocol
    try settled.validate()
    let network = try network(settled.fields)
    var real = try SetPlan(role: .real, path: request.real, fields: settled.fields, valueRange: request.valueRange)
    var fake = try SetPlan(role: .fake, path: request.fake, fields: settled.fields, valueRange: request.valueRange)
    if request.framesAreGiven { try checkLength(settled.fields.frames, network) }
    if let range = request.valueRange, !(real.items + fake.items).contains(where: \.holdsFloats) {
      throw EvaluationError.valueRangeUnused(range.rawValue)
    }

    try survey(&real, &fake)
    settled = try withArrayLength(settled, real, fake)
    try checkLength(settled.fields.frames, network)
    try real.plan(settled.fields, side: network.side, skipsUnusable: request.skipsUnusable)
    try fake.plan(settled.fields, side: network.side, skipsUnusable: request.skipsUnusable)
    try real.checkCount(least: settled.counts.minimum)
    try fake.checkCount(least: settled.counts.minimum)
    let read = clock.now

    let outcome = try extract(&real, &fake, settled, network)
    let extracted = clock.now
    try real.checkCount(least: settled.counts.minimum)
    try fake.checkCount(least: settled.counts.minimum)

    let columns = network.columns
    let result = try distance(settled.fields).between(
      matrix(outcome.real, columns: columns), matrix(outcome.fake, columns: columns))
    let ended = clock.now
    let value = result.value * settled.fields.scaleFactor
    guard value.isFinite else { throw EvaluationError.notFinite(value) }
    let score = Score(
      metric: settled.metric, value: value, evaluationProtocol: settled,
      real: scored(real), fake: scored(fake), warnings: allWarnings(real, fake, settled, columns: columns))
    return ScoreDocument(
      scores: [score], skipped: real.skipped + fake.skipped,
      environment: ScoreEnvironment(version: version, isa: network.isa),
      timing: ScoreTiming(
        totalSeconds: (ended - begin).seconds, readingSeconds: (read - begin).seconds,
        extractionSeconds: (extracted - read).seconds, distanceSeconds: (ended - extracted).seconds,
        clipsComputed: outcome.computed, clipsCached: outcome.cached, threads: request.threads))
  }

  private func checkLength(_ frames: Int, _ network: any FeatureNetwork) throws {
    guard frames >= network.minimumFrames else {
      throw EvaluationError.clipTooShort(frames: frames, least: network.minimumFrames)
    }
  }

  private func survey(_ real: inout SetPlan, _ fake: inout SetPlan) throws {
    let items = real.items + fake.items
    progress.begin(.reading, total: items.count)
    defer { progress.end() }
    let survey = Survey(
      memo: cache.map { VideoMemo(folder: $0) }, threads: request.threads, isInterrupted: isInterrupted)
    let results = try survey.run(items) { [progress] in progress.advance(to: $0) }
    real.take(Array(results[..<real.items.count]))
    fake.take(Array(results[real.items.count...]))
  }

  /// Rows of arrays are clips by themselves: their length is the clip length of both sets.
  private func withArrayLength(
    _ settled: EvaluationProtocol, _ real: SetPlan, _ fake: SetPlan
  ) throws -> EvaluationProtocol {
    if request.framesAreGiven { return settled }
    let skips = request.skipsUnusable
    let found = (
      try real.arrayFrames(settled.fields, skipsUnusable: skips),
      try fake.arrayFrames(settled.fields, skipsUnusable: skips)
    )
    if let a = found.0, let b = found.1, a.frames != b.frames {
      throw EvaluationError.arrayLengthsDiffer(first: a.name, frames: a.frames, second: b.name, otherFrames: b.frames)
    }
    guard let frames = (found.0 ?? found.1)?.frames else { return settled }
    return try settled.overriding("frames", with: "\(frames)")
  }

  private struct Features {
    let real: [[Float]]
    let fake: [[Float]]
    let computed: Int
    let cached: Int
  }

  private func extract(
    _ real: inout SetPlan, _ fake: inout SetPlan, _ settled: EvaluationProtocol, _ network: any FeatureNetwork
  ) throws -> Features {
    let extraction = Extraction(
      network: network, preprocessing: Preprocessing(settled.fields, side: network.side),
      cache: cache.map { FeatureCache(folder: $0) }, threads: request.threads, progress: progress,
      isInterrupted: isInterrupted)
    let outcome = try extraction.run(
      real.planned + fake.planned, frames: settled.fields.frames, stopsAtFailure: !request.skipsUnusable)
    let border = real.planned.count
    let failures = outcome.failures
    try real.drop(failures.filter { $0.video < border }, skipsUnusable: request.skipsUnusable)
    try fake.drop(
      failures.filter { $0.video >= border }.map { ($0.video - border, $0.error) }, skipsUnusable: request.skipsUnusable
    )
    return Features(
      real: outcome.features[..<border].compactMap { $0 }.flatMap { $0 },
      fake: outcome.features[border...].compactMap { $0 }.flatMap { $0 }, computed: outcome.computed,
      cached: outcome.cached)
  }

  private func distance(_ fields: ProtocolFields) -> FrechetDistance {
    FrechetDistance(ddof: fields.ddof, root: fields.root == .svd ? .svd(epsilon: fields.rootEpsilon) : .symmetricEigen)
  }

  private func matrix(_ features: [[Float]], columns: Int) -> FeatureMatrix {
    FeatureMatrix(rows: features.count, columns: columns, values: features.flatMap { $0 })
  }

  private func scored(_ plan: SetPlan) -> ScoredSet {
    let content = plan.planned.map { "\($0.facts.digest) \($0.item.valueRange.rawValue)\n" }.joined()
    return ScoredSet(
      path: plan.set.path, videos: plan.planned.count, clips: plan.planned.reduce(0) { $0 + $1.windows.count },
      digest: SHA256.digest(of: content).description)
  }

  private func allWarnings(
    _ real: SetPlan, _ fake: SetPlan, _ settled: EvaluationProtocol, columns: Int
  ) -> [ScoreWarning] {
    func extracted(_ plan: SetPlan, recommended: Int?) -> ExtractedSet {
      ExtractedSet(
        role: plan.role.rawValue, path: plan.set.path, found: plan.set.videos.count, limit: plan.limit,
        limitIsPresets: !settled.overrides.contains { $0.field == "max-videos-\(plan.role)" }, recommended: recommended,
        facts: plan.planned.map(\.facts), hasArrayRows: plan.planned.contains { $0.item.isArrayRow },
        clips: plan.planned.reduce(0) { $0 + $1.windows.count }, skipped: plan.skipped.count,
        ignored: plan.set.ignored.filter { !$0.isHidden })
    }
    let found = ScoreWarnings(
      evaluationProtocol: settled, framesAreGiven: request.framesAreGiven, columns: columns,
      real: extracted(real, recommended: settled.counts.recommendedReal),
      fake: extracted(fake, recommended: settled.counts.recommendedFake))
    var all = warnings + found.all
    if let failure = cache?.failure {
      all.append(ScoreWarning(code: "cache-not-written", text: "features could not be kept: \(failure)"))
    }
    return all
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

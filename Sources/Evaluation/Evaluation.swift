import Distances
import Files
import Foundation
import MetricCatalog
import Scores
import Tensors
import Threads
import Video
import Vocabulary

/// The scores of two sets, from paths to numbers: every network takes what it wants in one decoding pass.
public struct Evaluation {
  public let request: ScoreRequest
  /// Makes the network that the fields of a protocol ask for.
  public let network: (EvaluationProtocol) throws -> any FeatureNetwork
  /// Makes the one for its prompts.
  public var textNetwork: (EvaluationProtocol) throws -> any TextNetwork = {
    throw EvaluationError.noTextNetwork($0.name)
  }
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

  /// What is known before the first video is decoded.
  private struct Preparation {
    let pass: ExtractionPass
    let settled: [RequestedScore]
    let plan: SamplePlan
    var sides: [SampleSide]
    let inputs: InputPairs?
    let prompts: Prompts?
  }

  /// Checks what is asked for, opens and digests the videos, and places the clips.
  private func prepare() throws -> Preparation {
    try request.check()
    let metrics = request.scores.map { $0.evaluationProtocol.definition }
    // Listing a folder waits for the file system: both at a time.
    let opened = try parallelMap(2, threads: 2) { [request] side in
      try Self.open(side == 0 ? .real : .fake, of: request)
    }
    let (real, fake) = (opened[0], opened[1])
    let inputs = try InputPairs(request, fake: fake)
    let prompts = try metrics.contains { $0.reference == .prompts } ? Prompts(request.prompts, of: fake) : nil
    var sides = [real, fake, inputs?.side ?? SampleSide(absent: .input)]
    try ScoreRequest.checkUses(
      [request.input, request.realInput].compactMap { $0 }, of: sides.flatMap(\.items),
      in: sides.filter(\.isGiven).map(\.path))
    try SampleSide.check(sides.map { (request.input(of: $0.role).filter, of: $0) })
    var pass = ExtractionPass(
      cache: cache, threads: request.threads, memory: request.memory, skipsUnusable: request.skipsUnusable,
      progress: progress,
      isInterrupted: isInterrupted)
    try pass.survey(&sides)
    let settled = try request.scores.map { try pass.withArrayLength($0, [sides[0], sides[1]]) }
    let plan = try SamplePlan(settled, network: network)
    pass.everyFrame = settled.map(\.evaluationProtocol).filter {
      $0.definition.sample == .frame && $0.fields.clips == .all
    }
    .map(\.definition.title)
    for wanted in settled where sides[1].lacksBranches(of: wanted.evaluationProtocol) {
      throw EvaluationError.oneBranch(path: sides[1].path, metric: wanted.evaluationProtocol.metric)
    }
    for (wanted, samples) in plan.branches(of: settled) {
      for side in try wanted.sides(sides) { try side.check(wanted.evaluationProtocol, samples) }
    }
    for side in sides.indices { try sides[side].plan(plan, skipsUnusable: request.skipsUnusable) }
    try checkCounts(settled, plan, sides)
    return Preparation(pass: pass, settled: settled, plan: plan, sides: sides, inputs: inputs, prompts: prompts)
  }

  /// What each score would be of, found out without decoding: one that a kept score answers need not be computed again.
  ///
  /// - Throws: as `run()` does.
  public func expected() throws -> [ExpectedScore] {
    let known = try prepare()
    return try zip(known.settled, known.plan.samples).map { wanted, samples in
      let own = try wanted.sides(known.sides)
      let takesPrompts = wanted.evaluationProtocol.definition.reference == .prompts
      let prompts = takesPrompts ? known.prompts : nil
      return ExpectedScore(
        identity: ScoreIdentity(
          fingerprint: wanted.evaluationProtocol.fingerprint.description,
          real: own[0].isGiven ? own[0].scored(samples).digest : nil, fake: own[1].scored(samples).digest,
          prompts: prompts?.scored(own[1].scoredNames(samples), prefix: wanted.evaluationProtocol.fields.promptPrefix)
            .digest),
        minimum: wanted.evaluationProtocol.counts.minimum)
    }
  }

  /// - Throws: `EvaluationError`, `CatalogError`, and the errors of the rooms below.
  public func run() throws -> EvaluationResult {
    let clock = ContinuousClock()
    let begin = clock.now
    let known = try prepare()
    let (settled, plan) = (known.settled, known.plan)
    var sides = known.sides
    let read = clock.now

    let extracted = try known.pass.extract(&sides, plan)
    let made = clock.now
    try checkCounts(settled, plan, sides)

    var computed: (scores: [ScoreComputation.Computed], flow: [MadePreview])?
    while computed == nil {
      do { computed = try compute(known, sides) } catch let unreadable as UnreadableVideos {
        // As those whose frames a network could not get: they are left out of every score.
        var dropped = 0
        for index in sides.indices {
          dropped += try sides[index].drop(unreadable, skipsUnusable: request.skipsUnusable)
        }
        precondition(dropped > 0, "Evaluation: an unreadable video that no side holds")
        try checkCounts(settled, plan, sides)
      }
    }
    let scores = computed?.scores ?? []
    let ended = clock.now
    var facts = RunRecord.Circumstances.ofThisMachine(version: version, isa: isa(plan))
    facts.threads = request.threads
    (facts.totalSeconds, facts.readingSeconds) = ((ended - begin).seconds, (read - begin).seconds)
    (facts.extractionSeconds, facts.distanceSeconds) = ((made - read).seconds, (ended - made).seconds)
    (facts.clipsComputed, facts.clipsCached) = (extracted.computed, extracted.cached)
    return EvaluationResult(
      scores: scores.map(\.score), features: scores.map(\.features), previews: computed?.flow ?? [],
      skipped: sides.flatMap(\.skipped).map { SkippedInput(path: $0.path, reason: $0.reason) },
      circumstances: facts)
  }

  /// - Throws: `UnreadableVideos` for what only pixels tell.
  private func compute(_ known: Preparation, _ sides: [SampleSide]) throws -> (
    scores: [ScoreComputation.Computed], flow: [MadePreview]
  ) {
    var flows: [[MadePreview]] = []
    let scores = try zip(known.settled, known.plan.samples).enumerated().flatMap { place, parts in
      let (wanted, samples) = parts
      func computation(_ wanted: RequestedScore, _ samples: ProtocolSamples) throws -> ScoreComputation {
        let own = try wanted.sides(sides)
        return ScoreComputation(
          wanted: wanted, samples: samples, real: own[0], fake: own[1], request: request, cache: cache,
          isInterrupted: isInterrupted)
      }
      progress.begin(.measuring(wanted.evaluationProtocol.definition.title), total: known.settled.count)
      progress.advance(to: place)
      defer { progress.end() }
      var whole = try computation(wanted, samples)
      whole.progress = progress
      whole.inputs = known.inputs
      whole.prompts = known.prompts
      if wanted.evaluationProtocol.definition.reference == .prompts {
        whole.textNetwork = try textNetwork(wanted.evaluationProtocol)
      }
      if let branch = wanted.branches.dropFirst().first, let samples = known.plan.fast[place] {
        whole.fast = [try computation(branch, samples)]
      }
      if let limits = request.flowPictures, wanted.flow != nil { whole.showFlow(limits) }
      let scores = try whole.scores()
      flows.append(whole.flowPreviews?.made() ?? [])
      return scores
    }
    // One network, whichever score it was for: the flow of the one that looked at most.
    func pairs(_ previews: [MadePreview]) -> Int { previews.reduce(0) { $0 + ($1.preview.frames ?? 0) } }
    return (scores, flows.max { pairs($0) < pairs($1) } ?? [])
  }

  /// Of the first network that takes part.
  private func isa(_ plan: SamplePlan) -> String {
    plan.sources.first?.network.isa ?? request.scores.compactMap {
      $0.perceptual?.isa ?? $0.flow?.isa ?? $0.interpolation?.isa
    }.first ?? "none"
  }

  /// Opens a set; of videos, as many as the protocol that wants most of them takes.
  private static func open(_ role: Role, of request: ScoreRequest) throws -> SampleSide {
    let metrics = request.scores.map { $0.evaluationProtocol.definition }
    let fields = zip(request.scores, metrics).compactMap { wanted, metric in
      role == .fake || metric.reference == .real || metric.reference == .realIfGiven && !request.realIsInputs
        ? wanted.evaluationProtocol.fields : nil
    }
    guard let path = role == .real ? request.real : request.fake, !fields.isEmpty else {
      return SampleSide(absent: role)
    }
    if let gathered = request.gathered[role.set] { return SampleSide(role: role, gathered: gathered) }
    let limits = fields.map { role == .real ? $0.maxVideosReal : $0.maxVideosFake }
    let ranges = Set(fields.map { $0.valueRange == .network })
    guard ranges.count <= 1 else { throw EvaluationError.mixedValueRanges }
    var options = request.input(of: role)
    if ranges.contains(true) { options.valueRange = .network }
    options.isOfPoses = metrics.contains { $0.item == .poses }
    return try SampleSide(role: role, path: path, limit: limits.largest, options: options)
  }

  private func checkCounts(_ settled: [RequestedScore], _ plan: SamplePlan, _ sides: [SampleSide]) throws {
    for (wanted, samples) in zip(settled, plan.samples) {
      for side in try wanted.sides(sides) { try side.checkCount(wanted.evaluationProtocol, samples) }
    }
  }
}

extension ScoreRequest {
  /// - Throws: `EvaluationError.optionUnused` for what says how sets are read, where no set is one of that kind.
  ///
  /// - Parameters:
  ///   - given: what was said of the sets.
  ///   - paths: of the sets.
  public static func checkUses(_ given: [VideoSetOptions], of items: [VideoItem], in paths: [String]) throws {
    func isTable(_ path: String) -> Bool {
      Table.endings.contains(URL(fileURLWithPath: path).pathExtension.lowercased())
    }
    if let range = given.compactMap(\.valueRange).first, !items.contains(where: \.holdsFloats) {
      throw EvaluationError.optionUnused(
        "--value-range \(range.rawValue)", "what the numbers of float arrays mean", "a float array")
    }
    if let layout = given.compactMap(\.layout).first, !items.contains(where: \.isArray) {
      throw EvaluationError.optionUnused("--layout \(layout)", "what the axes of arrays are", "an array")
    }
    if let column = given.compactMap(\.pathColumn).first, !paths.contains(where: isTable) {
      throw EvaluationError.optionUnused("--path-column \(column)", "where a manifest has its paths", "a manifest")
    }
  }
}

extension RequestedScore {
  /// The set that the fake set is measured against, and the fake set. `all` holds real, fake and inputs.
  fileprivate func sides(_ all: [SampleSide]) throws -> [SampleSide] {
    let own =
      switch evaluationProtocol.definition.reference {
      case .real, .realIfGiven: [all[0], all[1]]
      case .inputs: [evaluationProtocol.fields.input == .given ? all[2] : SampleSide(absent: .input), all[1]]
      case .prompts, .nothing: [SampleSide(absent: .real), all[1]]
      }
    return own.map { $0.asked(by: evaluationProtocol) }
  }
}

extension [Limit] {
  /// The one that lets most videos through.
  var largest: Limit { contains(.all) ? .all : compactMap(\.maximum).max().map { .count($0) } ?? .all }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

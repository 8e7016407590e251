import Evaluation
import Files
import History
import MetricCatalog
import Scores

/// Scores the outputs of a job against one real set, unless the history has these scores.
struct SuiteScoring {
  let suite: Suite
  let options: SuiteRun.Options
  let networks: NetworkChoice
  let history: HistoryStore?

  struct Scored {
    let run: RunRecord
    /// Whether the history had it.
    let wasKept: Bool
    /// Whether verdicts need features that are not beside the history.
    var lacksFeatures = false
  }

  /// - Throws: the errors of Evaluation, `HistoryError`.
  func score(_ job: SampleJob, _ set: String, against real: RealSet?, record: GenerationRecord?) throws -> Scored {
    let evaluation = try evaluation(job, set, real)
    if !options.force, let kept = try kept(evaluation, job, real) {
      return Scored(run: kept, wasKept: true, lacksFeatures: kept.scores.contains(where: lacksFeatures))
    }
    let result = try evaluation.run()
    var run = RunRecord(result, labels: suite.labels(job, real, tags: options.tags))
    suite.note(&run, job, set, record)
    try history?.record(&run, keeping: result.features, result.previews)
    return Scored(run: run, wasKept: false)
  }

  private func evaluation(_ job: SampleJob, _ set: String, _ real: RealSet?) throws -> Evaluation {
    var requested = job.generator.metrics
    if let limit = job.limit {
      requested = try requested.map { wanted in
        var limited = wanted
        limited.evaluationProtocol = try wanted.evaluationProtocol.overriding("max-videos-fake", with: "\(limit)")
        return limited
      }
    }
    let references = requested.map { $0.evaluationProtocol.definition.reference }
    let scores = try networks.settled(requested, isTable: false)
    // What looks at the outputs alone has no real set.
    let hasPictures = job.calls.contains { $0.condition?.image != nil }
    let takesReal = references.contains { $0 == .real || $0 == .realIfGiven || ($0 == .inputs && !hasPictures) }
    var request = ScoreRequest(real: takesReal ? real?.path : nil, fake: set, scores: scores)
    if hasPictures, references.contains(.inputs) { request.inputColumn = "image" }
    request.input = job.generator.input
    request.realInput = real?.input
    request.pairBy = requested.contains(where: \.evaluationProtocol.pairsVideos) ? suite.input.pairBy : nil
    request.skipsUnusable = suite.input.skipsUnusable
    request.threads = options.threads
    request.honesty = suite.honesty
    request.flowPictures = history.map { _ in FlowPictureLimits() }
    var evaluation = Evaluation(request: request, cache: options.cache, network: networks.network)
    evaluation.textNetwork = networks.textNetwork
    evaluation.version = options.version
    evaluation.progress = options.progress
    evaluation.isInterrupted = options.isInterrupted
    return evaluation
  }

  // MARK: What the history has

  /// The newest run of this job that has every score that is asked for, of the same videos.
  private func kept(_ evaluation: Evaluation, _ job: SampleJob, _ real: RealSet?) throws -> RunRecord? {
    let candidates = try candidates(job, real)
    guard !candidates.isEmpty else { return nil }
    let expected = try evaluation.expected()
    return candidates.first { run in expected.allSatisfy { $0.isAnswered(by: run.scores, suite.honesty) } }
  }

  /// Whether a distance has no features of its fake set, and no warning says why.
  private func lacksFeatures(_ score: ScoreRecord) -> Bool {
    guard let metric = ScoreName(score.metric)?.metric, score.groups == nil, score.series == nil, score.repeats == nil
    else { return false }
    switch metric.computation {
    case .frechet, .kernel: break
    case .neighbours, .extrapolated, .pairs, .stillness, .flow, .interpolation, .embedding, .cameras, .takes:
      return false
    }
    guard !score.warnings.contains(where: { $0.code == "features-not-kept" }) else { return false }
    return score.fake?.features.flatMap { history?.files.found($0, .features) } == nil
  }

  /// The runs of the same suite, generator, checkpoint, seed and real set, newest first.
  func candidates(_ job: SampleJob, _ real: RealSet?) throws -> [RunRecord] {
    guard let history else { return [] }
    var filter = RunFilter()
    filter.suite = job.suite
    filter.generator = job.generator.name
    filter.dataset = real?.label
    filter.origin = .measured
    return try history.runs(filter).filter { $0.checkpoint == job.checkpoint?.name && $0.generation?.seed == job.seed }
  }
}

extension Suite {
  /// What a run of a job is called.
  package func labels(_ job: SampleJob, _ real: RealSet?, tags more: [String] = []) -> RunLabels {
    var labels = RunLabels()
    labels.name = job.generator.label
    labels.suite = job.suite
    labels.generator = job.generator.name
    labels.checkpoint = job.checkpoint?.name
    labels.step = job.checkpoint?.step
    labels.dataset = real?.label
    labels.tags = tags
    for tag in job.generator.tags + more where !labels.tags.contains(tag) { labels.tags.append(tag) }
    return labels
  }

  private func generation(_ job: SampleJob, _ record: GenerationRecord?) -> RunRecord.Generation? {
    guard record != nil || job.seed != nil else { return nil }
    var generation = RunRecord.Generation()
    generation.seed = job.seed
    generation.command = record?.recipe.command
    generation.samples = record?.samples
    generation.seconds = record?.seconds
    generation.peakMemory = record?.peakMemory
    return generation
  }

  private func artefacts(_ job: SampleJob, _ set: String) -> [Artefact] {
    func artefact(_ kind: String, _ path: String) -> Artefact {
      let bytes = FileStatus(path).flatMap { $0.kind == .folder ? nil : $0.size }
      return Artefact(kind: kind, path: SuitePaths.absolute(path), bytes: bytes)
    }
    var all = [artefact("output", set)]
    if job.base != nil {
      let outputs = Outputs(folder: job.folder)
      all += [artefact("stdout", outputs.stdout), artefact("stderr", outputs.stderr)]
    }
    if SuitePaths.exists(file) { all.append(artefact("suite", file)) }
    return all
  }

  /// Says of a run how its videos were made, and which files belong to it.
  package func note(_ run: inout RunRecord, _ job: SampleJob, _ set: String, _ record: GenerationRecord?) {
    run.generation = generation(job, record)
    run.artefacts = artefacts(job, set)
  }
}

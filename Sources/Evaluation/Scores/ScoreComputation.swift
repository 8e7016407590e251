import Distances
import MetricCatalog
import Scores
import Threads

/// From the samples of two sets to the scores of one protocol.
struct ScoreComputation {
  let wanted: RequestedScore
  let samples: ProtocolSamples
  let real: SampleSide
  let fake: SampleSide
  let request: ScoreRequest
  let cache: CacheFolder?
  let isInterrupted: @Sendable () -> Bool
  var progress: any ExtractionProgress = NoProgress()
  /// Which input belongs to which video.
  var inputs: InputPairs?
  var prompts: Prompts?
  var textNetwork: (any TextNetwork)?
  /// That of its fast branch; none where it has none. An array: a value holds no other of its own kind.
  var fast: [ScoreComputation] = []
  /// Pictures of the flow that the score computes; nil where none are wanted.
  private(set) var flowPreviews: FlowPreviews?

  var settled: EvaluationProtocol { wanted.evaluationProtocol }
  var fields: ProtocolFields { settled.fields }

  /// A score and what it was computed from.
  struct Computed {
    let score: ScoreRecord
    var features: ScoredFeatures?
  }

  /// Has the flow of a few videos kept as pictures.
  mutating func showFlow(_ limits: FlowPictureLimits) { flowPreviews = FlowPreviews(self, limits: limits) }

  /// One score for each name of the metric.
  func scores() throws -> [Computed] {
    let metric = settled.definition
    switch metric.computation {
    case .frechet: return try distances(metric, FrechetMetric(fields, threads: threadsOfDistance))
    case .kernel:
      var kernel = KernelMetric(fields, threads: threadsOfDistance)
      kernel.heard = steps(of: metric, fields.blockSize > 0 ? "blocks" : "tiles of pairs")
      return try distances(metric, kernel)
    case .neighbours:
      var neighbours = NeighbourMetric(fields, threads: threadsOfDistance)
      neighbours.heard = steps(of: metric, "tiles of pairs")
      return try distances(metric, neighbours)
    case .extrapolated:
      var extrapolated = ExtrapolatedMetric(fields)
      extrapolated.heard = steps(of: metric, "sizes")
      return try distances(metric, extrapolated)
    case .pairs(let measure): return [Computed(score: try PixelComputation(self, metric).paired(by: measure))]
    case .stillness: return [Computed(score: try PixelComputation(self, metric).stillness())]
    case .embedding(let comparand): return [Computed(score: try EmbeddingComputation(self, metric, comparand).score())]
    case .flow(let measure): return [Computed(score: try FlowComputation(self, metric).score(by: measure))]
    case .interpolation: return [Computed(score: try SmoothnessComputation(self, metric).smoothness())]
    case .takes: return try PhysicsComputation(self, metric).scores().map { Computed(score: $0) }
    case .cameras: return try CameraComputation(self, metric).scores().map { Computed(score: $0) }
    }
  }

  /// Tells of the steps of a single distance.
  private func steps(of metric: Metric, _ noun: String) -> (@Sendable (_ done: Int, _ total: Int) -> Void)? {
    guard fields.series == .none, fields.groupBy == .none else { return nil }
    return { [progress] done, total in
      if done == 0 { progress.begin(.stepping(metric.title, noun: noun), total: total) }
      progress.advance(to: done)
      if done == total { progress.end() }
    }
  }

  /// Windows are computed side by side, a single distance with both its sets.
  private var threadsOfDistance: Int { fields.series == .none ? request.threads : 1 }

  private func distances(_ metric: Metric, _ distribution: any DistributionMetric) throws -> [Computed] {
    if let scores = try statisticsScores(metric) { return scores.map { Computed(score: $0) } }
    switch (fields.series, fields.groupBy) {
    case (.none, .none): return try plain(metric, distribution)
    case (.none, .class), (.none, .subject), (.none, .dir), (.none, .regex), (.none, .column):
      return try grouped(metric, distribution).map { Computed(score: $0) }
    case (.windows, _), (.prefixes, _): return try series(metric, distribution).map { Computed(score: $0) }
    }
  }

  // MARK: One number

  private func plain(_ metric: Metric, _ distribution: any DistributionMetric) throws -> [Computed] {
    let part = samples.parts[0]
    var runs: [Measurement] = []
    var first: (real: FeatureSet, fake: FeatureSet)?
    var drawn: [ScoreWarning] = []
    let allFakes = fake.features(part, round: 0, samples)
    let fakes = wholeBatches(allFakes, of: .fake)
    for round in 0..<fields.repeats {
      let allReals = real.features(part, round: round, samples)
      let (a, b, note) = try equalised(wholeBatches(allReals, of: .real), fakes, seed: fields.seed + round)
      for (side, set) in [(real, a), (fake, b)] where set.rows.count < settled.counts.minimum {
        throw EvaluationError.tooFewClips(
          role: side.role.rawValue, path: side.path, clips: set.rows.count, sample: samples.sample.rawValue,
          least: settled.counts.minimum, skipped: side.skipped.count)
      }
      if first == nil {
        first = (a, b)
        drawn = partialBatches([(real, allReals.rows.count), (fake, allFakes.rows.count)]) + note
      }
      runs.append(try distribution.measure(a.features, b.features))
    }
    guard let first else { return [] }
    if fields.repeats > 1, fields.equalCounts == .no,
      fields.offsetReal != .random || fields.clips == .all || fields.clips == .even
    {
      drawn.append(
        ScoreWarning(
          code: "repeats-draw-nothing",
          text: "every run takes the same real \(samples.sample.rawValue)s: only `offset-real=random` draws them anew"))
    }
    if fields.extrapolationPoints > 0, first.fake.rows.count < 2 * fields.extrapolationFrom {
      let text =
        "the line begins at \(ExtrapolatedMetric.smallest(fields, rows: first.fake.rows.count)) of "
        + "\(count(first.fake.rows.count, samples.sample.rawValue)), and not at extrapolation-from = "
        + "\(fields.extrapolationFrom), which leaves too few sizes"
      drawn.append(ScoreWarning(code: "small-extrapolation", text: text))
    }
    let honest = try request.honesty.measure(
      distribution, real: first.real, fake: first.fake, fields: fields, least: settled.counts.minimum,
      threads: request.threads, progress: (.resampling(metric.title), progress))
    let distances = try VideoDistances.between(
      real: first.real, fake: first.fake, threads: request.threads)
    return try metric.scores.enumerated().map { index, name in
      let values = runs.map { $0.values[index] }
      let over = MeanAndDeviation(of: values)
      var score = try score(
        name, value: runs.count == 1 ? values[0] : over.mean, real: first.real, fake: first.fake,
        ranks: runs[0].ranks, warnings: drawn + smallSubsets(first.real, first.fake) + honest.warnings)
      score.repeats = runs.count > 1 ? values : nil
      score.std = runs.count > 1 ? over.deviation : runs[0].deviations?[index]
      score.interval = honest.spreads?[index].interval(
        around: score.value, within: distribution.bounds(ofScore: index))
      score.floor = honest.floors?[index]
      score.curve = honest.curves?[index]
      score.distances = distances
      // The features of a mean over repeats would be those of every repeat.
      let isOne = runs.count == 1 && distribution is any InfluenceMetric
      return Computed(score: score, features: isOne ? ScoredFeatures(real: first.real, fake: first.fake) : nil)
    }
  }

  private func smallSubsets(_ a: FeatureSet, _ b: FeatureSet) -> [ScoreWarning] {
    let largest = min(a.rows.count, b.rows.count)
    guard fields.subsets > 0, largest < fields.subsetSize else { return [] }
    return [
      ScoreWarning(
        code: "small-subsets",
        text: "subsets hold \(largest) \(samples.sample.rawValue)s, since a set has no more, and not the "
          + "\(fields.subsetSize) of `\(settled.name)`: of a set that a subset holds whole, the deviation says nothing")
    ]
  }

  /// Where the protocol wants it, without the samples that do not fill a batch.
  private func wholeBatches(_ set: FeatureSet, of role: Role) -> FeatureSet {
    guard let batch = fields.partialBatch?.batch(of: role.set) else { return set }
    return set.firstRows(set.rows.count / batch * batch)
  }

  /// Of the sets as they were found.
  private func partialBatches(_ found: [(side: SampleSide, count: Int)]) -> [ScoreWarning] {
    found.compactMap { side, count in
      guard let batch = fields.partialBatch?.batch(of: side.role.set), count % batch != 0 else { return nil }
      return ScoreWarning(
        code: "partial-batch",
        text:
          "the last \(count % batch) of \(count) \(side.role.rawValue) \(samples.sample.rawValue)s do not fill a batch of "
          + "\(batch) and do not count, as `\(settled.name)` wants it")
    }
  }

  /// Where the protocol wants it, the larger set is drawn down to the smaller one's number.
  private func equalised(_ a: FeatureSet, _ b: FeatureSet, seed: Int) throws -> (FeatureSet, FeatureSet, [ScoreWarning])
  {
    guard fields.equalCounts == .yes, a.rows.count != b.rows.count else { return (a, b, []) }
    let size = min(a.rows.count, b.rows.count)
    let larger = a.rows.count > b.rows.count ? "real" : "fake"
    let text =
      "\(size) of \(max(a.rows.count, b.rows.count)) \(larger) \(samples.sample.rawValue)s were drawn (seed \(seed)), so "
      + "that both sets have equal numbers, as `\(settled.name)` wants it"
    func drawn(_ set: FeatureSet) throws -> FeatureSet {
      try set.rows.count == size
        ? set : set.selecting(RowSubsets.nested(set.rows.count, sizes: [size], seed: UInt64(seed))[0])
    }
    return (try drawn(a), try drawn(b), [ScoreWarning(code: "equal-counts", text: text)])
  }

  // MARK: Groups

  private func grouped(_ metric: Metric, _ distribution: any DistributionMetric) throws -> [ScoreRecord] {
    let part = samples.parts[0]
    let (a, b) = (real.features(part, round: 0, samples), fake.features(part, round: 0, samples))
    let (reals, fakes) = (try real.groups(of: a, fields.groupBy), try fake.groups(of: b, fields.groupBy))
    let (labelsA, labelsB) = (Set(reals.keys), Set(fakes.keys))
    guard labelsA == labelsB else {
      throw EvaluationError.groupsDiffer(
        grouping: fields.groupBy.description, onlyReal: labelsA.subtracting(labelsB).sorted(),
        onlyFake: labelsB.subtracting(labelsA).sorted())
    }
    let least = settled.counts.minimum
    for label in labelsA.sorted() {
      let (m, n) = (reals[label]?.count ?? 0, fakes[label]?.count ?? 0)
      guard m >= least, n >= least else {
        throw EvaluationError.groupTooSmall(label: label, real: m, fake: n, least: least)
      }
    }
    var groups: [[GroupScore]] = Array(repeating: [], count: metric.scores.count)
    var drawn: [ScoreWarning] = []
    for label in labelsA.sortedNaturally() {
      let own = try equalised(
        a.selecting(reals[label] ?? []), b.selecting(fakes[label] ?? []), seed: fields.seed)
      drawn += own.2
      let measured = try distribution.measure(own.0.features, own.1.features)
      for (index, value) in measured.values.enumerated() {
        groups[index].append(
          GroupScore(
            label: label, value: value, realSamples: own.0.rows.count, fakeSamples: own.1.rows.count))
      }
    }
    return try metric.outputs.enumerated().map { index, output in
      let values = groups[index].map(\.value)
      let over = MeanAndDeviation(of: values, ddof: fields.groupDdof)
      var score = try score(
        metric.name(of: output, over: fields.groupBy).description, value: over.mean, real: a, fake: b, ranks: nil,
        warnings: drawn + smallGroups(groups[index]) + request.honesty.notDone(for: "groups"))
      score.std = over.deviation.isNaN ? nil : over.deviation
      score.groups = groups[index]
      return score
    }
  }

  private func smallGroups(_ groups: [GroupScore]) -> [ScoreWarning] {
    let small = groups.filter { min($0.realSamples, $0.fakeSamples) <= samples.columns }
    guard !small.isEmpty, samples.columns > 0 else { return [] }
    let shown = small.prefix(4).map { "`\($0.label)` (\($0.realSamples) real, \($0.fakeSamples) fake)" }
    let more = small.count > 4 ? " and \(small.count - 4) more" : ""
    return [
      ScoreWarning(
        code: "small-groups",
        text: "\(small.count) of \(groups.count) groups have no more samples than the \(samples.columns) features: "
          + shown.joined(separator: ", ") + more + "\ntheir values depend strongly on the number of samples")
    ]
  }

  /// `body` of 0..<count on the threads of the request, results in order.
  ///
  /// - Throws: also `EvaluationError.interruptedComputing`.
  func interruptible<Value: Sendable>(
    _ count: Int, atOnce: Int? = nil, _ body: @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    let values = try parallelMap(count, threads: atOnce ?? request.threads, isInterrupted: isInterrupted, body)
    guard let values else { throw EvaluationError.interruptedComputing }
    return values
  }

  // MARK: Along time

  private func series(_ metric: Metric, _ distribution: any DistributionMetric) throws -> [ScoreRecord] {
    let windows = try SeriesWindows(samples, real: real, fake: fake)
    var points: [[SeriesPoint]] = Array(repeating: [], count: metric.scores.count)
    let reference = try windows.fixedReference.map { try distribution.against($0.features) }
    let least = settled.counts.minimum
    let measured = try interruptible(windows.all.count) { index in
      let (a, b) = windows.samples(of: windows.all[index])
      guard min(a.rows.count, b.rows.count) >= least else { return MeasuredWindow?.none }
      return MeasuredWindow(
        window: windows.all[index], realSamples: a.rows.count, fakeSamples: b.rows.count,
        values: try (reference.map { try $0(b.features) } ?? distribution.measure(a.features, b.features)).values)
    }.compactMap { $0 }
    let largest = measured.max { $0.fakeSamples < $1.fakeSamples }.map { windows.samples(of: $0.window) }
    for window in measured {
      for (index, value) in window.values.enumerated() {
        points[index].append(
          SeriesPoint(
            start: window.window.start, frames: window.window.frames, value: value, realSamples: window.realSamples,
            fakeSamples: window.fakeSamples))
      }
    }
    guard let largest else { throw EvaluationError.noFullWindow(least: settled.counts.minimum) }
    return try metric.scores.enumerated().map { index, name in
      let over = MeanAndDeviation(of: points[index].map(\.value))
      var score = try score(
        name, value: over.mean, real: largest.real, fake: largest.fake, ranks: nil,
        warnings: fewer(points[index]) + leftOut(windows.all.count - measured.count)
          + request.honesty.notDone(for: "a series"))
      score.std = points[index].count > 1 ? over.deviation : nil
      score.series = points[index]
      return score
    }
  }

  private struct MeasuredWindow: Sendable {
    let window: SeriesWindows.Window
    let realSamples: Int
    let fakeSamples: Int
    let values: [Double]
  }

  private func leftOut(_ windows: Int) -> [ScoreWarning] {
    guard windows > 0 else { return [] }
    return [
      ScoreWarning(
        code: "windows-left-out",
        text: "\(count(windows, "window")) left out: fewer than \(settled.counts.minimum) samples of a side lie in them"
      )
    ]
  }

  /// Videos of different lengths: later windows have fewer of them.
  private func fewer(_ points: [SeriesPoint]) -> [ScoreWarning] {
    let counts = points.map(\.fakeSamples)
    guard fields.series == .windows, let most = counts.max(), let least = counts.min(), least < most else { return [] }
    return [
      ScoreWarning(
        code: "uneven-windows",
        text: "windows hold from \(least) to \(most) fake \(samples.sample.rawValue)s, since videos differ in length: "
          + "their values cannot be compared as they are")
    ]
  }

  // MARK: The score

  func score(
    _ name: String, value: Double, real a: FeatureSet, fake b: FeatureSet, ranks: (real: Int, fake: Int)?,
    warnings: [ScoreWarning]
  ) throws -> ScoreRecord {
    guard value.isFinite else { throw EvaluationError.notFinite(value) }
    var (realSet, fakeSet) = (real.scored(samples), fake.scored(samples))
    if a.rows.count > 0 { realSet.clips = a.rows.count }
    if b.rows.count > 0 { fakeSet.clips = b.rows.count }
    realSet.rank = ranks?.real
    fakeSet.rank = ranks?.fake
    var score = ScoreRecord(metric: name, value: value, direction: ScoreName(name)?.direction ?? settled.direction)
    score.settings = Settings(settled)
    score.sample = samples.sample.rawValue
    score.features = samples.columns > 0 ? samples.columns : nil
    score.real = real.isGiven ? realSet : nil
    score.fake = fakeSet
    score.warnings = allWarnings(realSet, fakeSet, own: warnings)
    return score
  }

  private func allWarnings(_ realSet: ScoredSet, _ fakeSet: ScoredSet, own: [ScoreWarning]) -> [ScoreWarning] {
    let found = ScoreWarnings(
      evaluationProtocol: settled, framesAreGiven: wanted.framesAreGiven, columns: samples.columns,
      sample: samples.sample.rawValue, real: extracted(real, realSet, settled.counts.recommendedReal),
      fake: extracted(fake, fakeSet, settled.counts.recommendedFake))
    var all = wanted.warnings + own + found.all
    if let failure = cache?.failure {
      all.append(
        ScoreWarning(
          code: "cache-not-written",
          text: "features could not be kept: \(failure); VIDMETRICS_CACHE=FOLDER keeps them elsewhere"))
    }
    return all
  }

  private func extracted(_ side: SampleSide, _ scored: ScoredSet, _ recommended: Int?) -> ExtractedSet {
    let videos = side.videos?.scored(samples.limit(side.role)) ?? []
    return ExtractedSet(
      role: side.role.rawValue, path: scored.path, found: side.found,
      limit: samples.limit(side.role),
      limitIsPresets: !settled.overrides.contains { $0.field == "max-videos-\(side.role)" }, recommended: recommended,
      facts: videos.map(\.facts), hasArrayRows: videos.contains { $0.item.isArrayRow }, clips: scored.clips,
      skipped: side.skipped.count, ignored: side.videos?.set.ignored.filter { !$0.isHidden && !$0.isFiltered } ?? [],
      originIsUnknown: side.originIsUnknown, incompleteOrigin: side.incompleteOrigin,
      scored: scored.videos ?? videos.count, valueRange: videos.first { $0.item.isArray }?.item.valueRange ?? .byte)
  }
}

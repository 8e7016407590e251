import Distances
import MetricCatalog
import Networks
import Scores
import Tensors
import Video

/// PSNR, SSIM, LPIPS and temporal flickering: metrics that look at the frames of one video, or of a real and a fake one of
/// the same name. The score is the mean over videos.
struct PixelComputation {
  private let computation: ScoreComputation
  private let metric: Metric

  init(_ computation: ScoreComputation, _ metric: Metric) {
    self.computation = computation
    self.metric = metric
  }

  /// - Throws: `EvaluationError.needsVideos` for files of features.
  private func videos(_ side: SampleSide) throws -> SetPlan {
    guard let videos = side.videos else { throw EvaluationError.needsVideos(path: side.path, metric: metric.name) }
    return videos
  }

  // MARK: Pairs

  /// The mean over pairs.
  func paired(by measure: Metric.PairMeasure) throws -> ScoreRecord {
    let (fake, real) = (try videos(computation.fake), try videos(computation.real))
    let rule = computation.request.pairBy ?? .stem
    let realNames = try PairNames(real.set, with: fake.set, by: rule)
    let fakeNames = try PairNames(fake.set, with: real.set, by: rule)
    let (reals, fakes) = (try byPairName(real, .real, realNames), try byPairName(fake, .fake, fakeNames))
    // The partner of a video that was skipped has nothing to be compared with.
    func skipped(_ plan: SetPlan, _ role: Role, _ pairNames: PairNames) -> Set<String> {
      Set(plan.leftOut(computation.samples.limit(role)).map { pairNames[$0.name] })
    }
    let a = Set(reals.keys).subtracting(skipped(fake, .fake, fakeNames))
    let b = Set(fakes.keys).subtracting(skipped(real, .real, realNames))
    guard b.isSubset(of: a), !b.isEmpty else {
      throw EvaluationError.notPaired(
        metric: metric.name, onlyReal: b.isDisjoint(with: a) ? a.subtracting(b).sorted() : [],
        onlyFake: b.subtracting(a).sorted())
    }
    let names = b.sortedNaturally()
    try demandMemory(
      names.compactMap { name in
        guard let real = reals[name], let fake = fakes[name] else { return nil }
        // The real frames are kept.
        let frames = min(real.facts.frameCount, fake.facts.frameCount)
        return real.facts.memory(reading: [FrameWindow(start: 0, count: frames)], holdsFloats: real.item.holdsFloats)
          + comparing(fake)
      }, one: "pair of videos", many: "pairs of videos")
    let results = try read(names.count) { index -> (value: Double, cut: Bool) in
      let name = names[index]
      guard let first = reals[name], let second = fakes[name] else { throw EvaluationError.noFrames(name: name) }
      return try pair(name, first, second, by: measure, teams: min(names.count, computation.request.threads))
    }
    let unmatched = a.subtracting(b)
    var warnings: [ScoreWarning] = []
    if !unmatched.isEmpty {
      warnings.append(
        ScoreWarning(
          code: "unpaired-videos",
          text: "\(count(unmatched.count, "real video")) of \(a.count) have no fake one of their name"))
    }
    let cut = results.count { $0.cut }
    if cut > 0 {
      warnings.append(
        ScoreWarning(
          code: "pair-lengths-differ",
          text: "\(count(cut, "pair")) of \(names.count) differ in length: the frames that both have are compared"))
    }
    return try score(names, results.map(\.value), warnings)
  }

  private func byPairName(
    _ plan: SetPlan, _ role: Role, _ pairNames: PairNames
  ) throws -> [String: SurveyedVideo] {
    var found: [String: SurveyedVideo] = [:]
    for video in plan.scored(computation.samples.limit(role)) {
      let name = pairNames[video.item.name]
      guard found.updateValue(video, forKey: name) == nil else {
        throw EvaluationError.samePairName(path: plan.set.path, name: name)
      }
    }
    return found
  }

  private func pair(
    _ name: String, _ real: SurveyedVideo, _ fake: SurveyedVideo, by measure: Metric.PairMeasure, teams: Int
  ) throws -> (Double, Bool) {
    let sizes = [real, fake].map { "\($0.facts.width)x\($0.facts.height)" }
    guard sizes[0] == sizes[1] else { throw EvaluationError.pairSizes(name: name, real: sizes[0], fake: sizes[1]) }
    let skip = computation.settled.fields.skipFirst
    let length = min(real.facts.frameCount, fake.facts.frameCount) - skip
    guard length > 0 else { throw EvaluationError.noFrames(name: name) }
    let sum = try withComparison(by: measure, name, real.facts, teams: teams) { compare in
      // The real frames are kept as bytes, or as the floats of an array; the fake ones are compared as they come.
      var kept: [Frames] = []
      try real.read(windows(length, skip), as: .real) { _, frame in kept.append(frame) }
      var sum = 0.0
      try fake.read(windows(length, skip), as: .fake) { index, frame in
        sum += try compare(unit(kept[index], real.item), unit(frame, fake.item))
      }
      return sum
    }
    return (sum / Double(length), real.facts.frameCount != fake.facts.frameCount)
  }

  /// What two frames of a pair are compared by, lent to `body`.
  private func withComparison(
    by measure: Metric.PairMeasure, _ name: String, _ facts: VideoFacts, teams: Int,
    _ body: (([Float], [Float]) throws -> Double) throws -> Double
  ) throws -> Double {
    let pixels = PairedPixels(frames: 1, height: facts.height, width: facts.width)
    switch measure {
    case .psnr: return try body { try pixels.psnr($0, $1)[0] }
    case .ssim: return try body { try pixels.ssim($0, $1)[0] }
    case .lpips:
      guard let network = computation.wanted.perceptual else {
        throw EvaluationError.wrongNetwork(
          weights: computation.settled.fields.weights, network: "unknown", needed: metric.name)
      }
      guard min(facts.width, facts.height) >= LPIPS.minimumSide else {
        throw EvaluationError.pairTooSmall(
          name: name, size: "\(facts.width)x\(facts.height)", metric: metric.name, least: LPIPS.minimumSide)
      }
      let threads = max(1, computation.request.threads / teams)
      return try network.forFrames(height: facts.height, width: facts.width, threads: threads) { lpips in
        try body { lpips.distance(lpips.features($0), lpips.features($1)) }
      }
    }
  }

  // MARK: One video

  /// The mean over the fake videos; that of the real ones, where there are any, is a note.
  func stillness() throws -> ScoreRecord {
    let fake = try videos(computation.fake)
    let real = computation.real.isGiven ? try videos(computation.real) : nil
    let fakes = fake.scored(computation.samples.limit(.fake))
    let reals = real?.scored(computation.samples.limit(.real)) ?? []
    try demandMemory((fakes + reals).map(comparing), one: "video", many: "videos")
    let values = try read(fakes.count + reals.count) { index in
      try index < fakes.count ? flickering(fakes[index], .fake) : flickering(reals[index - fakes.count], .real)
    }
    var notes: [ScoreWarning] = []
    if real != nil {
      let real = MeanAndDeviation(of: Array(values[fakes.count...]))
      let text = "the real set's value is \(significant(real.mean)) ± \(significant(real.deviation))"
      notes.append(ScoreWarning(code: "real-value", text: text))
    }
    return try score(fakes.map(\.item.name), Array(values[..<fakes.count]), notes)
  }

  private func flickering(_ video: SurveyedVideo, _ role: Role) throws -> Double {
    let skip = computation.settled.fields.skipFirst
    let length = video.facts.frameCount - skip
    guard length >= 2 else { throw EvaluationError.noFrames(name: video.item.name) }
    var previous: [Float] = []
    var sum = 0.0
    try video.read(windows(length, skip), as: role) { _, frame in
      let values = unit(frame, video.item)
      if !previous.isEmpty {
        sum += try PairedPixels(frames: 2, height: frame.height, width: frame.width)
          .temporalFlickering(previous + values)
      }
      previous = values
    }
    return sum / Double(length - 1)
  }

  // MARK: Together

  /// The value of each video or pair, computed side by side.
  ///
  /// - Throws: `UnreadableVideos`: all where they can be left out, else the first that is found.
  private func read<Value: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> Value) throws -> [Value] {
    let results = try computation.interruptible(count) { index -> Result<Value, UnreadableVideo> in
      do { return .success(try body(index)) } catch let video as UnreadableVideo {
        guard computation.request.skipsUnusable else { throw UnreadableVideos(videos: [video]) }
        return .failure(video)
      }
    }
    let unreadable = results.compactMap { if case .failure(let video) = $0 { video } else { nil } }
    guard unreadable.isEmpty else { throw UnreadableVideos(videos: unreadable) }
    return try results.map { try $0.get() }
  }

  /// Bytes of a video whose frames are looked at one by one, and of what is computed of two of them: some ten planes of floats.
  private func comparing(_ video: SurveyedVideo) -> Int {
    video.facts.width * video.facts.height * 3 * 4 * 10
      + video.facts.memory(reading: [FrameWindow(start: 0, count: 1)], holdsFloats: video.item.holdsFloats)
  }

  /// - Parameter each: bytes for each video or pair.
  private func demandMemory(_ each: [Int], one: String, many: String) throws {
    let together = min(computation.request.threads, each.count)
    var need = MemoryNeed()
    need.add(
      together == 1 ? "1 \(one)" : "\(together) \(many) side by side",
      each.sorted(by: >).prefix(together).reduce(0) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 })
    try computation.request.memory.demand(need)
  }

  private func windows(_ count: Int, _ skip: Int) -> [FrameWindow] {
    (0..<count).map { FrameWindow(start: skip + $0, count: 1) }
  }

  /// A frame's samples in 0...1, [H][W][3].
  private func unit(_ frame: Frames, _ item: VideoItem) -> [Float] {
    switch frame.samples {
    case .bytes(let bytes): bytes.map { Float($0) / 255 }
    case .floats(let floats):
      switch item.valueRange {
      case .byte: floats.map { $0 / 255 }
      case .symmetric: floats.map { ($0 + 1) / 2 }
      case .unit, .network: floats
      }
    }
  }

  private func score(_ names: [String], _ values: [Double], _ warnings: [ScoreWarning]) throws -> ScoreRecord {
    let over = MeanAndDeviation(of: values)
    let nothing = FeatureSet(features: FeatureMatrix(rows: 0, columns: 0, values: []), rows: [], recipe: [:])
    var score = try computation.score(
      metric.name, value: over.mean, real: nothing, fake: nothing, ranks: nil,
      warnings: warnings + computation.request.honesty.notDone(for: "metrics of pixels", intervalsAreDone: true))
    score.std = values.count > 1 ? over.deviation : nil
    score.interval = try computation.request.honesty.interval(
      ofMeans: values, seed: computation.settled.fields.seed, threads: computation.request.threads)
    score.videos = zip(names, values).map { VideoValue(name: $0, value: $1) }
    return score
  }
}

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

  // MARK: Pairs

  /// The mean over pairs.
  func paired(by measure: Metric.PairMeasure) throws -> ScoreRecord {
    let pairs = try VideoPairs(computation, metric)
    try computation.demandMemory(
      pairs.all.map { pair in
        // The real frames are kept.
        let kept = FrameWindow(start: 0, count: pair.frames)
        return pair.real.facts.memory(reading: [kept], holdsFloats: pair.real.item.holdsFloats) + comparing(pair.fake)
      }, one: "pair of videos", many: "pairs of videos")
    let values = try computation.readVideos(pairs.all.count) { index in
      try value(of: pairs.all[index], by: measure, teams: min(pairs.all.count, computation.request.threads))
    }
    return try score(pairs.all.map(\.name), values, pairs.warnings + pairs.lengthNotes)
  }

  private func value(of pair: VideoPairs.Pair, by measure: Metric.PairMeasure, teams: Int) throws -> ValueOfFrames {
    let (name, real, fake) = (pair.name, pair.real, pair.fake)
    try pair.checkSizes()
    let skip = computation.settled.fields.skipFirst
    return try withComparison(by: measure, name, real.facts, teams: teams) { compare in
      try computation.value(ofFrames: pair.frames - skip, of: fake.item.name, .fake, least: 1) { range in
        // The real frames are kept as bytes, or as the floats of an array; the fake ones are compared as they come.
        var kept: [Frames] = []
        try real.read(windows(range, skip), as: .real) { _, frame in kept.append(frame) }
        var sum = 0.0
        try fake.read(windows(range, skip), as: .fake) { index, frame in
          sum += try compare(unit(kept[index], real.item), unit(frame, fake.item))
        }
        return sum / Double(range.count)
      }
    }
  }

  /// What two frames of a pair are compared by, lent to `body`.
  private func withComparison(
    by measure: Metric.PairMeasure, _ name: String, _ facts: VideoFacts, teams: Int,
    _ body: (([Float], [Float]) throws -> Double) throws -> ValueOfFrames
  ) throws -> ValueOfFrames {
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

  /// The mean over the fake videos, or over those that stand still; that of the real ones, where there are any, is a note.
  func stillness() throws -> ScoreRecord {
    let (all, count) = try computation.scoredVideos()
    let (fakes, reals, left) = try standing(all, fakes: count)
    try computation.demandMemory((fakes + reals).map(comparing), one: "video", many: "videos")
    let values = try computation.readVideos(fakes.count + reals.count) { index in
      try index < fakes.count ? flickering(fakes[index], .fake) : flickering(reals[index - fakes.count], .real)
    }
    var notes = left
    if computation.real.isGiven {
      notes +=
        reals.isEmpty
        ? [ScoreWarning(code: "real-value", text: "every real video moves, so the real set has no value")]
        : computation.realValue(values[fakes.count...])
    }
    return try score(fakes.map(\.item.name), Array(values[..<fakes.count]), notes)
  }

  /// The videos that count, and what is said of the others: all of them, or, where the protocol says so, those that stand still.
  ///
  /// - Throws: `EvaluationError.noneStands`.
  private func standing(_ all: [ScoreComputation.Scored], fakes count: Int) throws -> (
    fakes: [SurveyedVideo], reals: [SurveyedVideo], notes: [ScoreWarning]
  ) {
    guard computation.fields.staticFilter == .yes else {
      return (all[..<count].map(\.video), all[count...].map(\.video), [])
    }
    let filter = StaticFilter(computation, metric)
    let stand = try filter.stand(all)
    func videos(_ range: Range<Int>) -> [SurveyedVideo] { range.filter { stand[$0] }.map { all[$0].video } }
    let fakes = videos(0..<count)
    guard !fakes.isEmpty else { throw EvaluationError.noneStands(path: computation.fake.path, videos: count) }
    return (
      fakes, videos(count..<all.count),
      filter.note(all[..<count].map(\.video.item.name), stand: Array(stand[..<count]))
    )
  }

  private func flickering(_ video: SurveyedVideo, _ role: Role) throws -> ValueOfFrames {
    let skip = computation.settled.fields.skipFirst
    return try computation.value(
      ofFrames: video.facts.frameCount - skip, rate: video.facts.frameRate, of: video.item.name, role, least: 2,
      together: { ranges in
        var sums = [Double](repeating: 0, count: ranges.count)
        var previous = [[Float]](repeating: [], count: ranges.count)
        try video.read(ranges.map { $0.map { skip + $0 } }, as: role) { run, place, frame in
          let values = unit(frame, video.item)
          if place > 0 {
            sums[run] += try PairedPixels(frames: 2, height: frame.height, width: frame.width)
              .temporalFlickering(previous[run] + values)
          }
          previous[run] = place < ranges[run].count - 1 ? values : []
        }
        return zip(sums, ranges).map { $0 / Double($1.count - 1) }
      })
  }

  // MARK: Together

  /// Bytes of a video whose frames are looked at one by one, and of what is computed of two of them: some ten planes of floats.
  private func comparing(_ video: SurveyedVideo) -> Int {
    video.facts.width * video.facts.height * 3 * 4 * 10
      + video.facts.memory(reading: [FrameWindow(start: 0, count: 1)], holdsFloats: video.item.holdsFloats)
  }

  private func windows(_ range: Range<Int>, _ skip: Int) -> [FrameWindow] {
    range.map { FrameWindow(start: skip + $0, count: 1) }
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

  private func score(_ names: [String], _ values: [ValueOfFrames], _ warnings: [ScoreWarning]) throws -> ScoreRecord {
    try computation.score(
      computation.settled.scoreName,
      ofVideos: zip(names, values).map { computation.videoValue($0, $1.value, clips: $1.clips) },
      kind: "metrics of pixels", warnings: warnings + Drift.note(values, share: computation.fields.driftShare))
  }
}

import Distances
import MetricCatalog
import Networks
import Scores
import Tensors
import Video
import Vocabulary

extension FlowComputation {
  /// The mean over the fake videos of what frames differ by once motion is undone; that of the real ones, where there are any
  /// and the flow is not theirs, is a note.
  func warping() throws -> ScoreRecord {
    let (work, fakes, ofPairs) = try warpedVideos()
    let network = try network()
    let plans = try computation.readVideos(work.count) { try plan(work[$0]) }
    let isHalved = fields.halving == .yes
    let (atOnce, threads) = try sideBySide(
      work.map { each in memory(each.video, network, halved: isHalved) + each.kept })
    let found = try computation.readVideos(work.count, atOnce: atOnce) { index in
      try network.forFrames(height: plans[index].height, width: plans[index].width, threads: threads) { flow in
        try error(of: work[index], plans[index], flow)
      }
    }
    let own = found[..<fakes]
    var notes = ofPairs + Drift.note(own.map(\.value), share: fields.driftShare)
    notes += OcclusionCount.notes(zip(work, own).map { ($0.video.item.name, $1.occlusion) }, by: fields.occlusion)
    notes += computation.realValue(found[fakes...].map(\.value))
    return try score(work[..<fakes].map(\.name), own.map(\.value.value), notes)
  }

  /// The videos, the fake ones first, how many these are, and what is said of pairs.
  private func warpedVideos() throws -> ([WarpedVideo], fakes: Int, notes: [ScoreWarning]) {
    switch fields.flowOf {
    case .video:
      let (all, fakes) = try computation.scoredVideos()
      return (all.map { WarpedVideo(video: $0.video, role: $0.role) }, fakes, [])
    case .real:
      let pairs = try VideoPairs(computation, metric)
      let work = pairs.all.map { WarpedVideo(video: $0.fake, role: .fake, source: $0) }
      return (work, work.count, pairs.warnings + pairs.lengthNotes)
    }
  }

  /// A video, and the real one whose flow is taken.
  private struct WarpedVideo: Sendable {
    let video: SurveyedVideo
    let role: Role
    var source: VideoPairs.Pair?

    var name: String { source?.name ?? video.item.name }

    /// Bytes of the real frames, which are kept.
    var kept: Int {
      guard let real = source?.real, let frames = source?.frames else { return 0 }
      return real.facts.memory(reading: [FrameWindow(start: 0, count: frames)], holdsFloats: real.item.holdsFloats)
    }
  }

  /// What was found in one video.
  private struct Warped: Sendable {
    let value: ValueOfFrames
    let occlusion: OcclusionCount
  }

  private func plan(_ work: WarpedVideo) throws -> TakenFrames {
    let plan = try TakenFrames(work.video, work.role, fields, metric)
    guard let source = work.source else { return plan }
    try source.checkSizes()
    return plan.within(source.frames)
  }

  private func error(of work: WarpedVideo, _ plan: TakenFrames, _ network: OpticalFlow) throws -> Warped {
    let (name, isHalved) = (work.video.item.name, fields.halving == .yes)
    let size = fields.flowPadding == .kept ? network.padded : (plan.height, plan.width)
    var warping = WarpingError(height: size.0, width: size.1)
    (warping.occlusion, warping.difference, warping.channels) = (fields.occlusion, fields.difference, fields.channels)
    func seen(_ levels: [Float], _ video: SurveyedVideo) -> [Float] {
      isHalved ? Self.halved(levels, height: video.facts.height, width: video.facts.width) : levels
    }
    func given(_ levels: [Float]) -> [Float] { fields.flowRange == .unit ? levels.map { $0 / 255 } : levels }
    func compared(_ levels: [Float]) -> [Float] {
      let unit = levels.map { $0 / 255 }
      return fields.flowPadding == .kept ? network.withEdges(unit) : unit
    }
    var occlusion = OcclusionCount()
    let value = try computation.value(ofFrames: plan.frames.count, of: name, work.role, least: 2) { range in
      let frames = plan.frames[range]
      let sources = try work.source.map { try realFrames($0.real, frames) }
      var sum = 0.0
      try pairs(of: work.video, work.role, frames) { place, pair in
        let (first, second) = (seen(pair.first, work.video), seen(pair.second, work.video))
        var (moving, ends) = (pair, (first, second))
        if let sources, let real = work.source?.real {
          moving = self.pair(of: sources, place, real, pair.numbers)
          ends = (seen(moving.first, real), seen(moving.second, real))
        }
        let (from, to) = (given(ends.0), given(ends.1))
        let forward = flow(from: from, to: to, network)
        show(forward, of: moving, network)
        let backward = fields.occlusion == .none ? forward : flow(from: to, to: from, network)
        guard forward.values.allSatisfy(\.isFinite), backward.values.allSatisfy(\.isFinite) else {
          throw isNoNumber(work.video, work.role)
        }
        let error = try warping.between(
          compared(first), compared(second), forward: forward.values, backward: backward.values)
        sum += error.error
        occlusion.add(visible: error.visible, of: size.0 * size.1)
      }
      return fields.scaleFactor * sum / Double(range.count - 1)
    }
    guard occlusion.visible > 0 else {
      throw UnreadableVideo(
        role: work.role, name: name, error: EvaluationError.allOccluded(name: name, pairs: occlusion.pairs))
    }
    return Warped(value: value, occlusion: occlusion)
  }

  /// Frames of a real video, which are kept as they are read.
  func realFrames(_ video: SurveyedVideo, _ frames: ArraySlice<Int>) throws -> [Frames] {
    var kept: [Frames] = []
    try video.read(frames.map { FrameWindow(start: $0, count: 1) }, as: .real) { _, frame in kept.append(frame) }
    return kept
  }

  /// Two of them that follow each other.
  func pair(of frames: [Frames], _ place: Int, _ video: SurveyedVideo, _ numbers: (first: Int, second: Int))
    -> PairOfFrames
  {
    PairOfFrames(
      video: video, role: .real, numbers: numbers, first: frames[place].levels(video.item.valueRange),
      second: frames[place + 1].levels(video.item.valueRange))
  }

  /// The mean of each four pixels; an odd row or column at the end is left out.
  static func halved(_ frame: [Float], height: Int, width: Int) -> [Float] {
    var half: [Float] = []
    half.reserveCapacity(frame.count / 4)
    for y in 0..<height / 2 {
      for x in 0..<width / 2 {
        let place = 3 * (2 * y * width + 2 * x)
        for value in place..<place + 3 {
          let below = value + 3 * width
          half.append((frame[value] + frame[value + 3] + frame[below] + frame[below + 3]) / 4)
        }
      }
    }
    return half
  }
}

import Distances
import MetricCatalog
import Networks
import Scores
import Tensors
import Video

extension FlowComputation {
  /// The share of the fake videos, or of their clips, that move; that of the real ones, where there are any, is a note.
  func dynamics() throws -> ScoreRecord {
    let (all, fakes) = try computation.scoredVideos()
    let network = try network()
    let plans = try computation.readVideos(all.count) {
      try DynamicsPlan.ofClips(all[$0].video, all[$0].role, fields, metric)
    }
    let (atOnce, threads) = try sideBySide(all.map { memory($0.video, network) })
    let values = try computation.readVideos(all.count, atOnce: atOnce) { index -> ValueOfFrames in
      let clips = plans[index].count
      guard let first = plans[index].first(where: { $0.least > 0 }) else {
        return ValueOfFrames(value: 1, clips: clips)
      }
      let moving = try network.forFrames(height: first.height, width: first.width, threads: threads) { flow in
        try movingClips(all[index].video, all[index].role, plans[index], flow)
      }
      return ValueOfFrames(value: Double(moving) / Double(clips), clips: clips)
    }
    let notes = notes(plans[..<fakes]) + computation.realValue(values[fakes...], isShare: true)
    return try computation.score(
      computation.settled.scoreName,
      ofVideos: zip(all[..<fakes], values).map {
        computation.videoValue($0.video.item.name, $1.value, clips: $1.clips)
      }, kind: "metrics of pixels",
      warnings: notes)
  }

  /// How many of a video's clips move. Pairs are compared until that is decided.
  private func movingClips(
    _ video: SurveyedVideo, _ role: Role, _ plans: [DynamicsPlan], _ network: OpticalFlow
  ) throws -> Int {
    var previous = [[Float]](repeating: [], count: plans.count)
    var moving = [Int](repeating: 0, count: plans.count)
    var left = plans.map { $0.frames.count - 1 }
    func isDecided(_ clip: Int) -> Bool {
      moving[clip] >= plans[clip].least || moving[clip] + left[clip] < plans[clip].least
    }
    struct Decided: Error {}
    do {
      try video.read(plans.map(\.frames), as: role) { clip, place, frame in
        guard !isDecided(clip) else {
          previous[clip] = []
          if plans.indices.allSatisfy(isDecided) { throw Decided() }
          return
        }
        if computation.isInterrupted() { throw EvaluationError.interruptedComputing }
        let levels = frame.levels(video.item.valueRange)
        if place > 0 {
          left[clip] -= 1
          let numbers = (plans[clip].frames[place - 1], plans[clip].frames[place])
          let length = fastest(
            of: PairOfFrames(video: video, role: role, numbers: numbers, first: previous[clip], second: levels), network
          )
          guard length.isFinite else { throw isNoNumber(video, role) }
          if length > plans[clip].threshold { moving[clip] += 1 }
        }
        previous[clip] = isDecided(clip) ? [] : levels
      }
    } catch is Decided {
      // Nothing is read behind that.
    }
    return plans.indices.count { moving[$0] >= plans[$0].least }
  }

  private func notes(_ plans: ArraySlice<[DynamicsPlan]>) -> [ScoreWarning] {
    let certain = plans.count { $0.contains { $0.least == 0 } }
    guard certain > 0 else { return [] }
    return [
      ScoreWarning(
        code: "dynamic-without-motion",
        text:
          "of \(count(certain, "video")) no pair of frames has to move, since flow-pairs · frames / 16 rounds to 0: they count as "
          + "dynamic" + (fields.flowPairs == 4 ? ", as in the published program" : ""))
    ]
  }
}

/// Which frames of a video, or of a clip of it, dynamic degree looks at, and when it moves.
struct DynamicsPlan: Sendable {
  let height: Int
  let width: Int
  let frames: [Int]
  /// Pixels that a pair's fastest pixels move by at the least.
  let threshold: Double
  /// Pairs that move, at the least.
  let least: Int

  /// One for each clip that the protocol cuts a video into; one for a video that is taken as it is.
  ///
  /// - Throws: `UnreadableVideo` for a video without a frame rate, with too few or too small frames.
  static func ofClips(_ video: SurveyedVideo, _ role: Role, _ fields: ProtocolFields, _ metric: Metric) throws -> [Self]
  {
    let (facts, name) = (video.facts, video.item.name)
    let length = facts.frameCount - fields.skipFirst
    guard let clips = ClipsOfVideo(fields), length > 0 else {
      return [try Self(video, role, fields, metric, frames: fields.skipFirst..<max(facts.frameCount, fields.skipFirst))]
    }
    do {
      var ofClips = fields
      // A clip is a video of whole frames a second.
      ofClips.frameRate = Double(try clips.rate(of: name, own: facts.frameRate))
      return try clips.ranges(of: name, frames: length, rate: facts.frameRate).map {
        try Self(
          video, role, ofClips, metric, frames: $0.lowerBound + fields.skipFirst..<$0.upperBound + fields.skipFirst)
      }
    } catch let error as EvaluationError { throw UnreadableVideo(role: role, name: name, error: error) }
  }

  private init(
    _ video: SurveyedVideo, _ role: Role, _ fields: ProtocolFields, _ metric: Metric, frames range: Range<Int>
  ) throws {
    let (facts, name) = (video.facts, video.item.name)
    func refuse(_ error: EvaluationError) -> UnreadableVideo { UnreadableVideo(role: role, name: name, error: error) }
    guard let rate = fields.frameRate > 0 ? fields.frameRate : facts.frameRate else {
      throw refuse(.noFrameRate(name: name, metric: metric.name, rate: fields.flowRate))
    }
    (height, width) = (facts.height, facts.width)
    guard OpticalFlow.takes(height: height, width: width) else {
      throw refuse(
        .pairTooSmall(name: name, size: "\(width)x\(height)", metric: metric.name, least: OpticalFlow.minimumSide))
    }
    // Python rounds halves to even.
    let step = max(1, Int(min(rate / fields.flowRate, 1e9).rounded(.toNearestOrEven)))
    let taken = Array(stride(from: range.lowerBound, to: range.upperBound, by: step))
    guard taken.count >= 2 else {
      throw refuse(.tooFewTakenFrames(name: name, frames: facts.frameCount, first: fields.skipFirst, step: step))
    }
    frames = taken
    threshold = fields.flowThreshold * (Double(min(height, width)) / 256)
    least = Int(min(fields.flowPairs * (Double(taken.count) / 16), 1e9).rounded(.toNearestOrEven))
  }
}

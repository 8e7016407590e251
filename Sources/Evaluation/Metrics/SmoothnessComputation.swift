import Distances
import MetricCatalog
import Networks
import Scores
import Tensors
import Video
import Vocabulary

/// Motion smoothness: what a network that interpolates frames makes of every second frame, against the frames between.
struct SmoothnessComputation {
  private let computation: ScoreComputation
  private let metric: Metric
  private var fields: ProtocolFields { computation.fields }

  /// Two frames to interpolate between, and one to compare with.
  private static let leastFrames = 3

  init(_ computation: ScoreComputation, _ metric: Metric) {
    self.computation = computation
    self.metric = metric
  }

  /// The mean over the fake videos; that of the real ones, where there are any, is a note.
  func smoothness() throws -> ScoreRecord {
    let (all, fakes) = try computation.scoredVideos()
    guard let network = computation.wanted.interpolation else {
      throw EvaluationError.wrongNetwork(weights: fields.weights, network: "unknown", needed: metric.name)
    }
    // Before the first pair, which takes its time.
    _ = try computation.readVideos(all.count) { try check(all[$0].video, all[$0].role) }
    let atOnce = try computation.sideBySide(all.map { memory($0.video, network) }, one: "video", many: "videos")
    let threads = max(1, computation.request.threads / atOnce)
    let values = try computation.readVideos(all.count, atOnce: atOnce) { index in
      let facts = all[index].video.facts
      return try network.forFrames(height: facts.height, width: facts.width, threads: threads) {
        try value(of: all[index].video, all[index].role, $0)
      }
    }
    let own = Array(values[..<fakes])
    return try computation.score(
      computation.settled.scoreName,
      ofVideos: zip(all, own).map { computation.videoValue($0.video.item.name, $1.value, clips: $1.clips) },
      kind: "metrics of pixels",
      warnings: computation.realValue(values[fakes...]) + Drift.note(own, share: fields.driftShare))
  }

  /// - Throws: `UnreadableVideo` for too few and for too small frames.
  private func check(_ video: SurveyedVideo, _ role: Role) throws {
    let (facts, name) = (video.facts, video.item.name)
    guard FrameInterpolation.takes(height: facts.height, width: facts.width) else {
      throw UnreadableVideo(
        role: role, name: name,
        error: EvaluationError.pairTooSmall(
          name: name, size: "\(facts.width)x\(facts.height)", metric: metric.name,
          least: FrameInterpolation.minimumSide))
    }
    _ = try computation.value(
      ofFrames: facts.frameCount - fields.skipFirst, rate: facts.frameRate, of: name, role, least: Self.leastFrames
    ) { _ in 0 }
  }

  private func value(of video: SurveyedVideo, _ role: Role, _ network: FrameInterpolation) throws -> ValueOfFrames {
    let (name, skip) = (video.item.name, fields.skipFirst)
    return try computation.value(
      ofFrames: video.facts.frameCount - skip, rate: video.facts.frameRate, of: name, role, least: Self.leastFrames,
      together: { ranges in
        // The last of an even number has no frame behind it, and nothing compares with it.
        let taken = ranges.map { range in range.dropLast(range.count % 2 == 0 ? 1 : 0).map { skip + $0 } }
        var states = [(before: [Float], between: [Float], sum: Double)](
          repeating: ([], [], 0), count: ranges.count)
        try video.read(taken, as: role) { run, place, frame in
          if computation.isInterrupted() { throw EvaluationError.interruptedComputing }
          let levels = frame.levels(video.item.valueRange)
          guard place % 2 == 0 else {
            states[run].between = levels
            return
          }
          if place > 0 {
            states[run].sum += difference(
              network.middle(of: states[run].before, and: levels), states[run].between)
          }
          let isLast = place == taken[run].count - 1
          states[run].before = isLast ? [] : levels
          if isLast { states[run].between = [] }
        }
        return try zip(states, taken).map { state, frames in
          let mean = state.sum / Double((frames.count - 1) / 2)
          guard mean.isFinite else {
            throw UnreadableVideo(
              role: role, name: name,
              error: EvaluationError.isNoNumber(what: "interpolated frame", weights: fields.weights))
          }
          return (255 - mean) / 255
        }
      })
  }

  /// The mean absolute difference of an interpolated frame in 0...1 and a frame in 0...255, in levels.
  private func difference(_ found: [Float], _ frame: [Float]) -> Double {
    var sum = 0.0
    for (value, level) in zip(found, frame) {
      let scaled = value * 255
      let own =
        switch fields.interpolatedLevels {
        case .truncated: scaled.rounded(.down)
        case .rounded: scaled.rounded(.toNearestOrEven)
        case .exact, nil: scaled
        }
      sum += Double(abs(own - level))
    }
    return sum / Double(frame.count)
  }

  /// The network, three frames and what is read of the video.
  private func memory(_ video: SurveyedVideo, _ network: InterpolationNetwork) -> Int {
    let facts = video.facts
    return network.memory(height: facts.height, width: facts.width) + facts.width * facts.height * 3 * 4 * 4
      + facts.memory(reading: [FrameWindow(start: 0, count: 1)], holdsFloats: video.item.holdsFloats)
  }
}

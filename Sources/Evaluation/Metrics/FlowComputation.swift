import Distances
import MetricCatalog
import Networks
import Scores
import Tensors
import Video
import Vocabulary

/// Metrics of the optical flow between the frames of a video.
struct FlowComputation {
  let computation: ScoreComputation
  let metric: Metric
  var fields: ProtocolFields { computation.fields }

  init(_ computation: ScoreComputation, _ metric: Metric) {
    self.computation = computation
    self.metric = metric
  }

  func score(by measure: Metric.FlowMeasure) throws -> ScoreRecord {
    switch measure {
    case .dynamics: try dynamics()
    case .warping: try warping()
    case .magnitude: try magnitude()
    case .error: try error()
    }
  }

  // MARK: Together

  /// - Throws: `EvaluationError.wrongNetwork` where none was chosen.
  func network() throws -> FlowNetwork {
    guard let network = computation.wanted.flow else {
      throw EvaluationError.wrongNetwork(weights: fields.weights, network: "unknown", needed: metric.name)
    }
    return network
  }

  /// How many videos are computed side by side, and the threads of each.
  func sideBySide(_ memory: [Int], one: String = "video", many: String = "videos") throws -> (
    atOnce: Int, threads: Int
  ) {
    let atOnce = try computation.sideBySide(memory, one: one, many: many)
    return (atOnce, max(1, computation.request.threads / atOnce))
  }

  /// The network, frames and flows, and what is read of the video.
  ///
  /// - Parameter halved: whether the network sees frames of half the size.
  func memory(_ video: SurveyedVideo, _ network: FlowNetwork, halved: Bool = false) -> Int {
    let facts = video.facts
    let part = halved ? 2 : 1
    return network.memory(height: facts.height / part, width: facts.width / part)
      + facts.width * facts.height * 3 * 4 * 10
      + facts.memory(reading: [FrameWindow(start: 0, count: 1)], holdsFloats: video.item.holdsFloats)
  }

  /// Two frames of a video, in 0...255, [H][W][3].
  struct PairOfFrames {
    let video: SurveyedVideo
    let role: Role
    /// Of the frames in the video.
    let numbers: (first: Int, second: Int)
    let first: [Float]
    let second: [Float]
  }

  /// Tells `body` of each two frames that follow each other among some of a video, and the place of the first among them.
  func pairs(
    of video: SurveyedVideo, _ role: Role, _ frames: ArraySlice<Int>,
    _ body: (_ place: Int, _ pair: PairOfFrames) throws -> Void
  ) throws {
    let numbers = Array(frames)
    var previous: [Float] = []
    try video.read(frames.map { FrameWindow(start: $0, count: 1) }, as: role) { index, frame in
      if computation.isInterrupted() { throw EvaluationError.interruptedComputing }
      let levels = frame.levels(video.item.valueRange)
      defer { previous = levels }
      guard index > 0 else { return }
      try body(
        index - 1,
        PairOfFrames(
          video: video, role: role, numbers: (numbers[index - 1], numbers[index]), first: previous, second: levels))
    }
  }

  /// Keeps the flow of a pair for a picture, where its video is one of those that are shown.
  func show(_ flow: FlowField, of pair: PairOfFrames, _ network: OpticalFlow) {
    guard let previews = computation.flowPreviews else { return }
    let isPadded = (flow.height, flow.width) != (network.height, network.width)
    previews.keep(
      isPadded ? network.cut(flow) : flow,
      of: FlowPreviews.Video(pair.role == .real ? .real : .fake, pair.video.item.name),
      pair.first, height: pair.video.facts.height, width: pair.video.facts.width, numbers: pair.numbers)
  }

  /// The flow of a pair, with its edges where they count; it may be shown.
  func flow(of pair: PairOfFrames, _ network: OpticalFlow) -> FlowField {
    let flow = flow(from: pair.first, to: pair.second, network)
    show(flow, of: pair, network)
    return flow
  }

  /// The flow from one frame to another, with its edges where they count.
  func flow(from first: [Float], to second: [Float], _ network: OpticalFlow) -> FlowField {
    switch fields.flowPadding {
    case .cut: network.flow(from: first, to: second)
    case .kept: network.paddedFlow(from: first, to: second)
    }
  }

  /// The mean length of the fastest pixels, those of the padding among them, as VBench has it; it may be shown.
  func fastest(of pair: PairOfFrames, _ network: OpticalFlow) -> Double {
    let flow = network.paddedFlow(from: pair.first, to: pair.second)
    show(flow, of: pair, network)
    return flow.fastest(share: fields.flowShare)
  }

  /// - Throws: `UnreadableVideo` with `EvaluationError.isNoNumber`.
  func number(_ value: Double, _ video: SurveyedVideo, _ role: Role) throws -> Double {
    guard value.isFinite else { throw isNoNumber(video, role) }
    return value
  }

  func isNoNumber(_ video: SurveyedVideo, _ role: Role) -> UnreadableVideo {
    UnreadableVideo(
      role: role, name: video.item.name, error: EvaluationError.isNoNumber(what: "flow", weights: fields.weights))
  }

  func score(_ names: [String], _ values: [Double], _ notes: [ScoreWarning]) throws -> ScoreRecord {
    try computation.score(
      computation.settled.scoreName, ofVideos: zip(names, values).map { VideoValue(name: $0, value: $1) },
      kind: "metrics of pixels", warnings: notes)
  }
}

/// The frames of a video that flows are computed between, and their size.
struct TakenFrames: Sendable {
  let height: Int
  let width: Int
  let frames: [Int]

  /// - Throws: `UnreadableVideo` for a video with too small frames, or too few of them at its stride.
  init(_ video: SurveyedVideo, _ role: Role, _ fields: ProtocolFields, _ metric: Metric) throws {
    let facts = video.facts
    let part = fields.halving == .yes ? 2 : 1
    (height, width) = (facts.height / part, facts.width / part)
    guard OpticalFlow.takes(height: height, width: width) else {
      throw UnreadableVideo(
        role: role, name: video.item.name,
        error: EvaluationError.pairTooSmall(
          name: video.item.name, size: "\(facts.width)x\(facts.height)", metric: metric.name,
          least: OpticalFlow.minimumSide * part))
    }
    // A metric without a stride takes every frame.
    let step = max(1, fields.stride)
    frames = Array(stride(from: fields.skipFirst, to: facts.frameCount, by: step))
    guard step == 1 || frames.count >= 2 else {
      throw UnreadableVideo(
        role: role, name: video.item.name,
        error: EvaluationError.tooFewTakenFrames(
          name: video.item.name, frames: facts.frameCount, first: fields.skipFirst, step: step))
    }
  }
}

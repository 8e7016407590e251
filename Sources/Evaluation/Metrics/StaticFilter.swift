import MetricCatalog
import Networks
import Scores
import Video

/// VBench's static filter: whether a video stands still, by the flow between its frames, and between its first and its last.
///
/// Source: VBench `static_filter.py`.
struct StaticFilter {
  private let flows: FlowComputation
  private var fields: ProtocolFields { flows.fields }
  private var computation: ScoreComputation { flows.computation }

  init(_ computation: ScoreComputation, _ metric: Metric) { flows = FlowComputation(computation, metric) }

  /// Which of the videos stand still.
  func stand(_ all: [ScoreComputation.Scored]) throws -> [Bool] {
    let network = try flows.network()
    let plans = try computation.readVideos(all.count) { index in
      try TakenFrames(all[index].video, all[index].role, fields, flows.metric)
    }
    let (atOnce, threads) = try flows.sideBySide(all.map { flows.memory($0.video, network) })
    return try computation.readVideos(all.count, atOnce: atOnce) { index in
      try network.forFrames(height: plans[index].height, width: plans[index].width, threads: threads) { flow in
        try stands(all[index], plans[index], flow)
      }
    }
  }

  /// Pairs are compared until it is decided.
  private func stands(_ video: ScoreComputation.Scored, _ plan: TakenFrames, _ network: OpticalFlow) throws -> Bool {
    let threshold = fields.flowThreshold * (Double(min(plan.height, plan.width)) / 256)
    // Python rounds halves to even.
    let most = (fields.flowPairs * (Double(plan.frames.count) / 16)).rounded(.toNearestOrEven)
    var moving = 0.0
    var ends: (first: [Float], last: [Float])?
    func number(_ length: Double) throws -> Double { try flows.number(length, video.video, video.role) }
    struct Moves: Error {}
    do {
      try flows.pairs(of: video.video, video.role, plan.frames[...]) { _, pair in
        ends = (ends?.first ?? pair.first, pair.second)
        if try number(flows.fastest(of: pair, network)) > threshold { moving += 1 }
        if moving > most { throw Moves() }
      }
    } catch is Moves {
      return false
    }
    guard let ends else { return true }
    let furthest = threshold * most * fields.flowEnds
    return try [(ends.first, ends.last), (ends.last, ends.first)].allSatisfy { first, last in
      try number(network.paddedFlow(from: first, to: last).fastest(share: fields.flowShare)) <= furthest
    }
  }

  /// Which videos were left out, in words; none where all stand.
  func note(_ names: [String], stand: [Bool]) -> [ScoreWarning] {
    let left = zip(names, stand).filter { !$1 }.map(\.0)
    guard !left.isEmpty else { return [] }
    let shown = left.prefix(5).map { "`\($0)`" }.joined(separator: ", ")
    let more = left.count > 5 ? " and \(left.count - 5) more" : ""
    return [
      ScoreWarning(
        code: "moving-videos-left-out",
        text:
          "\(left.count) of \(count(names.count, "fake video")) \(left.count == 1 ? "moves and is" : "move and are") left out, as VBench's "
          + "static filter does it: \(shown)\(more)")
    ]
  }
}

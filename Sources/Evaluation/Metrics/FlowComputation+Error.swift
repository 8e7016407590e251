import Distances
import MetricCatalog
import Networks
import Scores
import Video

extension FlowComputation {
  /// The mean over pairs of videos of the distance between the ends of their flows; along time, that over the pairs of videos
  /// that are as long.
  func error() throws -> ScoreRecord {
    let videos = try VideoPairs(computation, metric)
    let network = try network()
    let plans = try computation.readVideos(videos.all.count) { index in
      let pair = videos.all[index]
      try pair.checkSizes()
      return try TakenFrames(pair.fake, .fake, fields, metric).within(pair.frames)
    }
    let given = try computation.wanted.flows.map { flows in
      try zip(videos.all, plans).map {
        try flows.files(of: $0.name, frames: $1.frames.dropLast(), isOnly: videos.all.count == 1)
      }
    }
    let (atOnce, threads) = try sideBySide(
      videos.all.map { pair in
        // The real frames are kept, where they are read.
        memory(pair.fake, network)
          + (given != nil
            ? 0
            : pair.real.facts.memory(
              reading: [FrameWindow(start: 0, count: pair.frames)], holdsFloats: pair.real.item.holdsFloats))
      }, one: "pair of videos", many: "pairs of videos")
    let found = try computation.readVideos(videos.all.count, atOnce: atOnce) { index in
      try network.forFrames(height: plans[index].height, width: plans[index].width, threads: threads) { flow in
        try errors(of: videos.all[index], plans[index].frames, given: given?[index], flow)
      }
    }
    var score = try score(
      videos.all.map(\.name), found.map(\.value.value),
      videos.warnings + videos.lengthNotes + Drift.note(found.map(\.value), share: fields.driftShare))
    score.series = series(found.map(\.errors))
    return score
  }

  private struct FlowErrors: Sendable {
    let value: ValueOfFrames
    /// Of each two frames that follow each other; empty of a drift.
    let errors: [Double]
  }

  /// - Parameter given: files of the real video's flow, in the place of its frames.
  private func errors(of pair: VideoPairs.Pair, _ all: [Int], given: [String]?, _ network: OpticalFlow) throws
    -> FlowErrors
  {
    var errors: [Double] = []
    let value = try computation.value(ofFrames: all.count, of: pair.fake.item.name, .fake, least: 2) { range in
      let reals = given == nil ? try realFrames(pair.real, all[range]) : []
      var sum = 0.0
      try pairs(of: pair.fake, .fake, all[range]) { place, own in
        let real: FlowField
        if let file = given?[range.lowerBound + place] {
          do { real = try FlowFile.read(file) } catch { throw EvaluationError.badFlow("\(error)") }
          guard real.hasKnownPlaces else {
            throw EvaluationError.badFlow(
              "`\(file)` holds values that are not numbers, or none that is known (up to 1e9)")
          }
          guard real.height == network.height, real.width == network.width else {
            throw EvaluationError.flowSize(
              file: file, size: "\(real.width)x\(real.height)", name: pair.name,
              frames: "\(network.width)x\(network.height)")
          }
        } else {
          real = flow(of: self.pair(of: reals, place, pair.real, own.numbers), network)
        }
        let error = try number(flow(of: own, network).endPointError(to: real), pair.fake, .fake)
        sum += error
        if fields.drift == .no { errors.append(error) }
      }
      return sum / Double(range.count - 1)
    }
    return FlowErrors(value: value, errors: errors)
  }

  /// The mean over the videos that are long enough, for each two frames.
  private func series(_ videos: [[Double]]) -> [SeriesPoint]? {
    let most = videos.map(\.count).max() ?? 0
    guard most > 1 else { return nil }
    return (0..<most).map { place in
      let errors = videos.compactMap { place < $0.count ? $0[place] : nil }
      return SeriesPoint(
        start: fields.skipFirst + place * fields.stride, frames: fields.stride + 1,
        value: MeanAndDeviation(of: errors).mean, realSamples: errors.count, fakeSamples: errors.count)
    }
  }
}

extension TakenFrames {
  /// Those of the first frames.
  func within(_ count: Int) -> TakenFrames {
    TakenFrames(height: height, width: width, frames: frames.filter { $0 < count })
  }

  private init(height: Int, width: Int, frames: [Int]) {
    (self.height, self.width, self.frames) = (height, width, frames)
  }
}

import Distances
import MetricCatalog
import Networks
import Scores
import Video

extension FlowComputation {
  /// The mean over the fake videos of how long their flow is, with the power of motion over temporal frequency; the mean of the real
  /// ones, where there are any, is a note.
  func magnitude() throws -> ScoreRecord {
    let (all, fakes) = try computation.scoredVideos()
    let network = try network()
    let plans = try computation.readVideos(all.count) { try TakenFrames(all[$0].video, all[$0].role, fields, metric) }
    let spectrum = spectrum(of: plans)
    let (atOnce, threads) = try sideBySide(
      zip(all, plans).map { memory($0.video, network) + $1.frames.count * $1.height * $1.width / 8 })
    let found = try computation.readVideos(all.count, atOnce: atOnce) { index in
      try network.forFrames(height: plans[index].height, width: plans[index].width, threads: threads) { flow in
        try magnitude(of: all[index], plans[index].frames, spectrum, flow)
      }
    }
    let (own, real) = (found[..<fakes], found[fakes...])
    var score = try score(
      all[..<fakes].map(\.video.item.name), own.map(\.value.value),
      Drift.note(own.map(\.value), share: fields.driftShare) + computation.realValue(real.map(\.value)))
    score.spectrum = spectrum.map { spectrum in
      spectrum.frequencies.enumerated().map { place, frequency in
        func mean(_ videos: ArraySlice<Magnitude>) -> Double {
          MeanAndDeviation(of: videos.map { $0.power[place] }).mean
        }
        return SpectrumPoint(
          frequency: frequency / Double(fields.stride), fake: mean(own), real: real.isEmpty ? nil : mean(real))
      }
    }
    return score
  }

  private struct Magnitude: Sendable {
    let value: ValueOfFrames
    /// Empty where there is no spectrum.
    let power: [Double]
  }

  /// Of segments that every video has, at most 64 flows long; nil where one has less than 4.
  private func spectrum(of plans: [TakenFrames]) -> MotionSpectrum? {
    let length = min(64, (plans.map(\.frames.count).min() ?? 0) - 1)
    return fields.drift == .yes || length < 4 ? nil : MotionSpectrum(length: length)
  }

  private func magnitude(
    of video: ScoreComputation.Scored, _ all: [Int], _ spectrum: MotionSpectrum?, _ network: OpticalFlow
  ) throws
    -> Magnitude
  {
    var samples: [[Float]] = []
    let value = try computation.value(ofFrames: all.count, of: video.video.item.name, video.role, least: 2) { range in
      var sum = 0.0
      try pairs(of: video.video, video.role, all[range]) { _, pair in
        let flow = flow(of: pair, network)
        sum += try number(flow.meanLength, video.video, video.role)
        if spectrum != nil { samples.append(flow.sampled(every: OpticalFlow.cell)) }
      }
      return sum / Double(range.count - 1)
    }
    return Magnitude(value: value, power: try spectrum?.power(of: samples) ?? [])
  }
}

import Distances
import MetricCatalog
import Scores

/// The value of a video by some of its frames.
struct ValueOfFrames: Sendable {
  let value: Double
  /// What it is the mean over.
  var clips = 1
  /// Of a drift: the metric of the first and of the last frames.
  var ends: (first: Double, last: Double)?
}

/// What a metric of the last frames of a video differs by from that of the first: FramePack's equation 7, with Helios' number
/// of frames.
enum Drift {
  /// Frames at each end.
  static func length(of frames: Int, share: Double) -> Int { max(1, Int(share * Double(frames))) }

  /// Which way it goes, since the score itself does not say.
  static func note(_ values: [ValueOfFrames], share: Double) -> [ScoreWarning] {
    let ends = values.compactMap(\.ends)
    guard !ends.isEmpty else { return [] }
    let (first, last) = (
      MeanAndDeviation(of: ends.map(\.first)).mean, MeanAndDeviation(of: ends.map(\.last)).mean
    )
    let signed = MeanAndDeviation(of: ends.map { $0.last - $0.first })
    let percent = fixed(share * 100, digits: 0)
    return [
      ScoreWarning(
        code: "drift-ends",
        text:
          "the first \(percent) % of the frames have \(significant(first)), the last \(significant(last)): with its sign the "
          + "mean difference is \(significant(signed.mean)) ± \(significant(signed.deviation))")
    ]
  }
}

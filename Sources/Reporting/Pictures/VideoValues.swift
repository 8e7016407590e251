import MetricCatalog
import Scores
import Video

/// A score of each video that two runs have, for the videos' order and labels.
struct VideoValues {
  private let name: RunNames
  private let metric: String
  private let fingerprint: String
  private let sign: Double
  private let isDistance: Bool
  private let first: [String: Double]
  private let last: [String: Double]
  /// What the order is by.
  let words: String

  /// nil where the two have no such score in common, or are one.
  init?(first a: RunRecord?, last b: RunRecord?, names: RunNames) {
    guard let a, let b, a.id != b.id else { return nil }
    let pairs = a.scores.compactMap { own in
      b.scores.first { $0.metric == own.metric && $0.settings?.fingerprint == own.settings?.fingerprint }.map {
        (own, $0)
      }
    }
    func named(_ values: [VideoValue]) -> [String: Double] {
      Dictionary(values.map { (VideoItem.stem(of: $0.name), $0.value) }) { first, _ in first }
    }
    // A score of single videos says more of them than a distance of features.
    let ofVideos = pairs.first { $0.0.videos != nil && $0.1.videos != nil }
    guard let (own, other) = ofVideos ?? pairs.first(where: { $0.0.distances != nil && $0.1.distances != nil }),
      let values = ofVideos == nil ? own.distances : own.videos,
      let others = ofVideos == nil ? other.distances : other.videos
    else { return nil }
    isDistance = ofVideos == nil
    (name, metric, fingerprint) = (names, own.metric, own.settings?.fingerprint ?? "")
    sign = !isDistance && own.direction == .higher ? 1 : -1
    (first, last) = (named(values), named(others))
    let what = isDistance ? "distance to the nearest real \(own.sample ?? "sample")" : ScoreName.title(own.metric)
    words =
      "in order of the \(what): from the videos where \(names[b]) falls behind \(names[a]) most to those where it gains most"
  }

  /// By how much the last is better than the first of a video.
  func gain(_ title: String?) -> Double? {
    guard let title, let a = first[title], let b = last[title] else { return nil }
    return sign * (b - a)
  }

  /// The value of a run's video; nil where it has none.
  func text(_ run: RunRecord, _ title: String) -> String? {
    let score = run.scores.first { $0.metric == metric && $0.settings?.fingerprint == fingerprint }
    let values = isDistance ? score?.distances : score?.videos
    return values?.first { VideoItem.stem(of: $0.name) == title }.map { NumberText.rough($0.value) }
  }

  /// The first score that says something of single videos, its videos from best to worst.
  static func ordered(_ run: RunRecord) -> (ScoreRecord, [VideoValue], isDistance: Bool)? {
    if let score = run.scores.first(where: { !($0.distances ?? []).isEmpty }), let values = score.distances {
      return (score, values.sorted { ($0.value, $0.name) < ($1.value, $1.name) }, true)
    }
    guard let score = run.scores.first(where: { !($0.videos ?? []).isEmpty }), let values = score.videos else {
      return nil
    }
    let sign: Double = score.direction == .lower ? 1 : -1
    return (score, values.sorted { (sign * $0.value, $0.name) < (sign * $1.value, $1.name) }, false)
  }
}

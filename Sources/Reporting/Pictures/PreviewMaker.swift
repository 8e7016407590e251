import Files
import Foundation
import History
import MetricCatalog
import Scores
import Tensors
import Video

/// Makes the previews of a run from the videos that it was scored from, and keeps them beside the history.
public struct PreviewMaker {
  public var limits = PictureLimits()
  private let history: HistoryStore
  /// The real video whose feature is nearest to one of a fake video's, of the score at that place of the run; nil where nobody
  /// knows.
  private let nearestReal: (_ score: Int, _ fakeVideo: String) -> String?

  public init(history: HistoryStore, nearestReal: @escaping (Int, String) -> String? = { _, _ in nil }) {
    self.history = history
    self.nearestReal = nearestReal
  }

  /// Strips and slices of some real videos and their counterparts, of the best and worst videos with the real ones nearest to
  /// them, of the worst groups, and of the worst windows. What the history has of a video of the same set is not made again.
  /// Sets that are not videos have none.
  ///
  /// - Throws: `HistoryError`, `FilesError.unwritable`. A video that cannot be read is left out.
  public func previews(of run: RunRecord) throws -> [Preview] {
    guard let score = run.scores.first(where: { $0.real != nil && $0.fake != nil }) ?? run.scores.first,
      let fakeSet = score.fake, let fake = Self.footage(fakeSet, score)
    else { return [] }
    var work = Work(
      limits: limits, history: history, kept: try KnownPreviews(history, real: score.real?.digest, fake: fakeSet.digest)
    )
    let real = score.real.flatMap { realSet -> Footage? in
      guard ScoreName(score.metric)?.metric.reference != .inputs else { return nil }
      return Self.footage(realSet, score)
    }
    if let real { try addCounterparts(real, fake, &work) }
    try addExtremes(run, real, fake, &work)
    try addGroups(run, fake, &work)
    try addWindows(run, fake, &work)
    return work.previews
  }

  private static func footage(_ set: ScoredSet, _ score: ScoreRecord) -> Footage? {
    try? Footage(set.path, range: score.settings?.text("value-range").flatMap(ValueRange.init(rawValue:)))
  }

  private func addCounterparts(_ real: Footage, _ fake: Footage, _ work: inout Work) throws {
    for (kind, count) in [(Preview.Kind.strip, limits.videos), (.slice, limits.slices)] {
      for index in real.spread(count) {
        let video = real.set.videos[index]
        // At one scale in time: as many pixels a frame as suit the real video.
        let width = max(1, 128 / max(1, min((try? video.info().frameCount) ?? 1, limits.sliceFrames)))
        for (side, item) in [(Preview.Side.real, video), (.fake, fake.counterpart(of: video, at: index))] {
          guard let item else { continue }
          let content: Work.Content = kind == .slice ? .slice(width: width) : .strip
          try work.add(kind, side, item, title: video.stem, content)
        }
      }
    }
  }

  private func addExtremes(_ run: RunRecord, _ real: Footage?, _ fake: Footage, _ work: inout Work) throws {
    guard let (found, values, isDistance) = VideoValues.ordered(run) else { return }
    let place = run.scores.firstIndex { $0 == found } ?? 0
    let count = min(limits.extremes, max(1, values.count / 2))
    for (kind, shown) in [(Preview.Kind.best, Array(values.prefix(count))), (.worst, values.suffix(count).reversed())] {
      for value in shown {
        guard let video = fake.video(named: value.name) else { continue }
        try work.add(kind, .fake, video, title: found.metric, value: value.value, .strip)
        guard isDistance, let name = nearestReal(place, value.name), let near = real?.video(named: name) else {
          continue
        }
        try work.add(.nearest, .real, near, title: video.name, .strip)
      }
    }
  }

  /// A video of each of the worst groups of the first score that has groups: groups are folders above the videos.
  private func addGroups(_ run: RunRecord, _ fake: Footage, _ work: inout Work) throws {
    guard let score = run.scores.first(where: { ($0.groups?.count ?? 0) > 1 }), let groups = score.groups else {
      return
    }
    let sign: Double = score.direction == .lower ? -1 : 1
    for group in groups.sorted(by: { sign * $0.value < sign * $1.value }).prefix(limits.worst) {
      guard
        let video = fake.set.videos.first(where: {
          $0.name.split(separator: "/").dropLast().contains { $0 == group.label }
        })
      else { continue }
      try work.add(
        .group, .fake, video, title: "\(ScoreName.title(score.metric)), \(group.label)", value: group.value, .strip)
    }
  }

  /// The frames of the worst windows of the first score along time, of the first video that has them.
  private func addWindows(_ run: RunRecord, _ fake: Footage, _ work: inout Work) throws {
    guard let score = run.scores.first(where: { ($0.series?.count ?? 0) > 1 && !$0.isOverPairsOfFrames }),
      let series = score.series
    else { return }
    let sign: Double = score.direction == .lower ? -1 : 1
    for point in series.sorted(by: { sign * $0.value < sign * $1.value }).prefix(limits.worst) {
      let frames = point.start..<(point.start + point.frames)
      guard let video = fake.set.videos.first(where: { ((try? $0.info().frameCount) ?? 0) >= frames.upperBound }) else {
        continue
      }
      try work.add(
        .window, .fake, video,
        title: "\(ScoreName.title(score.metric)), frames \(frames.lowerBound)-\(frames.upperBound - 1)",
        value: point.value, .window(frames))
    }
  }

  /// Previews on their way into the history.
  private struct Work {
    enum Content: Hashable {
      case strip
      case slice(width: Int)
      case window(Range<Int>)

      /// Of best and worst there are strips, too.
      var key: String {
        switch self {
        case .strip: "strip"
        case .slice: "slice"
        case .window(let frames): "window \(frames)"
        }
      }
    }

    let limits: PictureLimits
    let history: HistoryStore
    var kept: KnownPreviews
    var previews: [Preview] = []

    mutating func add(
      _ kind: Preview.Kind, _ side: Preview.Side, _ video: VideoItem, title: String, value: Double? = nil,
      _ content: Content
    ) throws {
      let picture: KnownPreviews.Kept
      if let known = kept.find(content.key, side, video.name) {
        picture = known
      } else {
        guard let made = try? encoded(video, content) else { return }
        let digest = made.bytes.withUnsafeBytes { SHA256.digest(of: $0) }.description
        try history.files.keep(digest, .previews) { try WholeFile.write(made.bytes, to: $0) }
        picture = (digest, made.bytes.count, made.frames)
        kept.add(content.key, side, video.name, picture)
      }
      previews.append(
        Preview(
          kind: kind, side: side, video: video.name, title: title, digest: picture.digest, bytes: picture.bytes,
          frames: picture.frames, value: value))
    }

    private func encoded(_ video: VideoItem, _ content: Content) throws -> (bytes: [UInt8], frames: Int?) {
      switch content {
      case .strip: return try FilmStrip.jpeg(video, limits: limits)
      case .window(let frames): return try FilmStrip.jpeg(video, frames: frames, limits: limits)
      case .slice(let width):
        let slice = try TimeSlice(video, frames: limits.sliceFrames).picture
        return (
          try PictureEncoder.jpeg(slice.resized(width: slice.width * width, height: limits.height), scale: 2), nil
        )
      }
    }
  }
}

/// What the history has of the videos of two sets: a video of the same content looks the same.
private struct KnownPreviews {
  typealias Kept = (digest: String, bytes: Int, frames: Int?)

  private var known: [String: Kept] = [:]

  init(_ history: HistoryStore, real: String?, fake: String?) throws {
    for preview in try history.previews(real: real, fake: fake)
    where history.files.found(preview.digest, .previews) != nil {
      let kept = (preview.digest, preview.bytes, preview.frames)
      switch preview.kind {
      case .slice: add("slice", preview.side, preview.video, kept)
      // Strips that were made before they could play are made again.
      case .strip, .best, .worst, .nearest, .group:
        if preview.frames != nil { add("strip", preview.side, preview.video, kept) }
      case .window, .flow: break
      }
    }
  }

  private static func key(_ content: String, _ side: Preview.Side, _ video: String) -> String {
    "\(content) \(side.rawValue) \(video)"
  }

  func find(_ content: String, _ side: Preview.Side, _ video: String) -> Kept? { known[Self.key(content, side, video)] }

  mutating func add(_ content: String, _ side: Preview.Side, _ video: String, _ picture: Kept) {
    known[Self.key(content, side, video)] = picture
  }
}

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

  public init(history: HistoryStore) { self.history = history }

  /// Strips and slices of some real videos and their counterparts, and of the best and worst videos. What the history has of
  /// a video of the same set is not made again. Sets that are not videos have none.
  ///
  /// - Throws: `HistoryError`, `FilesError.unwritable`. A video that cannot be read is left out.
  public func previews(of run: RunRecord) throws -> [Preview] {
    guard let score = run.scores.first(where: { $0.real != nil && $0.fake != nil }) ?? run.scores.first,
      let fakeSet = score.fake, let fake = Self.footage(fakeSet, score)
    else { return [] }
    var kept = try KnownPreviews(history, real: score.real?.digest, fake: fakeSet.digest)
    var previews: [Preview] = []
    if let realSet = score.real, ScoreName(score.metric)?.metric.reference != .inputs,
      let real = Self.footage(realSet, score)
    {
      for (kind, count) in [(Preview.Kind.strip, limits.videos), (.slice, limits.slices)] {
        for index in real.spread(count) {
          let video = real.set.videos[index]
          // At one scale in time: as many pixels a frame as suit the real video.
          let width = max(1, 128 / max(1, min((try? video.info().frameCount) ?? 1, limits.sliceFrames)))
          for (side, item) in [(Preview.Side.real, video), (.fake, fake.counterpart(of: video, at: index))] {
            guard let item else { continue }
            previews += try preview(kind, side, item, video.stem, width, nil, &kept).map { [$0] } ?? []
          }
        }
      }
    }
    guard let (found, values, _) = PictureBook.ordered(run) else { return previews }
    let count = min(limits.extremes, max(1, values.count / 2))
    for (kind, shown) in [(Preview.Kind.best, values.prefix(count)), (.worst, values.suffix(count))] {
      for value in kind == .best ? Array(shown) : shown.reversed() {
        guard let video = fake.video(named: value.name) else { continue }
        previews += try preview(kind, .fake, video, found.metric, 1, value.value, &kept).map { [$0] } ?? []
      }
    }
    return previews
  }

  private static func footage(_ set: ScoredSet, _ score: ScoreRecord) -> Footage? {
    try? Footage(set.path, range: score.settings?.text("value-range").flatMap(ValueRange.init(rawValue:)))
  }

  private func preview(
    _ kind: Preview.Kind, _ side: Preview.Side, _ video: VideoItem, _ title: String, _ width: Int, _ value: Double?,
    _ kept: inout KnownPreviews
  ) throws -> Preview? {
    let picture: (digest: String, bytes: Int)
    if let known = kept.find(kind, side, video.name) {
      picture = known
    } else {
      guard let bytes = try? kind == .slice ? slice(video, width) : FilmStrip.jpeg(video, limits: limits) else {
        return nil
      }
      let digest = bytes.withUnsafeBytes { SHA256.digest(of: $0) }.description
      try history.files.keep(digest, .previews) { try WholeFile.write(bytes, to: $0) }
      picture = (digest, bytes.count)
      kept.add(kind, side, video.name, picture)
    }
    return Preview(
      kind: kind, side: side, video: video.name, title: title, digest: picture.digest, bytes: picture.bytes,
      value: value)
  }

  private func slice(_ video: VideoItem, _ width: Int) throws -> [UInt8] {
    let slice = try TimeSlice(video, frames: limits.sliceFrames).picture
    return try PictureEncoder.jpeg(slice.resized(width: slice.width * width, height: limits.height), scale: 2)
  }
}

/// What the history has of the videos of two sets: a video of the same content looks the same.
private struct KnownPreviews {
  private var known: [String: (digest: String, bytes: Int)] = [:]

  init(_ history: HistoryStore, real: String?, fake: String?) throws {
    for preview in try history.previews(real: real, fake: fake)
    where history.files.found(preview.digest, .previews) != nil {
      add(preview.kind, preview.side, preview.video, (preview.digest, preview.bytes))
    }
  }

  /// Of best and worst there are strips, too.
  private static func key(_ kind: Preview.Kind, _ side: Preview.Side, _ video: String) -> String {
    "\(kind == .slice ? "slice" : "strip") \(side.rawValue) \(video)"
  }

  func find(_ kind: Preview.Kind, _ side: Preview.Side, _ video: String) -> (digest: String, bytes: Int)? {
    known[Self.key(kind, side, video)]
  }

  mutating func add(
    _ kind: Preview.Kind, _ side: Preview.Side, _ video: String, _ picture: (digest: String, bytes: Int)
  ) {
    known[Self.key(kind, side, video)] = picture
  }
}

import Files
import Foundation
import History
import Scores
import Tensors
import Video

/// How much of the videos of a run is kept as previews: at the most 8 strips and 4 slices a set, 8 strips more of the best and
/// worst videos with the real ones nearest to them, and 2 of the worst groups and windows. A strip of 16 frames is some 40 to
/// 100 kB, a run with its real set less than 3 MB. Pictures of flow come from who computes it, and have limits there.
public struct PictureLimits: Sendable {
  /// Videos of a contact sheet.
  public var videos = 8
  /// Frames of a video.
  public var frames = 16
  /// Pixels.
  public var height = 96
  /// Videos cut through over time, and frames of a cut.
  public var slices = 4
  public var sliceFrames = 240
  /// Best and worst samples, each.
  public var extremes = 4
  /// Worst groups and worst windows, each.
  public var worst = 2

  public init() {}
}

/// The videos of a set that is being scored.
struct Footage {
  let set: VideoSet
  private let byName: [String: VideoItem]
  private let byStem: [String: VideoItem]

  /// - Parameter range: what numbers of float arrays mean, where the score says so.
  /// - Throws: `VideoError` for what is not a set of videos.
  init(_ path: String, range: ValueRange?) throws {
    func open(_ range: ValueRange?) throws -> VideoSet {
      try VideoSet.open(path, options: VideoSetOptions(valueRange: range))
    }
    do { set = try open(nil) } catch VideoError.array(.valueRangeNeeded) { set = try open(range ?? .unit) }
    byName = Dictionary(set.videos.map { ($0.name, $0) }) { first, _ in first }
    byStem = Dictionary(set.videos.map { ($0.stem, $0) }) { first, _ in first }
  }

  func video(named name: String) -> VideoItem? { byName[name] ?? byStem[VideoItem.stem(of: name)] }

  /// The one of the same name, or else of the same place in the set.
  func counterpart(of video: VideoItem, at index: Int) -> VideoItem? {
    byStem[video.stem] ?? (set.videos.indices.contains(index) ? set.videos[index] : nil)
  }

  /// `count` places spread evenly over the set.
  func spread(_ count: Int) -> [Int] {
    let all = set.videos.count
    return all <= count ? Array(0..<all) : (0..<count).map { $0 * all / count }
  }
}

/// Pictures of videos.
enum FilmStrip {
  /// Frames spread evenly over the video, beside each other without a gap, and how many they are: a page shows one after
  /// another.
  ///
  /// - Parameter frames: between which they are chosen; nil: all.
  static func jpeg(_ video: VideoItem, frames: Range<Int>? = nil, limits: PictureLimits) throws -> (
    bytes: [UInt8], frames: Int?
  ) {
    let all = try frames ?? 0..<video.info().frameCount
    let count = min(limits.frames, max(1, all.count))
    let places = count == 1 ? [all.lowerBound] : (0..<count).map { all.lowerBound + $0 * (all.count - 1) / (count - 1) }
    var pictures: [Picture] = []
    try video.read(places.map { FrameWindow(start: $0, count: 1) }) { _, read in
      pictures.append(Picture(read, index: 0, range: video.valueRange).fitted(height: limits.height))
    }
    return (try PictureEncoder.jpeg(.beside(pictures, gap: 0, grey: 128)), count)
  }
}

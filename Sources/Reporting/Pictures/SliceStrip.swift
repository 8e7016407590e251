import Tensors
import Video

/// x-t slices of several videos beside each other, at one scale in time and one in space.
public struct SliceStrip {
  public var line = TimeSlice.Line.middle
  /// At most so many frames of each video; nil: all.
  public var frames: Int?
  /// Pixels that a frame takes along time.
  public var frameWidth = 1
  /// Pixels across time; nil: as the largest video has them.
  public var length: Int?
  /// What the numbers of float arrays mean.
  public var valueRange: ValueRange?

  /// Between two slices.
  private static let gap = 6

  public init() {}

  /// - Parameter paths: videos, frame folders, rows of arrays (`a.npy[3]`).
  /// - Throws: `VideoError`, `ReportError`.
  public func picture(of paths: [String]) throws -> (picture: Picture, slices: [TimeSlice]) {
    let slices = try paths.map { try TimeSlice(Self.video($0, valueRange: valueRange), line: line, frames: frames) }
    let goesDown = if case .row = line { true } else { false }
    let length = length ?? slices.map { goesDown ? $0.picture.width : $0.picture.height }.max() ?? 1
    let shown = slices.map { slice in
      goesDown
        ? slice.picture.resized(width: length, height: slice.picture.height * frameWidth)
        : slice.picture.resized(width: slice.picture.width * frameWidth, height: length)
    }
    return (Picture.beside(shown, gap: Self.gap), slices)
  }

  /// One video: a file, a folder of frames, a row of an array.
  ///
  /// - Throws: `ReportError` where there are several.
  public static func video(_ path: String, valueRange: ValueRange?) throws -> VideoItem {
    let row = VideoItem.row(path)
    let set = try VideoSet.open(row?.file ?? path, options: VideoSetOptions(valueRange: valueRange))
    if let row {
      guard let found = set.videos.first(where: { VideoItem.row($0.name)?.row == row.row }) else {
        throw ReportError.noRow(path: row.file, row: row.row, count: set.videos.count)
      }
      return found
    }
    guard set.videos.count == 1 else {
      let name = set.videos[0].name
      let first = set.videos[0].isArrayRow ? path + (VideoItem.row(name)?.row ?? "") : set.path + "/" + name
      throw ReportError.severalVideos(path: path, count: set.videos.count, first: first)
    }
    return set.videos[0]
  }
}

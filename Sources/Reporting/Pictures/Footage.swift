import Files
import Foundation
import History
import Scores
import Tensors
import Video

/// How much of the videos a report holds.
public struct PictureLimits: Sendable {
  /// Videos of a contact sheet.
  public var videos = 8
  /// Frames of a video.
  public var frames = 8
  /// Pixels.
  public var height = 96
  /// Videos cut through over time, and frames of a cut.
  public var slices = 4
  public var sliceFrames = 240
  /// Best and worst samples, each.
  public var extremes = 4
  /// Generated sets beside a real one.
  public var methods = 6

  public init() {}
}

/// The videos behind a run, as far as they are still there.
struct Footage {
  let set: VideoSet
  private let byName: [String: VideoItem]
  private let byStem: [String: VideoItem]

  /// Why there are no pictures: in a report that is a note, not a failure.
  struct Missing: Error {
    let reason: String
  }

  /// - Parameter range: what numbers of float arrays mean, where the score says so.
  init(_ path: String, of run: RunRecord, range: ValueRange?) throws {
    let place = Self.resolve(path, run.circumstances.workingFolder)
    func open(_ range: ValueRange?) throws -> VideoSet {
      try VideoSet.open(place, options: VideoSetOptions(valueRange: range))
    }
    do {
      do { set = try open(nil) } catch VideoError.array(.valueRangeNeeded) { set = try open(range ?? .unit) }
    } catch {
      throw Missing(reason: "\(error)".split(separator: "\n").first.map(String.init) ?? "the videos cannot be read")
    }
    byName = Dictionary(set.videos.map { ($0.name, $0) }) { first, _ in first }
    byStem = Dictionary(set.videos.map { ($0.stem, $0) }) { first, _ in first }
  }

  /// Paths of runs are relative to the folder that the run was made in.
  static func resolve(_ path: String, _ folder: String?) -> String {
    if path.hasPrefix("/") { return path }
    if let folder, FileManager.default.fileExists(atPath: folder + "/" + path) { return folder + "/" + path }
    return path
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

/// Pictures of videos as data URIs.
enum FilmStrip {
  /// Frames spread evenly over the video, beside each other.
  static func uri(_ video: VideoItem, limits: PictureLimits) throws -> String {
    let frames = try video.info().frameCount
    let count = min(limits.frames, max(1, frames))
    let places = count == 1 ? [0] : (0..<count).map { $0 * (frames - 1) / (count - 1) }
    var pictures: [Picture] = []
    try video.read(places.map { FrameWindow(start: $0, count: 1) }) { _, read in
      pictures.append(Picture(read, index: 0, range: video.valueRange).fitted(height: limits.height))
    }
    return dataURI(try PictureEncoder.jpeg(.beside(pictures, gap: 2, grey: 128)), "jpeg")
  }

  static func dataURI(_ bytes: [UInt8], _ kind: String) -> String {
    "data:image/\(kind);base64,\(Data(bytes).base64EncodedString())"
  }
}

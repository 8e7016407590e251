import Files
import Tensors
import Video

/// A video whose damage is seen where its pixels are wanted.
struct UnreadableVideo: Error {
  let role: Role
  let name: String
  let error: any Error
}

/// Those of a computation; who holds the sets says which set it is, or leaves the videos out.
struct UnreadableVideos: Error {
  let videos: [UnreadableVideo]
}

extension SurveyedVideo {
  /// Frames of several runs of a video, which may overlap: the video is read once, and each frame goes to every run that holds it.
  ///
  /// - Parameters:
  ///   - runs: numbers of frames, rising in each.
  ///   - body: hears of each frame: the run, and the frame's place in it.
  func read(_ runs: [[Int]], as role: Role, _ body: (_ run: Int, _ place: Int, Frames) throws -> Void) throws {
    var wanted: [Int: [(run: Int, place: Int)]] = [:]
    for (run, frames) in runs.enumerated() {
      for (place, frame) in frames.enumerated() { wanted[frame, default: []].append((run, place)) }
    }
    let frames = wanted.keys.sorted()
    try read(frames.map { FrameWindow(start: $0, count: 1) }, as: role) { index, frame in
      for (run, place) in wanted[frames[index]] ?? [] { try body(run, place, frame) }
    }
  }

  /// Reads windows of it (see `VideoItem.read`).
  ///
  /// - Throws: `UnreadableVideo` for what is wrong with the video; what `body` throws.
  func read(_ windows: [FrameWindow], as role: Role, _ body: (Int, Frames) throws -> Void) throws {
    do { try item.read(windows, body) } catch let error where error is VideoError || error is FilesError {
      throw UnreadableVideo(role: role, name: item.name, error: error)
    }
  }
}

extension SampleSide {
  /// Leaves out the videos of this side; returns how many they are.
  ///
  /// - Throws: `EvaluationError.unusableVideos` where none may be left out.
  mutating func drop(_ unreadable: UnreadableVideos, skipsUnusable: Bool) throws -> Int {
    var seen: Set<String> = []
    let own = unreadable.videos.filter { $0.role == role && seen.insert($0.name).inserted }
    let failures = own.compactMap { video in
      items.firstIndex { $0.name == video.name }.map { (item: $0, error: video.error) }
    }
    try drop(failures, skipsUnusable: skipsUnusable)
    return failures.count
  }
}

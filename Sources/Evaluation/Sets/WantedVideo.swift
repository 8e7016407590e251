import Files
import Video

/// One clip that is to be given to a network.
struct WantedClip: Hashable, Sendable {
  /// Index of the feature source.
  let source: Int
  let window: FrameWindow
}

/// A video, what is known of it, and the clips that are wanted of it.
struct WantedVideo: Sendable {
  let video: SurveyedVideo
  /// By rising start, so that one pass over the video holds few frames.
  let clips: [WantedClip]

  init(_ video: SurveyedVideo, clips: [WantedClip]) {
    self.video = video
    self.clips = clips.sorted {
      ($0.window.start, $0.window.last, $0.source) < ($1.window.start, $1.window.last, $1.source)
    }
  }
}

extension SurveyedVideo {
  /// What a clip's features depend on.
  func key(_ window: FrameWindow, _ source: FeatureSource) -> Digest {
    let frames =
      window.listed.map { "frames=" + $0.map(String.init).joined(separator: ",") }
      ?? "start=\(window.start) count=\(window.count) stride=\(window.stride)"
    let text = """
      vidmetrics features 2
      \(facts.digest) \(item.isArray ? "row" : "video, \(decoderVersion)") \(item.valueRange.rawValue)
      \(frames)
      \(source.recipe)
      """
    return SHA256.digest(of: text)
  }
}

/// A video that was left out because the user asked for it.
public struct SkippedVideo: Sendable, Equatable {
  public let path: String
  /// In its set.
  public let name: String
  public let reason: String
}

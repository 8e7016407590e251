import Digests
import Video

/// A video, what is known of it, and the clips that are scored.
struct PlannedVideo: Sendable {
  let item: VideoItem
  let facts: VideoFacts
  /// What the file system said of it when its content was digested.
  let stamp: String?
  let windows: [FrameWindow]

  /// What a clip's features depend on.
  func key(_ window: FrameWindow, preprocessing: Preprocessing, network: any FeatureNetwork) -> Digest {
    let text = """
      vidmetrics features 1
      \(facts.digest) \(item.isArrayRow ? "row" : "video, \(decoderVersion)") \(item.valueRange.rawValue)
      start=\(window.start) count=\(window.count) stride=\(window.stride)
      \(preprocessing.identity)
      \(network.identity)
      """
    return SHA256.digest(of: text)
  }
}

/// A video that was left out because the user asked for it.
public struct SkippedVideo: Sendable, Equatable {
  public let path: String
  public let reason: String
}

/// A small picture of a video of a run, made when the run was scored and kept beside the history by its content.
public struct Preview: Sendable, Equatable, Codable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Frames spread evenly over the video, beside each other.
    case strip
    /// The middle column of pixels over time.
    case slice
    /// A strip of one of the best videos of a score, and of one of the worst.
    case best, worst
    /// A strip of the real video that is nearest to one of these.
    case nearest
    /// A strip of a video of one of the worst groups of a score.
    case group
    /// The frames of one of the worst windows of a score along time.
    case window
    /// Frames of a video, beside each other, and below each the optical flow to the one that it was compared with.
    case flow
  }

  public enum Side: String, Sendable, Codable { case real, fake }

  public var kind: Kind
  public var side: Side
  /// The video's name in its set.
  public var video: String
  /// What stands beside each other: the real video's name without its extension, of a flow that has none the fake video's; of best
  /// and worst the score's name; of the nearest the fake video's name; of a group and a window which one it is.
  public var title: String
  /// SHA-256 of the JPEG file.
  public var digest: String
  public var bytes: Int
  /// How many frames of one width stand beside each other; nil where they do not.
  public var frames: Int?
  /// Of best and worst: the distance, or the score of the video; of groups and windows their score; of a flow the pixels a frame
  /// that have the full colour, which are those of its fastest place.
  public var value: Double?

  public init(
    kind: Kind, side: Side, video: String, title: String, digest: String, bytes: Int, frames: Int? = nil,
    value: Double? = nil
  ) {
    self.kind = kind
    self.side = side
    self.video = video
    self.title = title
    self.digest = digest
    self.bytes = bytes
    self.frames = frames
    self.value = value
  }
}

/// A preview that is not kept yet, with its file.
public struct MadePreview: Sendable {
  public let preview: Preview
  public let jpeg: [UInt8]

  public init(_ preview: Preview, jpeg: [UInt8]) { (self.preview, self.jpeg) = (preview, jpeg) }
}

/// A small picture of a video of a run, made when the run was scored and kept beside the history by its content.
public struct Preview: Sendable, Equatable, Codable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Frames spread evenly over the video, beside each other.
    case strip
    /// The middle column of pixels over time.
    case slice
    /// A strip of one of the best videos of a score, and of one of the worst.
    case best, worst
  }

  public enum Side: String, Sendable, Codable { case real, fake }

  public var kind: Kind
  public var side: Side
  /// The video's name in its set.
  public var video: String
  /// What stands beside each other: the real video's name without its extension; of best and worst the score's name.
  public var title: String
  /// SHA-256 of the JPEG file.
  public var digest: String
  public var bytes: Int
  /// Of best and worst: the distance, or the score of the video.
  public var value: Double?

  public init(
    kind: Kind, side: Side, video: String, title: String, digest: String, bytes: Int, value: Double? = nil
  ) {
    self.kind = kind
    self.side = side
    self.video = video
    self.title = title
    self.digest = digest
    self.bytes = bytes
    self.value = value
  }
}

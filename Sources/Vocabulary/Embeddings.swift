/// Where the picture is that a video was made from.
public enum InputSource: String, Sendable, CaseIterable, Codable {
  /// In a set beside the videos, or in a column of their manifest.
  case given
  /// The first frame of the video itself.
  case firstFrame = "first-frame"
}

/// What is subtracted from an embedding before it is compared.
public enum EmbeddingCentre: String, Sendable, CaseIterable, Codable {
  case none
  /// The mean of the embedding's own values.
  case ownMean = "own-mean"
}

/// The frame that a frame is compared with.
public enum ComparedFrame: String, Sendable, CaseIterable, Codable {
  case previous, first
  /// Both: the mean of the two.
  case previousAndFirst = "previous-and-first"
}

/// What a score is the mean over.
public enum MeanOver: String, Sendable, CaseIterable, Codable {
  /// The means of the videos.
  case videos
  /// The values of the frames of all videos: a long video counts for more than a short one.
  case frames
  /// The values of the clips of all videos, where these are cut into clips.
  case clips
}

/// Where values below 0 become 0.
public enum Clamp: String, Sendable, CaseIterable, Codable {
  case none
  /// Each frame's.
  case frame
  /// The mean over all videos.
  case score
}

import Distances

/// Features of one set with where each row comes from: what every distribution metric is computed from, and what a feature
/// file holds.
///
/// Rows are in canonical order: videos in natural order of their names, the clips of a video by rising start. The order
/// does not depend on how the work was shared out, so merged parts give the bits of the whole.
public struct FeatureSet: Sendable, Equatable {
  /// What one row was computed from.
  public struct Row: Sendable, Hashable, Codable {
    /// The video's name in its set.
    public var video: String
    /// `sha256:` and the digits of the video's content; empty if unknown.
    public var digest: String
    /// First frame, number of frames, and step of the clip. A row of a per-frame network has count 1.
    public var start: Int
    public var count: Int
    public var stride: Int

    public init(video: String, digest: String, start: Int, count: Int, stride: Int) {
      self.video = video
      self.digest = digest
      self.start = start
      self.count = count
      self.stride = stride
    }
  }

  /// N×D, a row for each of `rows`.
  public var features: FeatureMatrix
  public var rows: [Row]
  /// The protocol fields that decide a feature (network, preprocessing, sampling), as names and values of
  /// `FieldDefinition`; empty if unknown.
  public var recipe: [String: String]
  /// Which part of which set this is; nil if unknown.
  public var origin: FeatureOrigin?

  public init(features: FeatureMatrix, rows: [Row], recipe: [String: String], origin: FeatureOrigin? = nil) {
    precondition(features.rows == rows.count, "FeatureSet: each row of the matrix comes from somewhere")
    self.features = features
    self.rows = rows
    self.recipe = recipe
    self.origin = origin
  }
}

/// Hears how far the work is. Calls come from several threads.
public protocol ExtractionProgress: Sendable {
  /// A stage begins, with how many videos, samples, scores or resamples. It ends the one before.
  func begin(_ stage: ExtractionStage, total: Int)
  func advance(to done: Int)
  func end()
}

public enum ExtractionStage: Sendable, Equatable {
  /// Videos are opened, counted and digested.
  case reading
  /// Samples are decoded, resized and given to the networks: "clips", "frames", or both; how many were in the cache.
  case computing(cached: Int, noun: String, plan: FramePlan?)
  /// The score of this title is measured, with its floor and curve, after so many others.
  case measuring(String)
  /// Steps of a long distance of this title, and what they are called: "tiles of pairs".
  case stepping(String, noun: String)
  /// Resamples of the interval of the score of this title.
  case resampling(String)
}

/// What takes most of the work: metrics that look at every frame.
public struct FramePlan: Sendable, Equatable {
  /// Titles: `FID`.
  public let metrics: [String]
  /// Frames among the network runs.
  public let frames: Int
  /// Network runs where four frames of each video are taken.
  public let atFour: Int
}

/// Hears nothing.
public struct NoProgress: ExtractionProgress {
  public init() {}
  public func begin(_ stage: ExtractionStage, total: Int) {}
  public func advance(to done: Int) {}
  public func end() {}
}

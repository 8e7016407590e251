/// Hears how far the work is. Calls come from several threads.
public protocol ExtractionProgress: Sendable {
  /// A stage begins: "reading" or "computing", with how many videos or clips.
  func begin(_ stage: ExtractionStage, total: Int)
  func advance(to done: Int)
  func end()
}

public enum ExtractionStage: Sendable, Equatable {
  /// Videos are opened, counted and digested.
  case reading
  /// Samples are decoded, resized and given to the networks: "clips", "frames", or both; how many were in the cache.
  case computing(cached: Int, noun: String)
}

/// Hears nothing.
public struct NoProgress: ExtractionProgress {
  public init() {}
  public func begin(_ stage: ExtractionStage, total: Int) {}
  public func advance(to done: Int) {}
  public func end() {}
}

import Networks

/// A network that turns clips into features. It computes one clip at a time, so that a clip's features do not depend on the
/// clips beside it, and is used by one thread at a time.
public protocol FeatureExtractor: AnyObject, Sendable {
  /// The features of a clip, [T][side][side][3], R, G, B in the network's own range: one row of `columns` values, or a row
  /// for each frame where the network is per frame.
  ///
  /// - Parameter whenRead: called once, as soon as the extractor does not need `clip` any more; not where it throws first.
  func features(of clip: UnsafePointer<Float>, frames: Int, whenRead: () -> Void) throws -> [Float]

  /// The same of frames of another shape, [T][height][width][3], where the network takes them.
  func features(of clip: UnsafePointer<Float>, frames: Int, shape: FrameShape, whenRead: () -> Void) throws -> [Float]
}

extension FeatureExtractor {
  public func features(
    of clip: UnsafePointer<Float>, frames: Int, shape: FrameShape, whenRead: () -> Void
  ) throws -> [Float] {
    try features(of: clip, frames: frames, whenRead: whenRead)
  }
}

/// What makes extractors.
public protocol FeatureNetwork: Sendable {
  /// Everything that decides the bits of a clip's features: network, weights, epsilon, kernels.
  var identity: String { get }
  /// Instruction set and kernels, as every score records them.
  var isa: String { get }
  /// Features of a row.
  var columns: Int { get }
  /// Width and height of a frame.
  var side: Int { get }
  /// The shortest clip.
  var minimumFrames: Int { get }
  /// Whether each frame has features of its own; a clip is then a handful of frames that travel together.
  var isPerFrame: Bool { get }
  /// Bytes that one extractor needs for itself.
  func memory(frames: Int) -> Int
  /// The same, where frames come in those shapes.
  func memory(frames: Int, shapes: Set<FrameShape>) -> Int
  /// One extractor for each team, to be used side by side.
  ///
  /// - Parameter frames: of a clip; where the network is per frame, the most frames of one call.
  func extractors(frames: Int, teams: ComputeTeams) throws -> [any FeatureExtractor]
}

extension FeatureNetwork {
  public var isPerFrame: Bool { false }
  public func memory(frames: Int, shapes: Set<FrameShape>) -> Int { memory(frames: frames) }
}

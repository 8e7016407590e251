/// Which pixels a warping error leaves out, since the other frame does not show what they show.
public enum OcclusionRule: String, Sendable, CaseIterable, Codable {
  case none
  /// Where the flows to and fro do not lead back: |w + w'|² > 0.01 (|w|² + |w'|²) + 0.5.
  case consistency
  /// There, and on the edges of motion: |∇u|² + |∇v|² > 0.01 |w|² + 0.002.
  case consistencyAndBoundaries = "consistency-and-boundaries"
}

/// What two pixels differ by.
public enum PixelDifference: String, Sendable, CaseIterable, Codable { case squared, absolute }

/// What of the differences of a pixel's three channels is that of the pixel.
public enum ChannelReduction: String, Sendable, CaseIterable, Codable { case mean, sum }

/// Whose frames a flow is estimated from.
public enum FlowSource: String, Sendable, CaseIterable, Codable {
  /// Those of the video itself.
  case video
  /// Those of the real video of the same name.
  case real
}

/// What becomes of the edges that frames are given for the network's sake.
public enum FlowPadding: String, Sendable, CaseIterable, Codable {
  /// They are cut off the flow.
  case cut
  /// They count as pixels.
  case kept
}

/// The values of the frames that the flow network is given. Its own are 0...255.
public enum FlowRange: String, Sendable, CaseIterable, Codable {
  case byte
  /// 0...1, as a published program has it.
  case unit
}

import Tensors

/// The extents of a value of a graph, for one item: one clip, one frame, one text.
public enum Shape: Hashable, Sendable, CustomStringConvertible {
  /// Channels at each place of a volume: what convolutions and pools read and write.
  case maps(channels: Int, Volume)
  /// Rows of channels, one a token.
  case rows(Int, channels: Int)
  /// One row, computed in float64: what stands behind the last mean or the class token.
  case vector(Int)
  /// The ids of a text's tokens.
  case ids(Int)
  /// For each of some places a plane of values: a correlation volume.
  case planes(Int, height: Int, width: Int)

  /// Numbers of one item.
  public var count: Int {
    switch self {
    case .maps(let channels, let volume): channels * volume.count
    case .rows(let count, let channels): count * channels
    case .vector(let count), .ids(let count): count
    case .planes(let count, let height, let width): count * height * width
    }
  }

  /// Nil for ids and planes.
  public var channels: Int? {
    switch self {
    case .maps(let channels, _), .rows(_, let channels), .vector(let channels): channels
    case .ids, .planes: nil
    }
  }

  public var description: String {
    switch self {
    case .maps(let channels, let volume): "\(volume) × \(channels)"
    case .rows(let count, let channels): "\(count) × \(channels)"
    case .vector(let count): "\(count)"
    case .ids(let count): "\(count) ids"
    case .planes(let count, let height, let width): "\(count) × \(height)×\(width)"
    }
  }
}

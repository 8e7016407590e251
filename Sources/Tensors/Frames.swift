/// RGB frames of one clip or of one piece of a video, all of one size.
///
/// Layout T×H×W×3, row-major, channel last (R, G, B).
public struct Frames: Sendable {
  /// The samples as their source holds them; nothing is scaled before the resize that a protocol names.
  public enum Samples: Sendable {
    /// 0...255.
    case bytes([UInt8])
    /// In the range that `ValueRange` names.
    case floats([Float])
  }

  public let count: Int
  public let height: Int
  public let width: Int
  public let samples: Samples

  public init(count: Int, height: Int, width: Int, samples: Samples) {
    let values = count * height * width * 3
    switch samples {
    case .bytes(let bytes): precondition(bytes.count == values, "Frames: T×H×W×3 samples are needed")
    case .floats(let floats): precondition(floats.count == values, "Frames: T×H×W×3 samples are needed")
    }
    self.count = count
    self.height = height
    self.width = width
    self.samples = samples
  }
}

/// What the numbers of a frame mean.
public enum ValueRange: String, Sendable, CaseIterable {
  /// Black is 0, white is 1.
  case unit = "0..1"
  /// Black is -1, white is 1.
  case symmetric = "-1..1"
  /// Black is 0, white is 255.
  case byte = "0..255"
  /// Already what the network takes: neither scaled nor resized.
  case network
}

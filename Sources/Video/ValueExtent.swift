import Files
import Tensors

/// The content of a video: what it is known by, and of arrays the least and the greatest value.
public struct VideoContent: Sendable, Equatable {
  /// SHA-256.
  public let digest: Digest
  /// nil for what is no array, and for arrays without a finite value.
  public let values: ClosedRange<Float>?
}

/// The least and the greatest of many values; those that are not finite count as none.
struct ValueExtent {
  private var least = Float.infinity
  private var greatest = -Float.infinity

  var range: ClosedRange<Float>? { least <= greatest ? least...greatest : nil }

  mutating func take(_ bytes: [UInt8], _ element: ElementType) {
    if element == .uint8 {
      guard let low = bytes.min(), let high = bytes.max() else { return }
      (least, greatest) = (min(least, Float(low)), max(greatest, Float(high)))
      return
    }
    var floats = [Float](repeating: 0, count: bytes.count / element.size)
    bytes.withUnsafeBytes { bytes in floats.withUnsafeMutableBufferPointer { element.read(bytes, into: $0) } }
    for value in floats where value.isFinite {
      if value < least { least = value }
      if value > greatest { greatest = value }
    }
  }
}

extension ValueRange {
  /// What speaks against it that such values are meant in this range; nil if nothing does.
  ///
  /// - Parameter values: the least and the greatest of a whole set.
  public func doubt(of values: ClosedRange<Float>) -> String? {
    let (low, high): (Float, Float) =
      switch self {
      case .unit: (0, 1)
      case .symmetric: (-1, 1)
      case .byte: (0, 255)
      case .network: (-.infinity, .infinity)
      }
    guard self != .network else { return nil }
    let tolerance = FloatRange.tolerance
    if self == .byte, values.upperBound <= 1 + tolerance {
      return values.lowerBound < 0 ? "no value is above 1, as in -1..1" : "no value is above 1, as in 0..1"
    }
    if self == .symmetric, values.lowerBound >= 0 { return "no value is below 0, as in 0..1" }
    // A 32nd of the range: eight of 256 levels.
    guard values.upperBound - values.lowerBound < (high - low) / 32 else { return nil }
    return "all values lie in a 32nd of the range"
  }
}

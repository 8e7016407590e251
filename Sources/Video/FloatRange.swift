import Files
import Tensors

/// What floats of a .npy file may be.
enum FloatRange {
  /// How far a value may lie outside of its range: rounding of generators and of 16-bit floats, not another range.
  static let tolerance: Float = 1e-3

  /// - Throws: `VideoError.array(.notFinite)`, `.outOfRange` for the first such value of the frame.
  static func check(_ floats: [Float], _ range: ValueRange, frame: Int, name: String) throws {
    let (low, high): (Float, Float) =
      switch range {
      case .unit: (0, 1)
      case .symmetric: (-1, 1)
      case .byte: (0, 255)
      case .network: (-.greatestFiniteMagnitude, .greatestFiniteMagnitude)
      }
    let (least, most) = range == .network ? (low, high) : (low - tolerance, high + tolerance)
    var outside = 0
    floats.withUnsafeBufferPointer { floats in
      for value in floats { outside &+= value >= least && value <= most ? 0 : 1 }  // NaN is outside
    }
    guard outside > 0, let value = floats.first(where: { !($0 >= least && $0 <= most) }) else { return }
    guard value.isFinite else { throw VideoError.array(.notFinite(name: name, value: "\(value)", frame: frame)) }
    throw VideoError.array(.outOfRange(name: name, value: value, frame: frame, range: range))
  }
}

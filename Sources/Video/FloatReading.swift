import Tensors

/// Little-endian floats of a .npy file as `Float`.
enum FloatReading {
  /// How far a value may lie outside of its range: rounding of generators and of 16-bit floats, not another range.
  static let tolerance: Float = 1e-3

  static func convert(_ bytes: [UInt8], _ element: NPYHeader.Element, to floats: inout [Float]) {
    let count = floats.count
    bytes.withUnsafeBytes { bytes in
      floats.withUnsafeMutableBufferPointer { floats in
        switch element {
        case .uint8: break
        case .float16:
          for i in 0..<count {
            floats[i] = half(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: i &* 2, as: UInt16.self)))
          }
        case .float32:
          for i in 0..<count {
            floats[i] = Float(
              bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: i &* 4, as: UInt32.self)))
          }
        case .float64:
          for i in 0..<count {
            let bits = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i &* 8, as: UInt64.self))
            floats[i] = Float(Double(bitPattern: bits))
          }
        }
      }
    }
  }

  /// - Throws: `VideoError.notFinite`, `.outOfRange` for the first such value of the frame.
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
    guard value.isFinite else { throw VideoError.notFinite(name: name, value: "\(value)", frame: frame) }
    throw VideoError.outOfRange(name: name, value: value, frame: frame, range: range)
  }

  /// IEEE 754 binary16.
  static func half(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:  // zero and subnormals: fraction · 2^-24, exact
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}

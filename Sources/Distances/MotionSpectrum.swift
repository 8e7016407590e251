#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The power of motion over temporal frequency: of each pixel the optical flow along time is cut into segments of one length, one
/// behind the other, what does not fill one left out; of each the periodogram, without a window; the mean over pixels and segments
/// (Welch 1967, without overlap). Both components of the flow are added.
public struct MotionSpectrum: Sendable {
  /// Flows of a segment.
  public let length: Int

  public init(length: Int) {
    precondition(length > 0, "MotionSpectrum: a segment has one flow at the least")
    self.length = length
  }

  /// Cycles a frame: k / length for k = 0...length / 2.
  public var frequencies: [Double] { (0...length / 2).map { Double($0) / Double(length) } }

  /// |Σ v e^(-2πikt/L)|² / L at each frequency. Over all k from 0 to L - 1 its mean is that of |v|²; those beyond L / 2, which
  /// mirror the others, are not given.
  ///
  /// - Parameter flows: along time, [P][2] each, of the same P pixels.
  /// - Throws: `DistanceError.tooFewFrames` for less than a segment.
  public func power(of flows: [[Float]]) throws -> [Double] {
    guard flows.count >= length, let values = flows.first?.count, values > 0 else {
      throw DistanceError.tooFewFrames(flows.count, least: length)
    }
    let waves = (0..<length).map { step in
      let angle = 2 * Double.pi * Double(step) / Double(length)
      return (cos(angle), sin(angle))
    }
    var power = [Double](repeating: 0, count: length / 2 + 1)
    let segments = flows.count / length
    for start in stride(from: 0, to: segments * length, by: length) {
      for value in 0..<values {
        let series = (start..<start + length).map { Double(flows[$0][value]) }
        for k in power.indices {
          var (real, imaginary) = (0.0, 0.0)
          for t in 0..<length {
            let (cosine, sine) = waves[k * t % length]
            real += series[t] * cosine
            imaginary -= series[t] * sine
          }
          power[k] += real * real + imaginary * imaginary
        }
      }
    }
    // Two values are a pixel.
    let count = Double(length) * Double(segments) * Double(values / 2)
    return power.map { $0 / count }
  }
}

import Engine
import Kernels
import Weights

/// The learned perceptual distance of two frames (Zhang et al., "The Unreasonable Effectiveness of Deep Features as a
/// Perceptual Metric", CVPR 2018; package lpips 0.1.4, version 0.1, net alex), for frames of one size.
///
/// Of both frames the five rectified maps of AlexNet, each pixel's channels divided by their length; the squared differences,
/// weighted by the heads and summed over channels, averaged over pixels; the sum over the five.
///
/// One instance computes one frame at a time; the result is the same bits for any number of threads.
///
/// `@unchecked Sendable`: an instance may go from thread to thread, used by one at a time.
public final class LPIPS: @unchecked Sendable {
  /// The least height and width: below it AlexNet's second pool has nothing to look at.
  public static let minimumSide = AlexNet.minimumSide

  /// What of a frame is compared: the five maps, of unit length at each pixel.
  public struct Features: Sendable {
    /// [H][W][C]
    fileprivate let maps: [[Float]]
  }

  private let program: any Program
  /// [C] of each map.
  private let heads: [[Float]]

  /// - Parameters:
  ///   - alexNet: `conv_1/kernel` [11][11][3][64], `conv_1/bias` [64], ..., `conv_5`.
  ///   - heads: `head_1/kernel` [64], ..., `head_5/kernel` [256].
  ///   - height: at least `minimumSide`, and so `width`.
  /// - Throws: an error that names the tensor that does not fit.
  public convenience init(
    alexNet: NetworkWeights, heads: NetworkWeights, height: Int, width: Int, on device: some Device
  ) throws {
    precondition(min(height, width) >= Self.minimumSide, "LPIPS: the frames are too small")
    let values = try AlexNet.channels.enumerated().map { layer, channels in
      try heads.tensor("head_\(layer + 1)/kernel", shape: [channels])
    }
    self.init(
      try device.compile(AlexNet.graph(height: height, width: width), alexNet, batch: 1), heads: values)
  }

  private init(_ program: any Program, heads: [[Float]]) {
    self.program = program
    self.heads = heads
  }

  /// Another instance that computes the same beside this one: it shares the weights and has activations of its own.
  public func twin() throws -> LPIPS { LPIPS(try program.twin(), heads: heads) }

  /// The features of a frame, [H][W][3], R, G, B in 0...1.
  public func features(_ frame: UnsafePointer<Float>) -> Features { Features(maps: program.run(frame, count: 1)) }

  /// 0 for equal frames, and the same both ways.
  public func distance(_ a: Features, _ b: Features) -> Double {
    zip(zip(a.maps, b.maps), heads).reduce(0) { $0 + Self.distance($1.0.0, $1.0.1, $1.1) }
  }

  private static func distance(_ a: [Float], _ b: [Float], _ head: [Float]) -> Double {
    a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        head.withUnsafeBytes { head in
          var sum = 0.0
          for pixel in stride(from: 0, to: a.count, by: head.count) {
            var weighted = SIMD16<Float>(repeating: 0)
            for offset in stride(from: 0, to: head.count, by: 64) {
              let difference =
                a.loadUnaligned(fromByteOffset: pixel + offset, as: SIMD16<Float>.self)
                - b.loadUnaligned(fromByteOffset: pixel + offset, as: SIMD16<Float>.self)
              weighted += difference * difference * head.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
            }
            sum += Double(weighted.sum())
          }
          return sum / Double(a.count / head.count)
        }
      }
    }
  }
}

import Kernels
import Tensors
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
  public static let minimumSide = AlexNetBuilder.minimumSide

  /// What of a frame is compared: the five maps, of unit length at each pixel.
  public struct Features: Sendable {
    /// [H][W][C]
    fileprivate let maps: [[Float]]
  }

  public let height: Int
  public let width: Int

  private let steps: [NetworkStep]
  private let input: Activation
  private let maps: [Activation]
  /// [C] of each map.
  private let heads: [[Float]]
  private let team: ThreadTeam
  private let table: KernelTable

  /// - Parameters:
  ///   - alexNet: `conv_1/kernel` [11][11][3][64], `conv_1/bias` [64], ..., `conv_5`.
  ///   - heads: `head_1/kernel` [64], ..., `head_5/kernel` [256].
  ///   - height: at least `minimumSide`, and so `width`.
  ///   - table: which instruction set.
  /// - Throws: an error that names the tensor that does not fit.
  public convenience init(
    alexNet: NetworkWeights, heads: NetworkWeights, height: Int, width: Int, threads: Int, table: KernelTable
  ) throws {
    let values = try AlexNetBuilder.channels.enumerated().map { layer, channels in
      try heads.tensor("head_\(layer + 1)/kernel", shape: [channels])
    }
    try self.init(
      AlexNetBuilder(weights: alexNet, table: table), heads: values, height: height, width: width, threads: threads)
  }

  private init(_ builder: AlexNetBuilder, heads: [[Float]], height: Int, width: Int, threads: Int) throws {
    precondition(min(height, width) >= Self.minimumSide, "LPIPS: the frames are too small")
    self.height = height
    self.width = width
    self.heads = heads
    team = ThreadTeam(threads: threads)
    table = builder.table
    var builder = builder
    input = builder.input(height: height, width: width)
    maps = try builder.build(from: input)
    steps = builder.steps
  }

  /// Another instance that computes the same beside this one: it shares the weights and has activations of its own.
  public func twin() throws -> LPIPS {
    try LPIPS(
      AlexNetBuilder(weights: nil, table: table, twin: steps), heads: heads, height: height, width: width,
      threads: team.threads)
  }

  /// The features of a frame, [H][W][3], R, G, B in 0...1.
  public func features(_ frame: UnsafePointer<Float>) -> Features {
    copy(frame)
    for step in steps { step.run(team) }
    return Features(maps: maps.map(unitLengths))
  }

  /// 0 for equal frames, and the same both ways.
  public func distance(_ a: Features, _ b: Features) -> Double {
    zip(zip(a.maps, b.maps), heads).reduce(0) { $0 + Self.distance($1.0.0, $1.0.1, $1.1) }
  }

  /// From 0...1 to -1...1, then what ImageNet's mean and deviation are there (`ScalingLayer`).
  private func copy(_ frame: UnsafePointer<Float>) {
    let shift: [Float] = [-0.030, -0.088, -0.188]
    let scale: [Float] = [0.458, 0.448, 0.450]
    for y in 0..<height {
      let source = frame + y * width * 3
      let place = input.block(0) + input.layout.offset(0, 0, y + AlexNetBuilder.padding, AlexNetBuilder.padding)
      for x in 0..<width {
        for c in 0..<3 { place[3 * x + c] = (2 * source[3 * x + c] - 1 - shift[c]) / scale[c] }
      }
    }
  }

  /// [H][W][C], each pixel's channels divided by their length (`normalize_tensor`: plus 1e-10).
  private func unitLengths(_ map: Activation) -> [Float] {
    let layout = map.layout
    let (volume, blocks) = (layout.volume, layout.blocks)
    return [Float](unsafeUninitializedCapacity: volume.height * volume.width * layout.channels) { values, count in
      count = values.count
      let target = Target(pointer: values.baseAddress!)
      team.perform(chunks: volume.height) { y in
        for x in 0..<volume.width {
          let pixel = UnsafeRawPointer(map.block(0) + layout.offset(0, 0, y, x))
          func channels(_ block: Int) -> SIMD16<Float> {
            pixel.loadUnaligned(fromByteOffset: 4 * block * layout.blockStride, as: SIMD16<Float>.self)
          }
          var squares = SIMD16<Float>(repeating: 0)
          for block in 0..<blocks { squares += channels(block) * channels(block) }
          let length = squares.sum().squareRoot() + 1e-10
          let place = UnsafeMutableRawPointer(target.pointer + (y * volume.width + x) * layout.channels)
          for block in 0..<blocks {
            place.storeBytes(of: channels(block) / length, toByteOffset: 64 * block, as: SIMD16<Float>.self)
          }
        }
      }
    }
  }

  /// The threads of a team write rows of their own.
  private struct Target: @unchecked Sendable { let pointer: UnsafeMutablePointer<Float> }

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

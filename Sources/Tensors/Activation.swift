/// Where the values of one activation lie in memory.
///
/// Two forms, both with a halo of zeros around each plane, so that a convolution or a pool reads its padding like any
/// other value:
/// - blocked, [C/16][T][H][W][16]: what lies between layers. Neighbouring pixels are 16 floats apart whatever C is, and
///   concatenation along C is a matter of addresses.
/// - image, [T][H][W][C]: what goes into a network.
public struct ActivationLayout: Hashable, Sendable {
  /// Channels in a block.
  public static let block = 16

  public let channels: Int
  public let volume: Volume
  /// Zeros before and after the values, along each axis.
  public let haloBefore: Volume
  public let haloAfter: Volume
  /// Floats between neighbours along the width.
  public let pixelStride: Int

  /// [C/16][T][H][W][16]; channels beyond C in the last block are zero.
  public static func blocked(
    channels: Int, _ volume: Volume, haloBefore: Volume = .one, haloAfter: Volume = .one
  ) -> ActivationLayout {
    ActivationLayout(
      channels: channels, volume: volume, haloBefore: haloBefore, haloAfter: haloAfter, pixelStride: block)
  }

  /// [T][H][W][C]
  public static func image(
    channels: Int, _ volume: Volume, haloBefore: Volume, haloAfter: Volume
  ) -> ActivationLayout {
    ActivationLayout(
      channels: channels, volume: volume, haloBefore: haloBefore, haloAfter: haloAfter, pixelStride: channels)
  }

  public var isBlocked: Bool { pixelStride == Self.block }
  /// Channels held together: 16 when blocked, all of them in an image.
  public var blockChannels: Int { pixelStride }
  public var blocks: Int { (channels + blockChannels - 1) / blockChannels }
  public var rowStride: Int { (haloBefore.width + volume.width + haloAfter.width) * pixelStride }
  public var planeStride: Int { (haloBefore.height + volume.height + haloAfter.height) * rowStride }
  public var blockStride: Int { (haloBefore.frames + volume.frames + haloAfter.frames) * planeStride }
  /// The offset of the first value that is not halo.
  public var origin: Int {
    haloBefore.frames * planeStride + haloBefore.height * rowStride + haloBefore.width * pixelStride
  }
  /// Floats in all.
  public var count: Int { blocks * blockStride }

  /// Some of the frames, in the same memory: those before and behind them count as halo.
  public func frames(_ range: Range<Int>) -> ActivationLayout {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= volume.frames, "ActivationLayout: there are no such frames")
    func halo(_ halo: Volume, more frames: Int) -> Volume { Volume(halo.frames + frames, halo.height, halo.width) }
    return ActivationLayout(
      channels: channels, volume: Volume(range.count, volume.height, volume.width),
      haloBefore: halo(haloBefore, more: range.lowerBound),
      haloAfter: halo(haloAfter, more: volume.frames - range.upperBound), pixelStride: pixelStride)
  }

  /// The offsets of a kernel's taps from a pixel, `before` of them before it along each axis, in the order [T][H][W].
  public func taps(_ kernel: Volume, before: Volume) -> [Int] {
    (0..<kernel.frames).flatMap { t in
      (0..<kernel.height).flatMap { y in
        (0..<kernel.width).map { x in offset(0, t - before.frames, y - before.height, x - before.width) }
      }
    }
  }

  /// The offset of channel `c` at frame `t`, row `y`, column `x`, from the first value that is not halo.
  public func offset(_ c: Int, _ t: Int, _ y: Int, _ x: Int) -> Int {
    c / blockChannels * blockStride + t * planeStride + y * rowStride + x * pixelStride + c % blockChannels
  }
}

/// Memory that activations lie in: zeros until something is written.
public final class ActivationMemory: @unchecked Sendable {
  /// Kernels may read (never write) some pixels past the last row; what they read there is not used.
  private static let slack = 32 * 32

  fileprivate let buffer: FloatBuffer

  public init(floats: Int) { buffer = FloatBuffer(zeros: floats + Self.slack) }
}

/// The values of one layer, in memory of their own or in a part of a larger one.
///
/// A plan that is made for an activation keeps its addresses, so it also keeps the activation. `@unchecked Sendable`: the
/// threads of one layer write places of their own, and layers run one after the other.
public final class Activation: @unchecked Sendable {
  public let layout: ActivationLayout
  private let memory: ActivationMemory
  private let start: Int

  /// In memory of its own. Its halo stays zero.
  public convenience init(_ layout: ActivationLayout) {
    self.init(layout, in: ActivationMemory(floats: layout.count), at: 0)
  }

  /// In a part of `memory`, from the float `start` on. Whoever shares the memory with others clears the halo.
  public init(_ layout: ActivationLayout, in memory: ActivationMemory, at start: Int) {
    precondition(
      start >= 0 && start + layout.count <= memory.buffer.count, "Activation: the memory ends before the activation")
    self.layout = layout
    self.memory = memory
    self.start = start
  }

  /// Some of its frames, in the same memory: those before and behind them count as halo.
  public func frames(_ range: Range<Int>) -> Activation {
    Activation(layout.frames(range), in: memory, at: start)
  }

  /// All of it, the halo before the first value included.
  public var floats: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: memory.buffer.pointer + start, count: layout.count)
  }

  /// The first value of block `block` that is not halo.
  public func block(_ block: Int) -> UnsafeMutablePointer<Float> {
    precondition(block >= 0 && block < layout.blocks, "Activation: this block does not exist")
    return memory.buffer.pointer + (start + block * layout.blockStride + layout.origin)
  }

  /// The value of channel `c` at frame `t`, row `y`, column `x`; for tests and the reference plans, not for speed.
  public subscript(c: Int, t: Int, y: Int, x: Int) -> Float {
    get { block(0)[layout.offset(c, t, y, x)] }
    set { block(0)[layout.offset(c, t, y, x)] = newValue }
  }

  /// The sums over one frame of 16 channels, row by row, in float64.
  public func planeSum(block: Int, frame: Int) -> SIMD16<Double> {
    precondition(layout.isBlocked, "Activation: only blocked ones have 16 channels side by side")
    var sum = SIMD16<Double>(repeating: 0)
    for y in 0..<layout.volume.height {
      let row = UnsafeRawPointer(self.block(block) + layout.offset(0, frame, y, 0))
      for x in 0..<layout.volume.width {
        sum += SIMD16<Double>(row.loadUnaligned(fromByteOffset: 64 * x, as: SIMD16<Float>.self))
      }
    }
    return sum
  }
}

import Tensors
import Threads

/// Average pooling with "SAME" padding and stride 1, bound to its input and output. Padding is not counted: an average at
/// the edge is that of fewer values.
///
/// A constant's average is the constant, so a pointwise convolution gives the same before this pool as behind it; where
/// it has fewer outputs than inputs, before is the cheaper place. Its rectifier stays behind, hence `rectify`.
public struct AveragePooling: Sendable {
  private let input: Activation
  private let output: Activation
  private let firstBlock: Int
  private let rectify: Bool
  private let taps: [Int]
  /// [T][H][W] taps of each output pixel that are not padding.
  private let counts: [Float]
  private let kernel: MicroKernels.AveragePoolRowKernel

  /// - Parameters:
  ///   - rectify: whether max(·, 0) is taken of the averages.
  ///   - output: the blocks from `firstBlock` on are written.
  public init(
    kernel: Volume, rectify: Bool = false, input: Activation, output: Activation, firstBlock: Int = 0,
    with table: KernelTable
  ) {
    let layout = input.layout
    let padded = Padding.same.volume(layout.volume, kernel: kernel, stride: .one)
    precondition(layout.isBlocked && output.layout.isBlocked, "AveragePooling: blocked activations are needed")
    precondition(output.layout.volume == layout.volume, "AveragePooling: the output has another volume")
    precondition(
      layout.haloBefore.covers(padded.before) && layout.haloAfter.covers(padded.after),
      "AveragePooling: the input's halo is smaller than the padding")
    self.input = input
    self.output = output
    self.firstBlock = firstBlock
    self.rectify = rectify
    self.kernel = table.kernels.averagePoolRow
    taps = layout.taps(kernel, before: padded.before)
    let t = Self.present(layout.volume.frames, kernel.frames, before: padded.before.frames)
    let y = Self.present(layout.volume.height, kernel.height, before: padded.before.height)
    let x = Self.present(layout.volume.width, kernel.width, before: padded.before.width)
    counts = t.flatMap { t in y.flatMap { y in x.map { x in Float(t * y * x) } } }
  }

  /// Along one axis, how many taps of each output are inside the input.
  private static func present(_ size: Int, _ kernel: Int, before: Int) -> [Int] {
    (0..<size).map { min($0 - before + kernel, size) - max($0 - before, 0) }
  }

  /// Bytes of the input's values and the output's.
  package var bytes: Int {
    4 * input.layout.channels * (input.layout.volume.count + output.layout.volume.count)
  }

  public func run(_ team: ThreadTeam) {
    let layout = input.layout
    let volume = layout.volume
    team.perform(chunks: layout.blocks * volume.frames) { chunk in
      let (block, t) = chunk.quotientAndRemainder(dividingBy: volume.frames)
      let source = input.block(block) + layout.offset(0, t, 0, 0)
      let destination = output.block(firstBlock + block) + output.layout.offset(0, t, 0, 0)
      taps.withUnsafeBufferPointer { taps in
        counts.withUnsafeBufferPointer { counts in
          for y in 0..<volume.height {
            kernel(
              source + y * layout.rowStride, taps.baseAddress!, taps.count,
              counts.baseAddress! + (t * volume.height + y) * volume.width, volume.width,
              destination + y * output.layout.rowStride, rectify)
          }
        }
      }
    }
  }
}

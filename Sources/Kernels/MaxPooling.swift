import Tensors
import Threads

/// Max pooling, bound to its input and output.
///
/// Padding takes part as 0. TensorFlow leaves it out (-inf), which is the same here because every input is the result
/// of a rectifier (>= 0).
public struct MaxPooling: Sendable {
  private let input: Activation
  private let output: Activation
  private let firstBlock: Int
  private let stride: Volume
  private let taps: [Int]
  private let kernel: MicroKernels.MaxPoolRowKernel

  /// - Parameters:
  ///   - output: the blocks from `firstBlock` on are written.
  public init(
    kernel: Volume, stride: Volume, padding: Padding = .same, input: Activation, output: Activation,
    firstBlock: Int = 0, with table: KernelTable
  ) {
    self.init(
      kernel: kernel, stride: stride, padded: padding.volume(input.layout.volume, kernel: kernel, stride: stride),
      input: input, output: output, firstBlock: firstBlock, with: table)
  }

  /// - Parameter padded: the outputs, and the halo that is read.
  public init(
    kernel: Volume, stride: Volume, padded: PaddedVolume, input: Activation, output: Activation, firstBlock: Int = 0,
    with table: KernelTable
  ) {
    let layout = input.layout
    precondition(layout.isBlocked && output.layout.isBlocked, "MaxPooling: blocked activations are needed")
    precondition(output.layout.volume == padded.output, "MaxPooling: the output has another volume")
    precondition(
      layout.haloBefore.covers(padded.before) && layout.haloAfter.covers(padded.after),
      "MaxPooling: the input's halo is smaller than the padding")
    self.input = input
    self.output = output
    self.firstBlock = firstBlock
    self.stride = stride
    self.kernel = table.kernels.maxPoolRow
    taps = layout.taps(kernel, before: padded.before)
  }

  /// Bytes of the input's values and the output's.
  package var bytes: Int {
    4 * input.layout.channels * (input.layout.volume.count + output.layout.volume.count)
  }

  public func run(_ team: ThreadTeam) {
    let layout = input.layout
    let volume = output.layout.volume
    team.perform(chunks: layout.blocks * volume.frames) { chunk in
      let (block, t) = chunk.quotientAndRemainder(dividingBy: volume.frames)
      let source = input.block(block) + layout.offset(0, t * stride.frames, 0, 0)
      let destination = output.block(firstBlock + block) + output.layout.offset(0, t, 0, 0)
      taps.withUnsafeBufferPointer { taps in
        for y in 0..<volume.height {
          kernel(
            source + y * stride.height * layout.rowStride, taps.baseAddress!, taps.count, volume.width,
            stride.width * ActivationLayout.block, destination + y * output.layout.rowStride, ActivationLayout.block)
        }
      }
    }
  }
}

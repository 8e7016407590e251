import Tensors
import Threads

/// A convolution with stride 2 over space as one with stride 1: each 2×2 square of pixels becomes one pixel of 4·C
/// channels, ordered (row, column, channel) within the square. Stride 1 is what Winograd's algorithms need.
public struct SpaceToDepth: Sendable {
  /// Height and width are halved, channels are four times as many.
  public let output: Activation

  /// - Parameter output: 4·C channels, at most 16.
  public init(into output: Activation) {
    precondition(
      output.layout.isBlocked && output.layout.channels % 4 == 0 && output.layout.blocks == 1,
      "SpaceToDepth: 4·C channels in one block")
    self.output = output
  }

  private struct Place: @unchecked Sendable { let pointer: UnsafePointer<Float> }

  /// - Parameter image: [T][H][W][C]
  public func run(_ image: UnsafePointer<Float>, _ team: ThreadTeam) {
    let layout = output.layout
    let volume = layout.volume
    let pair = layout.channels / 2
    let spare = ActivationLayout.block - layout.channels
    let image = Place(pointer: image)
    team.perform(chunks: volume.frames) { t in
      for y in 0..<volume.height {
        var upper = image.pointer + (t * volume.height + y) * 2 * volume.width * pair
        var lower = upper + volume.width * pair
        var pixel = output.block(0) + layout.offset(0, t, y, 0)
        for _ in 0..<volume.width {
          pixel.update(from: upper, count: pair)
          (pixel + pair).update(from: lower, count: pair)
          (pixel + layout.channels).update(repeating: 0, count: spare)
          upper += pair
          lower += pair
          pixel += ActivationLayout.block
        }
      }
    }
  }
}

extension ConvolutionWeights {
  /// The weights for what `SpaceToDepth` makes of the input: taps at even places of a kernel see the first pixel of a
  /// square, the others the second; a kernel of k taps becomes one of ⌈k/2⌉. Taps that were not there are zero.
  ///
  /// The padding before the input must be even: `SamePadding` of the halved size with the halved kernel is then the half
  /// of it.
  public func spaceToDepth() -> ConvolutionWeights {
    let folded = Volume(kernel.frames, (kernel.height + 1) / 2, (kernel.width + 1) / 2)
    var moved = [Float](repeating: 0, count: folded.count * 4 * inputChannels * outputChannels)
    for t in 0..<kernel.frames {
      for y in 0..<kernel.height {
        for x in 0..<kernel.width {
          let source = ((t * kernel.height + y) * kernel.width + x) * inputChannels * outputChannels
          let tap = (t * folded.height + y / 2) * folded.width + x / 2
          let square = y % 2 * 2 + x % 2
          let target = (tap * 4 + square) * inputChannels * outputChannels
          for i in 0..<inputChannels * outputChannels { moved[target + i] = values[source + i] }
        }
      }
    }
    return ConvolutionWeights(
      kernel: folded, inputChannels: 4 * inputChannels, outputChannels: outputChannels, values: moved, bias: bias,
      products: products)
  }
}

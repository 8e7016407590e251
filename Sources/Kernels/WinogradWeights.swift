import Tensors

/// The weights of a convolution in Winograd's domain, U = G g Gᵀ (or G g along a line) for each tap in time, packed for the
/// tiles.
///
///     [position][panel][kT][C/16][C of the block][tile channels]
struct WinogradWeights: Sendable {
  /// Channels of the input in blocks of 16, and of the output in panels.
  let inputBlocks: Int
  let panels: Int
  /// Input channels of one segment: 16, or all where there are fewer.
  let segmentLength: Int
  let tapStride: Int
  let panelStride: Int
  private let positionStride: Int
  private let storage: Storage

  private final class Storage: @unchecked Sendable {
    let buffer: FloatBuffer
    init(_ count: Int) { buffer = FloatBuffer(zeros: count) }
  }

  /// - Parameter factors: [position][kH·kW], what each tap adds to each position.
  init(_ weights: ConvolutionWeights, factors: [Double], tileChannels: Int) {
    inputBlocks = (weights.inputChannels + ActivationLayout.block - 1) / ActivationLayout.block
    panels = (weights.outputChannels + tileChannels - 1) / tileChannels
    segmentLength = min(ActivationLayout.block, weights.inputChannels)
    tapStride = inputBlocks * segmentLength * tileChannels
    panelStride = weights.kernel.frames * tapStride
    positionStride = panels * panelStride
    storage = Storage(factors.count / (weights.kernel.height * weights.kernel.width) * positionStride)
    transform(weights, factors, tileChannels: tileChannels)
  }

  func weights(position: Int, panel: Int) -> UnsafePointer<Float> {
    UnsafePointer(storage.buffer.pointer + position * positionStride + panel * panelStride)
  }

  /// One row of output channels at a time: U is linear in g.
  private func transform(_ weights: ConvolutionWeights, _ factors: [Double], tileChannels: Int) {
    let taps = weights.kernel.height * weights.kernel.width
    let outputs = weights.outputChannels
    var row = [Double](repeating: 0, count: outputs)
    for tap in 0..<weights.kernel.frames {
      for input in 0..<weights.inputChannels {
        for position in 0..<factors.count / taps {
          for output in 0..<outputs { row[output] = 0 }
          for i in 0..<taps where factors[position * taps + i] != 0 {
            let factor = factors[position * taps + i]
            let source = ((tap * taps + i) * weights.inputChannels + input) * outputs
            for output in 0..<outputs { row[output] += factor * Double(weights.values[source + output]) }
          }
          let place = storage.buffer.pointer + (position * positionStride + tap * tapStride + input * tileChannels)
          for output in 0..<outputs {
            place[output / tileChannels * panelStride + output % tileChannels] = Float(row[output])
          }
        }
      }
    }
  }
}

import Tensors

/// The weights of a convolution in Winograd's domain, U = G g Gᵀ for each tap in time, packed for the tiles.
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

  init(_ weights: ConvolutionWeights, _ variant: WinogradVariant, tileChannels: Int) {
    inputBlocks = (weights.inputChannels + ActivationLayout.block - 1) / ActivationLayout.block
    panels = (weights.outputChannels + tileChannels - 1) / tileChannels
    segmentLength = min(ActivationLayout.block, weights.inputChannels)
    tapStride = inputBlocks * segmentLength * tileChannels
    panelStride = weights.kernel.frames * tapStride
    positionStride = panels * panelStride
    storage = Storage(variant.positions * positionStride)
    transform(weights, variant, tileChannels: tileChannels)
  }

  func weights(position: Int, panel: Int) -> UnsafePointer<Float> {
    UnsafePointer(storage.buffer.pointer + position * positionStride + panel * panelStride)
  }

  /// One row of output channels at a time: U is linear in g.
  private func transform(_ weights: ConvolutionWeights, _ variant: WinogradVariant, tileChannels: Int) {
    let taps = variant.taps * variant.taps
    let outputs = weights.outputChannels
    let factors = Self.factors(variant)
    var row = [Double](repeating: 0, count: outputs)
    for tap in 0..<weights.kernel.frames {
      for input in 0..<weights.inputChannels {
        for position in 0..<variant.positions {
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

  /// G ⊗ G, [position][tap].
  private static func factors(_ variant: WinogradVariant) -> [Double] {
    let rows = variant.filterTransform
    var factors: [Double] = []
    for y in rows { for x in rows { for a in y { for b in x { factors.append(a * b) } } } }
    return factors
  }
}

import Tensors

/// The weights of a convolution in Winograd's domain, U = G g Gᵀ for each tap in time, packed for the tiles.
///
///     [position 36][panel][kT][C/16][16][tile channels]
struct WinogradWeights: Sendable {
  static let positions = 36

  /// Channels of the input in blocks of 16, and of the output in panels.
  let inputBlocks: Int
  let panels: Int
  let tapStride: Int
  let panelStride: Int
  private let positionStride: Int
  private let storage: Storage

  private final class Storage: @unchecked Sendable {
    let buffer: FloatBuffer
    init(_ count: Int) { buffer = FloatBuffer(zeros: count) }
  }

  init(_ weights: ConvolutionWeights, tileChannels: Int) {
    inputBlocks = (weights.inputChannels + ActivationLayout.block - 1) / ActivationLayout.block
    panels = (weights.outputChannels + tileChannels - 1) / tileChannels
    tapStride = inputBlocks * ActivationLayout.block * tileChannels
    panelStride = weights.kernel.frames * tapStride
    positionStride = panels * panelStride
    storage = Storage(Self.positions * positionStride)
    let base = storage.buffer.pointer
    weights.values.withUnsafeBufferPointer { values in
      for tap in 0..<weights.kernel.frames {
        for input in 0..<weights.inputChannels {
          for output in 0..<weights.outputChannels {
            let (panel, lane) = output.quotientAndRemainder(dividingBy: tileChannels)
            let place = base + (panel * panelStride + tap * tapStride + input * tileChannels + lane)
            Self.transform(weights, values, tap, input, output) { place[$0 * positionStride] = $1 }
          }
        }
      }
    }
  }

  func weights(position: Int, panel: Int) -> UnsafePointer<Float> {
    UnsafePointer(storage.buffer.pointer + position * positionStride + panel * panelStride)
  }

  @inline(__always)
  private static func transform(
    _ weights: ConvolutionWeights, _ values: UnsafeBufferPointer<Float>, _ tap: Int, _ input: Int, _ output: Int,
    _ write: (Int, Float) -> Void
  ) {
    var g = InlineArray<9, Double>(repeating: 0)
    for i in 0..<9 {
      g[i] = Double(values[((tap * 9 + i) * weights.inputChannels + input) * weights.outputChannels + output])
    }
    var half = InlineArray<18, Double>(repeating: 0)
    for i in 0..<6 {
      let row = rows[i]
      for j in 0..<3 { half[3 * i + j] = row.0 * g[j] + row.1 * g[3 + j] + row.2 * g[6 + j] }
    }
    for i in 0..<6 {
      for j in 0..<6 {
        let row = rows[j]
        write(6 * i + j, Float(half[3 * i] * row.0 + half[3 * i + 1] * row.1 + half[3 * i + 2] * row.2))
      }
    }
  }

  /// G of F(4×4, 3×3).
  private static let rows: InlineArray<6, (Double, Double, Double)> = [
    (1.0 / 4, 0, 0), (-1.0 / 6, -1.0 / 6, -1.0 / 6), (-1.0 / 6, 1.0 / 6, -1.0 / 6), (1.0 / 24, 1.0 / 12, 1.0 / 6),
    (1.0 / 24, -1.0 / 12, 1.0 / 6), (0, 0, 1),
  ]
}

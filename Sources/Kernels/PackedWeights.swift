import Tensors

/// The weights of a convolution in the order in which a tile reads them.
///
///     [panel][segment][length][tile channels]
///
/// A panel holds the output channels of one tile (16 or 32); a segment is one tap of one block of 16 input channels
/// (blocked input), or one row of taps (an image: kW·Cin values that lie side by side). Spare channels are zero.
struct PackedWeights: Sendable {
  /// Offsets in floats from a pixel's place in the input, one for each segment.
  let segments: [Int]
  let segmentLength: Int
  let panels: Int
  /// Floats of one panel.
  let panelStride: Int
  private let storage: Storage

  /// Panels, then the biases: `tileChannels` for each panel.
  private final class Storage: @unchecked Sendable {
    let buffer: FloatBuffer
    init(_ count: Int) { buffer = FloatBuffer(zeros: count) }
  }

  func weights(panel: Int) -> UnsafePointer<Float> { UnsafePointer(storage.buffer.pointer + panel * panelStride) }

  func bias(panel: Int, tileChannels: Int) -> UnsafePointer<Float> {
    UnsafePointer(storage.buffer.pointer + panels * panelStride + panel * tileChannels)
  }

  init(_ problem: ConvolutionProblem, tileChannels: Int) {
    let weights = problem.weights
    let layout = problem.input.layout
    let rows = Self.rows(problem)
    segments = rows.map(\.offset)
    segmentLength = layout.isBlocked ? ActivationLayout.block : weights.kernel.width * weights.inputChannels
    panels = (weights.outputChannels + tileChannels - 1) / tileChannels
    panelStride = segments.count * segmentLength * tileChannels
    storage = Storage(panels * (panelStride + tileChannels))
    let base = storage.buffer.pointer
    for panel in 0..<panels {
      let channels = min(tileChannels, weights.outputChannels - panel * tileChannels)
      for (index, row) in rows.enumerated() {
        for k in 0..<row.count {
          let source = (row.firstRow + k) * weights.outputChannels + panel * tileChannels
          let place = panel * panelStride + (index * segmentLength + k) * tileChannels
          for channel in 0..<channels { base[place + channel] = weights.values[source + channel] }
        }
      }
      for channel in 0..<channels {
        base[panels * panelStride + panel * tileChannels + channel] = weights.bias[panel * tileChannels + channel]
      }
    }
  }

  /// A segment: its place in the input, and the rows [kT][kH][kW][Cin] of the weights that it multiplies.
  private struct Row {
    let offset: Int
    let firstRow: Int
    let count: Int
  }

  private static func rows(_ problem: ConvolutionProblem) -> [Row] {
    let kernel = problem.weights.kernel
    let channels = problem.weights.inputChannels
    let layout = problem.input.layout
    let pad = problem.padBefore
    var rows: [Row] = []
    for block in 0..<(layout.isBlocked ? layout.blocks : 1) {
      for kt in 0..<kernel.frames {
        for ky in 0..<kernel.height {
          let tap = (kt * kernel.height + ky) * kernel.width
          let line =
            block * layout.blockStride + (kt - pad.frames) * layout.planeStride + (ky - pad.height) * layout.rowStride
            - pad.width * layout.pixelStride
          if layout.isBlocked {
            for kx in 0..<kernel.width {
              rows.append(
                Row(
                  offset: line + kx * layout.pixelStride,
                  firstRow: (tap + kx) * channels + block * ActivationLayout.block,
                  count: min(ActivationLayout.block, channels - block * ActivationLayout.block)))
            }
          } else {
            rows.append(Row(offset: line, firstRow: tap * channels, count: kernel.width * channels))
          }
        }
      }
    }
    return rows
  }
}

import Tensors

/// The rows of a product V · U, cut for the tile kernel.
struct TileRows: Sendable {
  private let table: KernelTable
  private let entries: [TileTable.Entry]
  private let inputOffsets: [Int]
  private let outputOffsets: [Int]
  /// Floats from one row of V to the next.
  private let rowStride: Int

  /// Where sums without a bias begin.
  private static let zeros = Zeros()

  private final class Zeros: @unchecked Sendable {
    private let buffer = FloatBuffer(zeros: 32)
    var pointer: UnsafePointer<Float> { UnsafePointer(buffer.pointer) }
  }

  /// - Parameters:
  ///   - tiles: rows of V.
  ///   - rowStride: floats from one row of V to the next; `outputStride`: of the product.
  init(
    tiles: Int, rowStride: Int = ActivationLayout.block, outputStride: Int = ActivationLayout.block,
    table: KernelTable
  ) {
    self.table = table
    self.rowStride = rowStride
    switch table.tile {
    case .pixels(let most, _):
      entries = TileTable.Entry.cutEvenly(pixels: tiles, most: most)
      inputOffsets = (0..<tiles).map { $0 * rowStride }
      outputOffsets = (0..<tiles).map { $0 * outputStride }
    case .runs:
      // A tile's second run goes on where the first ends, so what is missing in the last tile is at its end.
      let run = KernelTable.runLength((tiles + (tiles + 13) / 14 * 2 - 1) / ((tiles + 13) / 14 * 2))
      entries = stride(from: 0, to: tiles, by: 2 * run).map { TileTable.Entry(first: $0, pixels: 2 * run) }
      let padded = entries.count * 2 * run
      inputOffsets = (0..<padded).map { ($0 < tiles ? $0 : 0) * rowStride }
      outputOffsets = (0..<padded).map { $0 < tiles ? $0 * outputStride : -1 }
    }
  }

  /// - Parameters:
  ///   - length: inputs in a segment.
  ///   - blockStride: floats from the first 16 output channels of a panel to the next 16.
  @inline(__always)
  func run(
    _ input: UnsafePointer<Float>, _ segments: UnsafePointer<Int>, _ segmentCount: Int, _ length: Int,
    _ weights: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, blockStride: Int
  ) {
    let part = table.partSegments(segmentCount, length: length)
    inputOffsets.withUnsafeBufferPointer { inputs in
      outputOffsets.withUnsafeBufferPointer { outputs in
        guard let inputs = inputs.baseAddress, let outputs = outputs.baseAddress else { return }
        for first in stride(from: 0, to: segmentCount, by: part) {
          let count = min(part, segmentCount - first)
          let weights = weights + first * length * table.tileChannels
          let start = first == 0 ? Self.zeros.pointer : nil
          for entry in entries {
            switch table.tile {
            case .pixels(_, let kernel):
              kernel(
                entry.pixels, input, inputs + entry.first, segments + first, count, length, weights, start, output,
                outputs + entry.first, false)
            case .runs(let kernel):
              kernel(
                entry.pixels / 2, input, inputs + entry.first, rowStride, segments + first, count, length, weights,
                start,
                output, output + blockStride, outputs + entry.first, false)
            }
          }
        }
      }
    }
  }
}

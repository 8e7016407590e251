import Tensors

/// The rows of a product V · U, cut for the tile kernel.
struct TileRows: Sendable {
  private let tile: KernelTable.Tile
  private let entries: [TileTable.Entry]
  private let inputOffsets: [Int]
  private let outputOffsets: [Int]

  /// Where sums without a bias begin.
  private static let zeros = Zeros()

  private final class Zeros: @unchecked Sendable {
    private let buffer = FloatBuffer(zeros: 32)
    var pointer: UnsafePointer<Float> { UnsafePointer(buffer.pointer) }
  }

  init(tiles: Int, tile: KernelTable.Tile) {
    self.tile = tile
    let lanes = ActivationLayout.block
    switch tile {
    case .pixels(let most, _):
      entries = TileTable.Entry.cutEvenly(pixels: tiles, most: most)
      inputOffsets = (0..<tiles).map { $0 * lanes }
      outputOffsets = inputOffsets
    case .runs:
      // A tile's second run goes on where the first ends, so what is missing in the last tile is at its end.
      let run = KernelTable.runLength((tiles + (tiles + 13) / 14 * 2 - 1) / ((tiles + 13) / 14 * 2))
      entries = stride(from: 0, to: tiles, by: 2 * run).map { TileTable.Entry(first: $0, pixels: 2 * run) }
      let padded = entries.count * 2 * run
      inputOffsets = (0..<padded).map { ($0 < tiles ? $0 : 0) * lanes }
      outputOffsets = (0..<padded).map { $0 < tiles ? $0 * lanes : -1 }
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
    let lanes = ActivationLayout.block
    inputOffsets.withUnsafeBufferPointer { inputs in
      outputOffsets.withUnsafeBufferPointer { outputs in
        guard let inputs = inputs.baseAddress, let outputs = outputs.baseAddress else { return }
        let zeros = Self.zeros.pointer
        for entry in entries {
          switch tile {
          case .pixels(_, let kernel):
            kernel(
              entry.pixels, input, inputs + entry.first, segments, segmentCount, length, weights, zeros, output,
              outputs + entry.first, false)
          case .runs(let kernel):
            kernel(
              entry.pixels / 2, input, inputs + entry.first, lanes, segments, segmentCount, length, weights, zeros,
              output,
              output + blockStride, outputs + entry.first, false)
          }
        }
      }
    }
  }
}

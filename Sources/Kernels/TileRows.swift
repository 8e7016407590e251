import Tensors

/// The rows of a product V · U, cut for the tile kernel.
struct TileRows: Sendable {
  private let tile: KernelTable.Tile
  private let entries: [TileTable.Entry]
  private let inputOffsets: [Int]
  private let outputOffsets: [Int]

  init(tiles: Int, tile: KernelTable.Tile) {
    self.tile = tile
    let lanes = ActivationLayout.block
    switch tile {
    case .pixels(let most, _):
      entries = TileTable.Entry.cutEvenly(pixels: tiles, most: most)
      inputOffsets = (0..<tiles).map { $0 * lanes }
      outputOffsets = inputOffsets
    case .runs:
      entries = stride(from: 0, to: tiles, by: 14).map { TileTable.Entry(first: $0, pixels: 14) }
      let padded = (tiles + 13) / 14 * 14
      inputOffsets = (0..<padded).map { ($0 < tiles ? $0 : 0) * lanes }
      outputOffsets = (0..<padded).map { $0 < tiles ? $0 * lanes : -1 }
    }
  }

  /// - Parameters:
  ///   - blockStride: floats from the first 16 output channels of a panel to the next 16.
  @inline(__always)
  func run(
    _ input: UnsafePointer<Float>, _ segments: UnsafePointer<Int>, _ segmentCount: Int,
    _ weights: UnsafePointer<Float>, _ zero: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
    blockStride: Int
  ) {
    let lanes = ActivationLayout.block
    inputOffsets.withUnsafeBufferPointer { inputs in
      outputOffsets.withUnsafeBufferPointer { outputs in
        guard let inputs = inputs.baseAddress, let outputs = outputs.baseAddress else { return }
        for entry in entries {
          switch tile {
          case .pixels(_, let kernel):
            kernel(
              entry.pixels, input, inputs + entry.first, segments, segmentCount, lanes, weights, zero, output,
              outputs + entry.first, false)
          case .runs(let kernel):
            kernel(
              input, inputs + entry.first, lanes, segments, segmentCount, lanes, weights, zero, output,
              output + blockStride, outputs + entry.first, false)
          }
        }
      }
    }
  }
}

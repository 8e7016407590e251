import Tensors
import Threads

/// Channels of a row of blocked pixels, copied to channels that lie elsewhere in their blocks.
enum LaneRows {
  private static let lanes = ActivationLayout.block
  /// Pixels that go through the scratch memory at once: of some hundred channels it stays in the first-level cache.
  private static let part = 16

  /// - Parameters:
  ///   - source: the row's first pixel in the first block.
  ///   - first: the first of the target's channels that are written. Those before it keep their values; behind the last one, what
  ///     is left of its block becomes zero.
  ///   - step: floats from one pixel of the target to the next.
  static func copy(
    _ channels: Range<Int>, _ source: UnsafePointer<Float>, blockStride: Int, into target: UnsafeMutablePointer<Float>,
    at first: Int, blockStride targetStride: Int, step: Int = lanes, pixels: Int
  ) {
    let (sourceLane, targetLane) = (channels.lowerBound % lanes, first % lanes)
    let source = source + channels.lowerBound / lanes * blockStride
    let target = target + first / lanes * targetStride
    let written = (targetLane + channels.count + lanes - 1) / lanes
    func end(_ block: Int) -> Int { min(lanes, targetLane + channels.count - block * lanes) }
    if sourceLane == targetLane {
      for block in 0..<written {
        copyPixels(
          source + block * blockStride, lanes, target + block * targetStride, step, pixels,
          block == 0 ? targetLane : 0, end(block))
      }
      return
    }
    let read = (sourceLane + channels.count + lanes - 1) / lanes
    // A block before the first one, since lanes in front of the channels are copied with them.
    let stride = (max(read, written) + 2) * lanes
    withUnsafeTemporaryAllocation(of: Float.self, capacity: part * stride) { memory in
      guard let memory = memory.baseAddress else { return }
      for x in Swift.stride(from: 0, to: pixels, by: part) {
        let count = min(part, pixels - x)
        for block in 0..<read {
          copyPixels(
            source + block * blockStride + x * lanes, lanes, memory + (block + 1) * lanes + targetLane - sourceLane,
            stride, count, 0, lanes)
        }
        for block in 0..<written {
          copyPixels(
            memory + (block + 1) * lanes, stride, target + block * targetStride + x * step, step, count,
            block == 0 ? targetLane : 0, end(block))
        }
      }
    }
  }

  /// Sixteen values for each pixel: lanes before `first` keep what is there, those from `end` on become zero.
  @inline(never)
  private static func copyPixels(
    _ source: UnsafePointer<Float>, _ sourceStride: Int, _ target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ pixels: Int, _ first: Int, _ end: Int
  ) {
    let isWhole = first == 0 && end == lanes
    let places = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    let (isKept, isSpare) = (places .< Int32(first), places .>= Int32(end))
    for pixel in 0..<pixels {
      var value = load16(source + pixel * sourceStride)
      let place = target + pixel * targetStride
      if !isWhole {
        value.replace(with: 0, where: isSpare)
        value.replace(with: load16(place), where: isKept)
      }
      store(value, place)
    }
  }
}

/// Each pixel of 4·C channels, (row, column, channel), as a 2×2 square of C channels: what `SpaceToDepth` does, the other way.
public struct DepthToSpace: Sendable {
  private let input: Activation
  private let output: Activation

  public init(_ input: Activation, into output: Activation) {
    let (from, to) = (input.layout, output.layout)
    precondition(
      from.isBlocked && to.isBlocked && from.channels == 4 * to.channels
        && to.volume == Volume(from.volume.frames, 2 * from.volume.height, 2 * from.volume.width),
      "DepthToSpace: the output has another shape")
    self.input = input
    self.output = output
  }

  package func run(_ team: ThreadTeam) {
    let volume = output.layout.volume
    let channels = output.layout.channels
    team.perform(chunks: volume.frames * volume.height) { chunk in
      let (frame, row) = chunk.quotientAndRemainder(dividingBy: volume.height)
      for column in 0..<2 {
        let first = (2 * (row % 2) + column) * channels
        LaneRows.copy(
          first..<first + channels, input.row(0, frame, row / 2), blockStride: input.layout.blockStride,
          into: output.row(0, frame, row) + column * ActivationLayout.block, at: 0,
          blockStride: output.layout.blockStride, step: 2 * ActivationLayout.block, pixels: volume.width / 2)
      }
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 2 * input.layout.channels * input.layout.volume.count }
}

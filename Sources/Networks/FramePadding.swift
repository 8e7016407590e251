/// Frames with copies of their edges on all sides, so that height and width are multiples of a number: as many on the left as on the
/// right, or one more on the right, and the same above and below. `InputPadder` of RAFT and of AMT.
struct FramePadding: Sendable, Equatable {
  let height: Int
  let width: Int
  let multiple: Int

  var paddedHeight: Int { Self.padded(height, to: multiple) }
  var paddedWidth: Int { Self.padded(width, to: multiple) }

  static func padded(_ side: Int, to multiple: Int) -> Int { (side + multiple - 1) / multiple * multiple }

  private var top: Int { (paddedHeight - height) / 2 }
  private var left: Int { (paddedWidth - width) / 2 }

  /// Of two frames with their padding, and of what comes out.
  var bytesOfPair: Int { 4 * 2 * 3 * paddedHeight * paddedWidth }

  /// Two frames, [2][H][W][3] with the padding.
  func pair(_ first: [Float], _ second: [Float]) -> [Float] { padded(first) + padded(second) }

  /// One frame, [H][W][3] with the padding.
  func padded(_ frame: [Float]) -> [Float] {
    precondition(frame.count == 3 * height * width, "FramePadding: frames of its size are needed")
    guard (paddedHeight, paddedWidth) != (height, width) else { return frame }
    var whole: [Float] = []
    whole.reserveCapacity(3 * paddedHeight * paddedWidth)
    for y in 0..<paddedHeight {
      let row = 3 * width * min(max(y - top, 0), height - 1)
      for _ in 0..<left { whole += frame[row..<row + 3] }
      whole += frame[row..<row + 3 * width]
      for _ in left + width..<paddedWidth { whole += frame[row + 3 * width - 3..<row + 3 * width] }
    }
    return whole
  }

  /// [H][W][channels] without the padding.
  func cut(_ values: [Float], channels: Int) -> [Float] {
    guard (paddedHeight, paddedWidth) != (height, width) else { return values }
    var cut: [Float] = []
    cut.reserveCapacity(channels * height * width)
    for y in top..<top + height {
      let row = channels * (y * paddedWidth + left)
      cut += values[row..<row + channels * width]
    }
    return cut
  }
}

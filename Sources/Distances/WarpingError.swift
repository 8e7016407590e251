import Vocabulary

/// What a frame differs by from another one that is warped to it by the optical flow between them, over the pixels that both
/// show.
///
/// Frames are [H][W][3] in 0...1, flows [H][W][2] to the right and down in pixels.
///
/// Source: Lai et al., "Learning Blind Video Temporal Consistency" (ECCV 2018), fast_blind_video_consistency
/// `evaluate_WarpError.py` and `utils.py` `detect_occlusion` (Sundaram et al., ECCV 2010, for the two rules).
public struct WarpingError: Sendable, Equatable {
  public let height: Int
  public let width: Int
  public var occlusion = OcclusionRule.consistencyAndBoundaries
  public var difference = PixelDifference.squared
  public var channels = ChannelReduction.mean

  /// Of one pair of frames.
  public struct Value: Sendable, Equatable {
    /// The mean over the visible pixels; 0 where there is none.
    public let error: Double
    /// Pixels that are compared.
    public let visible: Int
  }

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// - Parameters:
  ///   - forward: the flow from `first` to `second`, which `second` is warped by.
  ///   - backward: the flow from `second` to `first`; not looked at without a rule of occlusion.
  /// - Throws: `DistanceError` for other sizes.
  public func between(_ first: [Float], _ second: [Float], forward: [Float], backward: [Float]) throws -> Value {
    for frame in [first, second] where frame.count != 3 * height * width {
      throw DistanceError.pixelCount(values: frame.count, frames: 1, height: height, width: width)
    }
    let hidden = try occluded(forward: forward, backward: backward)
    let warped = try warped(second, channels: 3, by: forward)
    var (sum, visible) = (0.0, 0)
    for pixel in 0..<height * width where !hidden[pixel] {
      visible += 1
      for value in 3 * pixel..<3 * pixel + 3 {
        let apart = Double(warped[value] - first[value])
        switch difference {
        case .squared: sum += apart * apart
        case .absolute: sum += abs(apart)
        }
      }
    }
    guard visible > 0 else { return Value(error: 0, visible: 0) }
    let count =
      switch channels {
      case .mean: 3 * visible
      case .sum: visible
      }
    return Value(error: sum / Double(count), visible: visible)
  }

  /// What is seen at each pixel's end of a flow: bilinear between pixels, beyond an edge what lies at it.
  ///
  /// - Parameter values: [H][W][channels].
  /// - Throws: `DistanceError` for other sizes.
  public func warped(_ values: [Float], channels: Int, by flow: [Float]) throws -> [Float] {
    try check(flow)
    guard values.count == channels * height * width else {
      throw DistanceError.pixelCount(values: values.count, frames: 1, height: height, width: width)
    }
    var warped = [Float](repeating: 0, count: values.count)
    func place(_ value: Float, _ side: Int) -> Int { Int(min(max(value, 0), Float(side - 1))) }
    for y in 0..<height {
      for x in 0..<width {
        let pixel = y * width + x
        let (right, down) = (Float(x) + flow[2 * pixel], Float(y) + flow[2 * pixel + 1])
        let (left, top) = (right.rounded(.down), down.rounded(.down))
        let (a, b) = (Double(right - left), Double(down - top))
        let columns = (place(left, width), place(left + 1, width))
        let rows = (place(top, height) * width, place(top + 1, height) * width)
        for channel in 0..<channels {
          func value(_ row: Int, _ column: Int) -> Double { Double(values[(row + column) * channels + channel]) }
          let upper = (1 - a) * value(rows.0, columns.0) + a * value(rows.0, columns.1)
          let lower = (1 - a) * value(rows.1, columns.0) + a * value(rows.1, columns.1)
          warped[pixel * channels + channel] = Float((1 - b) * upper + b * lower)
        }
      }
    }
    return warped
  }

  /// Which pixels of the first frame the second does not show, [H][W], by `occlusion`.
  ///
  /// - Throws: `DistanceError` for other sizes.
  public func occluded(forward: [Float], backward: [Float]) throws -> [Bool] {
    try check(forward)
    guard occlusion != .none else { return [Bool](repeating: false, count: height * width) }
    try check(backward)
    let back = try warped(backward, channels: 2, by: forward)
    return (0..<height * width).map { pixel in
      let (u, v) = (forward[2 * pixel], forward[2 * pixel + 1])
      let (backU, backV) = (back[2 * pixel], back[2 * pixel + 1])
      let own = u * u + v * v
      let apart = (backU + u) * (backU + u) + (backV + v) * (backV + v)
      if apart > 0.01 * (backU * backU + backV * backV + own) + 0.5 { return true }
      return occlusion == .consistencyAndBoundaries && steepness(forward, pixel) > Double(0.01 * own + 0.002)
    }
  }

  /// The squares of what the flow differs by from that of the next pixel to the right and below, where there is one.
  private func steepness(_ flow: [Float], _ pixel: Int) -> Double {
    var sum = 0.0
    for (hasNext, step) in [(pixel % width < width - 1, 1), (pixel / width < height - 1, width)] where hasNext {
      for value in 2 * pixel..<2 * pixel + 2 {
        let apart = Double(flow[value] - flow[value + 2 * step])
        sum += apart * apart
      }
    }
    return sum
  }

  private func check(_ flow: [Float]) throws {
    guard height > 0, width > 0, flow.count == 2 * height * width else {
      throw DistanceError.flowCount(values: flow.count, height: height, width: width)
    }
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Measures of frames against frames of the same place and time, and of consecutive frames: float64 sums over pixels of
/// T frames × H × W × 3, channels last, values in 0...1.
public struct PairedPixels: Sendable, Equatable {
  public let frames: Int
  public let height: Int
  public let width: Int

  public init(frames: Int, height: Int, width: Int) {
    self.frames = frames
    self.height = height
    self.width = width
  }

  /// The peak signal-to-noise ratio of each frame in decibels: 20·log₁₀(1/√mse), and 100 where the mean squared error
  /// is below 1e-10. A video's value is their mean.
  ///
  /// Source: common_metrics_on_video_quality `calculate_psnr.py`. Throws `DistanceError` for other sizes.
  public func psnr(_ a: [Float], _ b: [Float]) throws -> [Double] {
    try check(a, b)
    return (0..<frames).map { frame in
      let range = values(of: frame)
      var sum = 0.0
      for index in range {
        let difference = Double(a[index]) - Double(b[index])
        sum += difference * difference
      }
      let error = sum / Double(range.count)
      return error < 1e-10 ? 100 : 20 * log10(1 / error.squareRoot())
    }
  }

  /// The structural similarity of each frame: a Gaussian window of 11×11 with σ 1.5 where it fits in the frame,
  /// C₁ = 0.01², C₂ = 0.03², the mean over pixels of each channel, then over channels. A video's value is the mean over
  /// frames.
  ///
  /// Source: common_metrics_on_video_quality `calculate_ssim.py` (Wang et al. 2004). Throws `DistanceError` for other
  /// sizes and for frames smaller than the window.
  public func ssim(_ a: [Float], _ b: [Float]) throws -> [Double] {
    try check(a, b)
    let window = PairedPixels.window
    guard height >= window.count && width >= window.count else {
      throw DistanceError.frameTooSmall(height: height, width: width, window: window.count)
    }
    return (0..<frames).map { frame in
      let range = values(of: frame)
      return a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          similarity(UnsafeBufferPointer(rebasing: a[range]), UnsafeBufferPointer(rebasing: b[range]), window)
        }
      }
    }
  }

  /// How little consecutive frames differ: (255 - mean |Δ| in grey levels) / 255, the mean over pairs. 1 is a still.
  ///
  /// Source: VBench `temporal_flickering`, on frames that are not rounded. Throws `DistanceError` for other sizes and
  /// for fewer than 2 frames.
  public func temporalFlickering(_ clip: [Float]) throws -> Double {
    try check(clip)
    guard frames >= 2 else { throw DistanceError.tooFewFrames(frames, least: 2) }
    let size = height * width * 3
    var total = 0.0
    for frame in 1..<frames {
      var sum = 0.0
      for index in values(of: frame) { sum += abs(Double(clip[index]) - Double(clip[index - size])) }
      total += 255 * sum / Double(size)
    }
    return (255 - total / Double(frames - 1)) / 255
  }

  private func values(of frame: Int) -> Range<Int> {
    let size = height * width * 3
    return frame * size..<(frame + 1) * size
  }

  private func check(_ clips: [Float]...) throws {
    let (area, areaOverflow) = height.multipliedReportingOverflow(by: width)
    let (values, overflow) = area.multipliedReportingOverflow(by: 3)
    let (expected, totalOverflow) = values.multipliedReportingOverflow(by: frames)
    for clip in clips {
      guard frames > 0, height > 0, width > 0, !areaOverflow, !overflow, !totalOverflow, clip.count == expected else {
        throw DistanceError.pixelCount(values: clip.count, frames: frames, height: height, width: width)
      }
    }
  }
}

extension PairedPixels {
  /// OpenCV's `getGaussianKernel(11, 1.5)`.
  private static let window: [Double] = {
    let weights = (-5...5).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }()

  private static let channels = 3
  /// Window means of a, b, a², b² and ab.
  private static let moments = 5

  /// One frame. Each row's moments are filtered along the row once and kept for the 11 windows they are in.
  private func similarity(
    _ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>, _ window: [Double]
  ) -> Double {
    let (taps, channels, moments) = (window.count, PairedPixels.channels, PairedPixels.moments)
    let line = width * channels
    let valid = (width - taps + 1) * channels
    let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
    var products = [Double](repeating: 0, count: moments * line)
    var ring = [Double](repeating: 0, count: taps * moments * valid)
    var means = [Double](repeating: 0, count: moments * valid)
    var sums = [Double](repeating: 0, count: channels)
    products.withUnsafeMutableBufferPointer { products in
      ring.withUnsafeMutableBufferPointer { ring in
        means.withUnsafeMutableBufferPointer { means in
          for row in 0..<height {
            for index in 0..<line {
              let (x, y) = (Double(a[row &* line &+ index]), Double(b[row &* line &+ index]))
              products[index] = x
              products[line &+ index] = y
              products[2 &* line &+ index] = x * x
              products[3 &* line &+ index] = y * y
              products[4 &* line &+ index] = x * y
            }
            let slot = row % taps * moments * valid
            for moment in 0..<moments {
              for index in 0..<valid { ring[slot &+ moment &* valid &+ index] = 0 }
              for tap in 0..<taps {
                let weight = window[tap]
                let (source, target) = (moment * line + tap * channels, slot + moment * valid)
                for index in 0..<valid { ring[target &+ index] += weight * products[source &+ index] }
              }
            }
            guard row >= taps - 1 else { continue }
            for index in 0..<moments * valid { means[index] = 0 }
            for tap in 0..<taps {
              let weight = window[tap]
              let source = (row + 1 + tap) % taps * moments * valid
              for index in 0..<moments * valid { means[index] += weight * ring[source &+ index] }
            }
            for index in 0..<valid {
              let (meanA, meanB) = (means[index], means[valid &+ index])
              let varianceA = means[2 &* valid &+ index] - meanA * meanA
              let varianceB = means[3 &* valid &+ index] - meanB * meanB
              let covariance = means[4 &* valid &+ index] - meanA * meanB
              sums[index % channels] +=
                (2 * meanA * meanB + c1) * (2 * covariance + c2)
                / ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2))
            }
          }
        }
      }
    }
    let pixels = Double((height - taps + 1) * (width - taps + 1))
    return sums.reduce(0) { $0 + $1 / pixels } / Double(channels)
  }
}

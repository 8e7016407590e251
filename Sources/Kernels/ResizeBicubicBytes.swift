import Tensors

/// A cubic filter as wide as the reduction, horizontally and then vertically, as Pillow resizes images of mode `RGB`: whole
/// numbers throughout, bytes between the passes and as the result.
///
/// Source: Pillow `src/libImaging/Resample.c` `normalize_coeffs_8bpc`, `ImagingResampleHorizontal_8bpc`, `..Vertical_8bpc`. An
/// axis that keeps its length has the weights 0, 1, 0, so its pass changes nothing, as in Pillow, which leaves it out.
struct BicubicBytesPlan: ResizePlan {
  private let vertical: Taps
  private let horizontal: Taps
  private let range: ValueRange
  private let scaling: ResizeScaling

  private struct Taps {
    let start: [Int]
    let count: [Int]
    /// `stride` weights for each output sample, in units of 2⁻²².
    let weights: [Int32]
    let stride: Int

    init(_ axis: ResizeGeometry.Axis) {
      let exact = BicubicTaps(axis)
      start = exact.start
      count = exact.count
      stride = exact.stride
      weights = exact.weights.map { Int32(($0 * Double(1 << precision)).rounded(.toNearestOrAwayFromZero)) }
    }
  }

  private static let precision = 22
  private static let half = Int32(1) << (precision - 1)

  /// - Parameter scaling: of bytes, which is what the result consists of whatever the range.
  init(_ geometry: ResizeGeometry, range: ValueRange, scaling: ResizeScaling) {
    vertical = Taps(geometry.vertical)
    horizontal = Taps(geometry.horizontal)
    self.range = range
    self.scaling = scaling
  }

  func run(_ source: ResizeSource, into output: UnsafeMutablePointer<Float>, target: ResizeTarget) {
    let count = horizontal.start.count * 3
    let firstRow = vertical.start[0]
    let lastIndex = vertical.start.count - 1
    let rows = vertical.start[lastIndex] + vertical.count[lastIndex] - firstRow
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: rows * count) { resized in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: source.count) { floats in
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: source.count) { row in
          guard let samples = row.baseAddress, let values = floats.baseAddress, let all = resized.baseAddress else {
            return
          }
          for index in 0..<rows {
            read(source, row: firstRow + index, values, into: samples)
            resizeRow(samples, into: all + index * count)
          }
        }
      }
      guard let all = resized.baseAddress else { return }
      for index in vertical.start.indices {
        let result = output + index * target.rowStride
        resizeColumns(all + (vertical.start[index] - firstRow) * count, of: index, count: count, into: result)
        scaling.apply(result, count: count)
      }
    }
  }

  private func read(
    _ source: ResizeSource, row: Int, _ values: UnsafeMutablePointer<Float>, into samples: UnsafeMutablePointer<UInt8>
  ) {
    if case .bytes(let bytes) = source.samples {
      samples.update(from: bytes + row * source.rowStride, count: source.count)
      return
    }
    source.read(row: row, into: values)
    for index in 0..<source.count {
      let value =
        switch range {
        case .byte: values[index]
        case .unit: values[index] * 255
        case .symmetric, .network: 127.5 * values[index] + 127.5
        }
      samples[index] = UInt8(min(max(value.rounded(), 0), 255))
    }
  }

  private func resizeRow(_ row: UnsafePointer<UInt8>, into result: UnsafeMutablePointer<UInt8>) {
    horizontal.weights.withUnsafeBufferPointer { weights in
      for x in horizontal.start.indices {
        let weightBase = x &* horizontal.stride
        let pixel = row + horizontal.start[x] &* 3
        var (red, green, blue) = (Self.half, Self.half, Self.half)
        for tap in 0..<horizontal.count[x] {
          let weight = weights[weightBase &+ tap]
          red &+= Int32(pixel[tap &* 3]) &* weight
          green &+= Int32(pixel[tap &* 3 &+ 1]) &* weight
          blue &+= Int32(pixel[tap &* 3 &+ 2]) &* weight
        }
        result[x &* 3] = Self.byte(red)
        result[x &* 3 &+ 1] = Self.byte(green)
        result[x &* 3 &+ 2] = Self.byte(blue)
      }
    }
  }

  /// One row of the result: `rows` begins with the first that it reads.
  private func resizeColumns(
    _ rows: UnsafePointer<UInt8>, of index: Int, count: Int, into result: UnsafeMutablePointer<Float>
  ) {
    let taps = vertical.count[index]
    vertical.weights.withUnsafeBufferPointer { weights in
      for column in 0..<count {
        var sum = Self.half
        for tap in 0..<taps {
          sum &+= Int32(rows[tap &* count &+ column]) &* weights[index &* vertical.stride &+ tap]
        }
        result[column] = Float(Self.byte(sum))
      }
    }
  }

  private static func byte(_ sum: Int32) -> UInt8 { UInt8(min(max(sum >> precision, 0), 255)) }
}

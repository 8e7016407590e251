import Tensors

/// A cubic filter as wide as the reduction, horizontally and then vertically, as Pillow resizes images of mode `F`.
///
/// Each product and each sum is rounded to float64, as in Pillow's builds for x86-64, and the rows between the passes and
/// the result to float32. Values beyond black and white, where the kernel overshoots, are cut off at the end. Pillow 13.0
/// takes the columns of some tall frames first, which moves last bits.
struct BicubicPlan: ResizePlan {
  private let vertical: BicubicTaps
  private let horizontal: BicubicTaps
  private let black: Float
  private let white: Float

  init(_ geometry: ResizeGeometry, range: ValueRange) {
    vertical = BicubicTaps(geometry.vertical)
    horizontal = BicubicTaps(geometry.horizontal)
    switch range {
    case .byte: (black, white) = (0, 255)
    case .unit: (black, white) = (0, 1)
    case .symmetric, .network: (black, white) = (-1, 1)
    }
  }

  func run(_ source: ResizeSource, into output: UnsafeMutablePointer<Float>, target: ResizeTarget) {
    let count = horizontal.start.count * 3
    let firstRow = vertical.start[0]
    let lastIndex = vertical.start.count - 1
    let rows = vertical.start[lastIndex] + vertical.count[lastIndex] - firstRow
    // Pixels are moved four values at a time, columns eight: some more are read and written.
    let resized = FloatBuffer(zeros: rows * count + 8)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: source.count + 1) { row in
      guard let samples = row.baseAddress else { return }
      samples[source.count] = 0
      for index in 0..<rows {
        source.read(row: firstRow + index, into: samples)
        resizeRow(samples, into: resized.pointer + index * count)
      }
    }
    for index in vertical.start.indices {
      let result = output + index * target.rowStride
      let first = resized.pointer + (vertical.start[index] - firstRow) * count
      resizeColumns(first, of: index, count: count, into: result)
      target.scaling.apply(result, count: count)
    }
  }

  private func resizeRow(_ row: UnsafePointer<Double>, into result: UnsafeMutablePointer<Float>) {
    let samples = UnsafeRawPointer(row)
    let pixels = UnsafeMutableRawPointer(result)
    horizontal.weights.withUnsafeBufferPointer { weights in
      for x in horizontal.start.indices {
        let weightBase = x &* horizontal.stride
        let byteBase = horizontal.start[x] &* 24
        var sum = SIMD4<Double>()
        for tap in 0..<horizontal.count[x] {
          let pixel = samples.loadUnaligned(fromByteOffset: byteBase &+ tap &* 24, as: SIMD4<Double>.self)
          sum += pixel * weights[weightBase &+ tap]
        }
        pixels.storeBytes(of: SIMD4<Float>(sum), toByteOffset: x &* 12, as: SIMD4<Float>.self)
      }
    }
  }

  /// One row of the result: `rows` begins with the first that it reads.
  private func resizeColumns(
    _ rows: UnsafePointer<Float>, of index: Int, count: Int, into result: UnsafeMutablePointer<Float>
  ) {
    let samples = UnsafeRawPointer(rows)
    let taps = vertical.count[index]
    vertical.weights.withUnsafeBufferPointer { weights in
      for column in stride(from: 0, to: count, by: 8) {
        var sum = SIMD8<Double>()
        for tap in 0..<taps {
          let offset = (tap &* count &+ column) &* 4
          let pixels = samples.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
          sum += SIMD8<Double>(pixels) * weights[index &* vertical.stride &+ tap]
        }
        let values = SIMD8<Float>(sum).clamped(
          lowerBound: SIMD8(repeating: black), upperBound: SIMD8(repeating: white))
        for lane in 0..<min(8, count &- column) { result[column &+ lane] = values[lane] }
      }
    }
  }
}

/// The weights of Pillow's bicubic resize: for each output sample a run of input samples.
///
/// Source: Pillow `src/libImaging/Resample.c` `precompute_coeffs`, `bicubic_filter`; float64 as there.
struct BicubicTaps {
  let start: [Int]
  let count: [Int]
  /// `stride` weights for each output sample.
  let weights: [Double]
  let stride: Int

  init(_ axis: ResizeGeometry.Axis) {
    let scale = Double(axis.input) / Double(axis.output)
    let support = 2 * max(scale, 1)
    let inverse = 1 / max(scale, 1)
    let stride = Int(support.rounded(.up)) * 2 + 1
    var starts: [Int] = []
    var counts: [Int] = []
    var weights: [Double] = []
    for index in axis.window {
      let centre = (Double(index) + 0.5) * scale
      let start = max(Int(centre - support + 0.5), 0)
      let count = min(Int(centre + support + 0.5), axis.input) - start
      let run = (0..<count).map { BicubicTaps.kernel((Double($0 + start) - centre + 0.5) * inverse) }
      let total = run.reduce(0, +)
      starts.append(start)
      counts.append(count)
      weights += run.map { $0 / total } + [Double](repeating: 0, count: stride - count)
    }
    (start, self.count, self.weights, self.stride) = (starts, counts, weights, stride)
  }

  /// a = -½.
  private static func kernel(_ distance: Double) -> Double {
    let x = abs(distance)
    if x < 1 { return ((-0.5 + 2) * x - (-0.5 + 3)) * x * x + 1 }
    if x < 2 { return (((x - 5) * x + 8) * x - 4) * -0.5 }
    return 0
  }
}

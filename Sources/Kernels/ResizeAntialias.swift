import Tensors

/// A filter as wide as the reduction, horizontally and then vertically, as PyTorch resizes floats with `antialias=True`.
///
/// Products are added with one rounding (float64 holds them exactly), as PyTorch's AVX2 build does: a truncation to bytes
/// may follow, where a last bit can become a grey level.
struct AntialiasPlan: LoaderResizePlan {
  private let vertical: AntialiasTaps
  private let horizontal: AntialiasTaps

  init(_ geometry: ResizeGeometry, _ filter: AntialiasTaps.Filter) {
    vertical = AntialiasTaps(geometry.vertical, filter)
    horizontal = AntialiasTaps(geometry.horizontal, filter)
  }

  func run(
    _ source: ResizeSource, into output: UnsafeMutablePointer<Float>, target: ResizeTarget,
    prepare: (UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    let count = horizontal.start.count * 3
    let firstRow = vertical.start[0]
    let lastIndex = vertical.start.count - 1
    let resized = rows(
      firstRow..<vertical.start[lastIndex] + vertical.count[lastIndex], of: source, count: count, prepare: prepare,
      resize: resizeRow)
    for index in vertical.start.indices {
      let result = output + index * target.rowStride
      let start = resized.pointer + (vertical.start[index] - firstRow) * count
      for tap in 0..<vertical.count[index] {
        let weight = vertical.weights[index * vertical.stride + tap]
        add(start + tap * count, times: weight, to: result, count: count, isFirst: tap == 0)
      }
      target.scaling.apply(result, count: count)
    }
  }

  private func resizeRow(_ row: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>) {
    let samples = UnsafeRawPointer(row)
    let pixels = UnsafeMutableRawPointer(result)
    horizontal.weights.withUnsafeBufferPointer { weights in
      for x in horizontal.start.indices {
        let weightBase = x &* horizontal.stride
        let byteBase = horizontal.start[x] &* 12
        var sum = samples.loadUnaligned(fromByteOffset: byteBase, as: SIMD4<Float>.self) * weights[weightBase]
        for tap in 1..<max(horizontal.count[x], 1) {
          let pixel = samples.loadUnaligned(fromByteOffset: byteBase &+ tap &* 12, as: SIMD4<Float>.self)
          let weight = Double(weights[weightBase &+ tap])
          sum = SIMD4<Float>(SIMD4<Double>(pixel) * weight + SIMD4<Double>(sum))
        }
        pixels.storeBytes(of: sum, toByteOffset: x &* 12, as: SIMD4<Float>.self)
      }
    }
  }

  @inline(__always) private func add(
    _ row: UnsafePointer<Float>, times weight: Float, to sums: UnsafeMutablePointer<Float>, count: Int, isFirst: Bool
  ) {
    if isFirst {
      for index in 0..<count { sums[index] = row[index] * weight }
    } else {
      let wide = Double(weight)
      for index in 0..<count { sums[index] = Float(Double(row[index]) * wide + Double(sums[index])) }
    }
  }
}

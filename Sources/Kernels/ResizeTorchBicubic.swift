import Tensors

/// Four samples a side by Keys' cubic kernel with a = -¾, horizontally and then vertically: `F.interpolate(mode="bicubic",
/// align_corners=False)` for floats. Values beyond black and white, where the kernel overshoots, are kept.
///
/// Source: pytorch `aten/src/ATen/native/cpu/UpSampleKernel.cpp` `HelperInterpCubic`, `UpSample.h`
/// `get_cubic_upsample_coefficients`; float32 as there.
struct TorchBicubicPlan: ResizePlan {
  private struct Taps {
    /// The first of four, which may lie before the axis.
    var start: [Int] = []
    var weights: [SIMD4<Float>] = []
    let last: Int

    init(_ axis: ResizeGeometry.Axis) {
      last = axis.input - 1
      let scale = Float(axis.input) / Float(axis.output)
      for index in axis.window {
        let position = scale * (Float(index) + 0.5) - 0.5
        let whole = min(Int(position.rounded(.down)), last)
        start.append(whole - 1)
        weights.append(Self.weights(min(max(position - Float(whole), 0), 1)))
      }
    }

    /// Those of the samples at -1, 0, 1 and 2, for a place `t` behind 0.
    private static func weights(_ t: Float) -> SIMD4<Float> {
      let a: Float = -0.75
      func near(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }
      func far(_ x: Float) -> Float { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
      return [far(t + 1), near(t), near(1 - t), far(2 - t)]
    }

    /// The place of a tap: samples at the ends are repeated.
    func place(_ index: Int, _ tap: Int) -> Int { min(max(start[index] + tap, 0), last) }
  }

  private let vertical: Taps
  private let horizontal: Taps

  init(_ geometry: ResizeGeometry) {
    vertical = Taps(geometry.vertical)
    horizontal = Taps(geometry.horizontal)
  }

  func run(_ source: ResizeSource, into output: UnsafeMutablePointer<Float>, target: ResizeTarget) {
    let count = horizontal.start.count * 3
    let lastIndex = vertical.start.count - 1
    let (firstRow, lastRow) = (vertical.place(0, 0), vertical.place(lastIndex, 3))
    // Pixels are moved four floats at a time: one more is read and written.
    let row = FloatBuffer(zeros: source.count + 1)
    let resized = FloatBuffer(zeros: (lastRow - firstRow + 1) * count + 1)
    for index in firstRow...lastRow {
      source.read(row: index, into: row.pointer)
      resizeRow(row.pointer, into: resized.pointer + (index - firstRow) * count)
    }
    for index in vertical.start.indices {
      let result = output + index * target.rowStride
      let weights = vertical.weights[index]
      let rows = (0..<4).map { resized.pointer + (vertical.place(index, $0) - firstRow) * count }
      let (a, b, c, d) = (rows[0], rows[1], rows[2], rows[3])
      for column in 0..<count {
        result[column] =
          ((a[column] * weights[0] + b[column] * weights[1]) + c[column] * weights[2]) + d[column] * weights[3]
      }
      target.scaling.apply(result, count: count)
    }
  }

  private func resizeRow(_ row: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
    let (samples, pixels) = (UnsafeRawPointer(row), UnsafeMutableRawPointer(result))
    for x in horizontal.start.indices {
      var sum = SIMD4<Float>()
      for tap in 0..<4 {
        let pixel = samples.loadUnaligned(fromByteOffset: horizontal.place(x, tap) &* 12, as: SIMD4<Float>.self)
        sum += pixel * horizontal.weights[x][tap]
      }
      pixels.storeBytes(of: sum, toByteOffset: x &* 12, as: SIMD4<Float>.self)
    }
  }
}

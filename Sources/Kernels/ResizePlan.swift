import Tensors
import Vocabulary

/// A frame's samples, H×W×3, or those of a region in it.
struct ResizeSource {
  enum Samples {
    case bytes(UnsafePointer<UInt8>)
    case floats(UnsafePointer<Float>)
  }

  /// From the region's first sample on.
  let samples: Samples
  /// Samples from one row to the next.
  let rowStride: Int
  /// Samples of one row.
  let count: Int

  /// Copies a row's samples as floats.
  func read(row: Int, into values: UnsafeMutablePointer<Float>) {
    switch samples {
    case .bytes(let bytes):
      let source = bytes + row * rowStride
      for index in 0..<count { values[index] = Float(source[index]) }
    case .floats(let floats):
      values.update(from: floats + row * rowStride, count: count)
    }
  }

  /// Copies a row's samples as float64, which holds them exactly.
  func read(row: Int, into values: UnsafeMutablePointer<Double>) {
    switch samples {
    case .bytes(let bytes):
      let source = bytes + row * rowStride
      for index in 0..<count { values[index] = Double(source[index]) }
    case .floats(let floats):
      let source = floats + row * rowStride
      for index in 0..<count { values[index] = Double(source[index]) }
    }
  }
}

/// The map from a value range to the network's.
enum ResizeScaling {
  case unchanged
  case unit
  case byte
  case tensorflowSymmetric
  case tensorflowUnit
  case tensorflowByte
  case unitSymmetric
  case unitByte

  init(_ range: ValueRange, to scaling: InputScaling) {
    switch (range, scaling) {
    case (.network, _), (.symmetric, .symmetric), (.unit, .unit): self = .unchanged
    case (.unit, .symmetric): self = .unit
    case (.byte, .symmetric): self = .byte
    case (.symmetric, .tensorflow): self = .tensorflowSymmetric
    case (.unit, .tensorflow): self = .tensorflowUnit
    case (.byte, .tensorflow): self = .tensorflowByte
    case (.symmetric, .unit): self = .unitSymmetric
    case (.byte, .unit): self = .unitByte
    }
  }

  /// In place. 2x/255 and x/127.5 are the same float. A value v of -1..1 is the byte 127.5 v + 127.5.
  @inline(__always) func apply(_ values: UnsafeMutablePointer<Float>, count: Int) {
    switch self {
    case .unchanged: break
    case .unit: for index in 0..<count { values[index] = 2 * values[index] - 1 }
    case .byte: for index in 0..<count { values[index] = values[index] / 127.5 - 1 }
    case .tensorflowSymmetric: for index in 0..<count { values[index] = (127.5 * values[index] - 0.5) / 128 }
    case .tensorflowUnit: for index in 0..<count { values[index] = (255 * values[index] - 128) / 128 }
    case .tensorflowByte: for index in 0..<count { values[index] = (values[index] - 128) / 128 }
    case .unitSymmetric: for index in 0..<count { values[index] = (values[index] + 1) / 2 }
    case .unitByte: for index in 0..<count { values[index] = values[index] / 255 }
    }
  }
}

/// Where a resized frame goes.
struct ResizeTarget {
  let size: Int
  /// Floats from one row to the next.
  let rowStride: Int
  let scaling: ResizeScaling
}

/// A resize of frames of one size, with its tables.
protocol ResizePlan {
  func run(_ source: ResizeSource, into output: UnsafeMutablePointer<Float>, target: ResizeTarget)
}

/// Frames that have the size already.
struct CopyPlan: ResizePlan {
  let height: Int
  let width: Int

  func run(_ source: ResizeSource, into output: UnsafeMutablePointer<Float>, target: ResizeTarget) {
    for row in 0..<height {
      let result = output + row * target.rowStride
      source.read(row: row, into: result)
      target.scaling.apply(result, count: width * 3)
    }
  }
}

/// Two samples a side. Rows are resized once each, and then mixed.
struct BilinearPlan: ResizePlan {
  private let vertical: BilinearTaps
  private let horizontal: BilinearTaps

  init(_ geometry: ResizeGeometry, mode: ResizeMode) {
    vertical = BilinearTaps(geometry.vertical, mode: mode)
    horizontal = BilinearTaps(geometry.horizontal, mode: mode)
  }

  func run(_ source: ResizeSource, into output: UnsafeMutablePointer<Float>, target: ResizeTarget) {
    let count = horizontal.low.count * 3
    // Pixels are moved four floats at a time: one more is read and written.
    let row = FloatBuffer(zeros: source.count + 1)
    let mixed = FloatBuffer(zeros: 2 * (count + 1))
    var (upper, lower) = (mixed.pointer, mixed.pointer + count + 1)
    var (upperRow, lowerRow) = (-1, -1)
    for index in vertical.low.indices {
      if lowerRow == vertical.low[index] {
        swap(&upper, &lower)
        swap(&upperRow, &lowerRow)
      }
      if upperRow != vertical.low[index] {
        upperRow = vertical.low[index]
        resizeRow(upperRow, of: source, scratch: row.pointer, into: upper)
      }
      if lowerRow != vertical.high[index] {
        lowerRow = vertical.high[index]
        resizeRow(lowerRow, of: source, scratch: row.pointer, into: lower)
      }
      let result = output + index * target.rowStride
      mix(upper, lower, vertical.fraction[index], into: result, count: count)
      target.scaling.apply(result, count: count)
    }
  }

  private func resizeRow(
    _ row: Int, of source: ResizeSource, scratch: UnsafeMutablePointer<Float>, into result: UnsafeMutablePointer<Float>
  ) {
    source.read(row: row, into: scratch)
    let samples = UnsafeRawPointer(scratch)
    let pixels = UnsafeMutableRawPointer(result)
    let count = horizontal.low.count
    horizontal.low.withUnsafeBufferPointer { low in
      horizontal.high.withUnsafeBufferPointer { high in
        horizontal.fraction.withUnsafeBufferPointer { fraction in
          for x in 0..<count {
            let left = samples.loadUnaligned(fromByteOffset: low[x] &* 12, as: SIMD4<Float>.self)
            let right = samples.loadUnaligned(fromByteOffset: high[x] &* 12, as: SIMD4<Float>.self)
            let value = left + (right - left) * fraction[x]
            pixels.storeBytes(of: value, toByteOffset: x &* 12, as: SIMD4<Float>.self)
          }
        }
      }
    }
  }

  @inline(__always) private func mix(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ fraction: Float, into result: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    for index in 0..<count { result[index] = a[index] + (b[index] - a[index]) * fraction }
  }
}

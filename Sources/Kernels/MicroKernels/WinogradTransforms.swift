// The transforms of Winograd's minimal filtering F(m×m, r×r) (Lavin and Gray, "Fast Algorithms for Convolutional Neural
// Networks", CVPR 2016), for 16 channels side by side. A patch has m + r − 1 rows and columns:
//
//   patch 6, points 0, ±1, ±2, ∞        F(4×4, 3×3)
//   patch 7, points 0, ±1, ±1/2, 2, ∞   F(5×5, 3×3), F(4×4, 4×4)

#if VIDMETRICS_AVX512
  private typealias Lanes = SIMD16<Float>
#else
  private typealias Lanes = SIMD8<Float>
#endif

@inline(__always)
private func load(_ pointer: UnsafePointer<Float>) -> Lanes {
  UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
}

/// a + factor·b
@inline(__always)
private func sum(_ a: Lanes, _ factor: Float, _ b: Lanes) -> Lanes { multiplyAdd(a, Lanes(repeating: factor), b) }

// MARK: Along one axis

/// Bᵀ d: six values become six.
@inline(__always)
private func inputTransform(_ d: InlineArray<6, Lanes>) -> InlineArray<6, Lanes> {
  let evenNear = sum(d[4], -4, d[2])
  let oddNear = sum(d[3], -4, d[1])
  let evenFar = d[4] - d[2]
  let oddFar = 2 * (d[3] - d[1])
  return [
    sum(sum(d[4], -5, d[2]), 4, d[0]), evenNear + oddNear, evenNear - oddNear, evenFar + oddFar, evenFar - oddFar,
    sum(sum(d[5], -5, d[3]), 4, d[1]),
  ]
}

/// Bᵀ d: seven values become seven.
@inline(__always)
private func inputTransform(_ d: InlineArray<7, Lanes>) -> InlineArray<7, Lanes> {
  // (x² − 1)(x² − 1/4), and the same times x and x²
  let p0 = sum(sum(d[4], -1.25, d[2]), 0.25, d[0])
  let p1 = sum(sum(d[5], -1.25, d[3]), 0.25, d[1])
  let p2 = sum(sum(d[6], -1.25, d[4]), 0.25, d[2])
  // x(x − 2)(x² − 1/4)
  let e = sum(d[4], -0.25, d[2])
  let q0 = sum(e, -2, sum(d[3], -0.25, d[1]))
  let q1 = sum(sum(d[5], -0.25, d[3]), -2, e)
  // x(x − 2)(x² − 1)
  let f = d[4] - d[2]
  let s0 = sum(f, -2, d[3] - d[1])
  let s1 = sum(d[5] - d[3], -2, f)
  return [sum(p1, -2, p0), q1 + q0, q1 - q0, sum(s1, 0.5, s0), sum(s1, -0.5, s0), p1, sum(p2, -2, p1)]
}

/// Aᵀ m: six values become four.
@inline(__always)
private func fourOutputs(_ m: InlineArray<6, Lanes>) -> InlineArray<4, Lanes> {
  let nearSum = m[1] + m[2]
  let nearDifference = m[1] - m[2]
  let farSum = m[3] + m[4]
  let farDifference = m[3] - m[4]
  return [
    m[0] + nearSum + farSum, sum(nearDifference, 2, farDifference), sum(nearSum, 4, farSum),
    sum(nearDifference, 8, farDifference) + m[5],
  ]
}

/// Aᵀ m: seven values become four.
@inline(__always)
private func fourOutputs(_ m: InlineArray<7, Lanes>) -> InlineArray<4, Lanes> {
  let one = m[1] + m[2]
  let oneDifference = m[1] - m[2]
  let half = m[3] + m[4]
  let halfDifference = m[3] - m[4]
  return [
    m[0] + one + (half + m[5]), sum(sum(oneDifference, 0.5, halfDifference), 2, m[5]),
    sum(sum(one, 0.25, half), 4, m[5]), sum(sum(oneDifference, 0.125, halfDifference), 8, m[5]) + m[6],
  ]
}

/// Aᵀ m: seven values become five.
@inline(__always)
private func fiveOutputs(_ m: InlineArray<7, Lanes>) -> InlineArray<5, Lanes> {
  let one = m[1] + m[2]
  let oneDifference = m[1] - m[2]
  let half = m[3] + m[4]
  let halfDifference = m[3] - m[4]
  return [
    m[0] + one + (half + m[5]), sum(sum(oneDifference, 0.5, halfDifference), 2, m[5]),
    sum(sum(one, 0.25, half), 4, m[5]), sum(sum(oneDifference, 0.125, halfDifference), 8, m[5]),
    sum(sum(one, 0.0625, half), 16, m[5]) + m[6],
  ]
}

// MARK: Along both

/// V = Bᵀ d B.
@inline(__always)
private func transformPatch<let size: Int>(
  _ patch: UnsafePointer<Float>, _ rowStride: Int, _ output: UnsafeMutablePointer<Float>, _ positionStride: Int,
  _ scratch: UnsafeMutablePointer<Float>, _ along: (InlineArray<size, Lanes>) -> InlineArray<size, Lanes>
) {
  let lanes = Lanes.scalarCount
  var values = InlineArray<size, Lanes>(repeating: Lanes(repeating: 0))
  for part in 0..<16 / lanes {
    for column in 0..<size {
      let top = patch + (16 &* column &+ lanes &* part)
      for row in 0..<size { values[row] = load(top + row &* rowStride) }
      let results = along(values)
      for row in 0..<size { store(results[row], scratch + lanes &* (size &* row &+ column)) }
    }
    for row in 0..<size {
      for column in 0..<size { values[column] = load(scratch + lanes &* (size &* row &+ column)) }
      let results = along(values)
      let line = output + (lanes &* part &+ size &* row &* positionStride)
      for column in 0..<size { store(results[column], line + column &* positionStride) }
    }
  }
}

/// Y = Aᵀ M A, plus bias, and max(·, 0) if asked for.
@inline(__always)
private func transformProducts<let size: Int, let outputs: Int>(
  _ input: UnsafePointer<Float>, _ positionStride: Int, _ bias: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ rowStride: Int, _ rows: Int, _ columns: Int, _ rectify: Bool,
  _ scratch: UnsafeMutablePointer<Float>, _ along: (InlineArray<size, Lanes>) -> InlineArray<outputs, Lanes>
) {
  let lanes = Lanes.scalarCount
  var values = InlineArray<size, Lanes>(repeating: Lanes(repeating: 0))
  for part in 0..<16 / lanes {
    let bias = load(bias + lanes &* part)
    for column in 0..<size {
      let top = input + (lanes &* part &+ column &* positionStride)
      for row in 0..<size { values[row] = load(top + size &* row &* positionStride) }
      let results = along(values)
      for row in 0..<outputs { store(results[row], scratch + lanes &* (size &* row &+ column)) }
    }
    for row in 0..<rows {
      for column in 0..<size { values[column] = load(scratch + lanes &* (size &* row &+ column)) }
      let results = along(values)
      let line = output + (lanes &* part &+ row &* rowStride)
      for column in 0..<outputs where column < columns {
        let biased = results[column] + bias
        store(rectify ? rectified(biased) : biased, line + 16 &* column)
      }
    }
  }
}

// MARK: Micro-kernels

/// V = Bᵀ d B of one 6×6 patch of 16 channels.
///
/// - Parameters:
///   - patch: its first pixel; rows are `rowStride` floats apart, pixels 16.
///   - output: value (i, j) is written at `(6·i + j) * positionStride`.
///   - scratch: 36 × 16 floats.
@inline(never)
public func winogradInput6(
  _ patch: UnsafePointer<Float>, _ rowStride: Int, _ output: UnsafeMutablePointer<Float>, _ positionStride: Int,
  _ scratch: UnsafeMutablePointer<Float>
) {
  transformPatch(patch, rowStride, output, positionStride, scratch) { (d: InlineArray<6, Lanes>) in inputTransform(d) }
}

/// As `winogradInput6`, for a 7×7 patch; `scratch` has 49 × 16 floats.
@inline(never)
public func winogradInput7(
  _ patch: UnsafePointer<Float>, _ rowStride: Int, _ output: UnsafeMutablePointer<Float>, _ positionStride: Int,
  _ scratch: UnsafeMutablePointer<Float>
) {
  transformPatch(patch, rowStride, output, positionStride, scratch) { (d: InlineArray<7, Lanes>) in inputTransform(d) }
}

/// Y = Aᵀ M A of one tile of F(4×4, 3×3) of 16 channels, plus bias, and max(·, 0) if asked for.
///
/// - Parameters:
///   - input: value (i, j) is read at `(6·i + j) * positionStride`.
///   - bias: 16 values.
///   - output: the tile's first pixel; rows are `rowStride` floats apart, pixels 16.
///   - rows, columns: how much of the tile there is.
///   - scratch: 36 × 16 floats.
@inline(never)
public func winogradOutput4of6(
  _ input: UnsafePointer<Float>, _ positionStride: Int, _ bias: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ rowStride: Int, _ rows: Int, _ columns: Int, _ rectify: Bool,
  _ scratch: UnsafeMutablePointer<Float>
) {
  transformProducts(input, positionStride, bias, output, rowStride, rows, columns, rectify, scratch) {
    (m: InlineArray<6, Lanes>) in fourOutputs(m)
  }
}

/// As `winogradOutput4of6`, for F(4×4, 4×4): values (i, j) at `(7·i + j) * positionStride`, `scratch` of 49 × 16 floats.
@inline(never)
public func winogradOutput4of7(
  _ input: UnsafePointer<Float>, _ positionStride: Int, _ bias: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ rowStride: Int, _ rows: Int, _ columns: Int, _ rectify: Bool,
  _ scratch: UnsafeMutablePointer<Float>
) {
  transformProducts(input, positionStride, bias, output, rowStride, rows, columns, rectify, scratch) {
    (m: InlineArray<7, Lanes>) in fourOutputs(m)
  }
}

/// As `winogradOutput4of7`, for F(5×5, 3×3).
@inline(never)
public func winogradOutput5of7(
  _ input: UnsafePointer<Float>, _ positionStride: Int, _ bias: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ rowStride: Int, _ rows: Int, _ columns: Int, _ rectify: Bool,
  _ scratch: UnsafeMutablePointer<Float>
) {
  transformProducts(input, positionStride, bias, output, rowStride, rows, columns, rectify, scratch) {
    (m: InlineArray<7, Lanes>) in fiveOutputs(m)
  }
}

/// Bᵀ d of seven pixels of 16 channels, `step` floats apart along a row or a column: value i is written at
/// `i * positionStride`.
@inline(never)
public func winogradInputLine7(
  _ pixels: UnsafePointer<Float>, _ step: Int, _ output: UnsafeMutablePointer<Float>, _ positionStride: Int
) {
  let lanes = Lanes.scalarCount
  var values = InlineArray<7, Lanes>(repeating: Lanes(repeating: 0))
  for part in 0..<16 / lanes {
    for index in 0..<7 { values[index] = load(pixels + (lanes &* part &+ index &* step)) }
    let results = inputTransform(values)
    for index in 0..<7 { store(results[index], output + (lanes &* part &+ index &* positionStride)) }
  }
}

/// Aᵀ m of the seven values at `i * positionStride`, plus bias, and max(·, 0) if asked for: the first `count` of four
/// pixels of 16 channels, `step` floats apart along a row or a column.
@inline(never)
public func winogradOutputLine4of7(
  _ input: UnsafePointer<Float>, _ positionStride: Int, _ bias: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ step: Int, _ count: Int, _ rectify: Bool
) {
  let lanes = Lanes.scalarCount
  var values = InlineArray<7, Lanes>(repeating: Lanes(repeating: 0))
  for part in 0..<16 / lanes {
    for index in 0..<7 { values[index] = load(input + (lanes &* part &+ index &* positionStride)) }
    let results = fourOutputs(values)
    let bias = load(bias + lanes &* part)
    for index in 0..<4 where index < count {
      let biased = results[index] + bias
      store(rectify ? rectified(biased) : biased, output + (lanes &* part &+ index &* step))
    }
  }
}

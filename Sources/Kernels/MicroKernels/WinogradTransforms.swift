// The transforms of Winograd's minimal filtering F(4×4, 3×3) (Lavin and Gray, "Fast Algorithms for Convolutional Neural
// Networks", CVPR 2016; points 0, ±1, ±2, ∞), for 16 channels side by side.

/// Bᵀ d along one axis: six values become six.
@inline(__always)
private func inputTransform(
  _ d0: SIMD8<Float>, _ d1: SIMD8<Float>, _ d2: SIMD8<Float>, _ d3: SIMD8<Float>, _ d4: SIMD8<Float>,
  _ d5: SIMD8<Float>, _ write: (Int, SIMD8<Float>) -> Void
) {
  let evenNear = multiplyAdd(d4, SIMD8(repeating: -4), d2)
  let oddNear = multiplyAdd(d3, SIMD8(repeating: -4), d1)
  let evenFar = d4 - d2
  let oddFar = 2 * (d3 - d1)
  write(0, multiplyAdd(multiplyAdd(d4, SIMD8(repeating: -5), d2), SIMD8(repeating: 4), d0))
  write(1, evenNear + oddNear)
  write(2, evenNear - oddNear)
  write(3, evenFar + oddFar)
  write(4, evenFar - oddFar)
  write(5, multiplyAdd(multiplyAdd(d5, SIMD8(repeating: -5), d3), SIMD8(repeating: 4), d1))
}

/// V = Bᵀ d B of one 6×6 patch of 16 channels.
///
/// - Parameters:
///   - patch: its first pixel; rows are `rowStride` floats apart, pixels 16.
///   - output: value (i, j) is written at `(6·i + j) * positionStride`.
///   - scratch: 36 × 8 floats.
@inline(never)
public func winogradInput(
  _ patch: UnsafePointer<Float>, _ rowStride: Int, _ output: UnsafeMutablePointer<Float>, _ positionStride: Int,
  _ scratch: UnsafeMutablePointer<Float>
) {
  for half in 0..<2 {
    let patch = patch + 8 &* half
    let output = output + 8 &* half
    for column in 0..<6 {
      let top = patch + 16 &* column
      inputTransform(
        load8(top), load8(top + rowStride), load8(top + 2 &* rowStride), load8(top + 3 &* rowStride),
        load8(top + 4 &* rowStride), load8(top + 5 &* rowStride)
      ) { store($1, scratch + 8 &* (6 &* $0 &+ column)) }
    }
    for row in 0..<6 {
      let line = scratch + 48 &* row
      inputTransform(
        load8(line), load8(line + 8), load8(line + 16), load8(line + 24), load8(line + 32), load8(line + 40)
      ) { store($1, output + (6 &* row &+ $0) &* positionStride) }
    }
  }
}

/// Aᵀ m along one axis: six values become four.
@inline(__always)
private func outputTransform(
  _ m0: SIMD8<Float>, _ m1: SIMD8<Float>, _ m2: SIMD8<Float>, _ m3: SIMD8<Float>, _ m4: SIMD8<Float>,
  _ m5: SIMD8<Float>, _ write: (Int, SIMD8<Float>) -> Void
) {
  let nearSum = m1 + m2
  let nearDifference = m1 - m2
  let farSum = m3 + m4
  let farDifference = m3 - m4
  write(0, m0 + nearSum + farSum)
  write(1, multiplyAdd(nearDifference, SIMD8(repeating: 2), farDifference))
  write(2, multiplyAdd(nearSum, SIMD8(repeating: 4), farSum))
  write(3, multiplyAdd(nearDifference, SIMD8(repeating: 8), farDifference) + m5)
}

/// Y = Aᵀ M A of one tile of 16 channels, plus bias, and max(·, 0) if asked for.
///
/// - Parameters:
///   - input: value (i, j) is read at `(6·i + j) * positionStride`.
///   - bias: 16 values.
///   - output: the tile's first pixel; rows are `rowStride` floats apart, pixels 16.
///   - rows, columns: how much of the 4×4 tile there is.
///   - scratch: 24 × 8 floats.
@inline(never)
public func winogradOutput(
  _ input: UnsafePointer<Float>, _ positionStride: Int, _ bias: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ rowStride: Int, _ rows: Int, _ columns: Int, _ rectify: Bool,
  _ scratch: UnsafeMutablePointer<Float>
) {
  for half in 0..<2 {
    let input = input + 8 &* half
    let output = output + 8 &* half
    let bias = load8(bias + 8 &* half)
    for column in 0..<6 {
      let top = input + column &* positionStride
      let step = 6 &* positionStride
      outputTransform(
        load8(top), load8(top + step), load8(top + 2 &* step), load8(top + 3 &* step), load8(top + 4 &* step),
        load8(top + 5 &* step)
      ) { store($1, scratch + 8 &* (6 &* $0 &+ column)) }
    }
    for row in 0..<rows {
      let line = scratch + 48 &* row
      let target = output + row &* rowStride
      outputTransform(
        load8(line), load8(line + 8), load8(line + 16), load8(line + 24), load8(line + 32), load8(line + 40)
      ) { column, value in
        if column < columns {
          let biased = value + bias
          store(rectify ? rectified(biased) : biased, target + 16 &* column)
        }
      }
    }
  }
}

// What networks for optical flow do between their convolutions, on planes and rows of blocks of 16 channels.

/// The mean and the variance of each of 16 channels over a plane, the variance divided by the number of pixels: sums of a row
/// in float32, of rows in float64.
///
/// - Parameters:
///   - rowStride: floats from one row to the next.
///   - moments: 16 means, then 16 variances.
@inline(never)
public func planeMoments(
  _ plane: UnsafePointer<Float>, _ rows: Int, _ rowStride: Int, _ pixels: Int, _ moments: UnsafeMutablePointer<Float>
) {
  let count = SIMD16<Double>(repeating: Double(rows &* pixels))
  var sum = SIMD16<Double>(repeating: 0)
  var row = 0
  while row < rows {
    var line = SIMD16<Float>(repeating: 0)
    var source = plane + row &* rowStride
    let end = source + 16 &* pixels
    while source != end {
      line += load16(source)
      source += 16
    }
    sum += SIMD16<Double>(line)
    row &+= 1
  }
  let mean = narrowed(sum / count)
  var squares = SIMD16<Double>(repeating: 0)
  row = 0
  while row < rows {
    var line = SIMD16<Float>(repeating: 0)
    var source = plane + row &* rowStride
    let end = source + 16 &* pixels
    while source != end {
      let deviation = load16(source) - mean
      line = multiplyAdd(line, deviation, deviation)
      source += 16
    }
    squares += SIMD16<Double>(line)
    row &+= 1
  }
  store(mean, moments)
  store(narrowed(squares / count), moments + 16)
}

/// Lane by lane: the library's conversion of vectors is a function that each module would have a copy of.
@inline(__always)
private func narrowed(_ values: SIMD16<Double>) -> SIMD16<Float> {
  var result = SIMD16<Float>(repeating: 0)
  var lane = 0
  while lane < 16 {
    result[lane] = Float(values[lane])
    lane &+= 1
  }
  return result
}

/// (x − mean) / sqrt(variance + epsilon) of each of 16 channels of a row of pixels.
///
/// - Parameters:
///   - moments: as `planeMoments` makes them.
///   - output: may be the input.
///   - rectify: max(·, 0) on the way out.
@inline(never)
public func normaliseRow(
  _ input: UnsafePointer<Float>, _ pixels: Int, _ moments: UnsafePointer<Float>, _ epsilon: Float,
  _ output: UnsafeMutablePointer<Float>, _ rectify: Bool
) {
  let mean = load16(moments)
  let factor =
    SIMD16<Float>(repeating: 1) / (load16(moments + 16) + SIMD16<Float>(repeating: epsilon)).squareRoot()
  var pixel = 0
  while pixel < pixels {
    let value = (load16(input + 16 &* pixel) - mean) * factor
    store(rectify ? rectified(value) : value, output + 16 &* pixel)
    pixel &+= 1
  }
}

/// a + b of a whole number of sixteens.
///
/// - Parameters:
///   - output: may be `a` or `b`.
///   - rectify: max(·, 0) on the way out.
@inline(never)
public func addRow(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int, _ output: UnsafeMutablePointer<Float>,
  _ rectify: Bool
) {
  var place = 0
  while place < count {
    let sum = load16(a + place) + load16(b + place)
    store(rectify ? rectified(sum) : sum, output + place)
    place &+= 16
  }
}

/// σ(a + b) · h of a whole number of sixteens: the reset gate of a GRU.
@inline(never)
public func gateRow(
  _ h: UnsafePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int,
  _ output: UnsafeMutablePointer<Float>
) {
  var place = 0
  while place < count {
    store(sigmoid(load16(a + place) + load16(b + place)) * load16(h + place), output + place)
    place &+= 16
  }
}

/// (1 − σ(z + a))·h + σ(z + a)·tanh(q + b) of a whole number of sixteens: the next state of a GRU.
@inline(never)
public func blendRow(
  _ h: UnsafePointer<Float>, _ z: UnsafePointer<Float>, _ a: UnsafePointer<Float>, _ q: UnsafePointer<Float>,
  _ b: UnsafePointer<Float>, _ count: Int, _ output: UnsafeMutablePointer<Float>
) {
  let one = SIMD16<Float>(repeating: 1)
  var place = 0
  while place < count {
    let share = sigmoid(load16(z + place) + load16(a + place))
    let candidate = hyperbolicTangent(load16(q + place) + load16(b + place))
    store(multiplyAdd((one - share) * load16(h + place), share, candidate), output + place)
    place &+= 16
  }
}

/// 1 / (1 + e^-x), in place, for a whole number of sixteens.
@inline(never)
public func sigmoidValues(_ values: UnsafeMutablePointer<Float>, _ count: Int) {
  var place = 0
  while place < count {
    store(sigmoid(load16(values + place)), values + place)
    place &+= 16
  }
}

/// tanh x, in place, for a whole number of sixteens.
@inline(never)
public func tanhValues(_ values: UnsafeMutablePointer<Float>, _ count: Int) {
  var place = 0
  while place < count {
    store(hyperbolicTangent(load16(values + place)), values + place)
    place &+= 16
  }
}

@inline(__always)
func sigmoid(_ x: SIMD16<Float>) -> SIMD16<Float> {
  let one = SIMD16<Float>(repeating: 1)
  return one / (one + exponential(-x))
}

/// 1 − 2 / (1 + e^2x): within 1.2e-7 of the value.
@inline(__always)
func hyperbolicTangent(_ x: SIMD16<Float>) -> SIMD16<Float> {
  let one = SIMD16<Float>(repeating: 1)
  return one - (one + one) / (one + exponential(x + x))
}

/// The averages of the 2×2 squares of a plane; an odd last row or column is left out.
///
/// - Parameter output: [height / 2][width / 2].
@inline(never)
public func halvePlane(
  _ plane: UnsafePointer<Float>, _ height: Int, _ width: Int, _ output: UnsafeMutablePointer<Float>
) {
  let columns = width / 2
  var y = 0
  while y < height / 2 {
    let upper = plane + 2 &* y &* width
    let lower = upper + width
    let target = output + y &* columns
    var x = 0
    while x &+ 8 <= columns {
      let above = load16(upper + 2 &* x)
      let below = load16(lower + 2 &* x)
      let sum = (above.evenHalf + above.oddHalf) + (below.evenHalf + below.oddHalf)
      store(sum * SIMD8<Float>(repeating: 0.25), target + x)
      x &+= 8
    }
    while x < columns {
      let above = upper[2 &* x] + upper[2 &* x &+ 1]
      let below = lower[2 &* x] + lower[2 &* x &+ 1]
      target[x] = (above + below) * 0.25
      x &+= 1
    }
    y &+= 1
  }
}

/// The (2r + 1)² values around a point of a plane, between pixels by bilinear interpolation; zeros outside.
///
/// - Parameters:
///   - x: the middle's column, `y` its row; values that are not finite give NaNs.
///   - radius: r, up to 7.
///   - scratch: 17 × 32 floats, and 16 × 16 behind them.
///   - output: (2r + 1)² values, in the order [column][row], as RAFT has them.
@inline(never)
public func lookUpPlane(
  _ plane: UnsafePointer<Float>, _ height: Int, _ width: Int, _ x: Float, _ y: Float, _ radius: Int,
  _ scratch: UnsafeMutablePointer<Float>, _ output: UnsafeMutablePointer<Float>
) {
  let side = 2 &* radius &+ 1
  guard x.isFinite, y.isFinite else {
    var place = 0
    while place < side &* side {
      output[place] = .nan
      place &+= 1
    }
    return
  }
  // Far outside is outside; a whole number must fit into an Int.
  let left = max(min(x, 1e6), -1e6)
  let top = max(min(y, 1e6), -1e6)
  let firstColumn = left.rounded(.down)
  let firstRow = top.rounded(.down)
  let x0 = Int(firstColumn) &- radius
  let y0 = Int(firstRow) &- radius
  var patch = plane + (y0 &* width &+ x0)
  var stride = width
  if x0 < 0 || y0 < 0 || x0 &+ side >= width || y0 &+ side >= height {
    var row = 0
    while row <= side {
      let target = scratch + 32 &* row
      store(SIMD16<Float>(repeating: 0), target)
      store(SIMD16<Float>(repeating: 0), target + 16)
      let line = y0 &+ row
      if line >= 0 && line < height {
        var column = max(0, -x0)
        let end = min(side, width &- 1 &- x0)
        let source = plane + (line &* width &+ x0)
        while column <= end {
          target[column] = source[column]
          column &+= 1
        }
      }
      row &+= 1
    }
    patch = UnsafePointer(scratch)
    stride = 32
  }
  let across = SIMD16<Float>(repeating: left - firstColumn)
  let down = SIMD16<Float>(repeating: top - firstRow)
  let transposed = scratch + 17 &* 32
  var above = SIMD16<Float>(repeating: 0)
  var row = 0
  while row <= side {
    let source = patch + row &* stride
    let here = load16(source)
    let line = multiplyAdd(here, across, load16(source + 1) - here)
    if row > 0 { store(multiplyAdd(above, down, line - above), transposed + 16 &* (row &- 1)) }
    above = line
    row &+= 1
  }
  var column = 0
  while column < side {
    let target = output + column &* side
    row = 0
    while row < side {
      target[row] = transposed[16 &* row &+ column]
      row &+= 1
    }
    column &+= 1
  }
}

/// Nine neighbours' values in the shares of a soft-max: one pixel of a coarse plane as a square of `places` pixels.
///
/// - Parameters:
///   - mask: 16·9·`groups` channels of the pixel, 16 for each block: [neighbour][place].
///   - groups: places / 16.
///   - factor: of the mask before the soft-max.
///   - x: nine values, `y` nine more.
///   - output: 16·groups values made of `x`, then as many made of `y`.
@inline(never)
public func blendNeighbours(
  _ mask: UnsafePointer<Float>, _ blockStride: Int, _ groups: Int, _ factor: Float, _ x: UnsafePointer<Float>,
  _ y: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
) {
  let factors = SIMD16<Float>(repeating: factor)
  var group = 0
  while group < groups {
    let base = mask + group &* blockStride
    let step = groups &* blockStride
    var most = load16(base) * factors
    var neighbour = 1
    while neighbour < 9 {
      most = larger(most, load16(base + neighbour &* step) * factors)
      neighbour &+= 1
    }
    var sum = SIMD16<Float>(repeating: 0)
    var across = SIMD16<Float>(repeating: 0)
    var down = SIMD16<Float>(repeating: 0)
    neighbour = 0
    while neighbour < 9 {
      let power = exponential(load16(base + neighbour &* step) * factors - most)
      sum += power
      across = multiplyAdd(across, power, SIMD16(repeating: x[neighbour]))
      down = multiplyAdd(down, power, SIMD16(repeating: y[neighbour]))
      neighbour &+= 1
    }
    store(across / sum, output + 16 &* group)
    store(down / sum, output + 16 &* (groups &+ group))
    group &+= 1
  }
}

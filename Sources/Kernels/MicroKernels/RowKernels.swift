// What a transformer does between its products: layer normalisation, soft-max and the activations, on rows of values.

/// Layer normalisation of `rows` rows: (x − mean) / sqrt(variance + epsilon) · scale + offset, mean and variance over the
/// row's 16·`blocks` values, the variance divided by their number.
///
/// Row r has its values at `input + 16·r + b·blockStride`, 16 for each block b.
///
/// - Parameters:
///   - scale: 16·blocks values; `offset` as many.
///   - output: laid out as the input, with `outputBlockStride`; may be the input.
@inline(never)
public func normaliseRows(
  _ input: UnsafePointer<Float>, _ rows: Int, _ blocks: Int, _ blockStride: Int, _ scale: UnsafePointer<Float>,
  _ offset: UnsafePointer<Float>, _ epsilon: Float, _ output: UnsafeMutablePointer<Float>, _ outputBlockStride: Int
) {
  let count = Float(16 &* blocks)
  var row = 0
  while row < rows {
    let source = input + 16 &* row
    var sum = SIMD16<Float>(repeating: 0)
    var block = 0
    while block < blocks {
      sum += load16(source + block &* blockStride)
      block &+= 1
    }
    let mean = SIMD16<Float>(repeating: total(sum) / count)
    var squares = SIMD16<Float>(repeating: 0)
    block = 0
    while block < blocks {
      let deviation = load16(source + block &* blockStride) - mean
      squares = multiplyAdd(squares, deviation, deviation)
      block &+= 1
    }
    let factor = SIMD16<Float>(repeating: 1 / (total(squares) / count + epsilon).squareRoot())
    let target = output + 16 &* row
    block = 0
    while block < blocks {
      let value = (load16(source + block &* blockStride) - mean) * factor
      store(
        multiplyAdd(load16(offset + 16 &* block), value, load16(scale + 16 &* block)),
        target + block &* outputBlockStride)
      block &+= 1
    }
    row &+= 1
  }
}

/// Group normalisation of sixteen channels of one plane: (x − mean) / sqrt(variance + epsilon) · scale + offset, mean and
/// variance over the pixels and `lanes` channels side by side, the variance divided by their number.
///
/// - Parameters:
///   - input: the plane's first pixel; rows of `columns` pixels of 16 values, `rowStride` floats apart.
///   - lanes: channels of a group: 1, 2, 4, 8 or 16.
///   - scale: 16 values; `offset` as many.
///   - rectifies: whether max(·, 0) is taken.
///   - output: rows `outputRowStride` floats apart; may be the input.
@inline(never)
public func normaliseGroups(
  _ input: UnsafePointer<Float>, _ rows: Int, _ columns: Int, _ rowStride: Int, _ lanes: Int,
  _ scale: UnsafePointer<Float>, _ offset: UnsafePointer<Float>, _ epsilon: Float, _ rectifies: Bool,
  _ output: UnsafeMutablePointer<Float>, _ outputRowStride: Int
) {
  let count = SIMD16<Float>(repeating: Float(rows &* columns &* lanes))
  var sum = SIMD16<Float>(repeating: 0)
  var row = 0
  while row < rows {
    var column = 0
    while column < columns {
      sum += load16(input + row &* rowStride + 16 &* column)
      column &+= 1
    }
    row &+= 1
  }
  let mean = sumOfGroups(sum, lanes) / count
  var squares = SIMD16<Float>(repeating: 0)
  row = 0
  while row < rows {
    var column = 0
    while column < columns {
      let deviation = load16(input + row &* rowStride + 16 &* column) - mean
      squares = multiplyAdd(squares, deviation, deviation)
      column &+= 1
    }
    row &+= 1
  }
  let variance = sumOfGroups(squares, lanes) / count + SIMD16<Float>(repeating: epsilon)
  let factor = load16(scale) / variance.squareRoot()
  let added = load16(offset)
  let least = SIMD16<Float>(repeating: rectifies ? 0 : -Float.greatestFiniteMagnitude)
  row = 0
  while row < rows {
    var column = 0
    while column < columns {
      let deviation = load16(input + row &* rowStride + 16 &* column) - mean
      store(larger(least, multiplyAdd(added, deviation, factor)), output + row &* outputRowStride + 16 &* column)
      column &+= 1
    }
    row &+= 1
  }
}

/// In each lane the sum of the group of `lanes` lanes side by side that it is in.
@inline(__always)
func sumOfGroups(_ values: SIMD16<Float>, _ lanes: Int) -> SIMD16<Float> {
  var result = values
  var first = 0
  while first < 16 {
    var sum: Float = 0
    for lane in first..<first &+ lanes { sum += values[lane] }
    for lane in first..<first &+ lanes { result[lane] = sum }
    first &+= lanes
  }
  return result
}

/// The soft-max of `count` values times `factor`, in place. Values from `count` on, up to a whole number of sixteens, become
/// zero.
@inline(never)
public func softMaxRow(_ row: UnsafeMutablePointer<Float>, _ count: Int, _ factor: Float) {
  let lowest = -Float.greatestFiniteMagnitude
  let lanes = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  let factors = SIMD16<Float>(repeating: factor)
  var most = SIMD16<Float>(repeating: lowest)
  var place = 0
  while place < count {
    var values = load16(row + place) * factors
    if count &- place < 16 {
      values.replace(with: lowest, where: lanes .>= Int32(truncatingIfNeeded: count &- place))
    }
    store(values, row + place)
    most = larger(most, values)
    place &+= 16
  }
  let shift = SIMD16<Float>(repeating: largest(most))
  var sum = SIMD16<Float>(repeating: 0)
  place = 0
  while place < count {
    let powers = exponential(load16(row + place) - shift)
    store(powers, row + place)
    sum += powers
    place &+= 16
  }
  // What stands for no value is e^(lowest - shift), which `exponential` gives as some 1e-38: not quite zero, and not part of
  // the sum as float32 takes it. It is made zero because a product follows.
  let scale = SIMD16<Float>(repeating: 1 / total(sum))
  place = 0
  while place < count {
    var values = load16(row + place) * scale
    if count &- place < 16 {
      values.replace(with: 0, where: lanes .>= Int32(truncatingIfNeeded: count &- place))
    }
    store(values, row + place)
    place &+= 16
  }
}

/// x · Φ(x), in place, for a whole number of sixteens: the exact GELU, x/2 · (1 + erf(x/√2)).
///
/// erf by Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26: |error| <= 1.5e-7.
@inline(never)
public func geluValues(_ values: UnsafeMutablePointer<Float>, _ count: Int) {
  let one = SIMD16<Float>(repeating: 1)
  var place = 0
  while place < count {
    let x = load16(values + place)
    let z = x * SIMD16(repeating: 0.70710678)
    var magnitude = z
    magnitude.replace(with: -z, where: z .< 0)
    let t = one / multiplyAdd(one, magnitude, SIMD16(repeating: 0.3275911))
    var sum = SIMD16<Float>(repeating: 1.061405429)
    sum = multiplyAdd(SIMD16(repeating: -1.453152027), sum, t)
    sum = multiplyAdd(SIMD16(repeating: 1.421413741), sum, t)
    sum = multiplyAdd(SIMD16(repeating: -0.284496736), sum, t)
    sum = multiplyAdd(SIMD16(repeating: 0.254829592), sum, t)
    // 1 − erf|z|, of which the half is what is left of x where x is negative: no digits are lost to 1 − 1.
    let rest = sum * t * exponential(-(z * z)) * SIMD16(repeating: 0.5)
    var share = one - rest
    share.replace(with: rest, where: z .< 0)
    store(x * share, values + place)
    place &+= 16
  }
}

/// x / (1 + e^(-1.702·x)), in place, for a whole number of sixteens: OpenAI's QuickGELU.
@inline(never)
public func quickGELUValues(_ values: UnsafeMutablePointer<Float>, _ count: Int) {
  let one = SIMD16<Float>(repeating: 1)
  var place = 0
  while place < count {
    let x = load16(values + place)
    store(x / (one + exponential(x * SIMD16(repeating: -1.702))), values + place)
    place &+= 16
  }
}

/// e^x in each lane, within 2 units in the last place for x in -87...88; smaller and larger ones give the values at these
/// ends, a NaN stays a NaN.
///
/// x = n·ln 2 + r with |r| <= ln 2 / 2; e^r by its Taylor polynomial of degree 7 (error 2e-9), times 2^n by its exponent.
@inline(__always)
func exponential(_ x: SIMD16<Float>) -> SIMD16<Float> {
  var x = x
  x.replace(with: -87, where: x .< -87)
  x.replace(with: 88, where: x .> 88)
  // Adding 1.5·2^23 leaves the nearest integer in the last bits.
  let rounder = SIMD16<Float>(repeating: 12_582_912)
  let shifted = multiplyAdd(rounder, x, SIMD16(repeating: 1.44269504))
  let n = shifted - rounder
  // ln 2 in two parts, of which n times the first is exact.
  var r = multiplyAdd(x, n, SIMD16(repeating: -0.693359375))
  r = multiplyAdd(r, n, SIMD16(repeating: 2.12194440e-4))
  var sum = SIMD16<Float>(repeating: 1 / 5040)
  sum = multiplyAdd(SIMD16(repeating: 1 / 720), sum, r)
  sum = multiplyAdd(SIMD16(repeating: 1 / 120), sum, r)
  sum = multiplyAdd(SIMD16(repeating: 1 / 24), sum, r)
  sum = multiplyAdd(SIMD16(repeating: 1 / 6), sum, r)
  sum = multiplyAdd(SIMD16(repeating: 0.5), sum, r)
  sum = multiplyAdd(SIMD16(repeating: 1), sum, r)
  sum = multiplyAdd(SIMD16(repeating: 1), sum, r)
  let power = (unsafeBitCast(shifted, to: SIMD16<Int32>.self) &+ 127) &<< 23
  return sum * unsafeBitCast(power, to: SIMD16<Float>.self)
}

/// The sum of the lanes, in halves: always in the same order.
@inline(__always)
func total(_ v: SIMD16<Float>) -> Float {
  let eight = v.lowHalf + v.highHalf
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two[0] + two[1]
}

/// The largest lane.
@inline(__always)
func largest(_ v: SIMD16<Float>) -> Float {
  var most = v[0]
  var lane = 1
  while lane < 16 {
    most = v[lane] > most ? v[lane] : most
    lane &+= 1
  }
  return most
}

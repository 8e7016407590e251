// What networks that interpolate frames do between their convolutions, on rows of blocks of 16 channels.

/// Four pixels of some blocks in the shares of four weights: one pixel of a warped image.
///
/// - Parameters:
///   - offsets: of the four pixels, in floats.
///   - weights: of each.
///   - output: 16 values for each block.
@inline(never)
public func blendPixels(
  _ input: UnsafePointer<Float>, _ blocks: Int, _ blockStride: Int, _ offsets: UnsafePointer<Int>,
  _ weights: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ outputBlockStride: Int
) {
  let (a, b) = (SIMD16<Float>(repeating: weights[0]), SIMD16<Float>(repeating: weights[1]))
  let (c, d) = (SIMD16<Float>(repeating: weights[2]), SIMD16<Float>(repeating: weights[3]))
  var block = 0
  while block < blocks {
    let source = input + block &* blockStride
    var sum = load16(source + offsets[0]) * a
    sum = multiplyAdd(sum, load16(source + offsets[1]), b)
    sum = multiplyAdd(sum, load16(source + offsets[2]), c)
    sum = multiplyAdd(sum, load16(source + offsets[3]), d)
    store(sum, output + block &* outputBlockStride)
    block &+= 1
  }
}

/// Negative values of 16 channels of a row of pixels times a factor for each channel, in place; a NaN stays a NaN.
@inline(never)
public func slopeRow(_ values: UnsafeMutablePointer<Float>, _ pixels: Int, _ slopes: UnsafePointer<Float>) {
  let factors = load16(slopes)
  var pixel = 0
  while pixel < pixels {
    let value = load16(values + 16 &* pixel)
    store(value.replacing(with: value * factors, where: value .< 0), values + 16 &* pixel)
    pixel &+= 1
  }
}

/// A row of pixels between four others each, by bilinear interpolation, times a factor for each of 16 channels, added to what is
/// in `added`.
///
/// - Parameters:
///   - upper: a row of the input, `lower` another; `down` is the share of the lower one.
///   - places: for each pixel the offsets in floats of the left and the right one; `across` the share of the right one.
///   - added: nil for nothing; may be the output.
@inline(never)
public func resampleRow(
  _ upper: UnsafePointer<Float>, _ lower: UnsafePointer<Float>, _ down: Float, _ places: UnsafePointer<Int>,
  _ across: UnsafePointer<Float>, _ factors: UnsafePointer<Float>, _ added: UnsafePointer<Float>?,
  _ output: UnsafeMutablePointer<Float>, _ pixels: Int
) {
  let factors = load16(factors)
  let down = SIMD16<Float>(repeating: down)
  var pixel = 0
  while pixel < pixels {
    let (left, right) = (places[2 &* pixel], places[2 &* pixel &+ 1])
    let share = SIMD16<Float>(repeating: across[pixel])
    let (a, b) = (load16(upper + left), load16(lower + left))
    let above = multiplyAdd(a, share, load16(upper + right) - a)
    let below = multiplyAdd(b, share, load16(lower + right) - b)
    var value = multiplyAdd(above, down, below - above) * factors
    if let added { value += load16(added + 16 &* pixel) }
    store(value, output + 16 &* pixel)
    pixel &+= 1
  }
}

/// The products of one pixel's channels with those of eight pixels side by side, in each of some rows.
///
/// - Parameters:
///   - query: 16·`blocks` channels.
///   - pixels: the first pixel's first block; `blockStride` floats to the next block, `rowStride` to the next row.
///   - output: eight values for each row, 16 floats apart.
@inline(never)
public func correlatePatch(
  _ query: UnsafePointer<Float>, _ blocks: Int, _ pixels: UnsafePointer<Float>, _ blockStride: Int, _ rowStride: Int,
  _ rows: Int, _ output: UnsafeMutablePointer<Float>
) {
  var row = 0
  while row < rows {
    // Four at a time: eight sums of 16 lanes would not stay in 16 registers.
    for half in 0..<2 {
      var sums = InlineArray<4, SIMD16<Float>>(repeating: SIMD16(repeating: 0))
      var source = pixels + (row &* rowStride &+ 64 &* half)
      var block = 0
      while block < blocks {
        let values = load16(query + 16 &* block)
        for pixel in 0..<4 { sums[pixel] = multiplyAdd(sums[pixel], values, load16(source + 16 &* pixel)) }
        source += blockStride
        block &+= 1
      }
      let low = pairSums(sums[0].lowHalf + sums[0].highHalf, sums[1].lowHalf + sums[1].highHalf)
      let high = pairSums(sums[2].lowHalf + sums[2].highHalf, sums[3].lowHalf + sums[3].highHalf)
      let both = pairSums(low, high)
      let all = both.evenHalf + both.oddHalf
      UnsafeMutableRawPointer(output + (16 &* row &+ 4 &* half)).storeBytes(of: all, as: SIMD4<Float>.self)
    }
    row &+= 1
  }
}

/// The sums of neighbours in `a`, then those in `b`.
@inline(__always)
private func pairSums(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
  let both = SIMD16<Float>(lowHalf: a, highHalf: b)
  return both.evenHalf + both.oddHalf
}

// The convolution micro-kernel for 16 vector registers of 8 lanes (AVX2), also compiled as the baseline.
//
// One call gives `pixels` × 16 output values. The product runs over segments: runs of `length` inputs that lie side by
// side in memory, one run for each tap and each block of 16 input channels.
//
//              input                                    weights, packed
//    pixel 0   base + segment[s] + inputOffsets[0] + k      ┌──── 16 output channels ────┐
//    pixel 1   base + segment[s] + inputOffsets[1] + k      │ row s·length + k           │
//    ...       (broadcast one float each)                   └────────────────────────────┘

/// - Parameters:
///   - pixels: 1...6 output pixels.
///   - input: the first interior value of the input; offsets may be negative (the halo).
///   - inputOffsets: `pixels` offsets in floats.
///   - segments: `segmentCount` offsets in floats, the same for each pixel.
///   - length: inputs in a segment; 16 has code of its own.
///   - weights: segmentCount × length × 16.
///   - bias: 16 values, where the sums begin; nil if they go on from what is in the output.
///   - output: 16 values are written at each of the `pixels` offsets `outputOffsets`.
///   - rectify: max(·, 0) on the way out.
@inline(never)
public func pixelTile(
  _ pixels: Int, _ input: UnsafePointer<Float>, _ inputOffsets: UnsafePointer<Int>, _ segments: UnsafePointer<Int>,
  _ segmentCount: Int, _ length: Int, _ weights: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?,
  _ output: UnsafeMutablePointer<Float>, _ outputOffsets: UnsafePointer<Int>, _ rectify: Bool
) {
  if length == 16 {
    switchPixels(
      pixels, input, inputOffsets, segments, segmentCount, 16, weights, bias, output, outputOffsets, rectify)
  } else {
    switchPixels(
      pixels, input, inputOffsets, segments, segmentCount, length, weights, bias, output, outputOffsets, rectify)
  }
}

@inline(__always)
private func switchPixels(
  _ pixels: Int, _ input: UnsafePointer<Float>, _ inputOffsets: UnsafePointer<Int>, _ segments: UnsafePointer<Int>,
  _ segmentCount: Int, _ length: Int, _ weights: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?,
  _ output: UnsafeMutablePointer<Float>, _ outputOffsets: UnsafePointer<Int>, _ rectify: Bool
) {
  switch pixels {
  case 6:
    tile(
      InlineArray<6, Int>.self, input, inputOffsets, segments, segmentCount, length, weights, bias, output,
      outputOffsets, rectify)
  case 5:
    tile(
      InlineArray<5, Int>.self, input, inputOffsets, segments, segmentCount, length, weights, bias, output,
      outputOffsets, rectify)
  case 4:
    tile(
      InlineArray<4, Int>.self, input, inputOffsets, segments, segmentCount, length, weights, bias, output,
      outputOffsets, rectify)
  case 3:
    tile(
      InlineArray<3, Int>.self, input, inputOffsets, segments, segmentCount, length, weights, bias, output,
      outputOffsets, rectify)
  case 2:
    tile(
      InlineArray<2, Int>.self, input, inputOffsets, segments, segmentCount, length, weights, bias, output,
      outputOffsets, rectify)
  default:
    tile(
      InlineArray<1, Int>.self, input, inputOffsets, segments, segmentCount, length, weights, bias, output,
      outputOffsets, rectify)
  }
}

@inline(__always)
private func tile<let pixels: Int>(
  _: InlineArray<pixels, Int>.Type, _ input: UnsafePointer<Float>, _ inputOffsets: UnsafePointer<Int>,
  _ segments: UnsafePointer<Int>, _ segmentCount: Int, _ length: Int, _ weights: UnsafePointer<Float>,
  _ bias: UnsafePointer<Float>?, _ output: UnsafeMutablePointer<Float>, _ outputOffsets: UnsafePointer<Int>,
  _ rectify: Bool
) {
  var low = InlineArray<pixels, SIMD8<Float>>(repeating: SIMD8(repeating: 0))
  var high = InlineArray<pixels, SIMD8<Float>>(repeating: SIMD8(repeating: 0))
  for pixel in 0..<pixels {
    let start = bias ?? UnsafePointer(output + outputOffsets[pixel])
    low[pixel] = load8(start)
    high[pixel] = load8(start + 8)
  }
  var offsets = InlineArray<pixels, Int>(repeating: 0)
  for pixel in 0..<pixels { offsets[pixel] = inputOffsets[pixel] }
  var weights = weights
  var segment = segments
  let end = segments + segmentCount
  while segment != end {
    var source = input + segment.pointee
    let sourceEnd = source + length
    while source != sourceEnd {
      let weightsLow = load8(weights)
      let weightsHigh = load8(weights + 8)
      weights += 16
      for pixel in 0..<pixels {
        let value = SIMD8<Float>(repeating: source[offsets[pixel]])
        low[pixel] = multiplyAdd(low[pixel], value, weightsLow)
        high[pixel] = multiplyAdd(high[pixel], value, weightsHigh)
      }
      source += 1
    }
    segment += 1
  }
  for pixel in 0..<pixels {
    let destination = output + outputOffsets[pixel]
    store(rectify ? rectified(low[pixel]) : low[pixel], destination)
    store(rectify ? rectified(high[pixel]) : high[pixel], destination + 8)
  }
}

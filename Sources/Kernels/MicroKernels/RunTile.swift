// The convolution micro-kernel for 32 vector registers of 16 lanes (AVX-512).
//
// One call gives two runs of 4 to 7 pixels × 32 output values, the pixels evenly spaced within a run. With 14 pixels, 28
// accumulators, two rows of weights and two broadcast values fill the registers; 14 pixel offsets would not fit beside
// them, two do.

/// - Parameters:
///   - pixels: 4...7 pixels of each run.
///   - input: the first interior value of the input; offsets may be negative (the halo).
///   - inputOffsets: one offset in floats for each pixel of both runs, of which the first of each run are read.
///   - pixelStride: floats between neighbours of a run; where this is 16, the distances are constants in the code.
///   - segments: `segmentCount` offsets in floats, the same for each pixel.
///   - length: inputs in a segment.
///   - weights: segmentCount × length × 32.
///   - bias: 32 values, where the sums begin; nil if they go on from what is in the output.
///   - outputLow: where the first 16 channels go; `outputHigh`: the other 16.
///   - outputOffsets: as many offsets in floats; a negative one is a pixel that is not there, and is not written.
///   - rectify: max(·, 0) on the way out.
@inline(never)
public func runTile(
  _ pixels: Int, _ input: UnsafePointer<Float>, _ inputOffsets: UnsafePointer<Int>, _ pixelStride: Int,
  _ segments: UnsafePointer<Int>, _ segmentCount: Int, _ length: Int, _ weights: UnsafePointer<Float>,
  _ bias: UnsafePointer<Float>?, _ outputLow: UnsafeMutablePointer<Float>, _ outputHigh: UnsafeMutablePointer<Float>,
  _ outputOffsets: UnsafePointer<Int>, _ rectify: Bool
) {
  switch pixels {
  case 4:
    switchStride(
      InlineArray<4, Int>.self, input, inputOffsets, pixelStride, segments, segmentCount, length, weights, bias,
      outputLow, outputHigh, outputOffsets, rectify)
  case 5:
    switchStride(
      InlineArray<5, Int>.self, input, inputOffsets, pixelStride, segments, segmentCount, length, weights, bias,
      outputLow, outputHigh, outputOffsets, rectify)
  case 6:
    switchStride(
      InlineArray<6, Int>.self, input, inputOffsets, pixelStride, segments, segmentCount, length, weights, bias,
      outputLow, outputHigh, outputOffsets, rectify)
  default:
    switchStride(
      InlineArray<7, Int>.self, input, inputOffsets, pixelStride, segments, segmentCount, length, weights, bias,
      outputLow, outputHigh, outputOffsets, rectify)
  }
}

@inline(__always)
private func switchStride<let pixels: Int>(
  _ run: InlineArray<pixels, Int>.Type, _ input: UnsafePointer<Float>, _ inputOffsets: UnsafePointer<Int>,
  _ pixelStride: Int, _ segments: UnsafePointer<Int>, _ segmentCount: Int, _ length: Int,
  _ weights: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, _ outputLow: UnsafeMutablePointer<Float>,
  _ outputHigh: UnsafeMutablePointer<Float>, _ outputOffsets: UnsafePointer<Int>, _ rectify: Bool
) {
  if pixelStride == 16 {
    tile(
      run, input, inputOffsets, 16, segments, segmentCount, length, weights, bias, outputLow, outputHigh,
      outputOffsets, rectify)
  } else {
    tile(
      run, input, inputOffsets, pixelStride, segments, segmentCount, length, weights, bias, outputLow, outputHigh,
      outputOffsets, rectify)
  }
}

@inline(__always)
private func tile<let pixels: Int>(
  _: InlineArray<pixels, Int>.Type, _ input: UnsafePointer<Float>, _ inputOffsets: UnsafePointer<Int>,
  _ pixelStride: Int, _ segments: UnsafePointer<Int>, _ segmentCount: Int, _ length: Int,
  _ weights: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, _ outputLow: UnsafeMutablePointer<Float>,
  _ outputHigh: UnsafeMutablePointer<Float>, _ outputOffsets: UnsafePointer<Int>, _ rectify: Bool
) {
  // Four arrays of 7, not two of 14: the latter are kept in memory beside the registers.
  var firstLow = InlineArray<pixels, SIMD16<Float>>(repeating: SIMD16(repeating: 0))
  var firstHigh = firstLow
  var secondLow = firstLow
  var secondHigh = firstLow
  read(&firstLow, bias, outputLow, outputOffsets)
  read(&firstHigh, bias.map { $0 + 16 }, outputHigh, outputOffsets)
  read(&secondLow, bias, outputLow, outputOffsets + pixels)
  read(&secondHigh, bias.map { $0 + 16 }, outputHigh, outputOffsets + pixels)
  let firstRun = input + inputOffsets[0]
  let secondRun = input + inputOffsets[pixels]
  var weights = weights
  var segment = segments
  let end = segments + segmentCount
  while segment != end {
    var first = firstRun + segment.pointee
    var second = secondRun + segment.pointee
    let firstEnd = first + length
    while first != firstEnd {
      let weightsLow = load16(weights)
      let weightsHigh = load16(weights + 16)
      weights += 32
      accumulate(&firstLow, &firstHigh, first, pixelStride, weightsLow, weightsHigh)
      accumulate(&secondLow, &secondHigh, second, pixelStride, weightsLow, weightsHigh)
      first += 1
      second += 1
    }
    segment += 1
  }
  write(firstLow, outputLow, outputOffsets, rectify)
  write(firstHigh, outputHigh, outputOffsets, rectify)
  write(secondLow, outputLow, outputOffsets + pixels, rectify)
  write(secondHigh, outputHigh, outputOffsets + pixels, rectify)
}

@inline(__always)
private func accumulate<let pixels: Int>(
  _ low: inout InlineArray<pixels, SIMD16<Float>>, _ high: inout InlineArray<pixels, SIMD16<Float>>,
  _ source: UnsafePointer<Float>, _ pixelStride: Int, _ weightsLow: SIMD16<Float>, _ weightsHigh: SIMD16<Float>
) {
  for pixel in 0..<pixels {
    let value = SIMD16<Float>(repeating: source[pixel &* pixelStride])
    low[pixel] = multiplyAdd(low[pixel], value, weightsLow)
    high[pixel] = multiplyAdd(high[pixel], value, weightsHigh)
  }
}

/// Where the sums of one run begin.
@inline(__always)
private func read<let pixels: Int>(
  _ run: inout InlineArray<pixels, SIMD16<Float>>, _ bias: UnsafePointer<Float>?,
  _ output: UnsafeMutablePointer<Float>, _ outputOffsets: UnsafePointer<Int>
) {
  if let bias {
    for pixel in 0..<pixels { run[pixel] = load16(bias) }
  } else {
    for pixel in 0..<pixels where outputOffsets[pixel] >= 0 { run[pixel] = load16(output + outputOffsets[pixel]) }
  }
}

@inline(__always)
private func write<let pixels: Int>(
  _ run: borrowing InlineArray<pixels, SIMD16<Float>>, _ output: UnsafeMutablePointer<Float>,
  _ outputOffsets: UnsafePointer<Int>, _ rectify: Bool
) {
  for pixel in 0..<pixels where outputOffsets[pixel] >= 0 {
    store(rectify ? rectified(run[pixel]) : run[pixel], output + outputOffsets[pixel])
  }
}

// The convolution micro-kernel for 32 vector registers of 16 lanes (AVX-512).
//
// One call gives 14 pixels × 32 output values: two runs of 7 pixels, evenly spaced within a run. 28 accumulators, two
// rows of weights and two broadcast values fill the registers; 14 pixel offsets would not fit beside them, two do.

/// The pixels of one run.
private typealias Run = InlineArray<7, SIMD16<Float>>

/// - Parameters:
///   - input: the first interior value of the input; offsets may be negative (the halo).
///   - inputOffsets: 14 offsets in floats, of which the first of each run (0 and 7) are read.
///   - pixelStride: floats between neighbours of a run.
///   - segments: `segmentCount` offsets in floats, the same for each pixel.
///   - length: inputs in a segment; where this and `pixelStride` are 16, the distances are constants in the code.
///   - weights: segmentCount × length × 32.
///   - bias: 32 values, where the sums begin.
///   - outputLow: where the first 16 channels go; `outputHigh`: the other 16.
///   - outputOffsets: 14 offsets in floats; a negative one is a pixel that is not there, and is not written.
///   - rectify: max(·, 0) on the way out.
@inline(never)
public func runTile(
  _ input: UnsafePointer<Float>, _ inputOffsets: UnsafePointer<Int>, _ pixelStride: Int,
  _ segments: UnsafePointer<Int>, _ segmentCount: Int, _ length: Int, _ weights: UnsafePointer<Float>,
  _ bias: UnsafePointer<Float>, _ outputLow: UnsafeMutablePointer<Float>, _ outputHigh: UnsafeMutablePointer<Float>,
  _ outputOffsets: UnsafePointer<Int>, _ rectify: Bool
) {
  if pixelStride == 16 && length == 16 {
    tile(
      input, inputOffsets, 16, segments, segmentCount, 16, weights, bias, outputLow, outputHigh, outputOffsets, rectify)
  } else {
    tile(
      input, inputOffsets, pixelStride, segments, segmentCount, length, weights, bias, outputLow, outputHigh,
      outputOffsets, rectify)
  }
}

@inline(__always)
private func tile(
  _ input: UnsafePointer<Float>, _ inputOffsets: UnsafePointer<Int>, _ pixelStride: Int,
  _ segments: UnsafePointer<Int>, _ segmentCount: Int, _ length: Int, _ weights: UnsafePointer<Float>,
  _ bias: UnsafePointer<Float>, _ outputLow: UnsafeMutablePointer<Float>, _ outputHigh: UnsafeMutablePointer<Float>,
  _ outputOffsets: UnsafePointer<Int>, _ rectify: Bool
) {
  // Four arrays of 7, not two of 14: the latter are kept in memory beside the registers.
  var firstLow = Run(repeating: load16(bias))
  var firstHigh = Run(repeating: load16(bias + 16))
  var secondLow = Run(repeating: load16(bias))
  var secondHigh = Run(repeating: load16(bias + 16))
  let firstRun = input + inputOffsets[0]
  let secondRun = input + inputOffsets[7]
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
  write(secondLow, outputLow, outputOffsets + 7, rectify)
  write(secondHigh, outputHigh, outputOffsets + 7, rectify)
}

@inline(__always)
private func accumulate(
  _ low: inout Run, _ high: inout Run, _ source: UnsafePointer<Float>, _ pixelStride: Int,
  _ weightsLow: SIMD16<Float>, _ weightsHigh: SIMD16<Float>
) {
  for pixel in 0..<7 {
    let value = SIMD16<Float>(repeating: source[pixel &* pixelStride])
    low[pixel] = multiplyAdd(low[pixel], value, weightsLow)
    high[pixel] = multiplyAdd(high[pixel], value, weightsHigh)
  }
}

@inline(__always)
private func write(
  _ run: borrowing Run, _ output: UnsafeMutablePointer<Float>, _ outputOffsets: UnsafePointer<Int>, _ rectify: Bool
) {
  for pixel in 0..<7 where outputOffsets[pixel] >= 0 {
    store(rectify ? rectified(run[pixel]) : run[pixel], output + outputOffsets[pixel])
  }
}

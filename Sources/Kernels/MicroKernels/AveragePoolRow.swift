/// The average over `tapCount` taps, stride 1, for `pixels` output pixels of one block of 16 channels.
///
/// - Parameters:
///   - input: the first tap's origin; tap `i` of pixel `p` is the 16 values at `taps[i] + 16·p`.
///   - taps: `tapCount` >= 1 offsets in floats.
///   - counts: for each pixel, how many of its taps are not padding. Padding is zeros.
///   - output: pixel `p` is written at `16·p`.
///   - rectify: max(·, 0) on the way out.
@inline(never)
public func averagePoolRow(
  _ input: UnsafePointer<Float>, _ taps: UnsafePointer<Int>, _ tapCount: Int, _ counts: UnsafePointer<Float>,
  _ pixels: Int, _ output: UnsafeMutablePointer<Float>, _ rectify: Bool
) {
  var pixel = 0
  while pixel < pixels {
    let source = input + 16 &* pixel
    var sum = load16(source + taps[0])
    var tap = 1
    while tap < tapCount {
      sum += load16(source + taps[tap])
      tap &+= 1
    }
    let average = sum / SIMD16(repeating: counts[pixel])
    store(rectify ? rectified(average) : average, output + 16 &* pixel)
    pixel &+= 1
  }
}

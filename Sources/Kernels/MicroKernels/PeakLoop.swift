// What the multipliers do at most: sums that depend on nothing but themselves, in registers alone.

/// `rounds` × 12 fused products and sums of 8 or 16 lanes each; returns how many multiplications and additions that were.
///
/// - Parameter values: 16 values that are read and written, so that nothing is left out.
@inline(never)
public func peakLoop(_ rounds: Int, _ values: UnsafeMutablePointer<Float>) -> Int {
  #if VIDMETRICS_AVX512
    var sums = InlineArray<12, SIMD16<Float>>(repeating: load16(UnsafePointer(values)))
    let (a, b) = (load16(UnsafePointer(values)), SIMD16<Float>(repeating: 0.5))
    let lanes = 16
  #else
    var sums = InlineArray<12, SIMD8<Float>>(repeating: load8(UnsafePointer(values)))
    let (a, b) = (load8(UnsafePointer(values)), SIMD8<Float>(repeating: 0.5))
    let lanes = 8
  #endif
  for _ in 0..<rounds {
    for index in 0..<12 { sums[index] = multiplyAdd(a, sums[index], b) }
  }
  var total = sums[0]
  for index in 1..<12 { total += sums[index] }
  store(total, values)
  return 2 * 12 * lanes * rounds
}

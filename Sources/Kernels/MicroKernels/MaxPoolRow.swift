/// The maximum over `tapCount` taps, for `pixels` output pixels of one block of 16 channels.
///
/// - Parameters:
///   - input: the first tap's origin; tap `i` of pixel `p` is the 16 values at `taps[i] + p * inputStride`.
///   - taps: `tapCount` >= 1 offsets in floats.
///   - output: pixel `p` is written at `p * outputStride`.
@inline(never)
public func maxPoolRow(
  _ input: UnsafePointer<Float>, _ taps: UnsafePointer<Int>, _ tapCount: Int, _ pixels: Int, _ inputStride: Int,
  _ output: UnsafeMutablePointer<Float>, _ outputStride: Int
) {
  var source = input
  var destination = output
  var pixel = 0
  while pixel < pixels {
    var most = load16(source + taps[0])
    var tap = 1
    while tap < tapCount {
      most = larger(load16(source + taps[tap]), most)
      tap &+= 1
    }
    store(most, destination)
    source += inputStride
    destination += outputStride
    pixel &+= 1
  }
}

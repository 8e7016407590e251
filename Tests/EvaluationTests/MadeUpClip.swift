/// `clip(number, frames, height, width)` of the recipes: [T][H][W][3].
func madeUpClip(_ number: Int, _ frames: Int, _ height: Int, _ width: Int) -> [UInt8] {
  func mixed(_ value: Int) -> Int {
    var v = UInt32(truncatingIfNeeded: value)
    v ^= v >> 16
    v = v &* 0x85EB_CA6B
    v ^= v >> 13
    v = v &* 0xC2B2_AE35
    return Int((v ^ v >> 16) & 255)
  }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(frames * height * width * 3)
  for t in 0..<frames {
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<3 {
          let coarse = mixed(((number * 4096 + y / 8) * 4096 + (x + 2 * t) / 8) * 4 + c)
          let fine = mixed((((number * 64 + t + 1000) * 4096 + y) * 4096 + x) * 4 + c)
          bytes.append(UInt8((coarse * 7 + fine) / 8))
        }
      }
    }
  }
  return bytes
}

extension Float {
  /// The value of an IEEE 754 binary16 number; exact, and a NaN keeps its sign and payload.
  ///
  /// By bits, because Swift has no `Float16` on macOS with an Intel processor.
  @inline(__always)
  package init(half bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1f
    let fraction = UInt32(bits & 0x3ff)
    switch exponent {
    // Zero and the subnormal numbers: multiples of 2^-24.
    case 0: self.init(bitPattern: sign | (Float(fraction) * 0x1p-24).bitPattern)
    case 31: self.init(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    // The bias is 127 there and 15 here.
    default: self.init(bitPattern: sign | (exponent &+ 112) << 23 | fraction << 13)
    }
  }
}

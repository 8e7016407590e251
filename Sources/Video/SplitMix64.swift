/// The SplitMix64 generator (Steele, Lea and Flood, OOPSLA 2014, figure 17), keyed by a seed and a name.
package struct SplitMix64 {
  private var state: UInt64

  /// A stream that depends on `seed` and on the UTF-8 bytes of `name` (by FNV-1a) and on nothing else.
  package init(seed: UInt64, name: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    state = seed
    state = next() ^ hash
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform in 0 ..< bound, without bias: draws below 2^64 mod bound are drawn again. `bound` is at least 1.
  package mutating func next(below bound: UInt64) -> UInt64 {
    let threshold = (0 &- bound) % bound
    while true {
      let draw = next()
      if draw >= threshold { return draw % bound }
    }
  }
}

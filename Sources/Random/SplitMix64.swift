/// The SplitMix64 generator (Steele, Lea and Flood, OOPSLA 2014, figure 17). Its numbers are the same everywhere.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// A stream that depends on `seed` and on the UTF-8 bytes of `name` (by FNV-1a) and on nothing else.
  public init(seed: UInt64, name: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    state = seed
    state = next() ^ hash
  }

  /// One of many streams of a seed, which do not depend on each other, so any thread may take any of them.
  public init(seed: UInt64, stream: UInt64) {
    state = Self.mixed(Self.mixed(seed) &+ stream &* Self.step)
  }

  public mutating func next() -> UInt64 {
    state &+= Self.step
    return Self.mixed(state)
  }

  /// Uniform in 0 ..< bound, without bias: draws below 2^64 mod bound are drawn again. `bound` is at least 1.
  public mutating func next(below bound: UInt64) -> UInt64 {
    let threshold = (0 &- bound) % bound
    while true {
      let draw = next()
      if draw >= threshold { return draw % bound }
    }
  }

  /// Uniform in -1..<1, of 24 bits.
  public mutating func nextFloat() -> Float { Float(next() >> 40) * 0x1p-23 - 1 }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

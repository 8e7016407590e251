/// NumPy's legacy generator, `numpy.random.RandomState(seed)` and `numpy.random.seed(seed)`: MT19937, and draws
/// from it as `mtrand.pyx` and `numpy/random/src` make them. NumPy has frozen these streams.
public struct NumPyRandomState: Sendable {
  private var key: [UInt32]
  private var position: Int

  private static let length = 624
  private static let middle = 397

  /// `mt19937_seed` (`init_genrand` of Matsumoto and Nishimura).
  public init(seed: UInt32) {
    key = [seed]
    key.reserveCapacity(NumPyRandomState.length)
    for index in 1..<NumPyRandomState.length {
      let previous = key[index - 1]
      key.append(1_812_433_253 &* (previous ^ (previous >> 30)) &+ UInt32(index))
    }
    position = NumPyRandomState.length
  }

  /// 32 random bits.
  public mutating func next() -> UInt32 {
    if position == NumPyRandomState.length { generate() }
    var word = key[position]
    position += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9d2c_5680
    word ^= (word << 15) & 0xefc6_0000
    return word ^ (word >> 18)
  }

  /// `random_sample()`: 53 bits in 0..<1.
  public mutating func uniform() -> Double {
    let high = Double(next() >> 5)
    let low = Double(next() >> 6)
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }

  /// `random_interval`: an integer in 0...largest, by masking and rejecting.
  public mutating func interval(_ largest: UInt32) -> UInt32 {
    guard largest > 0 else { return 0 }
    let mask = UInt32.max >> UInt32(largest.leadingZeroBitCount)
    while true {
      let value = next() & mask
      if value <= largest { return value }
    }
  }

  /// `permutation(count)`: 0..<count, shuffled from the last place down. `count` is below 2³².
  public mutating func permutation(_ count: Int) -> [Int] {
    precondition(count >= 0 && count <= Int(UInt32.max), "NumPyRandomState: at most 2³² - 1 items")
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, Int(interval(UInt32(index))))
    }
    return order
  }

  /// `choice(count, size, replace=False)`: the first `size` items of a permutation.
  public mutating func choice(_ count: Int, size: Int) -> [Int] {
    precondition(size >= 0 && size <= count, "NumPyRandomState: at most as many draws as items")
    return Array(permutation(count).prefix(size))
  }

  /// `torch.randperm(count)` after `torch.manual_seed(seed)`, whose generator on a processor is the same MT19937: each place from
  /// the first on is exchanged with one of those from it on. Source: pytorch `aten/src/ATen/native/TensorFactories.cpp`
  /// `randperm_cpu`.
  public mutating func torchPermutation(_ count: Int) -> [Int] {
    precondition(count >= 0 && count <= Int(UInt32.max) / 20, "NumPyRandomState: PyTorch draws larger ones otherwise")
    var order = Array(0..<count)
    for index in 0..<max(count - 1, 0) { order.swapAt(index, index + Int(next()) % (count - index)) }
    return order
  }

  private mutating func generate() {
    let (n, m) = (NumPyRandomState.length, NumPyRandomState.middle)
    for index in 0..<n {
      let bits = (key[index] & 0x8000_0000) | (key[(index + 1) % n] & 0x7fff_ffff)
      key[index] = key[(index + m) % n] ^ (bits >> 1) ^ ((bits & 1) * 0x9908_b0df)
    }
    position = 0
  }
}

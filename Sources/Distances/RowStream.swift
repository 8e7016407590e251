import Foundation

/// Row indices drawn from a seed and a stream's number (SplitMix64): streams do not depend on each other, so any thread
/// may take any of them.
struct RowStream {
  private var state: UInt64

  init(seed: UInt64, stream: UInt64) {
    state = RowStream.mixed(RowStream.mixed(seed) &+ stream &* 0x9e37_79b9_7f4a_7c15)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return RowStream.mixed(state)
  }

  /// Uniform in 0..<bound, by masking and rejecting.
  mutating func index(below bound: Int) -> Int {
    precondition(bound > 0, "RowStream: nothing to draw from")
    let largest = UInt64(bound - 1)
    guard largest > 0 else { return 0 }
    let mask = UInt64.max >> UInt64(largest.leadingZeroBitCount)
    while true {
      let value = next() & mask
      if value <= largest { return Int(value) }
    }
  }

  /// `count` rows of 0..<count, with replacement.
  mutating func resample(_ count: Int) -> [Int] { (0..<count).map { _ in index(below: count) } }

  /// `size` different rows of 0..<count, in random order.
  mutating func subset(of count: Int, size: Int) -> [Int] {
    var order = Array(0..<count)
    for place in 0..<size { order.swapAt(place, place + index(below: count - place)) }
    return Array(order.prefix(size))
  }

  /// Normal, mean 0 and deviation 1 (Box and Muller).
  mutating func normal() -> Double {
    let (radius, angle) = (Double(next() >> 11) + 1, Double(next() >> 11))
    return (-2 * log(radius * 0x1p-53)).squareRoot() * cos(2 * .pi * angle * 0x1p-53)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

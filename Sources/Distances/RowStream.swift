import Foundation
import Random

/// Row indices drawn from a seed and a stream's number (`SplitMix64`): streams do not depend on each other, so any thread
/// may take any of them.
package struct RowStream {
  private var numbers: SplitMix64

  package init(seed: UInt64, stream: UInt64) { numbers = SplitMix64(seed: seed, stream: stream) }

  /// Uniform in 0..<bound, by masking and rejecting.
  package mutating func index(below bound: Int) -> Int {
    precondition(bound > 0, "RowStream: nothing to draw from")
    let largest = UInt64(bound - 1)
    guard largest > 0 else { return 0 }
    let mask = UInt64.max >> UInt64(largest.leadingZeroBitCount)
    while true {
      let value = numbers.next() & mask
      if value <= largest { return Int(value) }
    }
  }

  /// One of two, each half of the time.
  package mutating func isHeads() -> Bool { numbers.next() >> 63 == 1 }

  /// `count` rows of 0..<count, with replacement.
  package mutating func resample(_ count: Int) -> [Int] { (0..<count).map { _ in index(below: count) } }

  /// `size` different rows of 0..<count, in random order.
  package mutating func subset(of count: Int, size: Int) -> [Int] {
    var order = Array(0..<count)
    for place in 0..<size { order.swapAt(place, place + index(below: count - place)) }
    return Array(order.prefix(size))
  }

  /// Normal, mean 0 and deviation 1, two at a time (Box and Muller).
  package mutating func normals(_ count: Int) -> [Double] {
    [Double](unsafeUninitializedCapacity: count) { result, filled in
      for place in stride(from: 0, to: count, by: 2) {
        let (radius, angle) = (Double(numbers.next() >> 11) + 1, Double(numbers.next() >> 11))
        let length = (-2 * log(radius * 0x1p-53)).squareRoot()
        result[place] = length * cos(2 * .pi * angle * 0x1p-53)
        if place + 1 < count { result[place + 1] = length * sin(2 * .pi * angle * 0x1p-53) }
      }
      filled = count
    }
  }
}

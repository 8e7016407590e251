/// The exchange of units between two sets, which changes nothing in distribution where both sets come from one.
///
/// The statistic is the difference of the sets' mean influences. It is the first-order term of the difference of the two
/// distances, and exact as a test whatever it is, since influences come from the pool of both sets.
struct ExchangeTest {
  private let sums: [Double]
  private let rows: [Double]
  /// Units of the first set; those of the second follow.
  private let split: Int
  private let isPaired: Bool

  init(first: UnitSums, second: UnitSums, isPaired: Bool) {
    sums = first.sums + second.sums
    rows = first.rows + second.rows
    split = first.sums.count
    self.isPaired = isPaired
  }

  /// (1 + b) / (1 + permutations), of both sides. Each permutation has a random stream of its own.
  func p(permutations: Int, seed: UInt64) -> Double {
    let all = Array(0..<sums.count)
    let own = abs(statistic(all))
    // Orders that are equal but for rounding count as equal.
    let threshold = own - 1e-9 * max(own, spread)
    let extreme = (0..<permutations).count { permutation in
      var stream = RowStream(seed: seed, stream: UInt64(permutation))
      return abs(statistic(exchanged(&stream))) >= threshold
    }
    return Double(1 + extreme) / Double(1 + permutations)
  }

  /// The largest mean that a unit could make.
  private var spread: Double { sums.reduce(0) { $0 + abs($1) } / max(rows.reduce(0, +), 1) }

  private func exchanged(_ stream: inout RowStream) -> [Int] {
    guard isPaired else { return stream.subset(of: sums.count, size: sums.count) }
    var order = Array(0..<sums.count)
    for unit in 0..<split where stream.isHeads() { order.swapAt(unit, unit + split) }
    return order
  }

  /// Mean of the second set less that of the first, with units in that order.
  private func statistic(_ order: [Int]) -> Double {
    func mean(_ units: ArraySlice<Int>) -> Double {
      var (sum, count) = (0.0, 0.0)
      for unit in units {
        sum += sums[unit]
        count += rows[unit]
      }
      return sum / count
    }
    return mean(order[split...]) - mean(order[..<split])
  }
}

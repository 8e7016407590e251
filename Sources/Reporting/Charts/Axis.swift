import Foundation
import Scores

/// A range of numbers with the places where a reader wants marks.
package struct Axis: Equatable {
  package let low: Double
  package let high: Double
  package let ticks: [Double]
  /// Digits after the point that the marks need.
  let digits: Int

  /// Marks at multiples of 1, 2 or 5 times a power of ten, about `count` of them, and a range that ends on marks.
  ///
  /// Equal values get a range of their own around them. Values must be finite.
  ///
  /// - Parameter isWhole: of things that are counted: no mark lies between two whole numbers.
  package init(
    covering values: [Double], includesZero: Bool = false, isTight: Bool = false, isWhole: Bool = false, count: Int = 5
  ) {
    let all = values + (includesZero ? [0] : [])
    var (low, high) = (all.min() ?? 0, all.max() ?? 1)
    if low == high {
      let reach = low == 0 ? 1 : abs(low) * 0.1
      (low, high) = (low - (includesZero && low >= 0 ? 0 : reach), high + reach)
    }
    let nice = Self.niceStep((high - low) / Double(count))
    let step = isWhole ? max(1, nice) : nice
    let first = isTight ? (low / step).rounded(.up) : (low / step).rounded(.down)
    let last = isTight ? (high / step).rounded(.down) : (high / step).rounded(.up)
    ticks = first <= last ? (0...Int(last - first)).map { (first + Double($0)) * step } : []
    self.low = isTight ? low : first * step
    self.high = isTight ? high : last * step
    digits = max(0, Int(-(log10(step) + 1e-9).rounded(.down)))
  }

  /// The least of 1, 2, 5 times a power of ten that is not below `rough`.
  static func niceStep(_ rough: Double) -> Double {
    let power = pow(10, (log10(rough)).rounded(.down))
    let share = rough / power
    return (share <= 1 + 1e-9 ? 1 : share <= 2 + 1e-9 ? 2 : share <= 5 + 1e-9 ? 5 : 10) * power
  }

  /// Where a value lies: 0 at the low end, 1 at the high end.
  func place(_ value: Double) -> Double { (value - low) / (high - low) }

  package func text(_ tick: Double) -> String { fixed(tick, digits: digits) }

  /// `20k`, where every mark is a multiple of a thousand.
  package func shortText(_ tick: Double) -> String {
    guard ticks.allSatisfy({ $0.remainder(dividingBy: 1000) == 0 }), ticks.contains(where: { $0 != 0 }) else {
      return text(tick)
    }
    return tick == 0 ? "0" : "\(fixed(tick / 1000, digits: 0))k"
  }
}

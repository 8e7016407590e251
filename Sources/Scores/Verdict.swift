import Distances
import MetricCatalog

/// What can be said of one score beside another. It speaks of the distributions that both were drawn from, at this number
/// of samples.
public enum Verdict: String, Sendable, CaseIterable {
  case better
  case worse
  /// The difference may be chance.
  case notShown = "not shown"
  case notComparable = "not comparable"
}

/// What was found out about two scores.
public enum Finding: Sendable, Equatable {
  case difference(Difference)
  /// Why there is none, in words.
  case notComparable(String)
}

/// Measures differences: from features that runs have kept, or from values of single videos.
public protocol DifferenceSource: Sendable {
  /// Of two scores that compare.
  ///
  /// - Parameter anyCount: whether the larger fake set is drawn down to the smaller one's number.
  func finding(_ comparison: Comparison, anyCount: Bool) -> Finding
}

/// Two scores with their difference: the one place that verdicts come from. `compare`, `gate`, the ranking of tables, the
/// page and JUnit files say what it says.
public struct Judgement: Sendable, Equatable {
  public let comparison: Comparison
  public let finding: Finding

  /// The share of alarms that is let through where nothing differs.
  public static let alpha = 0.05

  /// - Parameter anyCount: whether scores of different numbers of fake samples are held against each other all the same.
  public init(_ comparison: Comparison, by source: any DifferenceSource, anyCount: Bool = false) {
    self.comparison = comparison
    finding =
      comparison.obstacle(anyCount: anyCount).map { .notComparable($0) }
      ?? source.finding(comparison, anyCount: anyCount)
  }

  // Not inlined: Swift 6.3's optimiser fails with an ownership error in a caller that asks for it several times.
  @inline(never)
  public var difference: Difference? {
    if case .difference(let difference) = finding { difference } else { nil }
  }

  /// Of the second score, held against the first.
  ///
  /// - Parameter alpha: divided by their number where several are asked for together.
  public func verdict(alpha: Double = Judgement.alpha) -> Verdict {
    guard let difference else { return .notComparable }
    guard difference.isShown(alpha: alpha) else { return .notShown }
    return regression(difference.value) < 0 ? .better : .worse
  }

  /// A difference as a change for the worse.
  public func regression(_ difference: Double) -> Double {
    comparison.first.direction == .lower ? difference : -difference
  }

  /// `p = 0.004, 95 % of the difference: [-12.1, -3.4]`, or why there is none.
  public func reason(alpha: Double = Judgement.alpha) -> String {
    switch finding {
    case .notComparable(let words): words
    case .difference(let found):
      "\(Words.p(found)), \(NumberText.percent(1 - alpha)) of the difference: \(Words.brackets(found.interval(level: 1 - alpha)))"
    }
  }
}

extension Words {
  /// `p = 0.004`.
  public static func p(_ difference: Difference) -> String { "p = \(NumberText.short(difference.p))" }

  /// `[-12.1, -3.4]`.
  public static func brackets(_ interval: ClosedRange<Double>) -> String {
    "[\(NumberText.short(interval.lowerBound)), \(NumberText.short(interval.upperBound))]"
  }
}

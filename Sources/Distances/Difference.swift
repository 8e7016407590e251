/// The difference of two scores of one kind, second less first, with what chance says of it.
public struct Difference: Sendable, Equatable {
  /// As it was measured, at the numbers of samples that both have.
  public let value: Double
  /// Of `value`, from the infinitesimal jackknife over units of both fake sets and the one real set they share.
  public let standardError: Double
  /// Of Student's distribution (Satterthwaite 1946).
  public let degreesOfFreedom: Double
  /// (1 + b) / (1 + `permutations`), with b exchanges of the two sets' units whose statistic is as far from 0 as theirs. It
  /// says that the two distributions differ, and no more.
  public let p: Double
  public let permutations: Int
  /// Of the smaller fake set.
  public let units: Int
  /// Whether units of the two fake sets belong together by their labels.
  public let isPaired: Bool

  public init(
    value: Double, standardError: Double, degreesOfFreedom: Double, p: Double, permutations: Int, units: Int,
    isPaired: Bool
  ) {
    self.value = value
    self.standardError = standardError
    self.degreesOfFreedom = degreesOfFreedom
    self.p = p
    self.permutations = permutations
    self.units = units
    self.isPaired = isPaired
  }

  /// Laid around the measured difference. Its target is the expected difference at this number of samples.
  ///
  /// - Parameter level: the share of such intervals that hold the target: 0.95.
  public func interval(level: Double) -> ClosedRange<Double> {
    let reach = StudentT.twoSided(level, degrees: degreesOfFreedom) * standardError
    return value - reach...value + reach
  }

  /// What lies within an upper one-sided bound of this level, of the difference times `sign`.
  public func upperBound(level: Double, sign: Double) -> Double {
    let reach = StudentT.twoSided(2 * level - 1, degrees: degreesOfFreedom) * standardError
    return sign * value + reach
  }

  /// Whether the two are called different: p and the interval both say so.
  public func isShown(alpha: Double) -> Bool { p <= alpha && !interval(level: 1 - alpha).contains(0) }
}

/// What is drawn or exchanged as one: rows of one label are not independent of each other. A video with all its clips and
/// frames, a prompt with all its videos.
public struct DifferenceUnits: Sendable, Equatable {
  /// The label of each row.
  public let real: [String]
  public let first: [String]
  public let second: [String]

  public init(real: [String], first: [String], second: [String]) {
    self.real = real
    self.first = first
    self.second = second
  }
}

/// How differences are measured.
public struct DifferenceTest: Sendable, Equatable {
  public let permutations: Int
  public let seed: UInt64

  public init(permutations: Int = 999, seed: UInt64 = 0) {
    self.permutations = permutations
    self.seed = seed
  }

  /// From the influences of all rows. O(rows · permutations), nothing of the features. It depends on `seed` and the influences
  /// alone.
  ///
  /// Where both fake sets have the same labels, units are paired: exchanged within their pair, and drawn together; with those
  /// of the real set, too, where these are the same again.
  ///
  /// - Parameter value: second score less first score.
  /// - Throws: `DistanceError.fewerRows` for a set of one unit, `.count` for no permutation.
  public func difference(_ value: Double, _ influence: DifferenceInfluence, units: DifferenceUnits) throws -> Difference
  {
    guard permutations > 0 else { throw DistanceError.count(of: "permutations", value: permutations, least: 1) }
    let real = UnitSums(influence.real, units.real)
    let first = UnitSums(influence.first, units.first)
    let second = UnitSums(influence.second, units.second)
    for (side, sums) in [(DistanceError.Side.first, first), (.second, second)] where sums.labels.count < 2 {
      throw DistanceError.fewerRows(side, rows: sums.labels.count, least: 2, purpose: "a difference")
    }
    let isPaired = first.labels == second.labels
    let parts =
      !isPaired
      ? [first.shares(-1), second.shares(1), real.shares(1)]
      : real.labels == first.labels
        ? [first.shares(-1).adding(second.shares(1)).adding(real.shares(1))]
        : [first.shares(-1).adding(second.shares(1)), real.shares(1)]
    // Variances of independent parts add up; their degrees of freedom as Satterthwaite has it.
    let variances = parts.filter { $0.count > 1 }.map { shares in
      let count = Double(shares.count)
      return (value: count / (count - 1) * shares.reduce(0) { $0 + $1 * $1 }, degrees: count - 1)
    }
    let variance = variances.reduce(0) { $0 + $1.value }
    let inverse = variances.reduce(0) { $0 + $1.value * $1.value / $1.degrees }
    let exchange = ExchangeTest(
      first: UnitSums(Array(influence.pooled.prefix(units.first.count)), units.first),
      second: UnitSums(Array(influence.pooled.suffix(units.second.count)), units.second), isPaired: isPaired)
    return Difference(
      value: value, standardError: variance.squareRoot(),
      degreesOfFreedom: inverse > 0 ? variance * variance / inverse : Double(first.labels.count - 1),
      p: exchange.p(permutations: permutations, seed: seed), permutations: permutations,
      units: min(first.labels.count, second.labels.count), isPaired: isPaired)
  }
}

/// The influences of a set, added up by unit.
struct UnitSums {
  /// In ascending order.
  let labels: [String]
  let sums: [Double]
  /// Rows of each unit.
  let rows: [Double]

  init(_ values: [Double], _ labels: [String]) {
    precondition(values.count == labels.count, "UnitSums: a label for each row")
    var found: [String: (sum: Double, rows: Double)] = [:]
    for (value, label) in zip(values, labels) {
      let before = found[label, default: (0, 0)]
      found[label] = (before.sum + value, before.rows + 1)
    }
    self.labels = found.keys.sorted()
    sums = self.labels.map { found[$0]?.sum ?? 0 }
    rows = self.labels.map { found[$0]?.rows ?? 0 }
  }

  /// What each unit adds to the set's mean, times a sign.
  func shares(_ sign: Double) -> [Double] {
    let count = rows.reduce(0, +)
    return sums.map { sign * $0 / count }
  }
}

extension [Double] {
  func adding(_ other: [Double]) -> [Double] { zip(self, other).map { $0 + $1 } }
}

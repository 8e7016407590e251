/// Tries the test of differences on features whose distributions are known: how often it speaks where nothing differs, how
/// often its intervals hold what they should, and how small a change it sees.
public struct DifferenceTrial: Sendable {
  /// A distance, and how rows bear on the difference of two.
  public struct Measure: Sendable {
    public let distance: @Sendable (FeatureMatrix, FeatureMatrix) throws -> Double
    public let influence: @Sendable (FeatureMatrix, FeatureMatrix, FeatureMatrix) throws -> DifferenceInfluence
    /// Whether nothing but lengths and angles of rows matters, so that rows may be turned into a space of fewer columns.
    public let isOfShape: Bool

    public init(
      isOfShape: Bool, distance: @escaping @Sendable (FeatureMatrix, FeatureMatrix) throws -> Double,
      influence: @escaping @Sendable (FeatureMatrix, FeatureMatrix, FeatureMatrix) throws -> DifferenceInfluence
    ) {
      self.isOfShape = isOfShape
      self.distance = distance
      self.influence = influence
    }
  }

  /// What the two fake sets are drawn from.
  public enum Case: Sendable, Hashable {
    /// Both from one distribution.
    case same
    /// Of equal expected distance at this N: one moved, the other spread.
    case equal
    /// The second further away than the first, by this share of the first's expected distance.
    case change(Double)

    public static let all: [Case] = [.same, .equal, .change(0.05), .change(0.2), .change(0.5)]
  }

  public struct Outcome: Sendable {
    public let kind: Case
    public let draws: Int
    /// The expected distance of the first fake set.
    public let distance: Double
    /// The mean difference of all draws, and its standard deviation.
    public let difference: Double
    public let deviation: Double
    /// Draws whose exchange test has p <= 0.05.
    public let different: Int
    public let better: Int
    public let worse: Int
    /// Draws whose 95 % interval holds `difference`.
    public let covered: Int
    /// The mean width of the intervals, of the width that a normal one of `deviation` has.
    public let width: Double
  }

  public let measure: Measure
  public let population: FeaturePopulation
  /// Rows of each of the three sets; every row is a unit.
  public let rows: Int
  public let permutations: Int
  public let seed: UInt64
  public let threads: Int

  public static let alpha = 0.05
  /// A generator that is some way from the real distribution.
  private static let generator = FeaturePopulation.Change(spread: 0.9, blend: 0.5, shift: 0.3)
  /// The moved and the spread generator are that much further away.
  private static let equalShare = 0.2
  /// Fewer rows, more draws: distances of few rows vary more.
  private var calibrationDraws: Int { max(100, 9600 / rows) }

  public init(
    measure: Measure, population: FeaturePopulation, rows: Int, permutations: Int = 999, seed: UInt64 = 0,
    threads: Int = 1
  ) {
    self.measure = measure
    self.population = measure.isOfShape ? population.turned() : population
    self.rows = rows
    self.permutations = permutations
    self.seed = seed
    self.threads = threads
  }

  /// - Throws: `DistanceError`.
  public func outcomes(_ cases: [Case] = Case.all, draws: (Case) -> Int) throws -> [Outcome] {
    let base = try expected(Self.generator)
    return try cases.map { try outcome($0, draws: draws($0), base: base) }
  }

  private func outcome(_ kind: Case, draws: Int, base: Double) throws -> Outcome {
    let (first, second) = try changes(kind, base: base)
    let labels = ["r", "a", "b"].map { side in (0..<rows).map { "\(side)\($0)" } }
    let units = DifferenceUnits(real: labels[0], first: labels[1], second: labels[2])
    let found = try LinearAlgebra.parallelMap(draws, threads: threads) { draw in
      let sets = sets(draw, first, second, seed: seed)
      let influence = try measure.influence(sets.real, sets.first, sets.second)
      return try DifferenceTest(permutations: permutations, seed: seed &+ UInt64(draw)).difference(
        influence.value, influence, units: units)
    }
    let over = MeanAndDeviation(of: found.map(\.value), ddof: 1)
    let intervals = found.map { $0.interval(level: 1 - Self.alpha) }
    let widths = intervals.reduce(0) { $0 + $1.upperBound - $1.lowerBound } / Double(draws)
    let shown = found.filter { $0.isShown(alpha: Self.alpha) }
    return Outcome(
      kind: kind, draws: draws, distance: kind == .equal ? (1 + Self.equalShare) * base : base, difference: over.mean,
      deviation: over.deviation, different: found.count { $0.p <= Self.alpha }, better: shown.count { $0.value < 0 },
      worse: shown.count { $0.value > 0 }, covered: intervals.count { $0.contains(over.mean) },
      width: widths / (2 * 1.959_963_985 * over.deviation))
  }

  private func sets(
    _ draw: Int, _ first: FeaturePopulation.Change, _ second: FeaturePopulation.Change, seed: UInt64
  ) -> (real: FeatureMatrix, first: FeatureMatrix, second: FeatureMatrix) {
    let stream = 3 * UInt64(draw)
    return (
      population.draw(rows, seed: seed, stream: stream), population.draw(rows, first, seed: seed, stream: stream + 1),
      population.draw(rows, second, seed: seed, stream: stream + 2)
    )
  }

  private func changes(_ kind: Case, base distance: Double) throws -> (
    FeaturePopulation.Change, FeaturePopulation.Change
  ) {
    let base = Self.generator
    func spread(_ amount: Double) -> FeaturePopulation.Change {
      FeaturePopulation.Change(spread: base.spread + amount, blend: base.blend + amount, shift: base.shift)
    }
    func moved(_ amount: Double) -> FeaturePopulation.Change {
      FeaturePopulation.Change(spread: base.spread, blend: base.blend, shift: base.shift + amount)
    }
    switch kind {
    case .same: return (base, base)
    case .equal:
      let wanted = (1 + Self.equalShare) * distance
      return try (moved(amount(from: distance, to: wanted, moved)), spread(amount(from: distance, to: wanted, spread)))
    case .change(let share):
      return try (base, spread(amount(from: distance, to: (1 + share) * distance, spread)))
    }
  }

  /// The mean distance at this number of rows, over draws that are the same for every change.
  private func expected(_ change: FeaturePopulation.Change) throws -> Double {
    let apart = seed &+ 0x5eed
    let values = try LinearAlgebra.parallelMap(calibrationDraws, threads: threads) { draw in
      let stream = 2 * UInt64(draw)
      return try measure.distance(
        population.draw(rows, seed: apart, stream: stream),
        population.draw(rows, change, seed: apart, stream: stream + 1))
    }
    return values.reduce(0, +) / Double(values.count)
  }

  /// How far to go from the expected distance `start` to `wanted`, to a thousandth of the way, by false position (Illinois).
  private func amount(
    from start: Double, to wanted: Double, _ change: (Double) -> FeaturePopulation.Change
  ) throws -> Double {
    var (low, below) = (0.0, start - wanted)
    var (high, above) = (0.125, try expected(change(0.125)) - wanted)
    while above < 0, high < 64 {
      (low, below, high) = (high, above, 2 * high)
      above = try expected(change(high)) - wanted
    }
    let near = 0.001 * (wanted - start)
    var middle = high
    for _ in 0..<20 {
      middle = (low * above - high * below) / (above - below)
      let value = try expected(change(middle)) - wanted
      if abs(value) <= near { break }
      if value < 0 {
        (low, below, above) = (middle, value, above / 2)
      } else {
        (high, above, below) = (middle, value, below / 2)
      }
    }
    return middle
  }
}

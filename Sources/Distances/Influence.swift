/// How much a distance of two sets changes when one of their rows weighs more, to first order: the influence function of
/// the two distributions, taken at the sets themselves.
///
/// With the row's weight raised from 1/N to 1/N + ε and the others lowered alike, the distance changes by ε · N/(N - 1) ·
/// its influence. Influences of one set have mean 0. Sources: Hampel 1974 (influence curve); Efron 1982, chapter 6
/// (infinitesimal jackknife).
public struct Influence: Sendable, Equatable {
  /// The distance itself; of kernels, that over different rows.
  public let value: Double
  /// One for each row of the first set.
  public let first: [Double]
  /// One for each row of the second set.
  public let second: [Double]
}

/// The influences of three sets on the difference of two distances, distance(real, second) - distance(real, first).
public struct DifferenceInfluence: Sendable, Equatable {
  /// The difference itself: of Fréchet distances but for directions that are rounding, of kernels over different rows.
  public let value: Double
  /// One for each row of the real set.
  public let real: [Double]
  /// Of the first fake set on *its* distance: the difference falls as it grows.
  public let first: [Double]
  public let second: [Double]
  /// Of the rows of the first fake set and then of the second on the distance of both together: what an exchange test
  /// exchanges. It depends on the rows alone, not on which of the two sets a row is in.
  public let pooled: [Double]

  public init(value: Double, real: [Double], first: [Double], second: [Double], pooled: [Double]) {
    precondition(pooled.count == first.count + second.count, "DifferenceInfluence: each fake row is in the pool")
    self.value = value
    self.real = real
    self.first = first
    self.second = second
    self.pooled = pooled
  }

  /// Of a mean of one value a unit, which no real set has a part in.
  public init(ofMeans first: [Double], _ second: [Double]) {
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
    self.init(
      value: mean(second) - mean(first), real: [], first: Self.centred(first), second: Self.centred(second),
      pooled: Self.centred(first + second))
  }

  /// Of a distance times `factor`.
  public func scaled(by factor: Double) -> DifferenceInfluence {
    func scaled(_ values: [Double]) -> [Double] { values.map { $0 * factor } }
    return DifferenceInfluence(
      value: value * factor, real: scaled(real), first: scaled(first), second: scaled(second), pooled: scaled(pooled))
  }

  package static func centred(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(max(values.count, 1))
    return values.map { $0 - mean }
  }
}

extension FeatureMatrix {
  /// The rows of both, those of `other` last.
  package func followed(by other: FeatureMatrix) -> FeatureMatrix {
    FeatureMatrix(rows: rows + other.rows, columns: columns, values: values + other.values)
  }
}

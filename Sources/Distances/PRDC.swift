import Vocabulary

/// Precision, recall, density and coverage of a generated set against a real one, in float64.
///
/// Each point has a ball whose radius is the distance to its k-th nearest neighbour in its own set, itself not counted.
/// Source: Naeem et al. 2020, package `prdc` 0.2; precision and recall are those of Kynkäänniemi et al. 2019.
public struct PRDC: Sendable, Equatable {
  public struct Result: Sendable, Equatable {
    /// Generated points that are in the ball of a real one.
    public let precision: Double
    /// Real points that are in the ball of a generated one.
    public let recall: Double
    /// Real balls around a generated point, on average, over k. It may exceed 1.
    public let density: Double
    /// Real points whose ball holds a generated point.
    public let coverage: Double
  }

  public let k: Int
  public let rule: NeighbourRule

  public init(k: Int = 5, rule: NeighbourRule = .strict) {
    self.k = k
    self.rule = rule
  }

  /// O((m² + n² + mn)·D) time, O(m + n) memory beside the features.
  ///
  /// Throws `DistanceError` for different columns, k below 1, no more than k rows, and features that are not finite.
  public func between(real: FeatureMatrix, generated: FeatureMatrix) throws -> Result {
    guard k >= 1 else { throw DistanceError.count(of: "nearest neighbours", value: k, least: 1) }
    for (side, features) in [(DistanceError.Side.first, real), (.second, generated)] {
      try features.check(side, ddof: 0)
      guard features.rows > k else {
        throw DistanceError.fewerRows(
          side, rows: features.rows, least: k + 1, purpose: "\(k) nearest neighbour\(k == 1 ? "" : "s")")
      }
    }
    guard real.columns == generated.columns else {
      throw DistanceError.differentColumns(first: real.columns, second: generated.columns)
    }
    let (normsReal, normsGenerated) = (real.squaredNorms(), generated.squaredNorms())
    let radiiReal = squaredRadii(real, norms: normsReal)
    let radiiGenerated = squaredRadii(generated, norms: normsGenerated)

    var isPrecise = [Bool](repeating: false, count: generated.rows)
    var isRecalled = [Bool](repeating: false, count: real.rows)
    var isCovered = isRecalled
    var balls = 0
    RowTiles.all(real, generated, scale: -2) { left, right, tile in
      for row in left {
        let products = tile.baseAddress! + (row - left.lowerBound) * right.count
        for column in right {
          let distance = squaredDistance(
            products[column - right.lowerBound], real, row, normsReal[row], generated, column, normsGenerated[column])
          if holds(distance, radiiReal[row]) {
            balls += 1
            isPrecise[column] = true
            isCovered[row] = true
          }
          if holds(distance, radiiGenerated[column]) { isRecalled[row] = true }
        }
      }
    }
    func share(_ flags: [Bool]) -> Double { Double(flags.reduce(0) { $1 ? $0 + 1 : $0 }) / Double(flags.count) }
    return Result(
      precision: share(isPrecise), recall: share(isRecalled), density: Double(balls) / Double(k * generated.rows),
      coverage: share(isCovered))
  }

  private func holds(_ distance: Double, _ radius: Double) -> Bool {
    switch rule {
    case .strict: distance < radius
    case .inclusive: distance <= radius
    }
  }

  /// Of each row, the squared distance to its k-th nearest neighbour.
  private func squaredRadii(_ features: FeatureMatrix, norms: [Double]) -> [Double] {
    // The k smallest distances of each row, ascending.
    var nearest = [Double](repeating: .infinity, count: features.rows * k)
    nearest.withUnsafeMutableBufferPointer { nearest in
      func offer(_ distance: Double, to row: Int) {
        var place = (row + 1) * k - 1
        guard distance < nearest[place] else { return }
        while place > row * k && nearest[place - 1] > distance {
          nearest[place] = nearest[place - 1]
          place -= 1
        }
        nearest[place] = distance
      }
      RowTiles.upper(features, scale: -2) { left, right, tile in
        for row in left {
          let products = tile.baseAddress! + (row - left.lowerBound) * right.count
          for column in max(row + 1, right.lowerBound)..<max(row + 1, right.upperBound) {
            let distance = squaredDistance(
              products[column - right.lowerBound], features, row, norms[row], features, column, norms[column])
            offer(distance, to: row)
            offer(distance, to: column)
          }
        }
      }
    }
    return (0..<features.rows).map { nearest[($0 + 1) * k - 1] }
  }
}

extension FeatureMatrix {
  func squaredNorms() -> [Double] {
    (0..<rows).map { row in
      var sum = 0.0
      for value in values[row * columns..<(row + 1) * columns] { sum += Double(value) * Double(value) }
      return sum
    }
  }
}

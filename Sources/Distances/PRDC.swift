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
  public let threads: Int

  /// - Parameter threads: the result is the same for any number of them.
  public init(k: Int = 5, rule: NeighbourRule = .strict, threads: Int = 1) {
    self.k = k
    self.rule = rule
    self.threads = threads
  }

  /// O((m² + n² + mn)·D) time, O(m + n) memory beside the features.
  ///
  /// Throws `DistanceError` for different columns, k below 1, no more than k rows, and features that are not finite.
  ///
  /// - Parameter heard: hears how many tiles of pairs are done.
  public func between(
    real: FeatureMatrix, generated: FeatureMatrix, heard: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
  ) throws -> Result {
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
    let steps = heard.map { Steps(KernelDistance.tiles(real, generated), $0) }
    let radiiReal = squaredRadii(real, norms: normsReal, steps)
    let radiiGenerated = squaredRadii(generated, norms: normsGenerated, steps)

    var isPrecise = [Bool](repeating: false, count: generated.rows)
    var isRecalled = [Bool](repeating: false, count: real.rows)
    var isCovered = isRecalled
    var balls = 0
    RowTiles(real, generated, scale: -2, threads: threads, steps: steps).forEach { tile -> Found in
      var found = Found(left: tile.left.count, right: tile.right.count)
      for (own, row) in tile.left.enumerated() {
        let products = tile.values.baseAddress! + own * tile.right.count
        for (other, column) in tile.right.enumerated() {
          let distance = squaredDistance(
            products[other], real, row, normsReal[row], generated, column, normsGenerated[column])
          if holds(distance, radiiReal[row]) {
            found.balls += 1
            found.isPrecise[other] = true
            found.isCovered[own] = true
          }
          if holds(distance, radiiGenerated[column]) { found.isRecalled[own] = true }
        }
      }
      return found
    } add: { left, right, found in
      balls += found.balls
      for (place, column) in right.enumerated() where found.isPrecise[place] { isPrecise[column] = true }
      for (place, row) in left.enumerated() {
        if found.isCovered[place] { isCovered[row] = true }
        if found.isRecalled[place] { isRecalled[row] = true }
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

  /// What one tile of real and generated points says of its own.
  private struct Found: Sendable {
    var balls = 0
    var isPrecise: [Bool]
    var isCovered: [Bool]
    var isRecalled: [Bool]

    init(left: Int, right: Int) {
      isPrecise = [Bool](repeating: false, count: right)
      isCovered = [Bool](repeating: false, count: left)
      isRecalled = isCovered
    }
  }

  /// Of each row, the squared distance to its k-th nearest neighbour.
  private func squaredRadii(_ features: FeatureMatrix, norms: [Double], _ steps: Steps?) -> [Double] {
    var nearest = Nearest(rows: features.rows, k: k)
    RowTiles(upper: features, scale: -2, threads: threads, steps: steps).forEach {
      tile -> (rows: Nearest, columns: Nearest) in
      var (rows, columns) = (Nearest(rows: tile.left.count, k: k), Nearest(rows: tile.right.count, k: k))
      for (own, row) in tile.left.enumerated() {
        let products = tile.values.baseAddress! + own * tile.right.count
        for (other, column) in tile.right.enumerated() where column > row {
          let distance = squaredDistance(
            products[other], features, row, norms[row], features, column, norms[column])
          rows.offer(distance, to: own)
          columns.offer(distance, to: other)
        }
      }
      return (rows, columns)
    } add: { left, right, found in
      nearest.offer(found.rows, at: left.lowerBound)
      nearest.offer(found.columns, at: right.lowerBound)
    }
    return nearest.farthest
  }

  /// The k smallest distances of each row, ascending.
  private struct Nearest: Sendable {
    let k: Int
    var distances: [Double]

    init(rows: Int, k: Int) {
      self.k = k
      distances = [Double](repeating: .infinity, count: rows * k)
    }

    mutating func offer(_ distance: Double, to row: Int) {
      let first = row &* k
      var place = first &+ k &- 1
      guard distance < distances[place] else { return }
      while place > first && distances[place - 1] > distance {
        distances[place] = distances[place - 1]
        place -= 1
      }
      distances[place] = distance
    }

    /// What was found of the rows from `start` on.
    mutating func offer(_ found: Nearest, at start: Int) {
      for (index, distance) in found.distances.enumerated() { offer(distance, to: start + index / k) }
    }

    var farthest: [Double] { stride(from: k - 1, to: distances.count, by: k).map { distances[$0] } }
  }
}

extension FeatureMatrix {
  fileprivate func squaredNorms() -> [Double] {
    (0..<rows).map { row in
      withRows(row..<row + 1) { values in
        var sum = 0.0
        for value in values { sum += Double(value) * Double(value) }
        return sum
      }
    }
  }
}

/// ‖x‖² + ‖y‖² - 2xᵀy, or the sum of squared differences where that lost its digits.
@inline(__always)
private func squaredDistance(
  _ product: Double, _ a: FeatureMatrix, _ row: Int, _ normA: Double, _ b: FeatureMatrix, _ column: Int, _ normB: Double
) -> Double {
  let norms = normA + normB
  let distance = norms + product
  if distance > 1e-6 * norms { return distance }
  return squaredDistance(a, row, b, column)
}

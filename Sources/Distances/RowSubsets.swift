/// Random parts of a set's rows, the same for the same seed.
public enum RowSubsets {
  /// Two halves without a common row; of an odd count one row is in neither. Their distance is the floor that a finite
  /// set puts under any distance to it.
  ///
  /// Throws `DistanceError` for fewer than 2 rows.
  public static func halves(_ count: Int, seed: UInt64) throws -> (first: [Int], second: [Int]) {
    guard count >= 2 else { throw DistanceError.count(of: "rows", value: count, least: 2) }
    var stream = RowStream(seed: seed, stream: 0)
    let order = stream.subset(of: count, size: count / 2 * 2)
    return (order.prefix(count / 2).sorted(), order.suffix(count / 2).sorted())
  }

  /// For a curve over the number of samples: subsets of these sizes, each within the next larger one, rows ascending.
  ///
  /// Throws `DistanceError` for a size below 1 or above `count`.
  public static func nested(_ count: Int, sizes: [Int], seed: UInt64) throws -> [[Int]] {
    for size in sizes {
      guard size >= 1 else { throw DistanceError.count(of: "rows of a subset", value: size, least: 1) }
      guard size <= count else { throw DistanceError.subsetTooLarge(.first, rows: count, size: size) }
    }
    var stream = RowStream(seed: seed, stream: 0)
    let order = stream.subset(of: count, size: count)
    return sizes.map { order.prefix($0).sorted() }
  }

  /// `points` whole numbers from `smallest` to `largest` in equal steps, rounded down: NumPy's
  /// `linspace(smallest, largest, points).astype(int)`.
  ///
  /// Throws `DistanceError` for fewer than 2 points, or less than 1 between the ends.
  public static func sizes(from smallest: Int, to largest: Int, points: Int) throws -> [Int] {
    guard points >= 2 else { throw DistanceError.count(of: "points", value: points, least: 2) }
    guard smallest >= 1 else { throw DistanceError.count(of: "rows of a subset", value: smallest, least: 1) }
    guard largest > smallest else {
      throw DistanceError.count(of: "rows of the largest subset", value: largest, least: smallest + 1)
    }
    let step = Double(largest - smallest) / Double(points - 1)
    return (0..<points).map { $0 == points - 1 ? largest : Int(Double($0) * step + Double(smallest)) }
  }
}

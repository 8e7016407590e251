/// A distance at infinitely many samples: distances of random subsets of growing size N, a straight line over 1/N by
/// least squares, and its value at 1/N = 0.
///
/// Source: Chong and Forsyth 2020, FID_IS_infinity (15 sizes from 5000 to all; only the generated set is subsampled).
public struct Extrapolation: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    public let size: Int
    public let value: Double
  }

  public struct Result: Sendable, Equatable {
    /// The line at 1/N = 0: FID∞, FVD∞.
    public let intercept: Double
    /// How much a distance grows with 1/N.
    public let slope: Double
    /// The share of the values' variance that the line explains; 1 for equal values.
    public let determination: Double
    /// Ascending in size.
    public let points: [Point]

    /// Throws `DistanceError` for fewer than 2 points of different size.
    public init(points: [Point]) throws {
      let different = Set(points.map(\.size)).count
      guard different >= 2 else { throw DistanceError.count(of: "different sizes", value: different, least: 2) }
      let count = Double(points.count)
      let meanX = points.reduce(0) { $0 + 1 / Double($1.size) } / count
      let meanY = points.reduce(0) { $0 + $1.value } / count
      var (sumXX, sumXY, sumYY) = (0.0, 0.0, 0.0)
      for point in points {
        let (x, y) = (1 / Double(point.size) - meanX, point.value - meanY)
        sumXX += x * x
        sumXY += x * y
        sumYY += y * y
      }
      slope = sumXY / sumXX
      intercept = meanY - slope * meanX
      determination = sumYY == 0 ? 1 : sumXY * sumXY / (sumXX * sumYY)
      self.points = points
    }
  }

  public let points: Int
  public let smallest: Int
  public let seed: UInt64
  public let threads: Int

  public init(points: Int = 15, smallest: Int = 5000, seed: UInt64 = 0, threads: Int = 1) {
    self.points = points
    self.smallest = smallest
    self.seed = seed
    self.threads = threads
  }

  /// Of any statistic of rows out of 0..<`count`; each size has its own random subset, rows ascending.
  ///
  /// Throws `DistanceError` for sizes that do not fit, and what `statistic` throws for the smallest size it fails for.
  ///
  /// - Parameter heard: hears how many sizes are done.
  public func callAsFunction(
    rows count: Int, heard: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil,
    statistic: @Sendable ([Int]) throws -> Double
  ) throws -> Result {
    let steps = heard.map { Steps(points, $0) }
    let sizes = try RowSubsets.sizes(from: smallest, to: count, points: points)
    let values = try LinearAlgebra.parallelMap(points, threads: threads) { point in
      defer { steps?.add(1) }
      var stream = RowStream(seed: seed, stream: UInt64(point))
      return try statistic(stream.subset(of: count, size: sizes[point]).sorted())
    }
    return try Result(points: zip(sizes, values).map { Point(size: $0, value: $1) })
  }

  /// Of the Fréchet distance of subsets of `features` to a fixed set.
  public func callAsFunction(
    _ reference: FrechetReference, _ features: FeatureMatrix,
    heard: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
  ) throws -> Result {
    try features.check(.second, ddof: reference.frechet.ddof)
    return try self(rows: features.rows, heard: heard) { try reference.distance(to: features.selecting($0)).value }
  }
}

/// Percentile intervals of a statistic of two sets, by drawing rows of both with replacement (Efron).
///
/// Each resample has a random stream of its own, so results depend on `seed` and `resamples` alone, not on threads.
public struct Bootstrap: Sendable {
  public struct Interval: Sendable, Equatable {
    /// The (1 - confidence)/2 and (1 + confidence)/2 quantiles of the values, between neighbours by a straight line
    /// (NumPy's default).
    public let lower: Double
    public let upper: Double
    /// Of the values.
    public let mean: Double
    /// The bootstrap's standard error: the values' standard deviation with ddof 1.
    public let standardError: Double
    /// One a resample, in the order of the resamples.
    public let values: [Double]

    /// - Parameters:
    ///   - values: 2 or more.
    ///   - confidence: between 0 and 1.
    public init(values: [Double], confidence: Double) {
      precondition(values.count >= 2 && confidence > 0 && confidence < 1, "Interval: two values at least")
      let sorted = values.sorted()
      func quantile(_ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = min(Int(place), sorted.count - 2)
        return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
      }
      lower = quantile((1 - confidence) / 2)
      upper = quantile((1 + confidence) / 2)
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      self.mean = mean
      standardError = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
      self.values = values
    }
  }

  public let resamples: Int
  public let seed: UInt64
  public let confidence: Double
  public let threads: Int
  /// Rows of each set that are drawn together, such as the clips of one video, which are not independent; nil: rows are
  /// drawn one by one. Each row is in one unit.
  public var units: Units?

  /// Hears how many resamples are done, on any thread. A kernel distance has all of them at once, and tells of its share of
  /// their work.
  public var heard: (@Sendable (_ done: Int) -> Void)?

  /// The rows of each unit of either set.
  public struct Units: Sendable, Equatable {
    public let first: [[Int]]
    public let second: [[Int]]

    public init(first: [[Int]], second: [[Int]]) {
      self.first = first
      self.second = second
    }
  }

  /// - Parameter resamples: 2 or more.
  public init(resamples: Int = 1000, seed: UInt64 = 0, confidence: Double = 0.95, threads: Int = 1) {
    self.resamples = resamples
    self.seed = seed
    self.confidence = confidence
    self.threads = threads
  }

  /// Of any statistic of rows of two sets: as many indices as the sets have rows, or units of rows, some of them repeated.
  ///
  /// Throws `DistanceError` for a set without rows, fewer than 2 resamples or a confidence that is not between 0 and 1, and what
  /// `statistic` throws for the first resample it fails for.
  public func interval(
    rows first: Int, _ second: Int, statistic: @Sendable ([Int], [Int]) throws -> Double
  ) throws -> Interval {
    try intervals(rows: first, second) { [try statistic($0, $1)] }[0]
  }

  /// The same of several statistics that are computed together, as many for each resample.
  public func intervals(
    rows first: Int, _ second: Int, statistics: @Sendable ([Int], [Int]) throws -> [Double]
  ) throws -> [Interval] {
    try check(first, second)
    let steps = heard.map { heard in Steps(resamples) { done, _ in heard(done) } }
    let values = try LinearAlgebra.parallelMap(resamples, threads: threads) { resample in
      let (a, b) = draw(resample, first, second)
      defer { steps?.add(1) }
      return try statistics(a, b)
    }
    return values[0].indices.map { index in Interval(values: values.map { $0[index] }, confidence: confidence) }
  }

  /// Of a Fréchet distance. A row that is drawn several times is one weighted row: O(N²·D + N³) a resample where the
  /// different rows are no more than columns, else O(N·D² + D³). `.svd` always takes the latter.
  ///
  /// A resample has fewer different rows than its set (63 % on average), so its distances lie above the set's own: the
  /// interval tells the spread, and the set's distance may lie outside it where N is not far above D.
  public func interval(_ a: FeatureMatrix, _ b: FeatureMatrix, frechet: FrechetDistance) throws -> Interval {
    try a.check(.first, ddof: frechet.ddof)
    try b.check(.second, ddof: frechet.ddof)
    guard a.columns == b.columns else { throw DistanceError.differentColumns(first: a.columns, second: b.columns) }
    return try interval(rows: a.rows, b.rows) { rowsA, rowsB in
      let setA = try FrechetReference(a, RowSample(rowsA, of: a.rows), frechet: frechet, side: .first)
      return try setA.distance(
        to: FrechetReference(b, RowSample(rowsB, of: b.rows), frechet: frechet, side: .second)
      ).value
    }
  }

  /// Of a kernel distance. Kernel values are computed once and added up by how often rows are drawn:
  /// O((m² + n² + mn)·(D + resamples)) time, resamples·(m + n) numbers of memory.
  ///
  /// Pairs of one row with itself count where that row is drawn twice (`.unbiased` leaves out a member with itself
  /// only), which lifts the values above the sets' own.
  public func interval(_ a: FeatureMatrix, _ b: FeatureMatrix, kernel: KernelDistance) throws -> Interval {
    try kernel.check(a, b)
    try check(a.rows, b.rows)
    let drawn = (0..<resamples).map { draw($0, a.rows, b.rows) }
    let values = kernel.weighted(
      a, b, weightsA: multiplicities(drawn.map(\.0), rows: a.rows),
      weightsB: multiplicities(drawn.map(\.1), rows: b.rows), samples: resamples, sizesA: drawn.map(\.0.count),
      sizesB: drawn.map(\.1.count),
      steps: heard.map { heard in
        Steps(KernelDistance.tiles(a, b)) { [resamples] done, total in heard(done * resamples / max(total, 1)) }
      })
    return Interval(values: values, confidence: confidence)
  }

  private func draw(_ resample: Int, _ first: Int, _ second: Int) -> ([Int], [Int]) {
    var stream = RowStream(seed: seed, stream: UInt64(resample))
    guard let units else { return (stream.resample(first), stream.resample(second)) }
    let drawn = (stream.resample(units.first.count), stream.resample(units.second.count))
    return (drawn.0.flatMap { units.first[$0] }, drawn.1.flatMap { units.second[$0] })
  }

  private func check(_ first: Int, _ second: Int) throws {
    if let units {
      precondition(
        units.first.joined().count == first && units.second.joined().count == second,
        "Bootstrap: each row is in one unit")
    }
    guard first > 0 else { throw DistanceError.empty(.first) }
    guard second > 0 else { throw DistanceError.empty(.second) }
    guard resamples >= 2 else { throw DistanceError.count(of: "resamples", value: resamples, least: 2) }
    guard confidence > 0 && confidence < 1 else { throw DistanceError.confidence(confidence) }
  }
}

/// A distribution of features that any number of rows can be drawn from: what a test of differences is tried on.
public struct FeaturePopulation: Sendable {
  /// How rows are drawn.
  public enum Kind: String, Sendable, CaseIterable {
    /// Rows of a pool, with replacement.
    case pool
    /// Normal clouds about the centres of a pool's clusters, with the covariance that the pool has within clusters.
    case mixture
  }

  /// How a row x of the population becomes one of another: mean + spread · (x - mean) + blend · (y - mean) + shift, with y
  /// another row of it, and the shift along a line of one standard deviation's length.
  public struct Change: Sendable, Equatable {
    public var spread = 1.0
    public var blend = 0.0
    public var shift = 0.0

    public init(spread: Double = 1, blend: Double = 0, shift: Double = 0) {
      self.spread = spread
      self.blend = blend
      self.shift = shift
    }
  }

  public let kind: Kind
  public var columns: Int { pool.columns }
  private let pool: FeatureMatrix
  private let mean: [Double]
  /// Of the mixture: for each row of the pool its cluster's centre, and a factor of the covariance within clusters.
  private let centres: [Float]
  private let factor: [Double]
  private var factorRows: Int { factor.count / columns }
  private let line: [Double]
  /// The cluster of each row.
  private let labels: [Int]

  private static let clusters = 8

  /// - Parameter pool: 9 rows or more.
  public init(_ kind: Kind, pool: FeatureMatrix) throws {
    guard pool.rows > Self.clusters else {
      throw DistanceError.fewerRows(.first, rows: pool.rows, least: Self.clusters + 1, purpose: "a pool")
    }
    let pool = pool.inArray
    self.init(kind, pool: pool, labels: Self.clustered(pool))
  }

  private init(_ kind: Kind, pool: FeatureMatrix, labels: [Int]) {
    self.kind = kind
    self.pool = pool
    self.labels = labels
    mean = pool.columnMeans()
    let columns = pool.columns
    let means = (0..<Self.clusters).map { cluster in
      pool.selecting(labels.indices.filter { labels[$0] == cluster }).columnMeans()
    }
    centres = labels.flatMap { means[$0].map(Float.init) }
    let scale = 1 / Double(pool.rows).squareRoot()
    let places = zip(pool.values, centres).map { (Double($0) - Double($1)) * scale }
    factor =
      pool.rows > columns ? LinearAlgebra.triangle(places, rows: pool.rows, columns: columns) : places
    // From the mean to the row that is furthest from it, as long as a row is from the mean on average (root mean square).
    let mean = mean
    let lengths = (0..<pool.rows).map { row in
      (0..<columns).reduce(0.0) { sum, column in
        let place = Double(pool.values[row * columns + column]) - mean[column]
        return sum + place * place
      }
    }
    let far = lengths.indices.max { (lengths[$0], $1) < (lengths[$1], $0) } ?? 0
    let length = (lengths.reduce(0, +) / Double(pool.rows) / max(lengths[far], 1e-300)).squareRoot()
    line = (0..<columns).map { (Double(pool.values[far * columns + $0]) - mean[$0]) * length }
  }

  /// The same rows in a space of no more columns than the pool has rows, with all lengths and angles.
  func turned() -> FeaturePopulation {
    guard pool.rows < columns else { return self }
    let places = LinearAlgebra.coordinates(pool.values.map(Double.init), rows: pool.rows, columns: columns)
    let turned = FeatureMatrix(rows: pool.rows, columns: pool.rows, values: places.map(Float.init))
    return FeaturePopulation(kind, pool: turned, labels: labels)
  }

  /// `count` rows, the same for the same seed and stream.
  public func draw(_ count: Int, _ change: Change = Change(), seed: UInt64, stream: UInt64) -> FeatureMatrix {
    var random = RowStream(seed: seed, stream: stream)
    let own = (0..<count).map { _ in random.index(below: pool.rows) }
    let others = change.blend == 0 ? own : (0..<count).map { _ in random.index(below: pool.rows) }
    let noise = noise(count, (change.spread * change.spread + change.blend * change.blend).squareRoot(), &random)
    let (columns, rows) = (columns, kind == .pool ? pool.values : centres)
    var values = [Float](repeating: 0, count: count * columns)
    for row in 0..<count {
      for column in 0..<columns {
        let place = Double(rows[own[row] * columns + column]) - mean[column]
        let other = Double(rows[others[row] * columns + column]) - mean[column]
        let index = row * columns + column
        values[index] = Float(
          mean[column] + change.spread * place + change.blend * other + change.shift * line[column]
            + (noise.isEmpty ? 0 : noise[index]))
      }
    }
    return FeatureMatrix(rows: count, columns: columns, values: values)
  }

  /// Of a mixture: what normal clouds of that spread add to their centres; those of two rows are one cloud together.
  private func noise(_ count: Int, _ spread: Double, _ random: inout RowStream) -> [Double] {
    switch kind {
    case .pool: return []
    case .mixture:
      let weights = random.normals(count * factorRows).map { $0 * spread }
      return LinearAlgebra.product(weights, factor, m: count, n: columns, k: factorRows)
    }
  }

  /// Lloyd's clusters from rows spread evenly over the pool, ten steps; an empty cluster takes a row back.
  private static func clustered(_ pool: FeatureMatrix) -> [Int] {
    var labels = (0..<pool.rows).map { $0 * clusters / pool.rows }
    for _ in 0..<10 {
      let means = (0..<clusters).map { cluster in
        pool.selecting(labels.indices.filter { labels[$0] == cluster }).columnMeans()
      }
      var next = (0..<pool.rows).map { row in
        (0..<clusters).min { distance(pool, row, means[$0]) < distance(pool, row, means[$1]) } ?? 0
      }
      for cluster in 0..<clusters where !next.contains(cluster) { next[cluster] = cluster }
      if next == labels { break }
      labels = next
    }
    return labels
  }

  private static func distance(_ pool: FeatureMatrix, _ row: Int, _ mean: [Double]) -> Double {
    var sum = 0.0
    for column in 0..<pool.columns {
      let place = Double(pool.values[row * pool.columns + column]) - mean[column]
      sum += place * place
    }
    return sum
  }
}

/// Mean and covariance of features, in float64.
///
/// Sums run over the rows in order, in blocks of a fixed size, on one thread: the bits depend on the features alone.
public struct FeatureStatistics: Sendable, Equatable {
  /// The features they were computed from; nil where that is not known.
  public let count: Int?
  public let ddof: Int
  /// D values.
  public let mean: [Double]
  /// D×D, symmetric to the bit.
  public let covariance: [Double]

  public var columns: Int { mean.count }

  /// O(N·D²) time, O(D²) memory beside the features, which are gone through in order: those that lie in a file are never all
  /// in memory.
  ///
  /// Throws `DistanceError` for no more than `ddof` rows and for features that are not finite.
  public init(_ features: FeatureMatrix, ddof: Int) throws {
    try self.init(features, ddof: ddof, side: .first)
  }

  init(_ features: FeatureMatrix, ddof: Int, side: DistanceError.Side) throws {
    try features.check(side, ddof: ddof)
    let mean = features.columnMeans()
    self.init(count: features.rows, ddof: ddof, mean: mean, blocks: features.rows) { block in
      defer { features.release(block) }
      return features.centred(block, mean: mean)
    }
  }

  /// Of a sample of rows whose repetitions count, more than `ddof` of them. The features were checked before.
  init(_ features: FeatureMatrix, _ sample: RowSample, ddof: Int) {
    let mean = features.columnMeans(sample)
    self.init(count: sample.total, ddof: ddof, mean: mean, blocks: sample.rows.count) {
      features.centred(sample, $0, mean: mean)
    }
  }

  private init(count: Int, ddof: Int, mean: [Double], blocks rows: Int, _ centred: (Range<Int>) -> [Double]) {
    let columns = mean.count
    var covariance = [Double](repeating: 0, count: columns * columns)
    let scale = 1 / Double(count - ddof)
    for start in stride(from: 0, to: rows, by: FeatureStatistics.blockRows) {
      let block = start..<min(start + FeatureStatistics.blockRows, rows)
      LinearAlgebra.addGram(centred(block), rows: block.count, columns: columns, scale: scale, to: &covariance)
    }
    LinearAlgebra.mirrorUpper(&covariance, order: columns)
    self.count = count
    self.ddof = ddof
    self.mean = mean
    self.covariance = covariance
  }

  /// Statistics made elsewhere, such as the `mu` and `sigma` that pytorch-fid writes (ddof 1).
  ///
  /// Throws `DistanceError` for sizes that do not fit, values that are not finite, and what `symmetric` refuses.
  ///
  /// - Parameters:
  ///   - covariance: D×D.
  ///   - count: how many features they describe, where that is known; only numerical ranks depend on it.
  ///   - ddof: what the covariance was divided by, as N - ddof.
  public init(mean: [Double], covariance: [Double], count: Int?, ddof: Int) throws {
    let columns = mean.count
    guard ddof >= 0 else { throw DistanceError.negativeDdof(ddof) }
    guard columns > 0 && columns <= LinearAlgebra.largestOrder else {
      throw DistanceError.columnCount(.first, columns: columns, largest: LinearAlgebra.largestOrder)
    }
    guard covariance.count == columns * columns else {
      throw DistanceError.covarianceSize(values: covariance.count, columns: columns)
    }
    if let count, count <= ddof { throw DistanceError.tooFewRows(.first, rows: count, ddof: ddof) }
    for (name, values) in [("mean", mean), ("covariance", covariance)] {
      if let index = values.firstIndex(where: { !$0.isFinite }) {
        throw DistanceError.nonFiniteStatistic(name: name, index: index, value: "\(values[index])")
      }
    }
    self.count = count
    self.ddof = ddof
    self.mean = mean
    self.covariance = try Self.symmetric(covariance, columns: columns)
  }

  /// What float32 sums may lose, of the larger of the two variances.
  private static let asymmetry = 1e-4

  /// The mean of a covariance D×D and its mirror image, which is the matrix itself where it is symmetric to the bit.
  ///
  /// - Throws: `DistanceError.negativeVariance`, `.asymmetric` for a pair that differs by more than 1e-4 of the larger of
  ///   its two variances.
  public static func symmetric(_ covariance: [Double], columns: Int) throws -> [Double] {
    let variances = (0..<columns).map { covariance[$0 * columns + $0] }
    if let column = variances.firstIndex(where: { $0 < 0 }) {
      throw DistanceError.negativeVariance(column: column, value: variances[column])
    }
    var result = covariance
    for row in 0..<columns {
      for column in row + 1..<max(columns, row + 1) {
        let (value, mirrored) = (covariance[row * columns + column], covariance[column * columns + row])
        if value == mirrored { continue }
        guard abs(value - mirrored) <= asymmetry * max(variances[row], variances[column]) else {
          throw DistanceError.asymmetric(row: row, column: column, value: value, mirrored: mirrored)
        }
        let mean = value / 2 + mirrored / 2
        result[row * columns + column] = mean
        result[column * columns + row] = mean
      }
    }
    return result
  }

  var trace: Double {
    var trace = 0.0
    for index in 0..<columns { trace += covariance[index * columns + index] }
    return trace
  }

  private static let blockRows = 256
}

extension FeatureMatrix {
  /// The mean of each column: float64, rows added in order.
  func columnMeans() -> [Double] {
    var sums = [Double](repeating: 0, count: columns)
    sums.withUnsafeMutableBufferPointer { sums in
      forEachBlock(of: rowsOfBlock) { block, values in
        for row in 0..<block.count {
          let base = row &* columns
          for column in 0..<columns { sums[column] += Double(values[base &+ column]) }
        }
      }
    }
    let count = Double(rows)
    return sums.map { $0 / count }
  }

  /// Rows minus `mean`, times `scale`, in float64.
  func centred(_ range: Range<Int>, mean: [Double], scale: Double = 1) -> [Double] {
    [Double](unsafeUninitializedCapacity: range.count * columns) { result, count in
      withRows(range) { values in
        mean.withUnsafeBufferPointer { mean in
          var next = 0
          for _ in range {
            for column in 0..<columns {
              let difference = Double(values[next &+ column]) - mean[column]
              result[next &+ column] = difference * scale
            }
            next &+= columns
          }
        }
      }
      count = range.count * columns
    }
  }
}

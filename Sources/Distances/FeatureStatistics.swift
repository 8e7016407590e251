/// Mean and covariance of features, in float64.
///
/// Sums run over the rows in order, in blocks of a fixed size, on one thread: the bits depend on the features alone.
public struct FeatureStatistics: Sendable, Equatable {
  /// The features they were computed from.
  public let count: Int
  public let ddof: Int
  /// D values.
  public let mean: [Double]
  /// D×D, symmetric to the bit.
  public let covariance: [Double]

  public var columns: Int { mean.count }

  /// O(N·D²) time, O(D²) memory beside the features.
  ///
  /// Throws `DistanceError` for no more than `ddof` rows and for features that are not finite.
  public init(_ features: FeatureMatrix, ddof: Int) throws {
    try self.init(features, ddof: ddof, side: .first)
  }

  init(_ features: FeatureMatrix, ddof: Int, side: DistanceError.Side) throws {
    try features.check(side, ddof: ddof)
    let columns = features.columns
    let mean = features.columnMeans()
    var covariance = [Double](repeating: 0, count: columns * columns)
    let scale = 1 / Double(features.rows - ddof)
    for start in stride(from: 0, to: features.rows, by: FeatureStatistics.blockRows) {
      let block = start..<min(start + FeatureStatistics.blockRows, features.rows)
      let centred = features.centred(block, mean: mean)
      LinearAlgebra.addGram(centred, rows: block.count, columns: columns, scale: scale, to: &covariance)
    }
    LinearAlgebra.mirrorUpper(&covariance, order: columns)
    self.count = features.rows
    self.ddof = ddof
    self.mean = mean
    self.covariance = covariance
  }

  private static let blockRows = 256
}

extension FeatureMatrix {
  /// The mean of each column: float64, rows added in order.
  func columnMeans() -> [Double] {
    var sums = [Double](repeating: 0, count: columns)
    values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        for row in 0..<rows {
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
      values.withUnsafeBufferPointer { values in
        mean.withUnsafeBufferPointer { mean in
          var next = 0
          for row in range {
            let base = row &* columns
            for column in 0..<columns {
              let difference = Double(values[base &+ column]) - mean[column]
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

import Distances
import Scores

/// How far each fake video is from what is real: which samples are best and worst.
enum VideoDistances {
  /// Products and sums that are spent on it at the most: some ten seconds of one processor.
  static let mostOperations = 2e11

  /// For each fake video, in the order of its rows, the mean over its samples of the Euclidean distance to the nearest
  /// real feature; nil where that would be too much work.
  ///
  /// - Throws: `DistanceError`.
  static func between(real: FeatureSet, fake: FeatureSet, threads: Int) throws -> [VideoValue]? {
    let (m, n, columns) = (real.rows.count, fake.rows.count, fake.features.columns)
    guard m > 0, n > 0, columns > 0, Double(m) * Double(n) * Double(columns) <= mostOperations else { return nil }
    let nearest = try NearestRows.distances(of: fake.features, to: real.features, threads: threads)
    var order: [String] = []
    var sums: [String: (total: Double, samples: Int)] = [:]
    for (row, distance) in zip(fake.rows, nearest) {
      if sums[row.video] == nil { order.append(row.video) }
      let sum = sums[row.video, default: (0, 0)]
      sums[row.video] = (sum.total + distance, sum.samples + 1)
    }
    return order.compactMap { name in sums[name].map { VideoValue(name: name, value: $0.total / Double($0.samples)) } }
  }
}

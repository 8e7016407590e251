/// A sample of the rows of a set: which rows, ascending, and how often each.
struct RowSample: Sendable {
  let rows: [Int]
  let counts: [Double]
  /// Rows of the sample, repetitions counted.
  let total: Int

  init(_ indices: [Int], of count: Int) {
    var multiplicity = [Int](repeating: 0, count: count)
    for index in indices { multiplicity[index] += 1 }
    rows = multiplicity.indices.filter { multiplicity[$0] > 0 }
    counts = rows.map { Double(multiplicity[$0]) }
    total = indices.count
  }
}

extension FeatureMatrix {
  func columnMeans(_ sample: RowSample) -> [Double] {
    var sums = [Double](repeating: 0, count: columns)
    withRows(0..<rows) { values in
      sums.withUnsafeMutableBufferPointer { sums in
        for (row, count) in zip(sample.rows, sample.counts) {
          let base = row &* columns
          for column in 0..<columns { sums[column] += count * Double(values[base &+ column]) }
        }
      }
    }
    let total = Double(sample.total)
    return sums.map { $0 / total }
  }

  /// The rows of the sample from place to place, minus `mean`, times scale·√count: their Gram matrix is that of the
  /// repeated rows.
  func centred(_ sample: RowSample, _ places: Range<Int>, mean: [Double], scale: Double = 1) -> [Double] {
    [Double](unsafeUninitializedCapacity: places.count * columns) { result, count in
      withRows(0..<rows) { values in
        mean.withUnsafeBufferPointer { mean in
          var next = 0
          for place in places {
            let base = sample.rows[place] &* columns
            let factor = scale * sample.counts[place].squareRoot()
            for column in 0..<columns {
              result[next &+ column] = (Double(values[base &+ column]) - mean[column]) * factor
            }
            next &+= columns
          }
        }
      }
      count = places.count * columns
    }
  }
}

extension KernelDistance {
  /// Influences on the squared maximum mean discrepancy: 2(mean of k(x, own) - mean of k(x, other)), the own mean over the
  /// other rows of x's set. `value` is that of `.unbiased`. O((m² + n² + mn)·D) time.
  ///
  /// Throws as `between` does for `.unbiased`.
  public func influence(_ a: FeatureMatrix, _ b: FeatureMatrix) throws -> Influence {
    try KernelDistance(kernel: kernel, estimator: .unbiased).check(a, b)
    let (ownA, ownB, across) = (ownMeans(a), ownMeans(b), rowMeans(a, b))
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    return Influence(
      value: mean(ownA) + mean(ownB) - 2 * mean(across.first),
      first: DifferenceInfluence.centred(zip(ownA, across.first).map { 2 * ($0 - $1) }),
      second: DifferenceInfluence.centred(zip(ownB, across.second).map { 2 * ($0 - $1) }))
  }

  /// Influences on distance(real, b) - distance(real, a), in which the real set's own kernel values cancel.
  ///
  /// The exchange of rows between a and b is exact in them: the squared discrepancy's difference is linear in what the
  /// pool is split into, where both parts have equal numbers and own pairs count.
  public func influence(real: FeatureMatrix, _ a: FeatureMatrix, _ b: FeatureMatrix) throws -> DifferenceInfluence {
    let unbiased = KernelDistance(kernel: kernel, estimator: .unbiased)
    try unbiased.check(real, a)
    try unbiased.check(real, b)
    let (ownA, ownB) = (ownMeans(a), ownMeans(b))
    let (realA, realB, between) = (rowMeans(real, a), rowMeans(real, b), rowMeans(a, b))
    let pool = Double(a.rows + b.rows - 1)
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    func pooled(_ own: [Double], _ rows: Int, _ other: [Double], _ others: Int, _ real: [Double]) -> [Double] {
      own.indices.map { index in
        2 * ((own[index] * Double(rows - 1) + other[index] * Double(others)) / pool - real[index])
      }
    }
    return DifferenceInfluence(
      value: mean(ownB) - mean(ownA) - 2 * (mean(realB.first) - mean(realA.first)),
      real: DifferenceInfluence.centred(zip(realA.first, realB.first).map { 2 * ($0 - $1) }),
      first: DifferenceInfluence.centred(zip(ownA, realA.second).map { 2 * ($0 - $1) }),
      second: DifferenceInfluence.centred(zip(ownB, realB.second).map { 2 * ($0 - $1) }),
      pooled: DifferenceInfluence.centred(
        pooled(ownA, a.rows, between.first, b.rows, realA.second)
          + pooled(ownB, b.rows, between.second, a.rows, realB.second)))
  }

  /// Of each row the mean kernel value with the other rows of its set.
  private func ownMeans(_ features: FeatureMatrix) -> [Double] {
    var sums = [Double](repeating: 0, count: features.rows)
    let tiles = RowTiles(upper: features, scale: kernel.factor(columns: features.columns), threads: threads)
    tiles.forEach { tile -> (rows: [Double], columns: [Double]) in
      kernel.apply(to: tile.values)
      guard tile.left == tile.right else { return Self.sums(tile) }
      for place in 0..<tile.left.count { tile.values[place * tile.left.count + place] = 0 }
      return (Self.sums(tile).rows, [])
    } add: { left, right, found in
      for (row, sum) in zip(left, found.rows) { sums[row] += sum }
      for (row, sum) in zip(right, found.columns) { sums[row] += sum }
    }
    return sums.map { $0 / Double(features.rows - 1) }
  }

  /// Of each row of either set the mean kernel value with the rows of the other.
  private func rowMeans(_ a: FeatureMatrix, _ b: FeatureMatrix) -> (first: [Double], second: [Double]) {
    var (first, second) = ([Double](repeating: 0, count: a.rows), [Double](repeating: 0, count: b.rows))
    RowTiles(a, b, scale: kernel.factor(columns: a.columns), threads: threads).forEach { tile in
      kernel.apply(to: tile.values)
      return Self.sums(tile)
    } add: { left, right, found in
      for (row, sum) in zip(left, found.rows) { first[row] += sum }
      for (row, sum) in zip(right, found.columns) { second[row] += sum }
    }
    return (first.map { $0 / Double(b.rows) }, second.map { $0 / Double(a.rows) })
  }

  private static func sums(_ tile: RowTiles<Double>.Tile) -> (rows: [Double], columns: [Double]) {
    var rows = [Double](repeating: 0, count: tile.left.count)
    var columns = [Double](repeating: 0, count: tile.right.count)
    for row in rows.indices {
      for column in columns.indices {
        let value = tile.values[row * columns.count + column]
        rows[row] += value
        columns[column] += value
      }
    }
    return (rows, columns)
  }
}

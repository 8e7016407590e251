import COpenBLAS
import Vocabulary

/// The squared maximum mean discrepancy of two sets of features under a polynomial kernel, in float64.
///
/// With `PolynomialKernel.cubic` and `.unbiased`, over all rows: KVD as TATS and LVDM compute it (`tats/fvd/fvd.py`);
/// over subsets: KID as torch-fidelity (`metric_kid.py`) and clean-fid (`fid.py`) compute it, before any factor.
public struct KernelDistance: Sendable, Equatable {
  public let kernel: PolynomialKernel
  public let estimator: KernelEstimator
  public let threads: Int

  /// - Parameter threads: the value is the same bits for any number of them.
  public init(kernel: PolynomialKernel, estimator: KernelEstimator, threads: Int = 1) {
    self.kernel = kernel
    self.estimator = estimator
    self.threads = threads
  }

  /// m and n may differ. O((m² + n² + mn)·D) time, O(1) memory beside the features.
  ///
  /// Throws `DistanceError` for different columns, no rows (`.unbiased`: fewer than 2), and features that are not
  /// finite.
  ///
  /// - Parameter heard: hears how many tiles of pairs are done.
  public func between(
    _ a: FeatureMatrix, _ b: FeatureMatrix, heard: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
  ) throws -> Double {
    try check(a, b)
    return weighted(
      a, b, weightsA: [Double](repeating: 1, count: a.rows), weightsB: [Double](repeating: 1, count: b.rows),
      samples: 1,
      sizesA: [a.rows], sizesB: [b.rows], steps: heard.map { Steps(Self.tiles(a, b), $0) })[0]
  }

  static func tiles(_ a: FeatureMatrix, _ b: FeatureMatrix) -> Int {
    RowTiles<Double>.count(upper: a.rows) + RowTiles<Double>.count(upper: b.rows)
      + RowTiles<Double>.count(a.rows, b.rows)
  }

  /// The distances of disjoint blocks of both sets, whose mean is the estimator of Zaremba, Gretton and Blaschko 2013 (B-test):
  /// O((m + n)·size·D) time. With `.unbiased` it has no bias; blocks are independent, so its standard error is the deviation of
  /// the blocks over √(their number).
  ///
  /// Rows are put in random order first, since those of one class stand together; then both sets are cut into as many blocks as
  /// the smaller one has whole ones of `size`, and every row is in one.
  ///
  /// Throws as `between`, and for blocks of fewer rows than the estimator needs.
  public func blockDistances(
    _ a: FeatureMatrix, _ b: FeatureMatrix, size: Int, seed: UInt64,
    heard: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
  ) throws -> [Double] {
    try check(a, b)
    guard size >= leastRows else { throw DistanceError.count(of: "rows of a block", value: size, least: leastRows) }
    let blocks = max(1, min(a.rows, b.rows) / size)
    var (first, second) = (RowStream(seed: seed, stream: 0), RowStream(seed: seed, stream: 1))
    let orders = (first.subset(of: a.rows, size: a.rows), second.subset(of: b.rows, size: b.rows))
    let alone = KernelDistance(kernel: kernel, estimator: estimator)
    let steps = heard.map { Steps(blocks, $0) }
    return try LinearAlgebra.parallelMap(blocks, threads: threads) { block in
      func rows(_ order: [Int]) -> [Int] {
        order[order.count * block / blocks..<order.count * (block + 1) / blocks].sorted()
      }
      defer { steps?.add(1) }
      return try alone.between(a.selecting(rows(orders.0)), b.selecting(rows(orders.1)))
    }
  }

  /// The distances of `subsets` pairs of random subsets of `size` rows, drawn without replacement as NumPy's
  /// `RandomState(seed).choice(rows, size, replace=False)` draws them, or PyTorch's `randperm` (`.torchmetrics`). KID is their
  /// mean.
  ///
  /// Throws as `between`, and where a set has fewer rows than a subset (but for `.cleanFID`) or a subset too few.
  public func subsetDistances(
    _ a: FeatureMatrix, _ b: FeatureMatrix, subsets: Int = 100, size: Int = 1000, seed: UInt32 = 2020,
    draws: SubsetDraw = .torchFidelity
  ) throws -> [Double] {
    try check(a, b)
    guard subsets > 0 else { throw DistanceError.count(of: "subsets", value: subsets, least: 1) }
    let size = draws == .cleanFID ? min(size, a.rows, b.rows) : size
    guard size >= leastRows else { throw DistanceError.count(of: "rows of a subset", value: size, least: leastRows) }
    for (side, rows) in [(DistanceError.Side.first, a.rows), (.second, b.rows)] where rows < size {
      throw DistanceError.subsetTooLarge(side, rows: rows, size: size)
    }
    var generator = NumPyRandomState(seed: seed)
    var (chosenA, chosenB): ([[Int]], [[Int]]) = ([], [])
    for _ in 0..<subsets {
      switch draws {
      case .torchFidelity:
        chosenA.append(generator.choice(a.rows, size: size))
        chosenB.append(generator.choice(b.rows, size: size))
      case .cleanFID:
        chosenB.append(generator.choice(b.rows, size: size))
        chosenA.append(generator.choice(a.rows, size: size))
      case .torchmetrics:
        chosenA.append(Array(generator.torchPermutation(a.rows).prefix(size)))
        chosenB.append(Array(generator.torchPermutation(b.rows).prefix(size)))
      }
    }
    // All pairs once, or each subset by itself: whichever is less work.
    let everyPair = Double(a.rows) * Double(a.rows) / 2 + Double(b.rows) * Double(b.rows) / 2
    let subsetPairs = 2 * Double(size) * Double(size) * Double(subsets)
    if everyPair + Double(a.rows) * Double(b.rows) > subsetPairs {
      let alone = KernelDistance(kernel: kernel, estimator: estimator)
      return try LinearAlgebra.parallelMap(subsets, threads: threads) { [chosenA, chosenB] subset in
        try alone.between(a.selecting(chosenA[subset]), b.selecting(chosenB[subset]))
      }
    }
    return weighted(
      a, b, weightsA: multiplicities(chosenA, rows: a.rows), weightsB: multiplicities(chosenB, rows: b.rows),
      samples: subsets, sizesA: Array(repeating: size, count: subsets), sizesB: Array(repeating: size, count: subsets))
  }

  private var leastRows: Int { estimator == .unbiased ? 2 : 1 }

  func check(_ a: FeatureMatrix, _ b: FeatureMatrix) throws {
    for (side, features) in [(DistanceError.Side.first, a), (.second, b)] {
      try features.check(side, ddof: 0)
      guard features.rows >= leastRows else {
        throw DistanceError.fewerRows(side, rows: features.rows, least: leastRows, purpose: "the unbiased estimator")
      }
    }
    guard a.columns == b.columns else { throw DistanceError.differentColumns(first: a.columns, second: b.columns) }
  }

  /// The distances of samples of the rows, given by how often each row is in each: `weightsA` samples×m, `weightsB`
  /// samples×n, whole numbers that add up to each sample's `sizesA` and `sizesB`. All kernel values are computed once.
  func weighted(
    _ a: FeatureMatrix, _ b: FeatureMatrix, weightsA: [Double], weightsB: [Double], samples: Int, sizesA: [Int],
    sizesB: [Int], steps: Steps? = nil
  ) -> [Double] {
    let withinA = within(a, weights: weightsA, samples: samples, steps)
    let withinB = within(b, weights: weightsB, samples: samples, steps)
    let across = across(a, b, weightsA: weightsA, weightsB: weightsB, samples: samples, steps)
    return (0..<samples).map { sample in
      let (m, n) = (Double(sizesA[sample]), Double(sizesB[sample]))
      let cross = 2 * across[sample] / (m * n)
      switch estimator {
      case .unbiased:
        return withinA.pairs[sample] / (m * (m - 1)) + withinB.pairs[sample] / (n * (n - 1)) - cross
      case .biased:
        let sumA = withinA.pairs[sample] + withinA.diagonal[sample]
        let sumB = withinB.pairs[sample] + withinB.diagonal[sample]
        return sumA / (m * m) + sumB / (n * n) - cross
      }
    }
  }

  /// For each sample the sum over pairs of different members (a row that comes twice is two members), and over members
  /// with themselves.
  private func within(
    _ features: FeatureMatrix, weights: [Double], samples: Int, _ steps: Steps?
  ) -> (pairs: [Double], diagonal: [Double]) {
    let rows = features.rows
    var (pairs, diagonal) = ([Double](repeating: 0, count: samples), [Double](repeating: 0, count: samples))
    let tiles = RowTiles(
      upper: features, scale: kernel.factor(columns: features.columns), threads: threads, steps: steps)
    tiles.forEach { tile -> (pairs: [Double], diagonal: [Double]) in
      kernel.apply(to: tile.values)
      let isDiagonal = tile.left == tile.right
      var (pairs, diagonal) = ([Double](repeating: 0, count: samples), [Double](repeating: 0, count: samples))
      if isDiagonal {
        for (place, row) in tile.left.enumerated() {
          let value = tile.values[place * tile.left.count + place]
          tile.values[place * tile.left.count + place] = 0
          for sample in 0..<samples {
            let weight = weights[sample * rows + row]
            diagonal[sample] += weight * value
            pairs[sample] += weight * (weight - 1) * value
          }
        }
      }
      let products = products(tile, weights, rows, weights, rows, samples: samples, scale: isDiagonal ? 1 : 2)
      return (zip(pairs, products).map { $0 + $1 }, diagonal)
    } add: { _, _, found in
      for sample in 0..<samples {
        pairs[sample] += found.pairs[sample]
        diagonal[sample] += found.diagonal[sample]
      }
    }
    return (pairs, diagonal)
  }

  private func across(
    _ a: FeatureMatrix, _ b: FeatureMatrix, weightsA: [Double], weightsB: [Double], samples: Int, _ steps: Steps?
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: samples)
    let tiles = RowTiles(a, b, scale: kernel.factor(columns: a.columns), threads: threads, steps: steps)
    tiles.forEach { tile in
      kernel.apply(to: tile.values)
      return products(tile, weightsA, a.rows, weightsB, b.rows, samples: samples, scale: 1)
    } add: { _, _, found in
      for sample in 0..<samples { sums[sample] += found[sample] }
    }
    return sums
  }

  /// For each row s of both weights scale · wᵀ K v, of the tile K.
  private func products(
    _ tile: RowTiles<Double>.Tile, _ weightsA: [Double], _ rowsA: Int, _ weightsB: [Double], _ rowsB: Int, samples: Int,
    scale: Double
  ) -> [Double] {
    let (left, right) = (tile.left, tile.right)
    // products[s][i] = Σⱼ v[s][j] K[i][j]
    var products = [Double](repeating: 0, count: samples * left.count)
    weightsB.withUnsafeBufferPointer { weights in
      cblas_dgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, Int32(samples), Int32(left.count), Int32(right.count), scale,
        weights.baseAddress! + right.lowerBound, Int32(rowsB), tile.values.baseAddress!, Int32(right.count), 0,
        &products, Int32(left.count))
    }
    return (0..<samples).map { sample in
      var sum = 0.0
      for place in 0..<left.count {
        sum += weightsA[sample * rowsA + left.lowerBound + place] * products[sample * left.count + place]
      }
      return sum
    }
  }
}

/// How often each of `rows` rows is in each sample: samples×rows.
func multiplicities(_ samples: [[Int]], rows: Int) -> [Double] {
  var counts = [Double](repeating: 0, count: samples.count * rows)
  for (sample, chosen) in samples.enumerated() {
    for row in chosen { counts[sample * rows + row] += 1 }
  }
  return counts
}

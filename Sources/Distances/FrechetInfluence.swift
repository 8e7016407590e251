extension FrechetDistance {
  /// Influences on the squared Fréchet distance. With μ, Σ of the own set, μ', Σ' of the other and T = Σ'^½(Σ'^½ΣΣ'^½)^-½Σ'^½:
  /// |x-μ|² - Tr Σ + 2(x-μ)ᵀ(μ-μ') - ((x-μ)ᵀT(x-μ) - Tr √(ΣΣ')).
  ///
  /// One eigendecomposition of the order min(N, N', D), whose vectors serve both sets; directions in which √(ΣΣ') is below
  /// 1e-7 of its largest are left out. `.svd` differs from `.symmetricEigen` in such directions alone, and is treated
  /// alike. Throws as `between` does.
  public func influence(_ a: FeatureMatrix, _ b: FeatureMatrix) throws -> Influence {
    try check([a, b])
    let (first, second) = (try InfluenceSide(a), try InfluenceSide(b))
    let root = try RootInfluence(first, second, factor: InfluenceSide.factor(of: first, beside: [second]))
    return Influence(
      value: value(first, second, root), first: try influences(first, second, root.first),
      second: try influences(second, first, root.second))
  }

  /// Influences on distance(real, b) - distance(real, a). What the distances share is computed once: each set's covariance,
  /// which also make up that of the pool, and the real set's factor. O(N·D² + D³) with more rows than columns.
  public func influence(real: FeatureMatrix, _ a: FeatureMatrix, _ b: FeatureMatrix) throws -> DifferenceInfluence {
    try check([real, a])
    try check([real, b])
    let sets = [real, a, b]
    let sides = try LinearAlgebra.parallelMap(3, threads: threads) { try InfluenceSide(sets[$0]) }
    let fakes = [sides[1], sides[2], try InfluenceSide(sides[1], sides[2])]
    let factor = try InfluenceSide.factor(of: sides[0], beside: fakes)
    let roots = try LinearAlgebra.parallelMap(3, threads: threads) {
      try RootInfluence(sides[0], fakes[$0], factor: factor)
    }
    let ofReal = try (0..<2).map { try influences(sides[0], fakes[$0], roots[$0].first) }
    return DifferenceInfluence(
      value: value(sides[0], fakes[1], roots[1]) - value(sides[0], fakes[0], roots[0]),
      real: zip(ofReal[0], ofReal[1]).map { $1 - $0 }, first: try influences(fakes[0], sides[0], roots[0].second),
      second: try influences(fakes[1], sides[0], roots[1].second),
      pooled: try influences(fakes[2], sides[0], roots[2].second))
  }

  private func check(_ sets: [FeatureMatrix]) throws {
    try sets[0].check(.first, ddof: ddof)
    try sets[1].check(.second, ddof: ddof)
    guard sets[0].columns == sets[1].columns else {
      throw DistanceError.differentColumns(first: sets[0].columns, second: sets[1].columns)
    }
  }

  /// The distance itself, but for the directions that are left out.
  private func value(_ a: InfluenceSide, _ b: InfluenceSide, _ root: RootInfluence) -> Double {
    func factor(_ side: InfluenceSide) -> Double { Double(side.set.rows) / Double(side.set.rows - ddof) }
    return squaredDistance(a.mean, b.mean) + factor(a) * a.trace + factor(b) * b.trace - 2
      * (factor(a) * factor(b)).squareRoot() * root.trace
  }

  /// Of the rows of a set, whose quadratic forms are `forms`.
  private func influences(_ side: InfluenceSide, _ other: InfluenceSide, _ forms: RowForms) throws -> [Double] {
    let shift = zip(side.mean, other.mean).map { 2 * ($0 - $1) }
    let values = try forms.values(of: side, threads: threads) { place, row in
      var (length, along) = (0.0, 0.0)
      for (value, shift) in zip(place, shift) {
        length += value * value
        along += value * shift
      }
      return length + along - row
    }
    return DifferenceInfluence.centred(values)
  }
}

/// A set with what its influences need: its centred rows over √N where these are no more than columns, else its covariance
/// (ddof 0).
struct InfluenceSide: Sendable {
  let set: FeatureMatrix
  let mean: [Double]
  let rows: [Double]
  let covariance: [Double]
  let trace: Double

  var isSmall: Bool { FrechetDistance.isSmall(set) }

  init(_ set: FeatureMatrix) throws {
    self.set = set
    if FrechetDistance.isSmall(set) {
      mean = set.columnMeans()
      rows = set.centred(0..<set.rows, mean: mean, scale: 1 / Double(set.rows).squareRoot())
      covariance = []
      trace = rows.reduce(0) { $0 + $1 * $1 }
    } else {
      let statistics = try FeatureStatistics(set, ddof: 0)
      (mean, rows, covariance, trace) = (statistics.mean, [], statistics.covariance, statistics.trace)
    }
  }

  /// Of the rows of both.
  init(_ a: InfluenceSide, _ b: InfluenceSide) throws {
    let set = a.set.followed(by: b.set)
    guard !a.isSmall, !b.isSmall else {
      try self.init(set)
      return
    }
    // The covariances within, and that of the two means.
    let shares = [Double(a.set.rows) / Double(set.rows), Double(b.set.rows) / Double(set.rows)]
    let apart = zip(a.mean, b.mean).map { $1 - $0 }
    let columns = set.columns
    var covariance = [Double](repeating: 0, count: columns * columns)
    for row in 0..<columns {
      let between = shares[0] * shares[1] * apart[row]
      for column in 0..<columns {
        let index = row &* columns &+ column
        covariance[index] = shares[0] * a.covariance[index] + shares[1] * b.covariance[index] + between * apart[column]
      }
    }
    self.init(
      set: set, mean: zip(a.mean, b.mean).map { shares[0] * $0 + shares[1] * $1 }, rows: [], covariance: covariance,
      trace: (0..<columns).reduce(0) { $0 + covariance[$1 * columns + $1] })
  }

  private init(set: FeatureMatrix, mean: [Double], rows: [Double], covariance: [Double], trace: Double) {
    self.set = set
    self.mean = mean
    self.rows = rows
    self.covariance = covariance
    self.trace = trace
  }

  /// The factor of a set's covariance where a root is taken by way of it; nil where rows do.
  static func factor(of side: InfluenceSide, beside others: [InfluenceSide]) throws -> CovarianceFactor? {
    guard !side.isSmall, others.contains(where: { !$0.isSmall }) else { return nil }
    return try CovarianceFactor(
      of: FeatureStatistics(
        mean: side.mean, covariance: side.covariance, count: side.set.rows, ddof: 0))
  }
}

/// The quadratic forms (x-μ)ᵀT(x-μ) of the rows of two sets, whose mean is Tr √(ΣΣ') over either set.
private struct RootInfluence: Sendable {
  let first: RowForms
  let second: RowForms
  let trace: Double

  /// Singular values below this share of the largest are rounding.
  private static let smallest = 1e-7

  /// - Parameter factor: of the first set, where both have more rows than columns.
  init(_ a: InfluenceSide, _ b: InfluenceSide, factor: CovarianceFactor?) throws {
    // The eigenproblem is that of the set with the smaller factor.
    let isTurned = b.isSmall && b.set.rows < a.set.rows
    let (own, other) = isTurned ? (b, a) : (a, b)
    let columns = own.set.columns
    let (lines, order) = own.isSmall ? (own.rows, own.set.rows) : (factor?.values ?? [], factor?.rows ?? 0)
    // F Σ' Fᵀ, by way of the rows of the other set or of its covariance, whichever is the shorter.
    let cross: [Double]
    let gram: [Double]
    if other.isSmall {
      cross = LinearAlgebra.productTransposed(other.rows, lines, m: other.set.rows, n: order, k: columns)
      var sum = [Double](repeating: 0, count: order * order)
      LinearAlgebra.addGram(cross, rows: other.set.rows, columns: order, scale: 1, to: &sum)
      LinearAlgebra.mirrorUpper(&sum, order: order)
      gram = sum
    } else {
      cross = LinearAlgebra.productTransposed(lines, other.covariance, m: order, n: columns, k: columns)
      gram = LinearAlgebra.productTransposed(cross, lines, m: order, n: order, k: columns)
    }
    let (squares, vectors) = try LinearAlgebra.eigen(gram, order: order)
    let roots = squares.map { max(0, $0).squareRoot() }
    let kept = roots.indices.filter { roots[$0] > Self.smallest * (roots.last ?? 0) }
    trace = kept.reduce(0) { $0 + roots[$1] }

    /// Row k is eigenvector k times s^power.
    func weighted(_ power: (_ root: Double) -> Double) -> [Double] {
      kept.flatMap { index in
        let scale = power(roots[index])
        return vectors[index * order..<(index + 1) * order].map { $0 * scale }
      }
    }
    let inverse = weighted { 1 / $0.squareRoot() }
    // Of the other set: its rows times Fᵀv over √s.
    let ofOther: RowForms
    if other.isSmall {
      let places = LinearAlgebra.productTransposed(cross, inverse, m: other.set.rows, n: kept.count, k: order)
      ofOther = .known(
        RowForms.lengths(places, rows: other.set.rows, columns: kept.count).map { $0 * Double(other.set.rows) })
    } else {
      ofOther = RowForms(
        lines: LinearAlgebra.product(inverse, lines, m: kept.count, n: columns, k: order), count: kept.count,
        of: other.set)
    }
    // Of the own set: N v² s where the rows are the factor, else its rows times Σ'Fᵀv over s^1.5.
    let ofOwn: RowForms
    if own.isSmall {
      let places = weighted { $0.squareRoot() }
      var sums = [Double](repeating: 0, count: order)
      for line in kept.indices {
        for row in 0..<order { sums[row] += places[line * order + row] * places[line * order + row] }
      }
      ofOwn = .known(sums.map { $0 * Double(order) })
    } else {
      let steep = weighted { 1 / ($0 * $0.squareRoot()) }
      ofOwn = RowForms(
        lines: LinearAlgebra.product(steep, cross, m: kept.count, n: columns, k: order), count: kept.count, of: own.set)
    }
    (first, second) = isTurned ? (ofOther, ofOwn) : (ofOwn, ofOther)
  }
}

/// A quadratic form of each row x of a set.
private enum RowForms: Sendable {
  case known([Double])
  /// Σₖ (lineₖ·(x-μ))².
  case lines([Double], count: Int)
  /// |R(x-μ)|² with R upper triangular.
  case triangle([Double])

  private static let blockRows = 256

  /// A triangle of the same form takes half of the products, once the set has so many rows that making it is less.
  init(lines: [Double], count: Int, of set: FeatureMatrix) {
    self =
      count == set.columns && set.rows > 2 * count
      ? .triangle(LinearAlgebra.triangle(lines, rows: count, columns: count)) : .lines(lines, count: count)
  }

  /// `body` of each row less the mean, and its form.
  func values(
    of side: InfluenceSide, threads: Int, _ body: @Sendable (ArraySlice<Double>, Double) -> Double
  ) throws -> [Double] {
    let (set, columns) = (side.set, side.set.columns)
    let starts = Array(stride(from: 0, to: set.rows, by: Self.blockRows))
    return try LinearAlgebra.parallelMap(starts.count, threads: threads) { block -> [Double] in
      let rows = starts[block]..<min(starts[block] + Self.blockRows, set.rows)
      let places = set.centred(rows, mean: side.mean)
      let forms: [Double]
      switch self {
      case .known(let values): forms = Array(values[rows])
      case .lines(let lines, let count):
        let products = LinearAlgebra.productTransposed(places, lines, m: rows.count, n: count, k: columns)
        forms = Self.lengths(products, rows: rows.count, columns: count)
      case .triangle(let triangle):
        let products = LinearAlgebra.productWithTransposedUpper(places, triangle, m: rows.count, n: columns)
        forms = Self.lengths(products, rows: rows.count, columns: columns)
      }
      return forms.indices.map { body(places[$0 * columns..<($0 + 1) * columns], forms[$0]) }
    }.flatMap { $0 }
  }

  /// The squared length of each row of a matrix.
  static func lengths(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
    matrix.withUnsafeBufferPointer { matrix in
      (0..<rows).map { row in
        var sum = 0.0
        for column in 0..<columns { sum += matrix[row &* columns &+ column] * matrix[row &* columns &+ column] }
        return sum
      }
    }
  }
}

import COpenBLAS

/// How many rows there are, their mean, and their scatter Σ(x - mean)(x - mean)ᵀ, in float64: all that a Fréchet distance
/// needs of a set, however large it is.
///
/// Scatter about the mean, and not Σxxᵀ: the sums of features far from 0 would lose the digits of their covariance. Two of
/// them are joined by the pairwise update of Chan, Golub and LeVeque 1979.
public struct FeatureMoments: Sendable, Equatable {
  public private(set) var count: Int
  /// D values; zeros where there are no rows.
  public private(set) var mean: [Double]
  /// The upper triangle, row by row: D·(D + 1)/2 values.
  public private(set) var scatter: [Double]

  public var columns: Int { mean.count }

  /// Values of the triangle of so many columns.
  public static func triangle(columns: Int) -> Int { columns * (columns + 1) / 2 }

  /// - Parameters:
  ///   - mean: D finite values.
  ///   - scatter: D·(D + 1)/2 finite values, those of the diagonal 0 or more.
  public init(count: Int, mean: [Double], scatter: [Double]) {
    precondition(
      count >= 0 && scatter.count == Self.triangle(columns: mean.count), "FeatureMoments: a triangle of the columns")
    self.count = count
    self.mean = mean
    self.scatter = scatter
  }

  /// Of no rows.
  public init(columns: Int) {
    self.init(
      count: 0, mean: [Double](repeating: 0, count: columns),
      scatter: [Double](repeating: 0, count: Self.triangle(columns: columns)))
  }

  /// Of finite rows, in their order. O(N·D²) time, O(D²) memory.
  ///
  /// - Throws: `DistanceError.nonFinite`.
  public init(_ features: FeatureMatrix) throws {
    let square = Square(columns: features.columns)
    try self.init(features, rows: 0..<features.rows, square)
  }

  /// Room for a product of D×D.
  fileprivate final class Square {
    let values: UnsafeMutableBufferPointer<Double>
    init(columns: Int) { values = .allocate(capacity: columns * columns) }
    deinit { values.deallocate() }
  }

  /// Of some rows, so many at a time: each is summed up by itself and joined to those before.
  fileprivate init(_ features: FeatureMatrix, rows: Range<Int>, _ square: Square) throws {
    var sum = FeatureMoments(columns: features.columns)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.rowsAtATime) {
      let block = start..<min(start + Self.rowsAtATime, rows.upperBound)
      sum.join(try FeatureMoments(block: block, of: features, square))
      features.release(block)
    }
    self = sum
  }

  private static let rowsAtATime = 1024

  private init(block: Range<Int>, of features: FeatureMatrix, _ room: Square) throws {
    let columns = features.columns
    var sums = [Double](repeating: 0, count: columns)
    try features.withRows(block) { values in
      if let index = FeatureMatrix.firstNonFinite(values) {
        throw DistanceError.nonFinite(
          .first, row: block.lowerBound + index / columns, column: index % columns, value: "\(values[index])")
      }
      for row in 0..<block.count {
        for column in 0..<columns { sums[column] += Double(values[row &* columns &+ column]) }
      }
    }
    let mean = sums.map { $0 / Double(block.count) }
    let centred = features.centred(block, mean: mean)
    let square = room.values
    LinearAlgebra.upperGram(centred, rows: block.count, columns: columns, into: square)
    let scatter = [Double](unsafeUninitializedCapacity: Self.triangle(columns: columns)) { triangle, count in
      var next = 0
      for row in 0..<columns {
        let length = columns - row
        (triangle.baseAddress! + next).initialize(from: square.baseAddress! + row * columns + row, count: length)
        next += length
      }
      count = next
    }
    self.init(count: block.count, mean: mean, scatter: scatter)
  }

  /// Those of the rows of both.
  public func joined(with other: FeatureMoments) -> FeatureMoments {
    var both = self
    both.join(other)
    return both
  }

  /// Adds the rows of `other`, in place.
  public mutating func join(_ other: FeatureMoments) {
    precondition(columns == other.columns, "FeatureMoments: equal columns")
    if other.count == 0 { return }
    if count == 0 {
      self = other
      return
    }
    let share = Double(other.count) / Double(count + other.count)
    let weight = Double(count) * share
    let difference = zip(other.mean, mean).map { $0 - $1 }
    scatter.withUnsafeMutableBufferPointer { sum in
      other.scatter.withUnsafeBufferPointer { added in
        difference.withUnsafeBufferPointer { difference in
          var next = 0
          for row in difference.indices {
            let factor = weight * difference[row]
            for column in row..<difference.count {
              sum[next] = sum[next] + added[next] + factor * difference[column]
              next &+= 1
            }
          }
        }
      }
    }
    for column in difference.indices { mean[column] += difference[column] * share }
    count += other.count
  }

  /// Mean and covariance.
  ///
  /// - Throws: `DistanceError.tooFewRows` for no more rows than `ddof`, and as `FeatureStatistics` does.
  public func statistics(ddof: Int) throws -> FeatureStatistics {
    guard count > ddof else { throw DistanceError.tooFewRows(.first, rows: count, ddof: ddof) }
    let scale = 1 / Double(count - ddof)
    var covariance = [Double](repeating: 0, count: columns * columns)
    var next = 0
    for row in 0..<columns {
      for column in row..<columns {
        covariance[row * columns + column] = scatter[next] * scale
        next += 1
      }
    }
    LinearAlgebra.mirrorUpper(&covariance, order: columns)
    return try FeatureStatistics(mean: mean, covariance: covariance, count: count, ddof: ddof)
  }
}

/// Moments by the nodes of one binary tree over the blocks of a set: block i is node i of level 0, and node i of a level joins
/// nodes 2i and 2i + 1 of the level below, as far as there are such.
///
/// What a node holds depends on its blocks alone. However the blocks are shared out, and in whatever order parts come back, the
/// whole is the same to the bit.
public struct MomentsTree: Sendable, Equatable {
  public struct Node: Sendable, Equatable {
    public fileprivate(set) var level: Int
    public fileprivate(set) var index: Int
    public fileprivate(set) var moments: FeatureMoments

    public init(level: Int, index: Int, moments: FeatureMoments) {
      precondition(level >= 0 && level < 48 && index >= 0, "MomentsTree: a node of the tree")
      self.level = level
      self.index = index
      self.moments = moments
    }

    /// The blocks that it may hold; those beyond the set's end are not there.
    public var blocks: Range<Int> { index << level..<(index + 1) << level }
  }

  /// Blocks of the whole set.
  public let blocks: Int
  public let columns: Int
  /// As few as there can be, by rising blocks.
  public private(set) var nodes: [Node] = []

  public init(blocks: Int, columns: Int) {
    precondition(blocks >= 1 && columns >= 1, "MomentsTree: a set of blocks and columns")
    self.blocks = blocks
    self.columns = columns
  }

  /// Whether every block is there.
  public var isWhole: Bool { missing.isEmpty }

  /// The blocks that are not there, as ranges that rise.
  public var missing: [Range<Int>] {
    var (place, found) = (0, [Range<Int>]())
    for node in nodes {
      if node.blocks.lowerBound > place { found.append(place..<node.blocks.lowerBound) }
      place = min(node.blocks.upperBound, blocks)
    }
    if place < blocks { found.append(place..<blocks) }
    return found
  }

  /// Whether some of the node's blocks are there already.
  public func overlaps(_ node: Node) -> Bool { nodes.contains { $0.blocks.overlaps(node.blocks) } }

  /// Adds a node of blocks that are not there yet. O(D²) for each two nodes that become one.
  public mutating func add(_ node: Node) {
    precondition(!overlaps(node) && node.blocks.lowerBound < blocks, "MomentsTree: each block once")
    var place = nodes.firstIndex { $0.blocks.lowerBound > node.blocks.lowerBound } ?? nodes.count
    nodes.insert(node, at: place)
    while true {
      let (level, index) = (nodes[place].level, nodes[place].index)
      let isLeft = index % 2 == 0
      if isLeft, nodes[place].blocks.upperBound >= blocks {
        // Nothing is beside it.
        guard index > 0 else { return }
        (nodes[place].level, nodes[place].index) = (level + 1, index / 2)
        continue
      }
      let left = isLeft ? place : place - 1
      guard left >= 0, left + 1 < nodes.count, nodes[left].level == nodes[left + 1].level,
        nodes[left].index % 2 == 0, nodes[left + 1].index == nodes[left].index + 1
      else { return }
      let right = nodes.remove(at: left + 1)
      nodes[left].moments.join(right.moments)
      (nodes[left].level, nodes[left].index) = (level + 1, index / 2)
      place = left
    }
  }

  /// Of all rows that are there, nodes joined in their order.
  public var total: FeatureMoments {
    nodes.reduce(FeatureMoments(columns: columns)) { $0.joined(with: $1.moments) }
  }

  /// The nodes of blocks that follow one another, each with some rows of `features`, on several threads.
  ///
  /// - Parameters:
  ///   - first: the number of the first block.
  ///   - rows: of each block, one after the other.
  /// - Throws: `DistanceError.nonFinite`.
  public mutating func add(_ features: FeatureMatrix, from first: Int, rows: [Range<Int>], threads: Int = 1) throws {
    // Nodes of so many blocks are found side by side.
    let (level, columns) = (4, columns)
    var groups: [Range<Int>] = []
    var place = 0
    while place < rows.count {
      let end = min(rows.count, ((first + place) >> level + 1) << level - first)
      groups.append(place..<end)
      place = end
    }
    let whole = blocks
    // No more are held than are worked on.
    for start in stride(from: 0, to: groups.count, by: threads) {
      let some = Array(groups[start..<min(start + threads, groups.count)])
      let found = try LinearAlgebra.parallelMap(some.count, threads: threads) { group in
        var tree = MomentsTree(blocks: whole, columns: columns)
        let square = FeatureMoments.Square(columns: columns)
        for place in some[group] {
          let moments = try FeatureMoments(features, rows: rows[place], square)
          tree.add(Node(level: 0, index: first + place, moments: moments))
        }
        return tree.nodes
      }
      for node in found.joined() { add(node) }
    }
  }
}

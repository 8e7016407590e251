import COpenBLAS
import Threads

/// Products of the rows of two feature sets, tiles of at most 512×512, in float64: O(threads) memory beside the features.
///
/// What is found in the tiles is added up in their order, whatever the number of threads: results are the same bits.
struct RowTiles {
  static let side = 512

  let first: FeatureMatrix
  let second: FeatureMatrix
  /// Of the products.
  let scale: Double
  let threads: Int
  private let tiles: [(left: Range<Int>, right: Range<Int>)]

  /// Of every pair of a row of `first` and a row of `second`.
  init(_ first: FeatureMatrix, _ second: FeatureMatrix, scale: Double, threads: Int) {
    self.init(first, second, scale, threads, isUpper: false)
  }

  /// Of one set with itself: the tiles of the diagonal, and those above it.
  init(upper features: FeatureMatrix, scale: Double, threads: Int) {
    self.init(features, features, scale, threads, isUpper: true)
  }

  private init(_ first: FeatureMatrix, _ second: FeatureMatrix, _ scale: Double, _ threads: Int, isUpper: Bool) {
    (self.first, self.second, self.scale, self.threads) = (first, second, scale, threads)
    func strips(_ rows: Int, from start: Int) -> [Range<Int>] {
      stride(from: start, to: rows, by: Self.side).map { $0..<min($0 + Self.side, rows) }
    }
    tiles = strips(first.rows, from: 0).flatMap { left in
      strips(second.rows, from: isUpper ? left.lowerBound : 0).map { (left, $0) }
    }
  }

  /// One tile: scale·xᵀy of the rows `left` of the first set and `right` of the second, row-major.
  struct Tile {
    let left: Range<Int>
    let right: Range<Int>
    let values: UnsafeMutableBufferPointer<Double>
  }

  /// Calls `find` for each tile, on several threads, and `add` with what it found, on one, in the order of the tiles.
  func forEach<Found: Sendable>(
    _ find: @Sendable (Tile) -> Found, add: (_ left: Range<Int>, _ right: Range<Int>, Found) -> Void
  ) {
    LinearAlgebra.useOneThread()
    // So many are found before they are added.
    let some = 8 * threads
    for start in stride(from: 0, to: tiles.count, by: some) {
      let chunk = tiles[start..<min(start + some, tiles.count)]
      let found = parallelMap(chunk.count, threads: threads) { self.tile(chunk[start + $0], find) }
      for (tile, found) in zip(chunk, found) { add(tile.left, tile.right, found) }
    }
  }

  private func tile<Found>(_ place: (left: Range<Int>, right: Range<Int>), _ find: (Tile) -> Found) -> Found {
    let values = UnsafeMutableBufferPointer<Double>.allocate(capacity: place.left.count * place.right.count)
    defer { values.deallocate() }
    let columns = Int32(first.columns)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, Int32(place.left.count), Int32(place.right.count), columns, scale,
      first.doubles(place.left), columns, second.doubles(place.right), columns, 0, values.baseAddress!,
      Int32(place.right.count))
    return find(Tile(left: place.left, right: place.right, values: values))
  }
}

extension FeatureMatrix {
  func doubles(_ rows: Range<Int>) -> [Double] {
    values[rows.lowerBound * columns..<rows.upperBound * columns].map(Double.init)
  }

  /// These rows, in this order; a row may come more than once.
  public func selecting(_ rows: [Int]) -> FeatureMatrix {
    let selected = [Float](unsafeUninitializedCapacity: rows.count * columns) { result, count in
      values.withUnsafeBufferPointer { values in
        for (place, row) in rows.enumerated() {
          precondition(row >= 0 && row < self.rows, "FeatureMatrix: no such row")
          for column in 0..<columns { result[place &* columns &+ column] = values[row &* columns &+ column] }
        }
      }
      count = rows.count * columns
    }
    return FeatureMatrix(rows: rows.count, columns: columns, values: selected)
  }
}

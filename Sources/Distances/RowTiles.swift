import COpenBLAS
import Synchronization
import Threads

/// Products of the rows of two feature sets, tiles of at most 512×512: O(threads) memory beside the features.
///
/// What is found in the tiles is added up in their order, whatever the number of threads: results are the same bits.
struct RowTiles<Scalar: TileScalar> {
  static var side: Int { 512 }

  let first: FeatureMatrix
  let second: FeatureMatrix
  /// Of the products.
  let scale: Scalar
  let threads: Int
  /// What is subtracted from the rows of both sets.
  private let centre: [Double]
  private let isUpper: Bool
  /// Hears of the tiles that are done.
  let steps: Steps?

  private init(
    _ first: FeatureMatrix, _ second: FeatureMatrix, _ scale: Scalar, _ threads: Int, isUpper: Bool,
    centre: [Double] = [], _ steps: Steps?
  ) {
    (self.first, self.second, self.scale, self.threads) = (first, second, scale, threads)
    (self.isUpper, self.centre, self.steps) = (isUpper, centre, steps)
  }

  private static func strips(_ rows: Int) -> Int { (rows + side - 1) / side }
  private static func strip(_ index: Int, of rows: Int) -> Range<Int> { index * side..<min((index + 1) * side, rows) }

  /// How many tiles there are of every pair of two sets of so many rows.
  static func count(_ first: Int, _ second: Int) -> Int { strips(first) * strips(second) }

  /// How many there are of one set with itself.
  static func count(upper rows: Int) -> Int { strips(rows) * (strips(rows) + 1) / 2 }

  /// One tile: scale·xᵀy of the rows `left` of the first set and `right` of the second, row-major.
  struct Tile {
    let left: Range<Int>
    let right: Range<Int>
    let values: UnsafeMutableBufferPointer<Scalar>
  }

  /// Calls `find` for each tile, on several threads, and `add` with what it found, on one, in the order of the tiles.
  func forEach<Found: Sendable>(
    _ find: @Sendable (Tile) -> Found, add: (_ left: Range<Int>, _ right: Range<Int>, Found) -> Void
  ) {
    LinearAlgebra.useOneThread()
    // So many are found before they are added.
    let some = 8 * threads
    var chunk: [(left: Range<Int>, right: Range<Int>)] = []
    func finish() {
      let tiles = chunk
      let found = parallelMap(tiles.count, threads: threads) { self.tile(tiles[$0], find) }
      for (tile, found) in zip(tiles, found) { add(tile.left, tile.right, found) }
      steps?.add(tiles.count)
      chunk.removeAll(keepingCapacity: true)
    }
    for left in 0..<Self.strips(first.rows) {
      for right in (isUpper ? left : 0)..<Self.strips(second.rows) {
        chunk.append((Self.strip(left, of: first.rows), Self.strip(right, of: second.rows)))
        if chunk.count == some { finish() }
      }
    }
    if !chunk.isEmpty { finish() }
  }

  private func tile<Found>(_ place: (left: Range<Int>, right: Range<Int>), _ find: (Tile) -> Found) -> Found {
    let room = rooms.withLock { $0.popLast() } ?? Room(columns: first.columns)
    defer { rooms.withLock { $0.append(room) } }
    copy(first, place.left, to: room.left)
    copy(second, place.right, to: room.right)
    let values = UnsafeMutableBufferPointer(rebasing: room.values[..<(place.left.count * place.right.count)])
    Scalar.products(
      room.left.baseAddress!, place.left.count, room.right.baseAddress!, place.right.count, columns: first.columns,
      scale: scale, to: values.baseAddress!)
    return find(Tile(left: place.left, right: place.right, values: values))
  }

  private func copy(_ features: FeatureMatrix, _ rows: Range<Int>, to target: UnsafeMutableBufferPointer<Scalar>) {
    features.withRows(rows) { values in
      guard !centre.isEmpty else {
        for index in values.indices { target[index] = Scalar(values[index]) }
        return
      }
      let (columns, target) = (features.columns, target.baseAddress!)
      centre.withUnsafeBufferPointer { centre in
        for row in 0..<rows.count {
          for column in 0..<columns {
            target[row &* columns &+ column] = Scalar(Double(values[row &* columns &+ column]) - centre[column])
          }
        }
      }
    }
  }

  /// The memory of one tile's work, used by one tile after the other: asking the system for it again and again takes a good part
  /// of the time.
  private final class Room: @unchecked Sendable {
    let left: UnsafeMutableBufferPointer<Scalar>
    let right: UnsafeMutableBufferPointer<Scalar>
    let values: UnsafeMutableBufferPointer<Scalar>

    init(columns: Int) {
      left = .allocate(capacity: max(1, RowTiles.side * columns))
      right = .allocate(capacity: max(1, RowTiles.side * columns))
      values = .allocate(capacity: RowTiles.side * RowTiles.side)
    }

    deinit {
      left.deallocate()
      right.deallocate()
      values.deallocate()
    }
  }

  private final class Rooms: Sendable {
    private let free = Mutex([Room]())
    func withLock<R: Sendable>(_ body: (inout [Room]) -> R) -> R { free.withLock { body(&$0) } }
  }

  private let rooms = Rooms()
}

extension RowTiles where Scalar == Double {
  /// Of every pair of a row of `first` and a row of `second`.
  init(_ first: FeatureMatrix, _ second: FeatureMatrix, scale: Double, threads: Int, steps: Steps? = nil) {
    self.init(first, second, scale, threads, isUpper: false, steps)
  }

  /// Of one set with itself: the tiles of the diagonal, and those above it.
  init(upper features: FeatureMatrix, scale: Double, threads: Int, steps: Steps? = nil) {
    self.init(features, features, scale, threads, isUpper: true, steps)
  }
}

extension RowTiles where Scalar == Float {
  /// Of every pair of a row of `first` and a row of `second`, from both of which `centre` is subtracted.
  init(_ first: FeatureMatrix, _ second: FeatureMatrix, around centre: [Double], scale: Float, threads: Int) {
    self.init(first, second, scale, threads, isUpper: false, centre: centre, nil)
  }
}

/// What products of rows are computed in.
protocol TileScalar: BinaryFloatingPoint, Sendable {
  /// scale·A·Bᵀ of `rows` rows of A and `others` rows of B, all of `columns` values, row-major.
  static func products(
    _ a: UnsafePointer<Self>, _ rows: Int, _ b: UnsafePointer<Self>, _ others: Int, columns: Int, scale: Self,
    to target: UnsafeMutablePointer<Self>)
}

extension Double: TileScalar {
  static func products(
    _ a: UnsafePointer<Double>, _ rows: Int, _ b: UnsafePointer<Double>, _ others: Int, columns: Int, scale: Double,
    to target: UnsafeMutablePointer<Double>
  ) {
    let k = Int32(columns)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(others), k, scale, a, k, b, k, 0, target,
      Int32(others))
  }
}

extension Float: TileScalar {
  static func products(
    _ a: UnsafePointer<Float>, _ rows: Int, _ b: UnsafePointer<Float>, _ others: Int, columns: Int, scale: Float,
    to target: UnsafeMutablePointer<Float>
  ) {
    let k = Int32(columns)
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(others), k, scale, a, k, b, k, 0, target,
      Int32(others))
  }
}

/// Counts the steps of long work, and tells of them. Calls may come from several threads.
public final class Steps: Sendable {
  private let total: Int
  private let done = Mutex(0)
  private let heard: @Sendable (_ done: Int, _ total: Int) -> Void

  init(_ total: Int, _ heard: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) {
    self.total = total
    self.heard = heard
    heard(0, total)
  }

  func add(_ steps: Int) {
    let done = done.withLock {
      $0 += steps
      return $0
    }
    heard(done, total)
  }
}

extension FeatureMatrix {
  /// These rows, in this order; a row may come more than once.
  public func selecting(_ rows: [Int]) -> FeatureMatrix {
    let selected = [Float](unsafeUninitializedCapacity: rows.count * columns) { result, count in
      withRows(0..<self.rows) { values in
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

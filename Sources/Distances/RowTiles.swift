import COpenBLAS
import Synchronization
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
  private let isUpper: Bool
  /// Hears of the tiles that are done.
  let steps: Steps?

  /// Of every pair of a row of `first` and a row of `second`.
  init(_ first: FeatureMatrix, _ second: FeatureMatrix, scale: Double, threads: Int, steps: Steps? = nil) {
    self.init(first, second, scale, threads, isUpper: false, steps)
  }

  /// Of one set with itself: the tiles of the diagonal, and those above it.
  init(upper features: FeatureMatrix, scale: Double, threads: Int, steps: Steps? = nil) {
    self.init(features, features, scale, threads, isUpper: true, steps)
  }

  private init(
    _ first: FeatureMatrix, _ second: FeatureMatrix, _ scale: Double, _ threads: Int, isUpper: Bool, _ steps: Steps?
  ) {
    (self.first, self.second, self.scale, self.threads) = (first, second, scale, threads)
    (self.isUpper, self.steps) = (isUpper, steps)
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
    let values: UnsafeMutableBufferPointer<Double>
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
    first.copy(place.left, to: room.left)
    second.copy(place.right, to: room.right)
    let values = UnsafeMutableBufferPointer(rebasing: room.values[..<(place.left.count * place.right.count)])
    let columns = Int32(first.columns)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, Int32(place.left.count), Int32(place.right.count), columns, scale,
      room.left.baseAddress!, columns, room.right.baseAddress!, columns, 0, values.baseAddress!,
      Int32(place.right.count))
    return find(Tile(left: place.left, right: place.right, values: values))
  }

  /// The memory of one tile's work, used by one tile after the other: asking the system for it again and again takes a good part
  /// of the time.
  private final class Room: @unchecked Sendable {
    let left: UnsafeMutableBufferPointer<Double>
    let right: UnsafeMutableBufferPointer<Double>
    let values: UnsafeMutableBufferPointer<Double>

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
  /// Some rows in float64.
  fileprivate func copy(_ rows: Range<Int>, to target: UnsafeMutableBufferPointer<Double>) {
    withRows(rows) { values in
      for index in values.indices { target[index] = Double(values[index]) }
    }
  }

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

/// Features of one set: N rows (one a clip) × D columns, row-major.
///
/// They are held in an array, or lie where somebody else holds them (`RowMemory`), such as a mapped file: then nothing is
/// copied, and what goes through them block by block needs the memory of a block.
public struct FeatureMatrix: Sendable {
  public let rows: Int
  public let columns: Int
  private let storage: Storage

  private enum Storage: Sendable {
    case array([Float])
    /// The first `rows`×`columns` values of it.
    case memory(any RowMemory)
  }

  public init(rows: Int, columns: Int, values: [Float]) {
    Self.check(rows: rows, columns: columns, count: values.count)
    self.rows = rows
    self.columns = columns
    storage = .array(values)
  }

  /// - Parameter memory: exactly rows×columns values.
  package init(rows: Int, columns: Int, in memory: any RowMemory) {
    Self.check(rows: rows, columns: columns, count: memory.count)
    self.rows = rows
    self.columns = columns
    storage = .memory(memory)
  }

  private init(first rows: Int, of whole: FeatureMatrix) {
    self.rows = rows
    columns = whole.columns
    switch whole.storage {
    case .array(let values): storage = .array(Array(values.prefix(rows * whole.columns)))
    case .memory: storage = whole.storage
    }
  }

  private static func check(rows: Int, columns: Int, count: Int) {
    let (wanted, overflow) = rows.multipliedReportingOverflow(by: columns)
    precondition(
      rows >= 0 && columns >= 0 && !overflow && count == wanted, "FeatureMatrix: rows×columns values are needed")
  }

  /// All values: a copy where they lie in somebody else's memory.
  public var values: [Float] {
    switch storage {
    case .array(let values): values
    case .memory: withRows(0..<rows, Array.init)
    }
  }

  /// The same in an array of its own, for what asks for single values again and again.
  package var inArray: FeatureMatrix { FeatureMatrix(rows: rows, columns: columns, values: values) }

  /// The first `count` rows; nothing is copied of what lies in somebody else's memory.
  public func first(_ count: Int) -> FeatureMatrix {
    precondition(count >= 0 && count <= rows, "FeatureMatrix: no such rows")
    return count == rows ? self : FeatureMatrix(first: count, of: self)
  }

  /// The values of some rows where they lie, for as long as `body` runs.
  package func withRows<R>(_ range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "FeatureMatrix: no such rows")
    let place = range.lowerBound * columns..<range.upperBound * columns
    switch storage {
    case .array(let values):
      return try values.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[place])) }
    case .memory(let memory):
      return try withExtendedLifetime(memory) {
        try body(UnsafeBufferPointer(start: memory.base + place.lowerBound, count: place.count))
      }
    }
  }

  /// Calls `body` for blocks of `size` rows, in order, and gives the memory of each back, where it is somebody else's.
  package func forEachBlock(
    of size: Int, _ body: (Range<Int>, UnsafeBufferPointer<Float>) throws -> Void
  ) rethrows {
    for start in stride(from: 0, to: rows, by: size) {
      let block = start..<min(start + size, rows)
      try withRows(block) { try body(block, $0) }
      release(block)
    }
  }

  /// These rows are not read again soon.
  package func release(_ range: Range<Int>) {
    guard case .memory(let memory) = storage else { return }
    memory.release(range.lowerBound * columns..<range.upperBound * columns)
  }

  /// Rows of some megabytes: the blocks of a pass over all of them.
  package var rowsOfBlock: Int { max(1, (1 << 20) / max(columns, 1)) }
}

/// Floats that somebody else holds, and that do not change.
package protocol RowMemory: AnyObject, Sendable {
  var base: UnsafePointer<Float> { get }
  var count: Int { get }
  /// These values are not read again soon: what they take may be given back. They stay what they are.
  func release(_ values: Range<Int>)
}

extension FeatureMatrix: Equatable {
  public static func == (a: FeatureMatrix, b: FeatureMatrix) -> Bool {
    guard a.rows == b.rows, a.columns == b.columns else { return false }
    return a.withRows(0..<a.rows) { a in b.withRows(0..<b.rows) { b in a.elementsEqual(b) } }
  }
}

extension FeatureMatrix {
  /// Throws unless the matrix has columns, not more of them than LAPACK can index, more rows than `ddof`, and only
  /// finite values. O(N·D).
  func check(_ side: DistanceError.Side, ddof: Int) throws {
    guard ddof >= 0 else { throw DistanceError.negativeDdof(ddof) }
    guard rows > 0 else { throw DistanceError.empty(side) }
    guard columns > 0 && columns <= LinearAlgebra.largestOrder else {
      throw DistanceError.columnCount(side, columns: columns, largest: LinearAlgebra.largestOrder)
    }
    guard rows > ddof else { throw DistanceError.tooFewRows(side, rows: rows, ddof: ddof) }
    if let found = firstNonFinite {
      throw DistanceError.nonFinite(side, row: found.row, column: found.column, value: "\(found.value)")
    }
  }

  /// The first value that is not a finite number. O(N·D).
  package var firstNonFinite: (row: Int, column: Int, value: Float)? {
    guard columns > 0 else { return nil }
    var place: (row: Int, column: Int, value: Float)?
    for start in stride(from: 0, to: rows, by: rowsOfBlock) where place == nil {
      let block = start..<min(start + rowsOfBlock, rows)
      withRows(block) { values in
        guard let index = Self.firstNonFinite(values) else { return }
        place = (start + index / columns, index % columns, values[index])
      }
      release(block)
    }
    return place
  }

  /// Its index.
  package static func firstNonFinite(_ values: UnsafeBufferPointer<Float>) -> Int? {
    var found: UInt32 = 0
    for value in values {
      let isSpecial: UInt32 = (value.bitPattern & 0x7f80_0000) == 0x7f80_0000 ? 1 : 0
      found |= isSpecial
    }
    return found == 0 ? nil : values.firstIndex { !$0.isFinite }
  }
}

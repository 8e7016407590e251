import Distances
import Video

extension FeatureSet {
  /// One set from parts that were computed apart: rows by natural order of the video's name, then start, count and stride.
  /// However the work was shared out, the result is the same to the bit.
  ///
  /// - Parameters:
  ///   - names: of the parts, for messages: their files. `part 1`, ... where there are none.
  ///   - allowsMissing: parts of the set may be missing.
  /// - Throws: as `FeatureMerge` does.
  public static func merged(
    _ parts: [FeatureSet], names: [String] = [], allowsMissing: Bool = false
  ) throws -> FeatureSet {
    try FeatureMerge(parts, names: names, allowsMissing: allowsMissing).merged
  }

  /// - Throws: `FeatureFileError.recipesDiffer` where two parts were not made alike.
  func checkRecipe(of part: FeatureSet, names: (String, String)) throws {
    try FeatureRecipe(stored: recipe).check(FeatureRecipe(stored: part.recipe), names: names)
  }
}

extension FeatureRecipe {
  /// - Throws: `FeatureFileError.recipesDiffer` where two parts were not made alike.
  func check(_ other: FeatureRecipe, names: (String, String)) throws {
    if let field = Set(fields.keys).union(other.fields.keys).sorted().first(where: { fields[$0] != other.fields[$0] }) {
      throw FeatureFileError.recipesDiffer(
        field: field, first: names.0, value: fields[field], second: names.1, otherValue: other.fields[field])
    }
  }
}

/// Parts of a set on their way to one: the order of their rows is known, and nothing is copied yet.
///
/// Memory does not grow with the features of parts that are files: `write` goes through them.
public struct FeatureMerge {
  private let parts: [FeatureSet]
  /// Rows that follow one another in a part, in the order of the whole.
  private let runs: [Run]
  /// The place of the first row of each run in the whole.
  private let starts: [Int]
  private let origin: FeatureOrigin?

  public let rows: Int
  public let columns: Int

  private struct Run {
    let part: Int
    var rows: Range<Int>
  }

  /// - Parameters:
  ///   - names: of the parts, for messages: their files. `part 1`, ... where there are none.
  ///   - allowsMissing: parts of the set may be missing.
  /// - Throws: `FeatureFileError.columnsDiffer`, `.recipesDiffer`, `.duplicateRows`, `.nothingToMerge`, and what
  ///   `FeatureOrigin.merged` throws.
  public init(_ parts: [FeatureSet], names: [String] = [], allowsMissing: Bool = false) throws {
    guard let first = parts.first else { throw FeatureFileError.nothingToMerge }
    func name(_ part: Int) -> String { part < names.count ? names[part] : "part \(part + 1)" }
    for (index, part) in parts.enumerated().dropFirst() {
      guard part.features.columns == first.features.columns else {
        throw FeatureFileError.columnsDiffer(
          first: name(0), columns: first.features.columns, second: name(index), otherColumns: part.features.columns)
      }
      try first.checkRecipe(of: part, names: (name(0), name(index)))
    }
    origin = try FeatureOrigin.merged(parts.map(\.origin), name: name, allowsMissing: allowsMissing)
    runs = try Self.order(parts, name)
    self.parts = parts
    columns = first.features.columns
    var (starts, count) = ([Int](), 0)
    for run in runs {
      starts.append(count)
      count += run.rows.count
    }
    (self.starts, rows) = (starts, count)
  }

  /// Writes the set, as `FeatureFile.write` does.
  ///
  /// - Throws: `FilesError`.
  public func write(to path: String, replacing: Bool = false) throws {
    try FeatureFile.write(content, to: path, replacing: replacing)
  }

  /// The set in memory.
  public var merged: FeatureSet {
    let values = [Float](unsafeUninitializedCapacity: rows * columns) { result, count in
      for (run, start) in zip(runs, starts) {
        parts[run.part].features.withRows(run.rows) { values in
          for (place, value) in values.enumerated() { result.initializeElement(at: start * columns + place, to: value) }
        }
      }
      count = rows * columns
    }
    return FeatureSet(
      features: FeatureMatrix(rows: rows, columns: columns, values: values),
      rows: runs.flatMap { run in run.rows.map { parts[run.part].rows[$0] } }, recipe: parts[0].recipe, origin: origin)
  }

  private var content: FeatureFile.Content {
    // Rows are asked for in order.
    var place = 0
    return FeatureFile.Content(
      rows: rows, columns: columns, recipe: parts[0].recipe, origin: origin,
      appendText: { index, text in
        if index == 0 { place = 0 }
        while index >= starts[place] + runs[place].rows.count { place += 1 }
        let run = runs[place]
        parts[run.part].rows.appendText(of: run.rows.lowerBound + index - starts[place], to: &text)
      },
      forEachPiece: { body in
        let most = max(1, (1 << 20) / max(columns, 1))
        for run in runs {
          let features = parts[run.part].features
          for start in stride(from: run.rows.lowerBound, to: run.rows.upperBound, by: most) {
            let piece = start..<min(start + most, run.rows.upperBound)
            try features.withRows(piece, body)
            features.release(piece)
          }
        }
      })
  }

  // MARK: The order

  /// One part of which rows are taken in order.
  private struct Cursor {
    let part: Int
    let rows: FeatureSet.Rows
    /// nil: as they stand.
    let order: [Int]?
    var place = 0
    var head: FeatureSet.Row

    init?(_ part: Int, _ rows: FeatureSet.Rows) {
      guard rows.count > 0 else { return nil }
      self.part = part
      self.rows = rows
      let isInOrder =
        rows.areKnownInOrder || rows.indices.dropFirst().allSatisfy { FeatureSet.Row.precedes(rows[$0 - 1], rows[$0]) }
      order = isInOrder ? nil : rows.indices.sorted { FeatureSet.Row.precedes(rows[$0], rows[$1]) }
      head = rows[order?[0] ?? 0]
    }

    var row: Int { order?[place] ?? place }

    /// false at the end.
    mutating func advance() -> Bool {
      place += 1
      guard place < rows.count else { return false }
      head = rows[row]
      return true
    }

    static func precedes(_ a: Cursor, _ b: Cursor) -> Bool {
      if FeatureSet.Row.precedes(a.head, b.head) { return true }
      return a.part < b.part && !FeatureSet.Row.precedes(b.head, a.head)
    }
  }

  /// - Throws: `FeatureFileError.duplicateRows`.
  private static func order(_ parts: [FeatureSet], _ name: (Int) -> String) throws -> [Run] {
    var heap = Heap(parts.enumerated().compactMap { Cursor($0.offset, $0.element.rows) }, by: Cursor.precedes)
    var runs: [Run] = []
    var duplicates = Duplicates()
    var last: (part: Int, row: FeatureSet.Row)?
    while let next = heap.first {
      let row = next.row
      if let end = runs.last, end.part == next.part, end.rows.upperBound == row {
        runs[runs.count - 1].rows = end.rows.lowerBound..<row + 1
      } else {
        runs.append(Run(part: next.part, rows: row..<row + 1))
      }
      if let last, FeatureSet.Row.areOfOneClip(last.row, next.head) {
        duplicates.add(next.head, (min(last.part, next.part), max(last.part, next.part)))
      }
      last = (next.part, next.head)
      heap.changeFirst { $0.advance() }
    }
    try duplicates.refuse(name)
    return runs
  }

  /// Rows that are there twice: those of the first two parts that have some.
  private struct Duplicates {
    private var parts: (Int, Int)?
    private var rows: [String] = []

    mutating func add(_ row: FeatureSet.Row, _ pair: (Int, Int)) {
      if parts == nil { parts = pair }
      guard let parts, parts == pair else { return }
      rows.append("\(row.video) from frame \(row.start), \(row.count) frames, stride \(row.stride)")
    }

    func refuse(_ name: (Int) -> String) throws {
      guard let (first, second) = parts else { return }
      throw FeatureFileError.duplicateRows(first: name(first), second: name(second), rows: rows)
    }
  }
}

/// A binary heap: the first of its elements is at hand.
private struct Heap<Element> {
  private var elements: [Element]
  private let precedes: (Element, Element) -> Bool

  init(_ elements: [Element], by precedes: @escaping (Element, Element) -> Bool) {
    self.elements = elements.sorted(by: precedes)
    self.precedes = precedes
  }

  var first: Element? { elements.first }

  /// Changes the first one, which goes where `change` says false.
  mutating func changeFirst(_ change: (inout Element) -> Bool) {
    if !change(&elements[0]) {
      elements.swapAt(0, elements.count - 1)
      elements.removeLast()
    }
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < elements.count {
        if precedes(elements[child], elements[least]) { least = child }
      }
      if least == place { return }
      elements.swapAt(place, least)
      place = least
    }
  }
}

import Distances
import Video

extension FeatureSet {
  /// One set from parts that were computed apart: rows by natural order of the video's name, then start, count and stride.
  /// However the work was shared out, the result is the same to the bit.
  ///
  /// - Parameters:
  ///   - names: of the parts, for messages: their files. `part 1`, ... where there are none.
  ///   - allowsMissing: parts of the set may be missing.
  /// - Throws: `FeatureFileError.columnsDiffer`, `.recipesDiffer`, `.duplicateRows`, `.nothingToMerge`, and what
  ///   `FeatureOrigin.merged` throws.
  public static func merged(
    _ parts: [FeatureSet], names: [String] = [], allowsMissing: Bool = false
  ) throws -> FeatureSet {
    guard let first = parts.first else { throw FeatureFileError.nothingToMerge }
    func name(_ part: Int) -> String { part < names.count ? names[part] : "part \(part + 1)" }
    for (index, part) in parts.enumerated().dropFirst() {
      guard part.features.columns == first.features.columns else {
        throw FeatureFileError.columnsDiffer(
          first: name(0), columns: first.features.columns, second: name(index), otherColumns: part.features.columns)
      }
      try first.checkRecipe(of: part, names: (name(0), name(index)))
    }
    let origin = try FeatureOrigin.merged(parts.map(\.origin), name: name, allowsMissing: allowsMissing)
    let places = parts.indices.flatMap { part in parts[part].rows.indices.map { Place(part: part, row: $0) } }
    func row(_ place: Place) -> Row { parts[place.part].rows[place.row] }
    let order = places.sorted { precedes(row($0), row($1)) }
    try refuseDuplicates(order, row, name)
    let columns = first.features.columns
    var values: [Float] = []
    values.reserveCapacity(order.count * columns)
    for place in order {
      values += parts[place.part].features.values[place.row * columns..<(place.row + 1) * columns]
    }
    return FeatureSet(
      features: FeatureMatrix(rows: order.count, columns: columns, values: values), rows: order.map(row),
      recipe: first.recipe, origin: origin)
  }

  /// - Throws: `FeatureFileError.recipesDiffer` where two parts were not made alike.
  func checkRecipe(of part: FeatureSet, names: (String, String)) throws {
    let (own, other) = (FeatureRecipe(stored: recipe).fields, FeatureRecipe(stored: part.recipe).fields)
    if let field = Set(own.keys).union(other.keys).sorted().first(where: { own[$0] != other[$0] }) {
      throw FeatureFileError.recipesDiffer(
        field: field, first: names.0, value: own[field], second: names.1, otherValue: other[field])
    }
  }

  private struct Place {
    let part: Int
    let row: Int
  }

  private static func precedes(_ a: Row, _ b: Row) -> Bool {
    a.video == b.video
      ? (a.start, a.count, a.stride) < (b.start, b.count, b.stride) : NaturalOrder.precedes(a.video, b.video)
  }

  /// `order` has equal rows side by side.
  private static func refuseDuplicates(_ order: [Place], _ row: (Place) -> Row, _ name: (Int) -> String) throws {
    var duplicates: [String] = []
    var parts: (Int, Int)?
    for (a, b) in zip(order, order.dropFirst()) where !precedes(row(a), row(b)) && !precedes(row(b), row(a)) {
      if parts == nil { parts = (min(a.part, b.part), max(a.part, b.part)) }
      guard let pair = parts, pair == (min(a.part, b.part), max(a.part, b.part)) else { continue }
      duplicates.append("\(row(a).video) from frame \(row(a).start), \(row(a).count) frames, stride \(row(a).stride)")
    }
    guard let (first, second) = parts else { return }
    throw FeatureFileError.duplicateRows(first: name(first), second: name(second), rows: duplicates)
  }
}

import Distances
import Vocabulary

/// What videos are drawn and exchanged together with: a label for each name, equal where videos of several sets belong together.
struct UnitLabels {
  private let unit: Grouping
  private let path: String?

  /// - Parameters:
  ///   - unit: `none`: each video is a unit, and belongs with those of its name.
  ///   - path: of the set.
  init(_ unit: Grouping, path: String?) {
    self.unit = unit
    self.path = path
  }

  /// - Throws: `EvaluationError.badPattern`, `.noGroup`.
  func callAsFunction(_ names: [String]) throws -> [String] {
    guard unit == .none else {
      let groups = try GroupLabels(unit, columns: [:])
      return try names.map { try groups.label(of: $0) }
    }
    let pairs = PairNames(Array(Set(names)), path: path ?? "")
    return names.map { pairs[$0] }
  }
}

/// One of the sets behind a difference.
struct FeatureSide {
  let features: FeatureSet
  let labels: UnitLabels

  var matrix: FeatureMatrix { features.features }
  var rows: Int { features.rows.count }

  /// A label for each row.
  func unitLabels() throws -> [String] { try labels(features.rows.map(\.video)) }

  /// Whole units, drawn without replacement until they have `size` rows; nil where units are of different sizes, or `size` is no
  /// multiple of theirs.
  func drawn(_ size: Int, seed: UInt64) throws -> FeatureSide? {
    guard rows > size else { return self }
    let labels = try unitLabels()
    let units = Dictionary(grouping: labels.indices) { labels[$0] }.sorted { $0.key < $1.key }.map(\.value)
    let samples = units[0].count
    guard units.allSatisfy({ $0.count == samples }), size % samples == 0 else { return nil }
    let chosen = try RowSubsets.nested(units.count, sizes: [size / samples], seed: seed)[0]
    return FeatureSide(features: features.selecting(chosen.flatMap { units[$0] }.sorted()), labels: self.labels)
  }
}

import GRDB
import MetricCatalog
import Scores

// Records as rows, by GRDB's own coding of `Codable` types: a column is a property in snake case. A record's single parts (an
// interval, a set) have columns of their own in its row, its lists have tables. A new property of a score needs a column of its
// name and nothing here.

/// What one row of a table holds.
public protocol HistoryRow: Codable, FetchableRecord, EncodableRecord {}

extension HistoryRow {
  public static var databaseColumnDecodingStrategy: DatabaseColumnDecodingStrategy { .convertFromSnakeCase }
  public static var databaseColumnEncodingStrategy: DatabaseColumnEncodingStrategy { .convertToSnakeCase }
}

extension RunRecord: HistoryRow {}
extension RunRecord.Circumstances: HistoryRow {}
extension RunRecord.Generation: HistoryRow {}
extension SkippedInput: HistoryRow {}
extension Artefact: HistoryRow {}
extension Preview: HistoryRow {}
extension ScoreRecord: HistoryRow {}
extension Settings: HistoryRow {}
extension ScoredSet: HistoryRow {}
extension ScoredPrompts: HistoryRow {}
extension ScoreInterval: HistoryRow {}
extension ScoreFloor: HistoryRow {}
extension ScoreWarning: HistoryRow {}
extension GroupScore: HistoryRow {}
extension SeriesPoint: HistoryRow {}
extension CurvePoint: HistoryRow {}
extension SpectrumPoint: HistoryRow {}
extension VideoValue: HistoryRow {}

/// The value of one repeat, which has no type of its own.
struct RepeatValue: HistoryRow { var value: Double }

/// Columns and their values.
typealias Columns = [String: DatabaseValue]

/// Parts of a score that have columns in its row.
enum ScorePart: String, CaseIterable {
  case interval, settings, real, fake, prompts, floor

  /// The column of a property of the part: `interval_low`. Some are called otherwise.
  func column(_ property: String) -> String {
    switch (self, property) {
    case (.settings, "name"): "protocol"
    case (.settings, "version"): "protocol_version"
    case (.settings, _): property
    case (.floor, "value"): "floor"
    case (.interval, _), (.real, _), (.fake, _), (.prompts, _), (.floor, _): "\(rawValue)_\(property)"
    }
  }

  /// The property that a column of the table is of; nil for columns of others.
  func property(_ column: String) -> String? {
    switch (self, column) {
    case (.settings, "protocol"): "name"
    case (.settings, "protocol_version"): "version"
    case (.settings, "fingerprint"), (.settings, "overrides"), (.settings, "fields"): column
    case (.settings, _): nil
    case (.floor, "floor"): "value"
    case (.interval, _), (.real, _), (.fake, _), (.prompts, _), (.floor, _):
      column.hasPrefix(rawValue + "_") ? String(column.dropFirst(rawValue.count + 1)) : nil
    }
  }

  func columns(of score: ScoreRecord) throws -> Columns {
    let part: (any HistoryRow)? =
      switch self {
      case .interval: score.interval
      case .settings: score.settings
      case .real: score.real
      case .fake: score.fake
      case .prompts: score.prompts
      case .floor: score.floor
      }
    guard let own = try part?.databaseDictionary else { return [:] }
    return Dictionary(uniqueKeysWithValues: own.map { (column($0.key), $0.value) })
  }
}

/// Lists of a score, which have tables of their own; a column of the score's row says how many entries there are, and is NULL
/// where the score has no such list.
enum ScoreList: String, CaseIterable {
  case repeats, groups, series, curve, spectrum, videos, distances

  var table: String {
    switch self {
    case .repeats: "repeat_value"
    case .groups: "score_group"
    case .series: "series_point"
    case .curve: "curve_point"
    case .spectrum: "spectrum_point"
    case .videos, .distances: "video_value"
    }
  }

  var countColumn: String {
    switch self {
    case .series: "points"
    case .curve: "curve_points"
    case .spectrum: "spectrum_points"
    case .repeats, .groups, .videos, .distances: rawValue
    }
  }

  /// What tells two lists of one table apart.
  var kind: String? {
    switch self {
    case .videos: "value"
    case .distances: "distance"
    case .repeats, .groups, .series, .curve, .spectrum: nil
    }
  }

  func rows(of score: ScoreRecord) -> [any HistoryRow]? {
    switch self {
    case .repeats: score.repeats?.map { RepeatValue(value: $0) }
    case .groups: score.groups
    case .series: score.series
    case .curve: score.curve
    case .spectrum: score.spectrum
    case .videos: score.videos
    case .distances: score.distances
    }
  }
}

extension ScoreRecord {
  /// The columns of its row, but for those that say where it stands.
  func columns() throws -> Columns {
    // What has columns or a table of its own is left out of the row's.
    var bare = self
    (bare.repeats, bare.groups, bare.series, bare.curve, bare.spectrum) = (nil, nil, nil, nil, nil)
    (bare.videos, bare.distances) = (nil, nil)
    var all = try bare.databaseDictionary
    for name in ScorePart.allCases.map(\.rawValue) + ScoreList.allCases.map(\.rawValue) + ["warnings"] {
      all[name] = nil
    }
    for part in ScorePart.allCases { all.merge(try part.columns(of: self)) { $1 } }
    for list in ScoreList.allCases { all[list.countColumn] = list.rows(of: self)?.count.databaseValue ?? .null }
    return all
  }

  /// Gives the columns of the table to the record and its parts.
  ///
  /// - Parameter columns: of the table.
  static func adapter(_ columns: [String]) -> any RowAdapter {
    let scopes = ScorePart.allCases.map { part in
      let own = columns.compactMap { column in part.property(column).map { ($0, column) } }
      return (part.rawValue, ColumnMapping(Dictionary(uniqueKeysWithValues: own)) as any RowAdapter)
    }
    // Numbers of entries are not the entries, and the floor's value is not the floor.
    let hidden = ScoreList.allCases.map(\.countColumn) + ScorePart.allCases.map(\.rawValue)
    let base = columns.filter { !hidden.contains($0) } + ["warnings"]
    return ScopeAdapter(
      base: ColumnMapping(Dictionary(uniqueKeysWithValues: base.map { ($0, $0) })),
      scopes: Dictionary(uniqueKeysWithValues: scopes))
  }
}

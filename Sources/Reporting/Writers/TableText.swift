import Scores

/// What Markdown, LaTeX and HTML share: letters of notes and where they stand.
struct TableText {
  let table: ReportTable

  /// `a`, `b`, ... `z`, `aa`.
  static func letter(_ note: Int) -> String {
    let own = String(UnicodeScalar(UInt8(97 + note % 26)))
    return note < 26 ? own : letter(note / 26 - 1) + own
  }

  /// The note that all measured cells of a column share, to stand at its head; nil where they have several or none.
  func note(ofColumn column: Int) -> Int? {
    let notes = Set(table.rows.compactMap { $0.cells[column]?.note })
    return notes.count == 1 ? notes.first : nil
  }

  /// The note that stands at a cell, since its column has several.
  func note(of cell: ReportTable.Cell, column: Int) -> Int? { note(ofColumn: column) == nil ? cell.note : nil }

  var hasRanks: Bool { table.rows.contains { $0.cells.contains { $0?.rank != nil } } }

  /// What `± 2.1 (3)` is, where it stands.
  var seeds: String? {
    let hasSeeds = table.rows.contains { $0.cells.contains { ($0?.seeds.count ?? 0) > 1 } }
    return hasSeeds ? "± deviation (n): over n seeds of one generator and checkpoint" : nil
  }

  /// `[low, high]: 95 % interval (bootstrap, 1000 resamples)`, if intervals are shown; several kinds one after another.
  var intervals: String? {
    var kinds: [String] = []
    for interval in table.rows.flatMap(\.cells).compactMap({ $0?.score.interval }) {
      let resamples = interval.resamples.map { ", \($0) resamples" } ?? ""
      let kind = "\(NumberText.short(interval.level * 100)) % interval (\(interval.method)\(resamples))"
      if !kinds.contains(kind) { kinds.append(kind) }
    }
    return kinds.isEmpty ? nil : "[low, high]: " + kinds.joined(separator: "; ")
  }
}

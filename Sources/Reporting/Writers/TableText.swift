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

  /// `95 % of a bootstrap with 1000 resamples`, if intervals are shown.
  var intervals: String? {
    let found = table.rows.flatMap(\.cells).compactMap { $0?.score.interval }
    guard let first = found.first else { return nil }
    let level = NumberText.short(first.level * 100)
    return "[low, high]: \(level) % interval (\(first.method)\(first.resamples.map { ", \($0) resamples" } ?? ""))"
  }
}

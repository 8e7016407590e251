import Scores

/// What Markdown, LaTeX and HTML share: which marks stand where, and what is said below a table.
struct TableText {
  let table: ReportTable
  let notes: TableStyle.Notes

  /// A line below the table.
  enum Footnote: Equatable {
    /// What bold and underlined numbers are; nothing is underlined where only one number of each column is shown to be better.
    case key(hasSecond: Bool)
    case plain(String)
    /// Behind a letter, or a dagger: `a`, `†1`.
    case marked(String, String)
    /// Something to be careful of.
    case remark(String)
  }

  /// Behind the words that are set as such numbers are.
  static func key(hasSecond: Bool) -> String {
    hasSecond
      ? "shown to be better than the numbers measured here that follow"
      : "shown to be better than the other numbers measured here"
  }

  /// `a`, `b`, ... `z`, `aa`.
  static func letter(_ note: Int) -> String {
    let own = String(UnicodeScalar(UInt8(97 + note % 26)))
    return note < 26 ? own : letter(note / 26 - 1) + own
  }

  /// The note that all measured cells of a column share, to stand at its head; nil where they have several or none.
  func note(ofColumn column: Int) -> Int? {
    guard notes != .none else { return nil }
    let notes = Set(table.rows.compactMap { $0.cells[column]?.note })
    return notes.count == 1 ? notes.first : nil
  }

  /// The note that stands at a cell, since its column has several.
  func note(of cell: ReportTable.Cell, column: Int) -> Int? {
    notes == .none || note(ofColumn: column) != nil ? nil : cell.note
  }

  /// `†`, or `†2` where there are several sources.
  func dagger(_ row: ReportTable.Row) -> String? {
    guard notes != .none, let mark = row.mark else { return nil }
    let place = sources.firstIndex(of: text(table.elsewhere[mark])) ?? 0
    return sources.count > 1 ? "†\(place + 1)" : "†"
  }

  /// Each once.
  private var sources: [String] {
    table.elsewhere.map(text).reduce(into: []) { all, own in if !all.contains(own) { all.append(own) } }
  }

  private func text(_ source: ReportTable.Source) -> String { notes == .full ? source.full : source.short }

  /// The deviation; with the number of seeds where that is not one for all: `2.1 (3)`.
  func deviation(_ cell: ReportTable.Cell, column: Int) -> String? {
    guard let std = cell.std else { return nil }
    let seeds = cell.seeds.count > 1 && seedsOfAll == nil ? " (\(cell.seeds.count))" : ""
    return table.columns[column].digits.text(std) + seeds
  }

  private var cells: [ReportTable.Cell] { table.rows.flatMap(\.cells).compactMap { $0 } }

  /// The number of seeds behind every deviation; nil where it is not one, or where some deviations are of something else.
  private var seedsOfAll: Int? {
    let counts = Set(cells.filter { $0.std != nil }.map(\.seeds.count))
    return counts.count == 1 ? counts.first.flatMap { $0 > 1 ? $0 : nil } : nil
  }

  private func hasRank(_ rank: ReportTable.Rank) -> Bool { cells.contains { $0.rank == rank } }

  /// What `± 2.1` is.
  private var seeds: String? {
    guard cells.contains(where: { $0.seeds.count > 1 }) else { return nil }
    if let count = seedsOfAll { return "±: deviation over \(count) seeds of one generator and checkpoint" }
    return "± deviation (n): over n seeds of one generator and checkpoint"
  }

  /// `[low, high]: 95 % interval (bootstrap, 1000 resamples)`, if intervals are shown; several kinds one after another.
  private var intervals: String? {
    var kinds: [String] = []
    for interval in cells.filter({ $0.low != nil }).compactMap(\.score.interval) {
      let resamples = interval.resamples.map { ", \($0) resamples" } ?? ""
      let kind = "\(NumberText.short(interval.level * 100)) % interval (\(interval.method)\(resamples))"
      if !kinds.contains(kind) { kinds.append(kind) }
    }
    return kinds.isEmpty ? nil : "[low, high]: " + kinds.joined(separator: "; ")
  }

  /// All that is said below the table, without points at the ends.
  var footnotes: [Footnote] {
    guard notes != .none else { return [] }
    var lines: [Footnote] = hasRank(.best) ? [.key(hasSecond: hasRank(.second))] : []
    lines += [seeds, intervals].compactMap { $0.map { .plain($0) } }
    for (index, note) in table.notes.enumerated() {
      lines.append(.marked(Self.letter(index), notes == .full ? note : Self.short(note)))
    }
    for (index, source) in sources.enumerated() {
      lines.append(.marked(sources.count > 1 ? "†\(index + 1)" : "†", "reported elsewhere, not ranked: \(source)"))
    }
    var isOpen = false
    for remark in table.remarks {
      switch remark.kind {
      // One sentence for all of them.
      case .notShown where notes == .short: isOpen = true
      // Of the history, and not of a paper.
      case .leftOut where notes == .short: continue
      case .notShown, .notRanked, .counts, .choice, .absent, .leftOut: lines.append(.remark(remark.text))
      }
    }
    if isOpen { lines.append(.plain(Self.nothingMarked)) }
    return lines
  }

  private static let nothingMarked =
    "Where nothing is marked, no number is shown to be better than the others of its column"

  /// The protocol and the size of the real set, without fingerprint and digest.
  private static func short(_ note: String) -> String {
    note.replacing(#/, version [0-9]+, sha256:[0-9a-f]+/#, with: "").replacing(#/ \(sha256:[0-9a-f]+\)/#, with: "")
  }
}

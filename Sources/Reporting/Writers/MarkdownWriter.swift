import Scores

/// A pipe table, as GitHub and most others render it.
public struct MarkdownWriter: TableWriter {
  public init() {}

  public func text(_ table: ReportTable, runs: [RunRecord] = []) -> String {
    let words = TableText(table: table)
    var lines = ["## \(Escaping.markdown(table.title))", ""]
    lines.append(row(["method"] + table.columns.indices.map { head($0, table, words) }))
    lines.append(row([":--"] + table.columns.map { _ in "--:" }))
    for own in table.rows {
      let mark = own.mark.map { "<sup>†\($0 + 1)</sup>" } ?? ""
      let cells = own.cells.enumerated().map { column, cell in
        cell.map { self.cell($0, column, table, words) } ?? "–"
      }
      lines.append(row([Escaping.markdown(own.name) + mark] + cells))
    }
    let notes = notes(table, words)
    if !notes.isEmpty { lines += [""] + notes }
    return lines.joined(separator: "\n") + "\n"
  }

  private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

  private func head(_ column: Int, _ table: ReportTable, _ words: TableText) -> String {
    let own = table.columns[column]
    let dataset = own.dataset.map { Escaping.markdown($0) + "<br>" } ?? ""
    let note = words.note(ofColumn: column).map { "<sup>\(TableText.letter($0))</sup>" } ?? ""
    let scale = own.scaleFactor == 1 ? "" : " ×\(NumberText.exact(own.scaleFactor))"
    return dataset + Escaping.markdown(own.label) + scale + (own.direction == .lower ? " ↓" : " ↑") + note
  }

  private func cell(_ cell: ReportTable.Cell, _ column: Int, _ table: ReportTable, _ words: TableText) -> String {
    var text = table.text(cell.value, column: column)
    if let std = table.deviation(cell, column: column) { text += " ± " + std }
    switch cell.rank {
    case .best: text = "**\(text)**"
    case .second: text = "<u>\(text)</u>"
    case nil: break
    }
    if let low = cell.low, let high = cell.high {
      text += "<br>[\(table.text(low, column: column)), \(table.text(high, column: column))]"
    }
    if let note = words.note(of: cell, column: column) { text += "<sup>\(TableText.letter(note))</sup>" }
    return text
  }

  private func notes(_ table: ReportTable, _ words: TableText) -> [String] {
    var lines: [String] = []
    if words.hasRanks {
      lines.append("**best**, <u>second</u>: shown to be better than the numbers measured here that follow.")
    }
    if let seeds = words.seeds { lines.append(Escaping.markdown(seeds) + ".") }
    if let intervals = words.intervals { lines.append(Escaping.markdown(intervals) + ".") }
    for (index, note) in table.notes.enumerated() {
      lines.append("<sup>\(TableText.letter(index))</sup> \(Escaping.markdown(note)).")
    }
    for (index, source) in table.elsewhere.enumerated() {
      lines.append("<sup>†\(index + 1)</sup> reported elsewhere, not ranked: \(Escaping.markdown(source)).")
    }
    lines += table.remarks.map { Escaping.markdown($0) + "." }
    return lines.enumerated().map { $0.offset < lines.count - 1 ? $0.element + "  " : $0.element }
  }
}

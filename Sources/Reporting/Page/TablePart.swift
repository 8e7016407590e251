import History
import Scores

/// The table as the page's template takes it.
struct TablePart {
  let table: ReportTable
  private var words: TableText { TableText(table: table, notes: .full) }

  var context: [String: Any] {
    let context: [String: Any] = [
      "namesDatasets": table.namesDatasets,
      "datasets": table.datasets.map { group -> [String: Any] in
        ["dataset": group.name ?? "", "span": group.columns.count]
      },
      "columns": table.columns.indices.map(head),
      "rows": table.rows.map(row),
      "footnotes": words.footnotes.map(footnote),
    ]
    return context
  }

  private func footnote(_ footnote: TableText.Footnote) -> [String: Any] {
    switch footnote {
    case .key: ["isKey": true, "noteText": TableText.key]
    case .plain(let text): ["noteText": text]
    case .marked(let mark, let text): ["noteMark": mark, "noteText": text]
    case .remark(let text): ["noteText": text, "isRemark": true]
    }
  }

  private func head(_ column: Int) -> [String: Any] {
    let own = table.columns[column]
    let scale = own.scaleFactor == 1 ? "" : " ×\(NumberText.exact(own.scaleFactor))"
    var head: [String: Any] = [
      "label": own.label + scale, "arrow": own.direction == .lower ? "↓" : "↑",
      "arrowWords": own.direction == .lower ? "lower is better" : "higher is better",
      "isFirst": table.datasets.contains { $0.columns.lowerBound == column },
    ]
    if let note = words.note(ofColumn: column) { head["headNote"] = TableText.letter(note) }
    return head
  }

  private func row(_ own: ReportTable.Row) -> [String: Any] {
    var row: [String: Any] = [
      "name": own.name, "origin": own.origin.rawValue,
      "cells": own.cells.enumerated().map { cell($0.element, $0.offset) },
    ]
    if let mark = words.dagger(own) { row["rowMark"] = mark }
    return row
  }

  private func cell(_ cell: ReportTable.Cell?, _ column: Int) -> [String: Any] {
    let isFirst = table.datasets.contains { $0.columns.lowerBound == column }
    guard let cell else { return ["isEmpty": true, "rank": isFirst ? "first" : ""] }
    let rank = cell.rank.map { $0 == .best ? "best" : "second" } ?? ""
    var context: [String: Any] = [
      "value": table.text(cell.value, column: column), "exact": NumberText.exact(cell.value),
      "rank": rank + (isFirst ? " first" : ""), "hint": hint(cell),
    ]
    if let std = words.deviation(cell, column: column) { context["std"] = std }
    if let low = cell.low, let high = cell.high {
      context["interval"] = "\(table.text(low, column: column)) … \(table.text(high, column: column))"
    }
    if let run = cell.run, !cell.score.isOutside { context["anchor"] = "s-\(run)-\(cell.index)" }
    if let note = words.note(of: cell, column: column) { context["cellNote"] = TableText.letter(note) }
    return context
  }

  private func hint(_ cell: ReportTable.Cell) -> String {
    guard let settings = cell.score.settings else { return "reported elsewhere" }
    let counts = [cell.score.real, cell.score.fake].map { $0?.clips.map(String.init) ?? "–" }
    return "\(settings.displayName)\n\(settings.fingerprint.prefix(19))\n\(counts[0]) real, \(counts[1]) fake "
      + "\(cell.score.sample ?? "sample")s"
  }
}

extension ScoreRecord {
  /// Whether nothing is known of how it was computed.
  var isOutside: Bool { settings == nil }
}

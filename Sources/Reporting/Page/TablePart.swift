import History
import Scores

/// The table as the page's template takes it: one for all data sets, or one for each where it would be wide.
struct TablePart {
  let table: ReportTable
  private var words: TableText { TableText(table: table, notes: .full) }

  /// Columns that stand beside each other on a page.
  private static let mostColumns = 7

  var context: [String: Any] {
    let words = words
    let datasets = table.datasets
    let isSplit = datasets.count > 1 && table.columns.count > Self.mostColumns
    let parts = isSplit ? datasets.map(\.columns) : [table.columns.indices]
    return [
      "tables": parts.enumerated().map { place, columns in
        part(columns, isSplit: isSplit, isLast: place == parts.count - 1, words)
      },
      "footnotes": words.footnotes.map(footnote),
    ]
  }

  private func part(_ columns: Range<Int>, isSplit: Bool, isLast: Bool, _ words: TableText) -> [String: Any] {
    let groups = table.datasets.filter { columns.overlaps($0.columns) }
    let rows = table.rows.filter { row in columns.contains { row.cells[$0] != nil } }
    var context: [String: Any] = [
      "namesDatasets": !isSplit && table.namesDatasets,
      "datasets": groups.map { group -> [String: Any] in
        ["dataset": group.name ?? "", "span": group.columns.count]
      },
      "columns": columns.map { head($0, words) }, "rows": rows.map { row($0, columns, words) },
      // A generator fails before it is scored against anything.
      "failures": (isLast ? table.failures : []).map { failure -> [String: Any] in
        ["failedName": failure.name, "lastWords": failure.words, "width": columns.count]
      },
    ]
    if isSplit { context["tableTitle"] = groups.first?.name ?? "no data set" }
    return context
  }

  private func footnote(_ footnote: TableText.Footnote) -> [String: Any] {
    switch footnote {
    case .key(let hasSecond):
      ["isKey": true, "hasSecond": hasSecond, "noteText": TableText.key(hasSecond: hasSecond)]
    case .plain(let text): ["noteText": text]
    case .marked(let mark, let text): ["noteMark": mark, "noteText": text]
    case .remark(let text): ["noteText": text, "isRemark": true]
    }
  }

  private func head(_ column: Int, _ words: TableText) -> [String: Any] {
    let own = table.columns[column]
    let scale = own.scaleFactor == 1 ? "" : " ×\(NumberText.exact(own.scaleFactor))"
    var head: [String: Any] = [
      "label": own.label + scale, "arrow": Words.arrow(own.direction),
      "arrowWords": "\(own.direction.rawValue) is better",
      "isFirst": isFirst(column),
    ]
    if let note = words.note(ofColumn: column) { head["headNote"] = TableText.letter(note) }
    return head
  }

  private func isFirst(_ column: Int) -> Bool { table.datasets.contains { $0.columns.lowerBound == column } }

  private func row(_ own: ReportTable.Row, _ columns: Range<Int>, _ words: TableText) -> [String: Any] {
    var row: [String: Any] = [
      "name": own.name, "origin": own.origin.rawValue, "cells": columns.map { cell(own.cells[$0], $0, words) },
    ]
    if let mark = words.dagger(own) { row["rowMark"] = mark }
    return row
  }

  private func cell(_ cell: ReportTable.Cell?, _ column: Int, _ words: TableText) -> [String: Any] {
    let first = isFirst(column) ? "first" : ""
    guard let cell else { return ["isEmpty": true, "rank": first] }
    let rank = cell.rank.map { $0 == .best ? "best " : "second " } ?? ""
    var context: [String: Any] = [
      "value": table.text(cell.value, column: column), "exact": NumberText.exact(cell.value), "rank": rank + first,
      "hint": hint(cell),
    ]
    if let std = words.deviation(cell, column: column) { context["std"] = std }
    if let low = cell.low, let high = cell.high {
      context["interval"] = "[\(table.text(low, column: column)), \(table.text(high, column: column))]"
    }
    if let run = cell.run, cell.score.settings != nil { context["anchor"] = RunPart.anchor(run, cell.index) }
    if let note = words.note(of: cell, column: column) { context["cellNote"] = TableText.letter(note) }
    return context
  }

  private func hint(_ cell: ReportTable.Cell) -> String {
    guard let settings = cell.score.settings else { return "reported elsewhere" }
    let counts = [cell.score.real, cell.score.fake].map { $0?.clips.map(String.init) ?? "–" }
    return "\(settings.displayName)\n\(counts[0]) real, \(counts[1]) fake \(cell.score.sample ?? "sample")s"
  }
}

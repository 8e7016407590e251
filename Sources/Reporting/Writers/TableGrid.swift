import MetricCatalog
import Scores

/// A table as text, either way round: what Markdown and LaTeX print.
struct TableGrid {
  /// A method, or a metric on a data set.
  struct Head {
    var text: String
    var dataset: String?
    /// Of a metric.
    var direction: Direction?
    var scaleFactor = 1.0
    /// `a`, `†1`.
    var mark: String?
    /// Whether it is a method that was measured here.
    var isMeasured = false
  }

  struct Cell {
    var value: String
    var deviation: String?
    /// `[382.4, 1012.3]` in two parts.
    var interval: (low: String, high: String)?
    var rank: ReportTable.Rank?
    /// `a`.
    var mark: String?
  }

  /// Over the column of heads.
  let corner: String
  let columns: [Head]
  let rows: [Head]
  let cells: [[Cell?]]
  let words: TableText

  init(_ table: ReportTable, _ style: TableStyle) {
    let words = TableText(table: table, notes: style.notes)
    let methods = table.rows.map { Head(text: $0.name, mark: words.dagger($0), isMeasured: $0.origin == .measured) }
    let metrics = table.columns.enumerated().map { index, own in
      Head(
        text: own.label, dataset: own.dataset, direction: own.direction, scaleFactor: own.scaleFactor,
        mark: words.note(ofColumn: index).map(TableText.letter))
    }
    let cells = table.rows.map { row in
      row.cells.enumerated().map { column, cell in cell.map { Self.cell($0, column, table, words) } }
    }
    self.words = words
    guard style.isTransposed else {
      (corner, columns, rows, self.cells) = ("Method", metrics, methods, cells)
      return
    }
    (corner, columns, rows) = ("Metric", methods, metrics)
    self.cells = metrics.indices.map { column in cells.map { $0[column] } }
  }

  private static func cell(_ cell: ReportTable.Cell, _ column: Int, _ table: ReportTable, _ words: TableText) -> Cell {
    func text(_ value: Double) -> String { table.text(value, column: column) }
    return Cell(
      value: text(cell.value), deviation: words.deviation(cell, column: column),
      interval: cell.low.flatMap { low in cell.high.map { (text(low), text($0)) } }, rank: cell.rank,
      mark: words.note(of: cell, column: column).map(TableText.letter))
  }

  /// Neighbouring heads of one data set.
  static func datasets(_ heads: [Head]) -> [(name: String?, range: Range<Int>)] {
    var groups: [(name: String?, range: Range<Int>)] = []
    for (index, head) in heads.enumerated() {
      if let last = groups.last, last.name == head.dataset {
        groups[groups.count - 1].range = last.range.lowerBound..<index + 1
      } else {
        groups.append((head.dataset, index..<index + 1))
      }
    }
    return groups
  }
}

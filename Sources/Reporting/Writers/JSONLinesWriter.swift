import Scores

/// One JSON object a number and line: where it stands in the table, and the score with all that decided it.
public struct JSONLinesWriter: TableWriter {
  public init() {}

  public func text(_ table: ReportTable, runs: [RunRecord] = []) throws -> String {
    try table.rows.flatMap { row in
      try zip(table.columns, row.cells).compactMap { column, cell in
        try cell.map { try line($0, row, column, table) }
      }
    }.joined()
  }

  private func line(
    _ cell: ReportTable.Cell, _ row: ReportTable.Row, _ column: ReportTable.Column, _ table: ReportTable
  ) throws -> String {
    JSONValue.object([
      ("method", .string(row.name)), ("origin", .string(row.origin.rawValue)),
      ("dataset", .string(orNull: column.dataset)), ("variant", .string(orNull: column.variant)),
      ("rank", .string(orNull: cell.rank.map { $0 == .best ? "best" : "second" })), ("run", .string(orNull: cell.run)),
      ("seeds", .array(cell.seeds.map { .object([("seed", .integer($0.seed)), ("value", .number($0.score.value))]) })),
      ("source", .string(orNull: row.mark.map { table.elsewhere[$0].full })), ("score", try JSONValue(cell.score)),
    ]).line + "\n"
  }
}

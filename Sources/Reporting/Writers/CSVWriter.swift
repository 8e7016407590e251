import Files
import Scores

/// Tidy: one line for each number, everything in a column of its own; unknown is empty.
public struct CSVWriter: TableWriter {
  public static let header = [
    "method", "origin", "dataset", "metric", "variant", "direction", "value", "std", "seeds", "low", "high", "rank",
    "protocol",
    "protocol_version", "fingerprint", "real", "real_videos", "real_samples", "real_digest", "fake", "fake_videos",
    "fake_samples", "fake_digest", "run", "source",
  ]

  public init() {}

  /// Values are those of the scores, unscaled and in full.
  public func text(_ table: ReportTable, runs: [RunRecord] = []) -> String {
    var lines = [Self.header.joined(separator: ",")]
    for row in table.rows {
      for (column, cell) in zip(table.columns, row.cells) {
        guard let cell else { continue }
        let fields = identity(row, column, cell) + numbers(cell) + settings(cell)
        let last = [cell.run ?? "", row.mark.map { table.elsewhere[$0].full } ?? ""]
        lines.append(CSV.sheetLine(fields + sides(cell) + last))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func identity(_ row: ReportTable.Row, _ column: ReportTable.Column, _ cell: ReportTable.Cell) -> [String] {
    [
      row.name, row.origin.rawValue, column.dataset ?? "", cell.score.metric, column.variant ?? "",
      column.direction.rawValue,
    ]
  }

  private func numbers(_ cell: ReportTable.Cell) -> [String] {
    let score = cell.score
    let rank = cell.rank.map { $0 == .best ? "best" : "second" } ?? ""
    return [
      NumberText.exact(score.value), score.std.map(NumberText.exact) ?? "",
      cell.seeds.isEmpty ? "" : "\(cell.seeds.count)",
      score.interval.map { NumberText.exact($0.low) } ?? "", score.interval.map { NumberText.exact($0.high) } ?? "",
      rank,
    ]
  }

  private func settings(_ cell: ReportTable.Cell) -> [String] {
    let settings = cell.score.settings
    return [settings?.displayName ?? "", settings.map { "\($0.version)" } ?? "", settings?.fingerprint ?? ""]
  }

  private func sides(_ cell: ReportTable.Cell) -> [String] {
    let both = [cell.score.real, cell.score.fake]
    return both.flatMap { side -> [String] in
      let videos = side?.videos.map { "\($0)" } ?? ""
      let clips = side?.clips.map { "\($0)" } ?? ""
      return [side?.path ?? "", videos, clips, side?.digest ?? ""]
    }
  }
}

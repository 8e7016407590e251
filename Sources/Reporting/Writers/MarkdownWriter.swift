import Scores

/// A pipe table, as GitHub and most others render it.
public struct MarkdownWriter: TableWriter {
  public var style: TableStyle

  public init(style: TableStyle = TableStyle()) { self.style = style }

  public func text(_ table: ReportTable, runs: [RunRecord] = []) -> String {
    let grid = TableGrid(table, style)
    var lines = ["## \(Escaping.markdown(table.title))", ""]
    lines.append(row([grid.corner.lowercased()] + grid.columns.map(head)))
    lines.append(row([":--"] + grid.columns.map { _ in "--:" }))
    for (own, cells) in zip(grid.rows, grid.cells) {
      lines.append(row([head(own)] + cells.map { $0.map(cell) ?? "–" }))
    }
    let notes = grid.words.footnotes.map(footnote)
    if !notes.isEmpty { lines += ["", notes.joined(separator: "  \n")] }
    return lines.joined(separator: "\n") + "\n"
  }

  private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

  private func head(_ own: TableGrid.Head) -> String {
    let dataset = own.dataset.map { Escaping.markdown($0) + "<br>" } ?? ""
    let scale = own.scaleFactor == 1 ? "" : " ×\(NumberText.exact(own.scaleFactor))"
    let arrow = own.direction.map { " " + Words.arrow($0) } ?? ""
    return dataset + Escaping.markdown(own.text) + scale + arrow + (own.mark.map { "<sup>\($0)</sup>" } ?? "")
  }

  private func cell(_ cell: TableGrid.Cell) -> String {
    var text = cell.value + (cell.deviation.map { " ± " + $0 } ?? "")
    switch cell.rank {
    case .best: text = "**\(text)**"
    case .second: text = "<u>\(text)</u>"
    case nil: break
    }
    if let (low, high) = cell.interval { text += "<br>[\(low), \(high)]" }
    return text + (cell.mark.map { "<sup>\($0)</sup>" } ?? "")
  }

  private func footnote(_ footnote: TableText.Footnote) -> String {
    switch footnote {
    case .key(let hasSecond):
      "**best**\(hasSecond ? ", <u>second</u>" : ""): \(TableText.key(hasSecond: hasSecond))."
    case .plain(let text), .remark(let text): Escaping.markdown(text) + "."
    case .marked(let mark, let text): "<sup>\(mark)</sup> \(Escaping.markdown(text))."
    }
  }
}

import Scores

/// A `table` environment with booktabs rules: data sets over their columns, numbers aligned by siunitx, best bold, second
/// underlined. It is as wide as a column or a page of ten-point type takes it, and smaller only where that does not do.
public struct LaTeXWriter: TableWriter {
  public var style: TableStyle

  public init(style: TableStyle = TableStyle(notes: .short)) { self.style = style }

  public func text(_ table: ReportTable, runs: [RunRecord] = []) -> String {
    let grid = LaTeXGrid(TableGrid(table, style), isTransposed: style.isTransposed)
    let environment = grid.fit == .column ? "table" : "table*"
    var body = [
      "\\begin{\(environment)}[t]", "  \\centering", "  \\setlength{\\belowcaptionskip}{4pt}",
      "  \\caption{\(Escaping.latex(style.caption ?? table.title))}",
    ]
    if let label = style.label { body.append("  \\label{\(label)}") }
    if grid.isAligned { body.append("  \\sisetup{detect-weight=true,mode=text}") }
    if grid.fit != .column { body.append("  \\setlength{\\tabcolsep}{4pt}") }
    if grid.fit == .small || grid.fit == .scaled { body.append("  \\footnotesize") }
    if grid.fit == .scaled { body.append("  \\resizebox{\\linewidth}{!}{%") }
    body += grid.lines.map { "  " + $0 }
    if grid.fit == .scaled { body[body.count - 1] += "}" }
    let notes = grid.grid.words.footnotes.map(footnote)
    if !notes.isEmpty {
      body.append("  \\par\\smallskip")
      body.append("  \\begin{minipage}{\\linewidth}\\footnotesize\\raggedright")
      body += style.notes == .short ? ["    " + notes.joined(separator: "\n    ")] : notes.map { "    \($0)\\par" }
      body.append("  \\end{minipage}")
    }
    body.append("\\end{\(environment)}")
    return ([preamble(body)] + body).joined(separator: "\n") + "\n"
  }

  /// The packages that what follows takes.
  private func preamble(_ body: [String]) -> String {
    let text = body.joined(separator: "\n")
    var packages = ["\\usepackage{booktabs}"]
    if text.contains("\\sisetup") { packages.append("\\usepackage{siunitx}") }
    if text.contains("\\resizebox") { packages.append("\\usepackage{graphicx}") }
    if text.contains("\\textquotedbl") || !text.allSatisfy(\.isASCII) { packages.append("\\usepackage[T1]{fontenc}") }
    return "% needs " + packages.joined(separator: " ")
  }

  private func footnote(_ footnote: TableText.Footnote) -> String {
    switch footnote {
    case .key(let hasSecond):
      "\\textbf{best}\(hasSecond ? ", \\underline{second}" : ""): \(TableText.key(hasSecond: hasSecond))."
    case .plain(let text), .remark(let text): Escaping.latex(text) + "."
    case .marked(let mark, let text): "\(LaTeXGrid.mark(mark)) \(Escaping.latex(text))."
    }
  }
}

import Scores

/// A `table` environment with booktabs rules: data sets over their columns, best bold, second underlined.
public struct LaTeXWriter: TableWriter {
  public init() {}

  public func text(_ table: ReportTable, runs: [RunRecord] = []) -> String {
    let words = TableText(table: table)
    // Both columns of a page, and smaller, where one would not do.
    let hasIntervals = table.rows.contains { row in row.cells.contains { $0?.low != nil } }
    let isWide = table.columns.count > (hasIntervals ? 3 : 5)
    let environment = isWide ? "table*" : "table"
    var lines = [
      "% needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}",
      "\\begin{\(environment)}[t]",
      "  \\centering",
      "  \\caption{\(Escaping.latex(table.title))}",
    ]
    if isWide { lines.append("  \\footnotesize\\setlength{\\tabcolsep}{3pt}") }
    // Very wide ones are made to fit.
    let isScaled = table.columns.count > 8
    if isScaled {
      lines[0] += ", and \\usepackage{graphicx}"
      lines.append("  \\resizebox{\\linewidth}{!}{%")
    }
    lines += [
      "  \\begin{tabular}{l\(String(repeating: "r", count: table.columns.count))}",
      "    \\toprule",
    ]
    if table.namesDatasets { lines += datasets(table) }
    let heads = table.columns.indices.map { head($0, table, words) }
    lines.append("    " + (["Method"] + heads).joined(separator: " & ") + " \\\\")
    lines.append("    \\midrule")
    var wasMeasured: Bool?
    for own in table.rows {
      let isMeasured = own.origin == .measured
      if let wasMeasured, wasMeasured != isMeasured { lines.append("    \\midrule") }
      wasMeasured = isMeasured
      let mark = own.mark.map { "$^{\\dagger\($0 + 1)}$" } ?? ""
      let cells = own.cells.enumerated().map { column, cell in
        cell.map { self.cell($0, column, table, words) } ?? "{--}"
      }
      lines.append("    " + ([Escaping.latex(own.name) + mark] + cells).joined(separator: " & ") + " \\\\")
    }
    lines += ["    \\bottomrule", "  \\end{tabular}" + (isScaled ? "}" : "")]
    let notes = notes(table, words)
    if !notes.isEmpty {
      lines.append("  \\par\\smallskip")
      lines.append("  \\begin{minipage}{\\linewidth}\\footnotesize\\raggedright")
      lines += notes.map { "    \($0)\\par" }
      lines.append("  \\end{minipage}")
    }
    lines.append("\\end{\(environment)}")
    return lines.joined(separator: "\n") + "\n"
  }

  /// `\multicolumn` for each data set, and the rule under it.
  private func datasets(_ table: ReportTable) -> [String] {
    var heads = [""]
    var rules: [String] = []
    for group in table.datasets {
      let name = group.name.map(Escaping.latex) ?? ""
      heads.append("\\multicolumn{\(group.columns.count)}{c}{\(name)}")
      if group.name != nil {
        rules.append("\\cmidrule(lr){\(group.columns.lowerBound + 2)-\(group.columns.upperBound + 1)}")
      }
    }
    return ["    " + heads.joined(separator: " & ") + " \\\\", "    " + rules.joined(separator: " ")]
  }

  private func head(_ column: Int, _ table: ReportTable, _ words: TableText) -> String {
    let own = table.columns[column]
    let scale = own.scaleFactor == 1 ? "" : " $\\times$ \(NumberText.exact(own.scaleFactor))"
    let note = words.note(ofColumn: column).map { "$^{\\mathrm{\(TableText.letter($0))}}$" } ?? ""
    return Escaping.latex(own.label) + scale + (own.direction == .lower ? " $\\downarrow$" : " $\\uparrow$") + note
  }

  private func cell(_ cell: ReportTable.Cell, _ column: Int, _ table: ReportTable, _ words: TableText) -> String {
    var text = number(table.text(cell.value, column: column))
    switch cell.rank {
    case .best: text = "\\textbf{\(text)}"
    case .second: text = "\\underline{\(text)}"
    case nil: break
    }
    if let std = table.deviation(cell, column: column) { text += " {\\scriptsize$\\pm$\\,\(std)}" }
    if let note = words.note(of: cell, column: column) { text += "$^{\\mathrm{\(TableText.letter(note))}}$" }
    guard let low = cell.low, let high = cell.high else { return text }
    // Below the number, in braces: a bracket behind `\\` would be taken for a distance.
    let interval = "[\(number(table.text(low, column: column))), \(number(table.text(high, column: column)))]"
    return "\\begin{tabular}[t]{@{}r@{}}\(text)\\\\{\\scriptsize\(interval)}\\end{tabular}"
  }

  /// A minus sign in place of a hyphen.
  private func number(_ text: String) -> String { text.hasPrefix("-") ? "$-$" + text.dropFirst() : text }

  private func notes(_ table: ReportTable, _ words: TableText) -> [String] {
    var lines: [String] = []
    if words.hasRanks {
      lines.append(
        "\\textbf{best}, \\underline{second}: shown to be better than the numbers measured here that follow.")
    }
    if let seeds = words.seeds { lines.append(Escaping.latex(seeds) + ".") }
    if let intervals = words.intervals { lines.append(Escaping.latex(intervals) + ".") }
    for (index, note) in table.notes.enumerated() {
      lines.append("$^{\\mathrm{\(TableText.letter(index))}}$ \(Escaping.latex(note)).")
    }
    for (index, source) in table.elsewhere.enumerated() {
      lines.append("$^{\\dagger\(index + 1)}$ reported elsewhere, not ranked: \(Escaping.latex(source)).")
    }
    return lines + table.remarks.map { Escaping.latex($0) + "." }
  }
}

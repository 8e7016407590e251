import Scores

/// The lines of a `tabular`, and the width that they take.
struct LaTeXGrid {
  /// Where the table goes: one column of a page, or both; at normal type, at small type, or scaled.
  enum Fit { case column, page, small, scaled }

  /// Points that a column and a page of common paper styles have at the least.
  private static let columnWidth = 236.0, pageWidth = 470.0

  let grid: TableGrid
  /// Whether siunitx aligns the numbers: a column is one metric, with one number of digits.
  let isAligned: Bool
  let lines: [String]
  let fit: Fit

  init(_ grid: TableGrid, isTransposed: Bool) {
    self.grid = grid
    isAligned = !isTransposed
    let formats = grid.columns.indices.map { column in
      NumberFormat(grid.cells.compactMap { $0[column]?.value })
    }
    let (width, gaps) = (Self.width(grid), Double(grid.columns.count))
    fit =
      width + 12 * gaps <= Self.columnWidth
      ? .column
      : width + 8 * gaps <= Self.pageWidth
        ? .page : width * 0.8 + 8 * gaps <= Self.pageWidth ? .small : .scaled
    let kinds = formats.map { isTransposed ? "r" : "S[table-format=\($0.text)]" }
    var lines = ["\\begin{tabular}{@{}l\(kinds.joined())@{}}", "  \\toprule"]
    lines += Self.datasets(grid.columns)
    let heads = grid.columns.map { "{\(Self.head($0))}" }
    lines.append("  " + ([grid.corner] + heads).joined(separator: " & ") + " \\\\")
    lines.append("  \\midrule")
    var before: TableGrid.Head?
    for (own, cells) in zip(grid.rows, grid.cells) {
      if let before, before.isMeasured != own.isMeasured || (isTransposed && before.dataset != own.dataset) {
        lines.append("  \\midrule")
      }
      if isTransposed, let dataset = own.dataset, before?.dataset != own.dataset {
        lines.append("  \\multicolumn{\(grid.columns.count + 1)}{l}{\\textit{\(Escaping.latex(dataset))}} \\\\")
      }
      before = own
      let numbers = zip(cells, formats).map { cell, format in
        cell.map { isTransposed ? Self.plain($0) : Self.aligned($0, format) } ?? "{--}"
      }
      let below = cells.map { $0.flatMap(Self.below) }
      let hasBelow = below.contains { $0 != nil }
      lines.append("  " + ([Self.head(own)] + numbers).joined(separator: " & ") + " \\\\" + (hasBelow ? "[-2pt]" : ""))
      if hasBelow { lines.append("  " + ([""] + below.map { $0 ?? "" }).joined(separator: " & ") + " \\\\") }
    }
    self.lines = lines + ["  \\bottomrule", "\\end{tabular}"]
  }

  /// `\multicolumn` for each data set, and the rule under it.
  private static func datasets(_ columns: [TableGrid.Head]) -> [String] {
    guard columns.contains(where: { $0.dataset != nil }) else { return [] }
    var heads = [""]
    var rules: [String] = []
    for (name, range) in TableGrid.datasets(columns) {
      heads.append("\\multicolumn{\(range.count)}{c}{\(name.map(Escaping.latex) ?? "")}")
      if name != nil { rules.append("\\cmidrule(lr){\(range.lowerBound + 2)-\(range.upperBound + 1)}") }
    }
    return ["  " + heads.joined(separator: " & ") + " \\\\", "  " + rules.joined(separator: " ")]
  }

  private static func head(_ own: TableGrid.Head) -> String {
    let scale = own.scaleFactor == 1 ? "" : " $\\times$ \(NumberText.exact(own.scaleFactor))"
    let arrow = own.direction.map { $0 == .lower ? " $\\downarrow$" : " $\\uparrow$" } ?? ""
    return Escaping.latex(own.text) + scale + arrow + (own.mark.map(mark) ?? "")
  }

  /// A letter or a dagger.
  static func mark(_ mark: String) -> String {
    mark.hasPrefix("†") ? "$^{\\dagger\(mark.dropFirst())}$" : "$^{\\mathrm{\(mark)}}$"
  }

  /// For a column that siunitx aligns; what it does not read stands in braces, with room for the digits that it lacks.
  private static func aligned(_ cell: TableGrid.Cell, _ format: NumberFormat) -> String {
    guard NumberFormat.isNumber(cell.value) else { return "{\(plain(cell))}" }
    let mark = cell.mark.map { "{\(self.mark($0))}" } ?? ""
    switch cell.rank {
    case .best: return "\\bfseries " + cell.value + mark
    case .second:
      let (before, behind) = format.missing(in: cell.value)
      func room(_ digits: Int) -> String {
        digits > 0 ? "\\phantom{\(String(repeating: "0", count: digits))}" : ""
      }
      return "{\(room(before))\\underline{\(number(cell.value))}\(room(behind))\(mark)}"
    case nil: return cell.value + mark
    }
  }

  private static func plain(_ cell: TableGrid.Cell) -> String {
    let mark = cell.mark.map(mark) ?? ""
    switch cell.rank {
    case .best: return "\\textbf{\(number(cell.value))}\(mark)"
    case .second: return "\\underline{\(number(cell.value))}\(mark)"
    case nil: return number(cell.value) + mark
    }
  }

  /// Interval or deviation, in small type on a line of its own: beside the numbers they would take twice the width.
  private static func below(_ cell: TableGrid.Cell) -> String? {
    // In braces: a bracket behind `\\` would be taken for a distance.
    if let (low, high) = cell.interval { return "{\\scriptsize [\(number(low)), \(number(high))]}" }
    return cell.deviation.map { "{\\scriptsize $\\pm$\\,\($0)}" }
  }

  /// A minus sign in place of a hyphen.
  private static func number(_ text: String) -> String { text.hasPrefix("-") ? "$-$" + text.dropFirst() : text }

  /// Points, about, without the space between columns: a capital of ten-point type is 6.5 wide, a digit 5, one of \scriptsize 4.
  private static func width(_ grid: TableGrid) -> Double {
    func head(_ own: TableGrid.Head, letter: Double) -> Double {
      letter * Double(own.text.count) + (own.direction == nil ? 0 : 9) + (own.mark == nil ? 0 : 5)
    }
    let columns = grid.columns.indices.map { column in
      let cells = grid.cells.compactMap { $0[column] }
      let numbers = cells.map { 5 * Double($0.value.count) + ($0.mark == nil ? 0 : 5) }
      let below = cells.map { cell in
        cell.interval.map { 3.8 * Double($0.low.count + $0.high.count + 3) }
          ?? cell.deviation.map { 4 * Double($0.count) + 7 } ?? 0
      }
      return max(head(grid.columns[column], letter: 6.5), numbers.max() ?? 0, below.max() ?? 0)
    }
    return columns.reduce(grid.rows.map { head($0, letter: 5) }.max() ?? 0, +)
  }
}

/// How many digits the numbers of a column have before and behind the point.
private struct NumberFormat {
  private var before = 1
  private var behind = 0
  private var isNegative = false

  init(_ texts: [String]) {
    for text in texts where Self.isNumber(text) {
      let (whole, part) = Self.digits(text)
      (before, behind) = (max(before, whole), max(behind, part))
      isNegative = isNegative || text.hasPrefix("-")
    }
  }

  /// `-3.1`, as siunitx has it.
  var text: String { "\(isNegative ? "-" : "")\(before).\(behind)" }

  func missing(in text: String) -> (before: Int, behind: Int) {
    let (whole, part) = Self.digits(text)
    return (before - whole + (isNegative && !text.hasPrefix("-") ? 1 : 0), behind - part)
  }

  static func isNumber(_ text: String) -> Bool { text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?/) != nil }

  private static func digits(_ text: String) -> (Int, Int) {
    let parts = text.drop { $0 == "-" }.split(separator: ".")
    return (parts[0].count, parts.count > 1 ? parts[1].count : 0)
  }
}

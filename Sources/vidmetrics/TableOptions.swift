import ArgumentParser
import Reporting

/// How a report's table is printed.
struct TableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What is said below a table: none, short (what its marks are and where numbers are from) or full (every protocol "
        + "with fingerprint and real set). (default: short in LaTeX, full elsewhere)", valueName: "none|short|full"))
  var notes: TableStyle.Notes?

  @Option(
    help: ArgumentHelp(
      "Digits behind the point; metric=digits for one metric. Repeatable. (default: as many as the intervals bear)",
      valueName: "[metric=]number"))
  var digits: [String] = []

  @Option(help: ArgumentHelp("Only this row; repeated, rows stand in this order.", valueName: "method"))
  var rows: [String] = []

  @Flag(help: "Methods over the columns, metrics at the rows: Markdown and LaTeX.") var transpose = false

  @Option(help: ArgumentHelp("The \\label of the LaTeX table, such as tab:main.", valueName: "name")) var label: String?
  @Option(
    help: ArgumentHelp("The \\caption of the LaTeX table, as plain text. (default: the title)", valueName: "text"))
  var caption: String?

  /// - Parameters:
  ///   - printsTable: whether Markdown or LaTeX is written.
  ///   - printsNumbers: whether numbers are rounded somewhere.
  /// - Throws: `ValidationError` for what has no effect.
  func check(printsTable: Bool, printsNumbers: Bool, latex: Bool) throws {
    for (option, isGiven, what) in [
      ("notes", notes != nil && !printsTable, "Markdown and LaTeX"),
      ("transpose", transpose && !printsTable, "Markdown and LaTeX"),
      ("digits", !digits.isEmpty && !printsNumbers, "Markdown, LaTeX and HTML"),
      ("label", label != nil && !latex, "--latex"), ("caption", caption != nil && !latex, "--latex"),
    ] where isGiven { throw ValidationError("--\(option) is of \(what), and has no effect here") }
    if let label, let wrong = label.first(where: "{}\\%#".contains) {
      throw ValidationError("--label \(label): a label of LaTeX has no `\(wrong)`")
    }
    _ = try numbers()
  }

  func apply(to report: inout Report) throws {
    (report.notes, report.isTransposed) = (notes, transpose)
    (report.label, report.caption) = (label, caption)
    report.methods = rows.isEmpty ? nil : rows
    report.digits = try numbers()
  }

  /// By metric; the empty name is that of all.
  private func numbers() throws -> [String: Int] {
    var found: [String: Int] = [:]
    for text in digits {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let last = parts.last, let number = Int(last), (0...9).contains(number), parts.count == 1 || parts[0] != ""
      else {
        throw ValidationError("--digits \(text): a number from 0 to 9 is expected, such as 2 or fvd=1")
      }
      guard found.updateValue(number, forKey: parts.count == 2 ? parts[0] : "") == nil else {
        throw ValidationError("--digits is given twice\(parts.count == 2 ? " for `\(parts[0])`" : "")")
      }
    }
    return found
  }
}

extension TableStyle.Notes: ExpressibleByArgument {}
extension Media: ExpressibleByArgument {}

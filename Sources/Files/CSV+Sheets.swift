extension CSV {
  /// One row, without its end, for readers that may be spreadsheets: those take a cell that begins with `=`, `+`, `-`, `@` or a
  /// tab for a formula, which can run programs and send data. Such a text gets an apostrophe before it, which they show as text;
  /// numbers stay as they are (OWASP, CSV Injection).
  public static func sheetLine(_ cells: [String]) -> String {
    line(cells.map { isFormula($0) ? "'" + $0 : $0 })
  }

  private static func isFormula(_ text: String) -> Bool {
    guard let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) else { return false }
    return Double(text) == nil
  }
}

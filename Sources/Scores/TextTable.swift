/// Rows of cells, aligned for people.
public enum TextTable {
  /// - Parameter numbers: columns that are aligned to the right.
  public static func text(_ rows: [[String]], numbers: Set<Int> = []) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return numbers.contains(column) ? padding + cell : cell + padding
      }
      var line = cells.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  /// Without the columns that are empty in every row but the first.
  public static func withoutEmptyColumns(_ rows: [[String]]) -> [[String]] {
    guard let first = rows.first else { return rows }
    let kept = first.indices.filter { column in rows.dropFirst().contains { !$0[column].isEmpty } }
    return rows.map { row in kept.map { row[$0] } }
  }
}

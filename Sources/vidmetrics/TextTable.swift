import Evaluation
import Files
import Foundation
import History
import Reporting

/// Rows of cells, aligned for people.
enum TextTable {
  /// - Parameter numbers: columns that are aligned to the right.
  static func text(_ rows: [[String]], numbers: Set<Int> = []) -> String {
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
  static func withoutEmptyColumns(_ rows: [[String]]) -> [[String]] {
    guard let first = rows.first else { return rows }
    let kept = first.indices.filter { column in rows.dropFirst().contains { !$0[column].isEmpty } }
    return rows.map { row in kept.map { row[$0] } }
  }
}

extension QueryResult {
  var table: String {
    let rows = [columns] + rows.map { $0.map(\.words) }
    let numbers = columns.indices.filter { column in self.rows.allSatisfy { $0[column].isNumberOrNull } }
    return TextTable.text(rows.map { $0.map(Escaping.oneLine) }, numbers: self.rows.isEmpty ? [] : Set(numbers))
  }

  /// RFC 4180, lines ended by LF; unknown is empty.
  var csv: String {
    ([columns] + rows.map { $0.map(\.words) }).map(CSV.line).joined(separator: "\n")
  }

  /// A list of objects; of columns of one name the last holds.
  var json: JSONValue {
    .array(rows.map { row in .object(zip(columns, row).map { ($0, $1.json) }) })
  }
}

extension QueryResult.Value {
  var words: String {
    switch self {
    case .null: ""
    case .integer(let value): String(value)
    case .real(let value): String(describing: value)
    case .text(let text): text
    case .blob(let bytes): "x'" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "'"
    }
  }

  var json: JSONValue {
    switch self {
    case .null: .null
    case .integer(let value): .integer(Int(value))
    case .real(let value): .number(orNull: value)
    case .text(let text): .string(text)
    case .blob: .string(words)
    }
  }

  var isNumberOrNull: Bool {
    switch self {
    case .null, .integer, .real: true
    case .text, .blob: false
    }
  }
}

import Files
import History
import Reporting
import Scores

extension QueryResult {
  var table: String {
    let rows = [columns] + rows.map { $0.map(\.words) }
    let numbers = columns.indices.filter { column in self.rows.allSatisfy { $0[column].isNumberOrNull } }
    return TextTable.text(rows.map { $0.map(Escaping.oneLine) }, numbers: self.rows.isEmpty ? [] : Set(numbers))
  }

  /// RFC 4180, lines ended by LF; unknown is empty, and no text is a formula.
  var csv: String {
    ([columns] + rows.map { $0.map(\.words) }).map(CSV.sheetLine).joined(separator: "\n")
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

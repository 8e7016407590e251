import Files
import Foundation
import MetricCatalog

/// A table that people make, its columns by their names in lower case.
struct ImportedTable {
  /// How the file calls a column.
  struct Column: Equatable {
    /// In lower case, without an arrow.
    let name: String
    let title: String
    /// What an arrow behind the name says: `FVD↓`.
    let arrow: Direction?

    init(_ title: String) {
      let bare = title.filter { !"↓↑".contains($0) }.replacing("()", with: "").trimmingCharacters(in: .whitespaces)
      self.title = title.contains("↓") || title.contains("↑") ? bare : title
      name = bare.lowercased()
      arrow = title.contains("↓") ? .lower : title.contains("↑") ? .higher : nil
    }
  }

  let path: String
  let columns: [Column]
  let rows: [TableRow]

  /// - Throws: `ImportError`, `FilesError`.
  init(_ path: String) throws {
    let table: Table
    do { table = try Table(path) } catch let problem as Table.Problem {
      throw ImportError.row(path: path, line: problem.line, reason: problem.reason)
    }
    let columns = table.columns.map(Column.init)
    for (place, column) in columns.enumerated() {
      if let other = columns[..<place].first(where: { $0.name == column.name }) {
        throw ImportError.row(
          path: path, line: nil, reason: "the columns `\(other.title)` and `\(column.title)` have one name")
      }
    }
    let names = Dictionary(uniqueKeysWithValues: zip(table.columns, columns.map(\.name)))
    self.path = path
    self.columns = columns
    rows = table.rows.map { row in
      let cells = row.cells.map { (names[$0.key] ?? $0.key, $0.value.trimmingCharacters(in: .whitespaces)) }
      return TableRow(path: path, line: row.line, cells: Dictionary(cells) { first, _ in first })
    }
  }

  func has(_ name: String) -> Bool { columns.contains { $0.name == name } }

  /// The first of these columns that is there.
  ///
  /// - Throws: `ImportError.columns`.
  func first(of names: [String]) throws -> String {
    guard let found = names.first(where: has) else {
      throw ImportError.columns(path: path, wanted: names, found: columns.map(\.title))
    }
    return found
  }
}

struct TableRow {
  let path: String
  /// From 1.
  let line: Int
  let cells: [String: String]

  /// The first of these cells that is not empty.
  func text(_ names: [String]) -> String? { names.lazy.compactMap { cells[$0] }.first { !$0.isEmpty } }

  func text(_ name: String) -> String? { text([name]) }

  func wrong(_ reason: String) -> ImportError { .row(path: path, line: line, reason: reason) }

  func number(_ name: String) throws -> Double? {
    guard let text = text(name) else { return nil }
    guard let value = Double(text), value.isFinite else { throw wrong("`\(name)` is `\(text)`, which is not a number") }
    return value
  }

  func whole(_ name: String) throws -> Int? {
    guard let value = try number(name) else { return nil }
    guard let whole = Int(exactly: value) else {
      throw wrong("`\(name)` is `\(text(name) ?? "")`, which is not a whole number")
    }
    return whole
  }

  func wanted<Value>(_ value: Value?, _ name: String) throws -> Value {
    guard let value else { throw wrong("`\(name)` is missing or empty") }
    return value
  }
}

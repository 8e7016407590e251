/// Comma-separated values (RFC 4180): cells that hold a comma, a quotation mark or a line break are in quotation marks, and
/// quotation marks within them are doubled.
public enum CSV {
  package struct Row: Equatable {
    /// Where it begins, from 1.
    package let line: Int
    package let cells: [String]
  }

  public enum Problem: Error, Equatable, Sendable {
    /// A cell begins with a quotation mark that nothing closes.
    case openQuote(line: Int)
    /// A closing quotation mark with more of the cell behind it.
    case afterQuote(line: Int)
    /// Rows have as many cells as the first.
    case width(line: Int, found: Int, wanted: Int)
    /// Two columns of one name.
    case twice(column: String)
  }

  /// Every row; empty lines between them count as none.
  ///
  /// - Throws: `Problem`.
  package static func rows(_ text: String) throws -> [Row] {
    var reader = Reader(bytes: Array(text.utf8))
    return try reader.rows()
  }

  /// The rows below the first, which names the columns.
  ///
  /// - Throws: `Problem`.
  package static func table(_ text: String) throws -> (columns: [String], rows: [(line: Int, cells: [String: String])])
  {
    let rows = try rows(text)
    guard let columns = rows.first?.cells else { return ([], []) }
    if let twice = columns.indices.first(where: { columns[..<$0].contains(columns[$0]) }) {
      throw Problem.twice(column: columns[twice])
    }
    return (
      columns,
      try rows.dropFirst().map { row in
        guard row.cells.count == columns.count else {
          throw Problem.width(line: row.line, found: row.cells.count, wanted: columns.count)
        }
        return (row.line, Dictionary(zip(columns, row.cells)) { first, _ in first })
      }
    )
  }

  /// One row, without its end.
  public static func line(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") }

  /// In quotation marks where it must be.
  public static func cell(_ text: String) -> String {
    guard text.utf8.contains(where: { Array(",\"\r\n".utf8).contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  private struct Reader {
    let bytes: [UInt8]
    var place = 0
    var line = 1

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    mutating func rows() throws -> [Row] {
      var rows: [Row] = []
      while place < bytes.count {
        if !isLineEnd(place) {
          let first = line
          rows.append(Row(line: first, cells: try cells()))
        }
        if place < bytes.count, bytes[place] == Self.carriageReturn { place += 1 }
        place += 1
        line += 1
      }
      return rows
    }

    /// Up to the line's end, which stays.
    private mutating func cells() throws -> [String] {
      var cells = [try cell()]
      while place < bytes.count, bytes[place] == Self.comma {
        place += 1
        cells.append(try cell())
      }
      return cells
    }

    /// Up to the comma or the line's end, which stay.
    private mutating func cell() throws -> String {
      guard place < bytes.count, bytes[place] == Self.quote else {
        let start = place
        while place < bytes.count, bytes[place] != Self.comma, !isLineEnd(place) { place += 1 }
        return String(decoding: bytes[start..<place], as: UTF8.self)
      }
      let first = line
      var content: [UInt8] = []
      place += 1
      while place < bytes.count {
        let byte = bytes[place]
        place += 1
        if byte == Self.quote {
          guard place < bytes.count, bytes[place] == Self.quote else {
            guard place == bytes.count || bytes[place] == Self.comma || isLineEnd(place) else {
              throw Problem.afterQuote(line: line)
            }
            return String(decoding: content, as: UTF8.self)
          }
          place += 1
        } else if byte == Self.lineFeed {
          line += 1
        }
        content.append(byte)
      }
      throw Problem.openQuote(line: first)
    }

    private func isLineEnd(_ place: Int) -> Bool {
      bytes[place] == Self.lineFeed
        || bytes[place] == Self.carriageReturn && (place + 1 == bytes.count || bytes[place + 1] == Self.lineFeed)
    }
  }
}

extension CSV.Problem {
  /// From 1.
  package var line: Int {
    switch self {
    case .openQuote(let line), .afterQuote(let line), .width(let line, _, _): line
    case .twice: 1
    }
  }

  /// What is wrong in that line.
  package var reason: String {
    switch self {
    case .openQuote: "a quotation mark is opened here and never closed"
    case .afterQuote: "a cell goes on behind its closing quotation mark"
    case .width(_, let found, let wanted):
      "it has \(found) \(found == 1 ? "cell" : "cells"), and there are \(wanted) \(wanted == 1 ? "column" : "columns")"
    case .twice(let column): "two columns are called `\(column)`"
    }
  }
}

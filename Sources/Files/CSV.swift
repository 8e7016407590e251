/// Cells that a character separates, in rows (RFC 4180): cells that hold that character, a quotation mark or a line break
/// are in quotation marks, and quotation marks within them are doubled.
public enum CSV {
  /// What stands between two cells.
  public enum Separator: UInt8, CaseIterable, Sendable {
    case comma = 0x2C
    case semicolon = 0x3B
    case tab = 0x09
  }

  package struct Row: Equatable {
    /// Where it begins, from 1: as an editor counts lines.
    package let line: Int
    package let cells: [String]
  }

  public enum Problem: Error, Equatable, Sendable {
    /// A cell begins with a quotation mark that nothing closes.
    case openQuote(line: Int)
    /// A closing quotation mark with more of the cell behind it.
    case afterQuote(line: Int)
    /// A carriage return that ends no line: such as the line ends of old Macintosh programs.
    case carriageReturn(line: Int)
    /// Rows have as many cells as the first.
    case width(line: Int, found: Int, wanted: Int)
    /// Two columns of one name.
    case twice(line: Int, column: String)
    /// The names of the columns can be read in two ways.
    case separators(line: Int, [Separator])
  }

  /// Every row; blank lines between them and behind the last count as none.
  ///
  /// - Throws: `Problem`.
  package static func rows(_ text: String, separator: Separator = .comma) throws -> [Row] {
    var reader = Reader(bytes: Array(text.utf8), separator: separator)
    return try reader.rows()
  }

  /// The first row, which names the columns, by each separator that divides it; by the comma where none does.
  ///
  /// - Throws: `Problem`, of the comma.
  static func header(_ text: String) throws -> (separators: [Separator], line: Int)? {
    let bytes = Array(text.utf8)
    func first(_ separator: Separator) throws -> Row? {
      var reader = Reader(bytes: bytes, separator: separator)
      return try reader.rows(limit: 1).first
    }
    let found = Separator.allCases.filter { ((try? first($0))??.cells.count ?? 0) > 1 }
    if let separator = found.first { return try first(separator).map { (found, $0.line) } }
    return try first(.comma).map { ([.comma], $0.line) }
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
    let separator: Separator
    var place = 0
    var line = 1

    init(bytes: [UInt8], separator: Separator) {
      self.bytes = bytes
      self.separator = separator
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    mutating func rows(limit: Int = .max) throws -> [Row] {
      var rows: [Row] = []
      while place < bytes.count, rows.count < limit {
        if !isBlankLine {
          let first = line
          rows.append(Row(line: first, cells: try cells()))
        }
        if place < bytes.count, bytes[place] == Self.carriageReturn { place += 1 }
        place += 1
        line += 1
      }
      return rows
    }

    /// Whether nothing but white space stands before the next line's end; moves there if so. A line of separators is none.
    private var isBlankLine: Bool {
      mutating get {
        var end = place
        while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 && separator != .tab { end += 1 }
        guard end == bytes.count || isLineEnd(end) else { return false }
        place = end
        return true
      }
    }

    /// Up to the line's end, which stays.
    private mutating func cells() throws -> [String] {
      var cells = [try cell()]
      while place < bytes.count, bytes[place] == separator.rawValue {
        place += 1
        cells.append(try cell())
      }
      return cells
    }

    /// Up to the separator or the line's end, which stay.
    private mutating func cell() throws -> String {
      guard place < bytes.count, bytes[place] == Self.quote else {
        let start = place
        while place < bytes.count, bytes[place] != separator.rawValue, !isLineEnd(place) {
          if bytes[place] == Self.carriageReturn { throw Problem.carriageReturn(line: line) }
          place += 1
        }
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
            guard place == bytes.count || bytes[place] == separator.rawValue || isLineEnd(place) else {
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

extension CSV.Separator {
  /// As messages name it.
  var name: String {
    switch self {
    case .comma: "commas"
    case .semicolon: "semicolons"
    case .tab: "tabs"
    }
  }
}

extension CSV.Problem {
  /// From 1.
  package var line: Int {
    switch self {
    case .openQuote(let line), .afterQuote(let line), .carriageReturn(let line), .width(let line, _, _),
      .twice(let line, _), .separators(let line, _):
      line
    }
  }

  /// What is wrong in that line.
  package var reason: String {
    switch self {
    case .openQuote: "a quotation mark is opened here and never closed"
    case .afterQuote: "a cell goes on behind its closing quotation mark"
    case .carriageReturn: "a carriage return stands alone: lines end in a line feed"
    case .width(_, let found, let wanted):
      "it has \(found) \(found == 1 ? "cell" : "cells"), and there are \(wanted) \(wanted == 1 ? "column" : "columns")"
        + (found > wanted ? "; a cell that holds a separator is in quotation marks" : "")
    case .twice(_, let column): "two columns are called `\(column)`"
    case .separators(_, let separators):
      "the names of the columns can be divided at \(separators.map(\.name).joined(separator: " and at ")): "
        + "put names that hold one in quotation marks"
    }
  }
}

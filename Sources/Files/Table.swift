import Foundation

/// A table in a file, read strictly: nothing of it is cut, dropped or guessed.
///
/// - .csv: rows of cells (`CSV`) below the names of the columns, separated by commas, semicolons or tabs, whichever of them
///   divides the first row.
/// - .tsv: the same, separated by tabs.
/// - .jsonl: one JSON object a line; its keys are the columns.
package struct Table: Sendable {
  package struct Row: Sendable {
    /// From 1, as an editor counts lines.
    package let line: Int
    /// By column. A key that an object does not have, or whose value is null, is not there; numbers, lists and objects are
    /// JSON text.
    package let cells: [String: String]
  }

  /// What is wrong, and in which line.
  package struct Problem: Error, Equatable, Sendable {
    package let line: Int
    package let reason: String
  }

  /// The endings of the names of such files.
  package static let endings = ["csv", "tsv", "jsonl"]

  /// In the order of the file. Spaces around a name do not belong to it.
  package let columns: [String]
  package let rows: [Row]

  /// - Throws: `Problem`, `FilesError`.
  package init(_ path: String) throws {
    let text = try TextFile.read(path)
    switch path.split(separator: ".").last?.lowercased() {
    case "jsonl": try self.init(objects: text)
    case "tsv": try self.init(rows: text, separator: .tab)
    default: try self.init(rows: text, separator: nil)
    }
  }

  /// - Parameter separator: nil for the one that divides the first row.
  /// - Throws: `Problem`.
  package init(rows text: String, separator: CSV.Separator?) throws {
    do {
      guard let header = try CSV.header(text) else {
        (columns, rows) = ([], [])
        return
      }
      guard separator != nil || header.separators.count == 1 else {
        throw CSV.Problem.separators(line: header.line, header.separators)
      }
      let all = try CSV.rows(text, separator: separator ?? header.separators[0])
      let names = (all.first?.cells ?? []).map { $0.trimmingCharacters(in: .whitespaces) }
      if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
        throw CSV.Problem.twice(line: header.line, column: names[twice])
      }
      columns = names
      rows = try all.dropFirst().map { row in
        guard row.cells.count == names.count else {
          throw CSV.Problem.width(line: row.line, found: row.cells.count, wanted: names.count)
        }
        return Row(line: row.line, cells: Dictionary(uniqueKeysWithValues: zip(names, row.cells)))
      }
    } catch let problem as CSV.Problem {
      throw Problem(line: problem.line, reason: problem.reason)
    }
  }

  /// - Throws: `Problem`.
  package init(objects text: String) throws {
    var names: [String] = []
    var known: Set<String> = []
    rows = try TextLines.filled(text).map { number, line in
      let object: [String: Any]
      do { object = try JSONText.object(line.utf8) } catch JSONText.Problem.repeatedKey(let key) {
        throw Problem(line: number, reason: "the key `\(key)` stands twice in one object")
      } catch { throw Problem(line: number, reason: "the line is not a JSON object") }
      names += object.keys.filter { known.insert($0).inserted }.sorted()
      return Row(line: number, cells: object.compactMapValues(Self.cell))
    }
    columns = names
  }

  private static func cell(_ value: Any) -> String? {
    if let text = value as? String { return text }
    if value is NSNull { return nil }
    let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes]
    return (try? JSONSerialization.data(withJSONObject: value, options: options)).map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}

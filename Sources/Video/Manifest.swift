import Files
import Foundation

/// A table of videos: `path`, and any other columns that say what belongs to a video, such as `class`, `subject` or
/// `prompt`. Either .csv (RFC 4180, with a line of column names) or .jsonl (one JSON object a line).
public enum Manifest {
  struct Entry {
    let path: String
    /// Every other column that is not empty.
    let columns: [String: String]
    /// From 1.
    let line: Int
  }

  /// - Throws: `VideoError.set(.manifest)`.
  static func read(_ path: String) throws -> [Entry] {
    let rows = try rows(path, demanding: "path")
    return try rows.map { line, columns in
      guard let video = columns["path"], !video.isEmpty else {
        throw VideoError.set(.manifest(path: path, line: line, reason: "the column `path` is missing or empty"))
      }
      return Entry(path: video, columns: columns.filter { $0.key != "path" && !$0.value.isEmpty }, line: line)
    }
  }

  /// The rows of any such table, each with its line, from 1, and its columns by name.
  ///
  /// - Parameter demanding: a column that a .csv must have; nil for none.
  /// - Throws: `VideoError.set(.manifest)`, `FilesError`.
  public static func rows(_ path: String, demanding column: String?) throws -> [(line: Int, columns: [String: String])]
  {
    let text = try TextFile.read(path)
    guard path.lowercased().hasSuffix(".csv") else { return try objects(text, path) }
    let table: (columns: [String], rows: [(line: Int, cells: [String: String])])
    do { table = try CSV.table(text) } catch let problem as CSV.Problem {
      throw VideoError.set(.manifest(path: path, line: problem.line, reason: problem.reason))
    }
    if let column, !table.columns.contains(column) {
      throw VideoError.set(.manifest(path: path, line: 1, reason: "it has no column `\(column)`"))
    }
    return table.rows.map { ($0.line, $0.cells) }
  }

  private static func objects(_ text: String, _ path: String) throws -> [(line: Int, columns: [String: String])] {
    try TextLines.filled(text).map { number, line in
      guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
        throw VideoError.set(.manifest(path: path, line: number, reason: "the line is no JSON object"))
      }
      return (number, object.compactMapValues { $0 is NSNull ? nil : "\($0)" })
    }
  }
}

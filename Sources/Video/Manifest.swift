import Files

/// A table of videos: `path`, and any other columns that say what belongs to a video, such as `class`, `subject` or
/// `prompt`. A file that `Table` reads.
public enum Manifest {
  struct Entry {
    let path: String
    /// Every other column that is not empty.
    let columns: [String: String]
    /// From 1.
    let line: Int
  }

  /// Where the paths are unless another column is named: the second is that of Hugging Face's data sets.
  static let pathColumns = ["path", "file_name"]

  /// - Parameter pathColumn: nil for the first of `pathColumns` that the table has.
  /// - Throws: `VideoError.set(.manifest)`, `FilesError`.
  static func read(_ path: String, pathColumn: String?) throws -> [Entry] {
    let table = try table(path)
    let wanted = pathColumn.map { [$0] } ?? pathColumns
    guard let column = wanted.first(where: table.columns.contains) else {
      throw VideoError.set(
        .manifest(path: path, line: 1, reason: missing(wanted.joined(separator: "` or `"), table.columns)))
    }
    return try table.rows.map { row in
      guard let video = row.cells[column], !video.isEmpty else {
        throw VideoError.set(
          .manifest(path: path, line: row.line, reason: "the column `\(column)` is missing or empty"))
      }
      return Entry(
        path: video, columns: row.cells.filter { $0.key != column && !$0.value.isEmpty }, line: row.line)
    }
  }

  /// The rows of any such table, each with its line, from 1, and its columns by name.
  ///
  /// - Parameter demanding: a column that the table must have; nil for none.
  /// - Throws: `VideoError.set(.manifest)`, `FilesError`.
  public static func rows(_ path: String, demanding column: String?) throws -> [(line: Int, columns: [String: String])]
  {
    let table = try table(path)
    if let column, !table.columns.contains(column), !table.rows.isEmpty || !table.columns.isEmpty {
      throw VideoError.set(.manifest(path: path, line: 1, reason: missing(column, table.columns)))
    }
    return table.rows.map { ($0.line, $0.cells) }
  }

  private static func table(_ path: String) throws -> Table {
    do { return try Table(path) } catch let problem as Table.Problem {
      throw VideoError.set(.manifest(path: path, line: problem.line, reason: problem.reason))
    }
  }

  private static func missing(_ wanted: String, _ columns: [String]) -> String {
    let found = columns.map { "`\($0)`" }.joined(separator: ", ")
    return "it has no column `\(wanted)`" + (found.isEmpty ? "" : ", but \(found)")
  }
}

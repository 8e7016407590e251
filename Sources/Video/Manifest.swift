import Foundation
import SwiftCSV

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

  /// - Throws: `VideoError.manifest`.
  static func read(_ path: String) throws -> [Entry] {
    let rows = try rows(path, demanding: "path")
    return try rows.map { line, columns in
      guard let video = columns["path"], !video.isEmpty else {
        throw VideoError.manifest(path: path, line: line, reason: "the column `path` is missing or empty")
      }
      return Entry(path: video, columns: columns.filter { $0.key != "path" && !$0.value.isEmpty }, line: line)
    }
  }

  /// The rows of any such table, each with its line, from 1, and its columns by name.
  ///
  /// - Parameter demanding: a column that a .csv must have.
  /// - Throws: `VideoError.manifest`.
  public static func rows(_ path: String, demanding column: String) throws -> [(line: Int, columns: [String: String])] {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw VideoError.manifest(path: path, line: nil, reason: "it cannot be opened")
    }
    guard let text = String(bytes: bytes, encoding: .utf8) else {
      throw VideoError.manifest(path: path, line: nil, reason: "it is no UTF-8 text")
    }
    let text8 = text.hasPrefix("\u{feff}") ? String(text.dropFirst()) : text
    return path.lowercased().hasSuffix(".csv")
      ? try table(text8, path, demanding: column) : try lines(text8, path)
  }

  private static func table(
    _ text: String, _ path: String, demanding column: String
  ) throws -> [(line: Int, columns: [String: String])] {
    do {
      let csv = try CSV<Named>(string: text, delimiter: .comma, loadColumns: false)
      guard csv.header.contains(column) else {
        throw VideoError.manifest(path: path, line: 1, reason: "it has no column `\(column)`")
      }
      return csv.rows.enumerated().map { ($0 + 2, $1) }
    } catch let error as CSVParseError {
      throw VideoError.manifest(path: path, line: nil, reason: "it is no CSV: \(error)")
    }
  }

  private static func lines(_ text: String, _ path: String) throws -> [(line: Int, columns: [String: String])] {
    try text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
      guard line.contains(where: { !$0.isWhitespace }) else { return nil }
      guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
        throw VideoError.manifest(path: path, line: index + 1, reason: "the line is no JSON object")
      }
      return (index + 1, object.compactMapValues { $0 is NSNull ? nil : "\($0)" })
    }
  }
}

/// What can stop a report: facts; `description` writes the words.
public enum ReportError: Error, Equatable, CustomStringConvertible {
  case nothingToShow
  /// - Parameter what: what the name is of: `score`, `data set`.
  case noName(String, of: String, nearest: String?, known: [String])
  /// `none` in a list of papers.
  case noneAndOthers(String)
  case noMethod(String, nearest: String?, known: [String])
  case badTemplate(reason: String)
  case severalVideos(path: String, count: Int, first: String)
  case noRow(path: String, row: String, count: Int)

  public var description: String {
    switch self {
    case .nothingToShow:
      "no score fits what was asked for\nhint: `vidmetrics runs` lists what the history holds"
    case .noMethod(let name, let nearest, let known):
      "the table has no row `\(name)`\nhint: "
        + (nearest.map { "did you mean `\($0)`?" } ?? "its rows are \(known.joined(separator: "; "))")
    case .noName(let name, let what, let nearest, let known):
      "the table has no \(what) `\(name)`\nhint: "
        + (nearest.map { "did you mean `\($0)`?" } ?? "there is \(known.joined(separator: ", "))")
    case .noneAndOthers(let other): "`none` means no published rows, and `\(other)` stands beside it"
    case .badTemplate(let reason): "the template of the report cannot be read: \(reason)"
    case .severalVideos(let path, let count, let first):
      "`\(path)` holds \(count) videos, and one is wanted\nhint: name one of them, such as `\(first)`"
    case .noRow(let path, let row, let count):
      "`\(path)` has no row `\(row)`\nhint: its rows are [0] to [\(count - 1)]"
    }
  }
}

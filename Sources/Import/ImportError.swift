/// Why a file of somebody's scores cannot be read.
public enum ImportError: Error, Equatable, CustomStringConvertible {
  /// No known kind of file.
  case unknownKind(path: String)
  case row(path: String, line: Int?, reason: String)
  case direction(path: String, metric: String)
  /// - Parameter leftOut: why nothing is left of it.
  case empty(path: String, leftOut: [String])
  /// A table without the columns that say what it is.
  case columns(path: String, wanted: [String], found: [String])

  public var description: String {
    switch self {
    case .unknownKind(let path):
      "`\(path)` is not a kind of file that is known here\n"
        + "hint: --kind says what it is: history, runs, document, stylegan-v, vbench, "
        + "scores, table, preferences or votes"
    case .row(let path, let line, let reason): "`\(path)`\(line.map { ", line \($0)" } ?? ""): \(reason)"
    case .direction(let path, let metric):
      "`\(path)` does not say whether lower or higher values of `\(metric)` are better\n"
        + "hint: a column `direction` with `lower` or `higher`, or --direction"
    case .empty(let path, let leftOut):
      "`\(path)` holds no scores" + (leftOut.isEmpty ? "" : ": " + leftOut.prefix(5).joined(separator: "; "))
    case .columns(let path, let wanted, let found):
      "`\(path)` has no column `\(wanted.joined(separator: "` or `"))`"
        + (found.isEmpty ? "" : ", but " + found.map { "`\($0)`" }.joined(separator: ", "))
        + "\nhint: a table of scores has the columns name, metric and value, or name and one for each metric; a user study "
        + "question, method and votes, or question and choice"
    }
  }
}

/// Why a file of somebody's scores cannot be read.
public enum ImportError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  /// No known kind of file.
  case unknownKind(path: String)
  case row(path: String, line: Int?, reason: String)
  case direction(path: String, metric: String)
  case empty(path: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "`\(path)` cannot be read: \(reason)"
    case .unknownKind(let path):
      "`\(path)` is not a kind of file that is known here\n"
        + "hint: --kind says what it is: history, runs, document, stylegan-v, vbench, scores or preferences"
    case .row(let path, let line, let reason): "`\(path)`\(line.map { ", line \($0)" } ?? ""): \(reason)"
    case .direction(let path, let metric):
      "`\(path)` does not say whether lower or higher values of `\(metric)` are better\n"
        + "hint: a column `direction` with `lower` or `higher`, or --direction"
    case .empty(let path): "`\(path)` holds no scores"
    }
  }
}

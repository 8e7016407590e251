/// Why a distance is undefined for the features given.
public enum DistanceError: Error, Equatable {
  /// Which of the two arguments of a distance.
  public enum Side: String, Sendable { case first, second }

  case empty(Side)
  case tooFewRows(Side, rows: Int, ddof: Int)
  case columnCount(Side, columns: Int, largest: Int)
  case differentColumns(first: Int, second: Int)
  case differentDdof(first: Int, second: Int)
  case nonFinite(Side, row: Int, column: Int, value: String)
  case negativeDdof(Int)
  case noConvergence(routine: String, info: Int)
}

extension DistanceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty(let side):
      return "the \(side.rawValue) set has no features"
    case .tooFewRows(let side, let rows, let ddof):
      let count = rows == 1 ? "1 feature" : "\(rows) features"
      return "the \(side.rawValue) set has \(count): a covariance with ddof \(ddof) needs at least \(ddof + 1)"
        + "\nhint: give more clips, or use a protocol with ddof 0"
    case .columnCount(let side, let columns, let largest):
      return "the features of the \(side.rawValue) set have \(columns) columns: 1 to \(largest) can be compared"
    case .differentColumns(let first, let second):
      return "the features of the first set have \(first) columns, those of the second \(second)"
        + "\nhint: both sets need features of the same network and layer"
    case .differentDdof(let first, let second):
      return "the covariance of the first set has ddof \(first), that of the second \(second)"
    case .nonFinite(let side, let row, let column, let value):
      return "the \(side.rawValue) set has \(value) in row \(row), column \(column): features must be finite"
    case .negativeDdof(let ddof):
      return "ddof is \(ddof): it must be 0 or more"
    case .noConvergence(let routine, let info):
      return "LAPACK's \(routine) did not converge (info \(info))"
    }
  }
}

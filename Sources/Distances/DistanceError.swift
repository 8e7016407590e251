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
  /// `least` rows are needed for `purpose`.
  case fewerRows(Side, rows: Int, least: Int, purpose: String)
  case subsetTooLarge(Side, rows: Int, size: Int)
  case count(of: String, value: Int, least: Int)
  case covarianceSize(values: Int, columns: Int)
  case nonFiniteStatistic(name: String, index: Int, value: String)
  case asymmetric(row: Int, column: Int, value: Double, mirrored: Double)
  case negativeVariance(column: Int, value: Double)
  case notPositive(smallest: Double, largest: Double)
  case confidence(Double)
  case pixelCount(values: Int, frames: Int, height: Int, width: Int)
  case flowCount(values: Int, height: Int, width: Int)
  case frameTooSmall(height: Int, width: Int, window: Int)
  case tooFewFrames(Int, least: Int)
  case cameraCounts(first: Int, second: Int)
  case tooFewCameras(Int)
  case motionFrames(first: Int, second: Int)
  case noPhysicalVariance
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
    case .fewerRows(let side, let rows, let least, let purpose):
      return "the \(side.rawValue) set has \(rows == 1 ? "1 feature" : "\(rows) features"): \(least) are needed for"
        + " \(purpose)"
    case .subsetTooLarge(let side, let rows, let size):
      return
        "the \(side.rawValue) set has \(rows == 1 ? "1 feature" : "\(rows) features"): a subset of \(size) cannot be"
        + " drawn\nhint: take smaller subsets"
    case .count(let noun, let value, let least):
      return "the number of \(noun) is \(value): it must be \(least) or more"
    case .covarianceSize(let values, let columns):
      return "the covariance has \(values) values: a mean of \(columns) needs \(columns) × \(columns)"
    case .nonFiniteStatistic(let name, let index, let value):
      return "the \(name) has \(value) at index \(index): statistics must be finite"
    case .asymmetric(let row, let column, let value, let mirrored):
      return "the covariance has \(value) in row \(row), column \(column), but \(mirrored) in row \(column), column"
        + " \(row): it must be symmetric"
    case .negativeVariance(let column, let value):
      return "the covariance has \(value) on its diagonal, column \(column): a variance is 0 or more"
    case .notPositive(let smallest, let largest):
      return "the covariance has the eigenvalue \(smallest) beside \(largest): it is not a covariance"
    case .confidence(let value):
      return "the confidence is \(value): it must be above 0 and below 1"
    case .pixelCount(let values, let frames, let height, let width):
      return "\(values) values are not \(frames) frames of \(height) × \(width) × 3"
    case .flowCount(let values, let height, let width):
      return "\(values) values are not a flow of \(height) × \(width) × 2"
    case .frameTooSmall(let height, let width, let window):
      return "frames of \(height) × \(width) are smaller than SSIM's window of \(window) × \(window)"
    case .tooFewFrames(let frames, let least):
      return "\(frames == 1 ? "1 frame" : "\(frames) frames"): at least \(least) are needed"
    case .cameraCounts(let first, let second):
      return "\(first) camera poses against \(second): a frame of one path belongs to the same frame of the other"
    case .tooFewCameras(let count):
      return "\(count == 1 ? "1 camera pose" : "\(count) camera poses"): a path has at least 2"
    case .motionFrames(let first, let second):
      return "\(first) frames with masks against \(second), or masks of other sizes: motion is compared frame by frame"
    case .noPhysicalVariance:
      return
        "the two takes of no scene move in the same place at the same time: Physics-IQ measures by what they have in common"
    }
  }
}

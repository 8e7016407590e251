/// Mean and standard deviation of values that a distance takes on subsets, runs, groups or windows.
public struct MeanAndDeviation: Sendable, Equatable {
  public let mean: Double
  /// Divided by the number of values less `ddof`; 0 as NumPy's `std` has it.
  public let deviation: Double

  /// Of no values both are nan; of no more than `ddof` the deviation is.
  public init(of values: [Double], ddof: Int = 0) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    self.mean = mean
    deviation =
      values.count > ddof
      ? (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - Double(ddof))).squareRoot() : .nan
  }
}

/// Mean and standard deviation of values that a distance takes on subsets.
public struct MeanAndDeviation: Sendable, Equatable {
  public let mean: Double
  /// With ddof 0, as NumPy's `std` has it.
  public let deviation: Double

  /// Of no values both are nan.
  public init(of values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    self.mean = mean
    deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
  }
}

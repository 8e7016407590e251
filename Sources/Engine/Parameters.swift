import Random

/// Where the numbers of a graph's parameters come from.
public protocol Parameters: Sendable {
  /// The values of a tensor, row-major over `shape`.
  ///
  /// - Throws: an error that names the tensor, where it is missing or has another shape.
  func values(_ parameter: Parameter) throws -> [Float]
  /// Whether an optional tensor is there.
  func contains(_ name: String) -> Bool
}

/// A tensor that a graph refers to.
public struct Parameter: Hashable, Sendable {
  /// What the numbers are for; made-up ones depend on it.
  public enum Role: Sendable {
    /// Multiplied: all axes but the last are summed over.
    case kernel
    /// Multiplied one by one.
    case factor
    /// Added.
    case offset
    /// Multiplied where a value is negative.
    case slope
  }

  public let name: String
  public let shape: [Int]
  public let role: Role

  public init(_ name: String, _ shape: [Int], _ role: Role) {
    self.name = name
    self.shape = shape
    self.role = role
  }

  public var count: Int { shape.reduce(1, *) }
}

/// Made-up numbers, for measuring time, which does not depend on them, and for comparing runtimes. The same on every call.
///
/// Kernels are uniform with the variance 2/inputs of a sum, so that behind a rectifier sums stay as large as what goes in;
/// factors are in 0.5...1.5, offsets in -0.1...0.1, slopes in 0...0.2.
public struct RandomParameters: Parameters {
  public init() {}

  public func values(_ parameter: Parameter) -> [Float] {
    var random = SplitMix64(seed: 0, name: parameter.name)
    let (middle, bound): (Float, Float) =
      switch parameter.role {
      case .kernel: (0, (6 / Float(max(1, parameter.shape.dropLast().reduce(1, *)))).squareRoot())
      case .factor: (1, 0.5)
      case .offset: (0, 0.1)
      case .slope: (0.1, 0.1)
      }
    return (0..<parameter.count).map { _ in middle + random.nextFloat() * bound }
  }

  public func contains(_ name: String) -> Bool { false }
}

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

/// Numbers that mean nothing, for measuring time, which does not depend on them. The same on every call.
///
/// Kernels are uniform with the variance 2/inputs of a sum, so that behind a rectifier sums stay as large as what goes in.
public struct RandomParameters: Parameters {
  public init() {}

  public func values(_ parameter: Parameter) -> [Float] {
    switch parameter.role {
    case .factor: return [Float](repeating: 1, count: parameter.count)
    case .offset: return [Float](repeating: 0, count: parameter.count)
    case .kernel:
      var state: UInt64 = 1
      let bound = (6 / Float(parameter.shape.dropLast().reduce(1, *))).squareRoot()
      return (0..<parameter.count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (Float(state >> 40) * 0x1p-23 - 1) * bound
      }
    }
  }

  public func contains(_ name: String) -> Bool { false }
}

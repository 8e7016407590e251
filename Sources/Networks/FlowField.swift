/// The flow from one frame to another, to the right and down in pixels of the frame.
public struct FlowField: Sendable, Equatable {
  public let height: Int
  public let width: Int
  /// [H][W][2]
  public let values: [Float]

  public init(height: Int, width: Int, values: [Float]) {
    precondition(values.count == 2 * height * width, "FlowField: two values for each pixel")
    self.height = height
    self.width = width
    self.values = values
  }

  /// The length of each pixel's flow, [H][W].
  public var lengths: [Float] {
    (0..<height * width).map { pixel in
      let (u, v) = (values[2 * pixel], values[2 * pixel + 1])
      return (u * u + v * v).squareRoot()
    }
  }
}

extension FlowField {
  /// The mean length of the fastest pixels; not a number where that of one pixel is none.
  ///
  /// - Parameter share: of the pixels, those that are taken; at least one is.
  public func fastest(share: Double) -> Double {
    let lengths = lengths
    guard lengths.allSatisfy(\.isFinite) else { return .nan }
    let count = min(lengths.count, max(1, Int(Double(lengths.count) * share)))
    return lengths.sorted(by: >).prefix(count).reduce(0) { $0 + Double($1) } / Double(count)
  }

  /// The flow of each `step`-th pixel of each `step`-th row, from the middle of the first step on: [P][2].
  public func sampled(every step: Int) -> [Float] {
    var samples: [Float] = []
    for y in stride(from: step / 2, to: height, by: step) {
      for x in stride(from: step / 2, to: width, by: step) {
        let place = 2 * (y * width + x)
        samples += values[place..<place + 2]
      }
    }
    return samples
  }

  /// The mean length of all pixels' flow.
  public var meanLength: Double { lengths.reduce(0) { $0 + Double($1) } / Double(height * width) }

  /// Whether a given flow can be compared with: every value is a number, and one place at least is known.
  public var hasKnownPlaces: Bool {
    values.allSatisfy { !$0.isNaN }
      && stride(from: 0, to: values.count, by: 2).contains { abs(values[$0]) <= 1e9 && abs(values[$0 + 1]) <= 1e9 }
  }

  /// The mean distance between the ends of this flow and of another one of the same size: the end-point error.
  ///
  /// Pixels whose flow in `other` is beyond 1e9, as Middlebury's files say that it is not known, do not count; not a number
  /// where none is left.
  public func endPointError(to other: FlowField) -> Double {
    precondition(other.height == height && other.width == width, "FlowField: flows of one size are compared")
    var (sum, count) = (0.0, 0)
    for value in stride(from: 0, to: values.count, by: 2)
    where !(abs(other.values[value]) > 1e9 || abs(other.values[value + 1]) > 1e9) {
      let (u, v) = (values[value] - other.values[value], values[value + 1] - other.values[value + 1])
      sum += Double((u * u + v * v).squareRoot())
      count += 1
    }
    return sum / Double(count)
  }
}

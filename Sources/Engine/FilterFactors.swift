import Kernels
import Tensors

/// The batch normalisation of `NAME/beta`, `/moving_mean`, `/moving_variance` and, where the network has it, `/gamma`.
public struct BatchNormalisation: Hashable, Sendable {
  public let name: String
  /// TensorFlow's I3D has 1e-3, several PyTorch ports 1e-5.
  public let epsilon: Float

  public init(_ name: String, epsilon: Float) {
    self.name = name
    self.epsilon = epsilon
  }

  /// Those that are always there.
  func parameters(_ channels: Int) -> [Parameter] {
    [
      Parameter(name + "/beta", [channels], .offset), Parameter(name + "/moving_mean", [channels], .offset),
      Parameter(name + "/moving_variance", [channels], .factor),
    ]
  }

  /// What each channel is multiplied with and what is then added: s = gamma / sqrt(variance + epsilon), beta − mean·s. Gamma
  /// is 1 where the weights have none.
  package func factors(_ channels: Int, _ parameters: some Parameters) throws -> (scale: [Double], offset: [Double]) {
    let values = try self.parameters(channels).map(parameters.values)
    let gamma =
      parameters.contains(name + "/gamma")
      ? try parameters.values(Parameter(name + "/gamma", [channels], .factor)) : nil
    var (scale, offset) = ([Double](), [Double]())
    for channel in 0..<channels {
      let factor = Double(gamma?[channel] ?? 1) / (Double(values[2][channel]) + Double(epsilon)).squareRoot()
      scale.append(factor)
      offset.append(Double(values[0][channel]) - Double(values[1][channel]) * factor)
    }
    return (scale, offset)
  }
}

/// (factor·x + offset − mean) / deviation of each channel of an image.
public struct Standardisation: Hashable, Sendable {
  /// What brings the input to the range that mean and deviation are for.
  public let factor: Float
  public let offset: Float
  public let mean: [Float]
  public let deviation: [Float]

  public init(factor: Float = 1, offset: Float = 0, mean: [Float], deviation: [Float]) {
    precondition(mean.count == deviation.count, "Standardisation: a mean and a deviation for each channel")
    self.factor = factor
    self.offset = offset
    self.mean = mean
    self.deviation = deviation
  }
}

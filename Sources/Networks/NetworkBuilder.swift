import Kernels
import Tensors
import Weights

/// What the builders of networks share: each call adds a layer, bound to its activations, to `steps`.
protocol NetworkBuilder {
  /// Axes of a kernel in the weights: 2 (height, width) or 3 (time before them).
  static var kernelAxes: Int { get }

  /// Nil for numbers that mean nothing, to measure time, which does not depend on them.
  var weights: NetworkWeights? { get }
  /// Of the batch normalisations.
  var epsilon: Float { get }
  var table: KernelTable { get }
  /// One for all layers.
  var workspace: Workspace { get }
  var steps: [NetworkStep] { get set }
  /// The steps of another instance of the network, with which the packed weights are shared; none for the first.
  var twin: [NetworkStep] { get }
}

extension NetworkBuilder {
  /// The numbers of a unit: a convolution with its batch normalisation.
  func folded(_ unit: String, _ kernel: Volume, from inputs: Int, to outputs: Int) throws -> ConvolutionWeights {
    guard let weights else { return .random(kernel, from: inputs, to: outputs) }
    return try weights.convolution(
      unit, kernel: kernel, axes: Self.kernelAxes, from: inputs, to: outputs, epsilon: epsilon)
  }

  /// A unit into all of `output`, or into the blocks of it from `from` on.
  mutating func convolve(
    _ unit: String, _ kernel: Volume, stride: Volume = .one, padding: Padding = .same, rectify: Bool = true,
    _ input: Activation, _ output: Activation, from: Int = 0, channels: Int? = nil
  ) throws {
    let channels = channels ?? output.layout.channels
    try add(
      unit, { try $0.folded(unit, kernel, from: input.layout.channels, to: channels) }, stride: stride,
      padding: padding,
      rectify: rectify, input,
      OutputBlock.blocks(
        of: output, from: from, count: (channels + ActivationLayout.block - 1) / ActivationLayout.block))
  }

  /// - Parameter weights: not asked for if there is a twin.
  mutating func add(
    _ name: String, _ weights: (Self) throws -> ConvolutionWeights, stride: Volume = .one, padding: Padding = .same,
    rectify: Bool = true, _ input: Activation, _ outputs: [OutputBlock]
  ) throws {
    let other: Convolution? =
      if case .convolution(let convolution)? = twin.isEmpty ? nil : twin[steps.count].operation { convolution } else {
        nil
      }
    let problem = ConvolutionProblem(
      weights: try other?.problem.weights ?? weights(self), stride: stride, padding: padding, rectify: rectify,
      input: input, outputs: outputs)
    steps.append(
      NetworkStep(
        name: name, operation: .convolution(Convolution(problem, with: table, workspace: workspace, twin: other))))
  }

  mutating func pool(
    _ name: String, _ kernel: Volume, stride: Volume, padding: Padding = .same, _ input: Activation,
    _ output: Activation, from: Int = 0
  ) {
    let pooling = MaxPooling(
      kernel: kernel, stride: stride, padding: padding, input: input, output: output, firstBlock: from, with: table)
    steps.append(NetworkStep(name: name, operation: .maxPooling(pooling)))
  }

  mutating func average(
    _ name: String, _ kernel: Volume, rectify: Bool, _ input: Activation, _ output: Activation, from: Int = 0
  ) {
    let pooling = AveragePooling(
      kernel: kernel, rectify: rectify, input: input, output: output, firstBlock: from, with: table)
    steps.append(NetworkStep(name: name, operation: .averagePooling(pooling)))
  }
}

import Tensors
import Threads

/// TensorFlow's "SAME" padding along one axis: out = ceil(n/s), the odd cell goes behind.
public struct SamePadding: Equatable, Sendable {
  public let output: Int
  public let before: Int
  public let after: Int

  public init(size: Int, kernel: Int, stride: Int) {
    precondition(size > 0 && kernel > 0 && stride > 0, "SamePadding: sizes are positive")
    output = (size + stride - 1) / stride
    let total = max((output - 1) * stride + kernel - size, 0)
    before = total / 2
    after = total - before
  }
}

/// The outputs of a convolution or a pool, and the zeros around its input that they need.
public struct PaddedVolume: Sendable, Hashable {
  public let output: Volume
  public let before: Volume
  public let after: Volume

  /// For some of the output frames.
  public func frames(_ count: Int) -> PaddedVolume {
    PaddedVolume(output: Volume(count, output.height, output.width), before: before, after: after)
  }
}

/// What lies around the input of a convolution or a pool, in TensorFlow's words.
public enum Padding: Sendable, Hashable {
  /// "SAME": zeros, so that out = ceil(n/s); see `SamePadding`.
  case same
  /// "VALID": nothing. Windows lie inside the input, and cells behind the last window are left out.
  case valid
  /// So many zeros on all sides of each frame, as PyTorch says it; cells behind the last window are left out.
  case zeros(Int)

  /// Along each axis of a volume.
  package func volume(_ size: Volume, kernel: Volume, stride: Volume) -> PaddedVolume {
    let t: (output: Int, before: Int, after: Int) =
      if case .zeros = self { Padding.valid.axis(size.frames, kernel.frames, stride.frames) } else {
        axis(size.frames, kernel.frames, stride.frames)
      }
    let y = axis(size.height, kernel.height, stride.height)
    let x = axis(size.width, kernel.width, stride.width)
    return PaddedVolume(
      output: Volume(t.output, y.output, x.output), before: Volume(t.before, y.before, x.before),
      after: Volume(t.after, y.after, x.after))
  }

  private func axis(_ size: Int, _ kernel: Int, _ stride: Int) -> (output: Int, before: Int, after: Int) {
    switch self {
    case .same:
      let same = SamePadding(size: size, kernel: kernel, stride: stride)
      return (same.output, same.before, same.after)
    case .valid:
      precondition(size >= kernel && kernel > 0 && stride > 0, "Padding.valid: a window must fit into the input")
      return ((size - kernel) / stride + 1, 0, 0)
    case .zeros(let count):
      return (Padding.valid.axis(size + 2 * count, kernel, stride).output, count, count)
    }
  }
}

/// The numbers of a convolution: what it multiplies with, and where its sums begin.
public struct ConvolutionWeights: Sendable {
  /// kT, kH, kW
  public let kernel: Volume
  public let inputChannels: Int
  public let outputChannels: Int
  /// [kT][kH][kW][Cin][Cout]
  public let values: [Float]
  /// [Cout]
  public let bias: [Float]
  /// Multiplications for one output value: taps × input channels, less those that are zero by construction.
  public let products: Int

  /// - Parameter products: if some weights are zero by construction.
  public init(
    kernel: Volume, inputChannels: Int, outputChannels: Int, values: [Float], bias: [Float], products: Int? = nil
  ) {
    precondition(values.count == kernel.count * inputChannels * outputChannels, "ConvolutionWeights: values do not fit")
    precondition(bias.count == outputChannels, "ConvolutionWeights: biases do not fit")
    self.kernel = kernel
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.values = values
    self.bias = bias
    self.products = products ?? kernel.count * inputChannels
  }

  private init(withoutValuesOf other: ConvolutionWeights) {
    kernel = other.kernel
    inputChannels = other.inputChannels
    outputChannels = other.outputChannels
    values = []
    bias = other.bias
    products = other.products
  }

  /// The same without its values, for when a plan has packed them: the weights of a large network would be there twice.
  var withoutValues: ConvolutionWeights { ConvolutionWeights(withoutValuesOf: self) }

  /// Several convolutions of one input as one, output channels in order. All have the same kernel.
  public static func joined(_ parts: [ConvolutionWeights]) -> ConvolutionWeights {
    precondition(
      parts.allSatisfy { $0.kernel == parts[0].kernel && $0.inputChannels == parts[0].inputChannels },
      "ConvolutionWeights: siblings share kernel and input")
    let rows = parts[0].kernel.count * parts[0].inputChannels
    var values: [Float] = []
    values.reserveCapacity(parts.reduce(0) { $0 + $1.values.count })
    for row in 0..<rows {
      for part in parts {
        values.append(contentsOf: part.values[row * part.outputChannels..<(row + 1) * part.outputChannels])
      }
    }
    return ConvolutionWeights(
      kernel: parts[0].kernel, inputChannels: parts[0].inputChannels,
      outputChannels: parts.reduce(0) { $0 + $1.outputChannels }, values: values, bias: parts.flatMap(\.bias))
  }

  /// With zero channels added so that the output fills whole blocks.
  public func paddedToBlocks() -> ConvolutionWeights {
    let spare = (ActivationLayout.block - outputChannels % ActivationLayout.block) % ActivationLayout.block
    guard spare > 0 else { return self }
    let zeros = ConvolutionWeights(
      kernel: kernel, inputChannels: inputChannels, outputChannels: spare,
      values: [Float](repeating: 0, count: kernel.count * inputChannels * spare),
      bias: [Float](repeating: 0, count: spare))
    return .joined([self, zeros])
  }
}

/// One block of 16 output channels of a convolution: the activation, and the block of it, that it is written to.
public struct OutputBlock: Sendable {
  public let activation: Activation
  public let block: Int

  public init(_ activation: Activation, _ block: Int) {
    self.activation = activation
    self.block = block
  }

  /// The blocks `first ..< first + count` of an activation.
  public static func blocks(of activation: Activation, from first: Int, count: Int) -> [OutputBlock] {
    (first..<first + count).map { OutputBlock(activation, $0) }
  }
}

/// A convolution bound to its input and outputs: y = max(x ∗ w + b, 0), zeros outside.
public struct ConvolutionProblem: Sendable {
  public private(set) var weights: ConvolutionWeights
  public let stride: Volume
  /// Whether max(·, 0) is taken of the sums.
  public let rectify: Bool
  /// What negative sums are multiplied with; nil where they stay as they are, or become 0.
  public let slopes: SlopeValues?
  public let input: Activation
  /// One for each 16 output channels (the last may be partly spare). All have one volume and one halo.
  public let outputs: [OutputBlock]

  package let outputVolume: Volume
  let padBefore: Volume
  /// The input's frames that are not padding, counted from its first. More than its own where it is a part of a longer one.
  let presentFrames: Range<Int>

  public init(
    weights: ConvolutionWeights, stride: Volume = .one, padding: Padding = .same, rectify: Bool = true,
    slopes: SlopeValues? = nil, input: Activation, outputs: [OutputBlock]
  ) {
    let volume = input.layout.volume
    self.init(
      weights: weights, stride: stride, padded: padding.volume(volume, kernel: weights.kernel, stride: stride),
      presentFrames: 0..<volume.frames, rectify: rectify, slopes: slopes, input: input, outputs: outputs)
  }

  /// - Parameters:
  ///   - padded: the outputs, and the halo that is read.
  ///   - presentFrames: which frames of input and halo are not padding, counted from the input's first.
  public init(
    weights: ConvolutionWeights, stride: Volume, padded: PaddedVolume, presentFrames: Range<Int>, rectify: Bool,
    slopes: SlopeValues? = nil, input: Activation, outputs: [OutputBlock]
  ) {
    let layout = input.layout
    precondition(weights.inputChannels == layout.channels, "ConvolutionProblem: the input has other channels")
    precondition(
      layout.haloBefore.covers(padded.before) && layout.haloAfter.covers(padded.after),
      "ConvolutionProblem: the input's halo is smaller than the padding")
    precondition(
      outputs.count == (weights.outputChannels + ActivationLayout.block - 1) / ActivationLayout.block,
      "ConvolutionProblem: each 16 output channels need a place")
    let first = outputs[0].activation.layout
    precondition(
      outputs.allSatisfy { output in
        let other = output.activation.layout
        return other.isBlocked && other.volume == padded.output && other.haloBefore == first.haloBefore
          && other.haloAfter == first.haloAfter
      }, "ConvolutionProblem: the outputs have other volumes or halos")
    precondition(
      slopes?.covers(outputs.count) ?? true && (slopes == nil || !rectify),
      "ConvolutionProblem: a slope for each channel is needed, and none where sums are rectified")
    self.weights = weights
    self.stride = stride
    self.rectify = rectify
    self.slopes = slopes
    self.input = input
    self.outputs = outputs
    outputVolume = padded.output
    padBefore = padded.before
    self.presentFrames = presentFrames
  }

  /// The same problem as a plan keeps it that has packed the weights.
  var withoutValues: ConvolutionProblem {
    var copy = self
    copy.weights = weights.withoutValues
    return copy
  }

  /// Multiplications and additions of the direct convolution; spare channels do not count.
  package var operations: Int {
    let lanes = ActivationLayout.block
    let channels = outputs.reduce(0) { $0 + min(lanes, $1.activation.layout.channels - $1.block * lanes) }
    return 2 * outputVolume.count * weights.products * channels
  }

  /// Bytes of the input's values and the output's, each once.
  package var valueBytes: Int {
    4 * (input.layout.volume.count * weights.inputChannels + outputVolume.count * weights.outputChannels)
  }

  /// Bytes of the weights.
  package var weightBytes: Int { 4 * weights.products * weights.outputChannels }
}

extension Volume {
  func covers(_ other: Volume) -> Bool {
    frames >= other.frames && height >= other.height && width >= other.width
  }
}

/// A way to compute a convolution, made once for a problem and run for each clip.
package protocol ConvolutionPlan: Sendable {
  var name: String { get }
  /// Why this plan cannot serve a problem; nil if it can.
  static func refusal(of problem: ConvolutionProblem, with table: KernelTable) -> String?
  /// - Parameter twin: a plan of the same weights and layouts, whose packed weights are taken over.
  init(_ problem: ConvolutionProblem, with table: KernelTable, workspace: Workspace, twin: (any ConvolutionPlan)?)
  func run(_ team: ThreadTeam)
  /// Whether it multiplies with the slopes while its sums are in the cache; elsewhere that is done behind it.
  static var takesSlopes: Bool { get }
}

extension ConvolutionPlan {
  package static var takesSlopes: Bool { false }

  package init(_ problem: ConvolutionProblem, with table: KernelTable, workspace: Workspace) {
    self.init(problem, with: table, workspace: workspace, twin: nil)
  }
}

/// A convolution with the plan that was chosen for it.
public struct Convolution: Sendable {
  /// In order of preference; the first that does not refuse is taken. The last refuses nothing.
  static let plans: [any ConvolutionPlan.Type] = [
    WinogradConvolution.self, WinogradLineConvolution.self, DirectConvolution.self, NaiveConvolution.self,
  ]

  /// Without the values of its weights, which the plan has in an order of its own.
  public let problem: ConvolutionProblem
  private let plan: any ConvolutionPlan
  private let slopeRow: MicroKernels.SlopeRowKernel

  /// - Parameters:
  ///   - workspace: shared by the layers of one network.
  ///   - twin: the same layer of another instance of the network; the two share their packed weights.
  public init(
    _ problem: ConvolutionProblem, with table: KernelTable, workspace: Workspace, twin: Convolution? = nil
  ) {
    self.problem = problem.withoutValues
    let type = Self.plans.first { $0.refusal(of: problem, with: table) == nil } ?? NaiveConvolution.self
    plan = type.init(problem, with: table, workspace: workspace, twin: twin?.plan)
    slopeRow = table.kernels.slopeRow
  }

  /// Which plan it is.
  public var planName: String { plan.name }

  public func run(_ team: ThreadTeam) {
    plan.run(team)
    guard let slopes = problem.slopes, !type(of: plan).takesSlopes else { return }
    for (index, output) in problem.outputs.enumerated() {
      let volume = problem.outputVolume
      team.perform(chunks: volume.frames * volume.height) { chunk in
        let (frame, row) = chunk.quotientAndRemainder(dividingBy: volume.height)
        slopeRow(output.activation.row(output.block, frame, row), volume.width, slopes.block(index))
      }
    }
  }
}

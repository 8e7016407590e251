import Kernels
import Tensors
import Weights

/// Builds the layers of a transformer: pre-norm blocks (Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021)
/// on rows of tokens.
struct TransformerBuilder: NetworkBuilder {
  static let kernelAxes = 2

  let weights: NetworkWeights?
  /// Before every name: `dino/`.
  let prefix: String
  /// Of the layer normalisations.
  let epsilon: Float
  let activation: ValueFunction.Kind
  let table: KernelTable
  let workspace = Workspace()
  var steps: [NetworkStep] = []
  let twin: [NetworkStep]

  init(
    weights: NetworkWeights?, prefix: String, epsilon: Float, activation: ValueFunction.Kind, table: KernelTable,
    twin: [NetworkStep] = []
  ) {
    self.weights = weights
    self.prefix = prefix
    self.epsilon = epsilon
    self.activation = activation
    self.table = table
    self.twin = twin
  }

  /// Sizes of a transformer, as its weights' shapes tell them.
  struct Sizes: Sendable {
    /// C
    let width: Int
    let blocks: Int
    /// Outputs of the first layer of a block's perceptron.
    let hidden: Int

    init(width: Int, blocks: Int, hidden: Int) {
      self.width = width
      self.blocks = blocks
      self.hidden = hidden
    }

    /// - Throws: `WeightsError.noSuchTensor`, or `NetworkError.transformerWidth`.
    init(_ weights: NetworkWeights, prefix: String) throws {
      width = try weights.shape(prefix + "norm_post/scale", axes: 1)[0]
      hidden = try weights.shape(prefix + "blocks/0/mlp_1/kernel", axes: 2)[1]
      var count = 1
      while weights.tensors["\(prefix)blocks/\(count)/mlp_1/kernel"] != nil { count += 1 }
      blocks = count
      guard width % Attention.headChannels == 0, width > 0, hidden % ActivationLayout.block == 0 else {
        throw NetworkError.transformerWidth(width: width, hidden: hidden)
      }
    }
  }

  /// The memory of the blocks.
  private struct BlockMemory {
    let normalised: Activation
    let qkv: Activation
    let mixed: Activation
    let hidden: Activation

    init(rows: Int, sizes: Sizes) {
      normalised = Activation(.rows(rows, channels: sizes.width))
      qkv = Activation(.rows(rows, channels: 3 * sizes.width))
      mixed = Activation(.rows(rows, channels: sizes.width))
      hidden = Activation(.rows(rows, channels: sizes.hidden))
    }
  }

  /// Adds all blocks; `x` holds rows of tokens before and after.
  mutating func blocks(_ sizes: Sizes, on x: Activation, tokens: Int, isCausal: Bool) throws {
    let memory = BlockMemory(rows: x.layout.volume.count, sizes: sizes)
    for index in 0..<sizes.blocks {
      let block = "blocks/\(index)/"
      try normalise(block + "norm_1", x, memory.normalised)
      try dense(block + "qkv", memory.normalised, memory.qkv)
      steps.append(
        NetworkStep(
          name: block + "attention",
          operation: .attention(
            Attention(
              tokens: tokens, isCausal: isCausal, input: memory.qkv, output: memory.mixed, with: table))))
      try dense(block + "projection", scale: block + "scale_1", memory.mixed, memory.normalised)
      add(block + "sum_1", memory.normalised, to: x)
      try normalise(block + "norm_2", x, memory.normalised)
      try dense(block + "mlp_1", memory.normalised, memory.hidden)
      steps.append(
        NetworkStep(
          name: block + activation.rawValue,
          operation: .function(ValueFunction(activation, of: memory.hidden, with: table))))
      try dense(block + "mlp_2", scale: block + "scale_2", memory.hidden, memory.normalised)
      add(block + "sum_2", memory.normalised, to: x)
    }
  }

  /// y = x·W + b; with a layer scale, of the name `scale`, (x·W + b)·s, which is multiplied into the weights.
  mutating func dense(_ name: String, scale: String? = nil, _ input: Activation, _ output: Activation) throws {
    let (inputs, outputs) = (input.layout.channels, output.layout.channels)
    try add(
      prefix + name, { try $0.denseWeights(name, scale: scale, from: inputs, to: outputs) }, rectify: false, input,
      OutputBlock.blocks(of: output, from: 0, count: output.layout.blocks))
  }

  private func denseWeights(_ name: String, scale: String?, from inputs: Int, to outputs: Int) throws
    -> ConvolutionWeights
  {
    guard let weights else { return .random(.one, from: inputs, to: outputs) }
    var kernel = try weights.tensor(prefix + name + "/kernel", shape: [inputs, outputs])
    var bias = try weights.tensor(prefix + name + "/bias", shape: [outputs])
    if let scale, weights.tensors[prefix + scale] != nil {
      let factors = try weights.tensor(prefix + scale, shape: [outputs])
      for output in 0..<outputs { bias[output] *= factors[output] }
      kernel.withUnsafeMutableBufferPointer { kernel in
        for input in 0..<inputs {
          for output in 0..<outputs { kernel[input * outputs + output] *= factors[output] }
        }
      }
    }
    return ConvolutionWeights(
      kernel: .one, inputChannels: inputs, outputChannels: outputs, values: kernel, bias: bias)
  }

  mutating func normalise(_ name: String, _ input: Activation, _ output: Activation) throws {
    if case .normalisation(let other)? = twin.isEmpty ? nil : twin[steps.count].operation {
      steps.append(
        NetworkStep(
          name: prefix + name, operation: .normalisation(LayerNormalisation(like: other, input: input, output: output)))
      )
      return
    }
    let channels = input.layout.channels
    let scale = try vector(name + "/scale", channels) ?? [Float](repeating: 1, count: channels)
    let offset = try vector(name + "/offset", channels) ?? [Float](repeating: 0, count: channels)
    steps.append(
      NetworkStep(
        name: prefix + name,
        operation: .normalisation(
          LayerNormalisation(
            scale: scale, offset: offset, epsilon: epsilon, input: input, output: output, with: table))))
  }

  private mutating func add(_ name: String, _ input: Activation, to output: Activation) {
    steps.append(NetworkStep(name: prefix + name, operation: .addition(Addition(input, to: output))))
  }

  /// [count] values; nil without weights.
  func vector(_ name: String, _ count: Int) throws -> [Float]? {
    try weights?.tensor(prefix + name, shape: [count])
  }
}

extension NetworkWeights {
  /// The shape of a tensor that must have so many axes.
  func shape(_ name: String, axes: Int) throws -> [Int] {
    guard let tensor = tensors[name] else { throw WeightsError.noSuchTensor(weights: self.name, tensor: name) }
    guard tensor.shape.count == axes else {
      throw WeightsError.wrongShape(
        weights: self.name, tensor: name, wanted: [Int](repeating: 0, count: axes), found: tensor.shape)
    }
    return tensor.shape
  }
}

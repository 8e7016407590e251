import Kernels
import Tensors

/// The numbers of a convolution or a dense layer: the tensors that hold them, and what passes have multiplied into them.
public indirect enum Filter: Hashable, Sendable {
  case stored(StoredFilter)
  /// Some channels of it: a sum over parts of the input is the sum of those parts' sums.
  case part(StoredFilter, FilterPart)
  /// With the batch normalisation behind it.
  case normalised(Filter, BatchNormalisation)
  /// With a factor for each output channel, the tensor of this name: the layer scale of a transformer.
  case scaled(Filter, by: String)
  /// With the standardisation of the image before it.
  case standardised(Filter, Standardisation)
  /// Each output channel's numbers less their mean, over their standard deviation (that of a sample, n - 1) plus epsilon: weight
  /// standardisation (Qiao et al., 2019).
  case weightStandardised(Filter, epsilon: Float)
  /// Several filters of one input, each filled up to whole blocks of output channels.
  case joined([Filter])
  /// For what `SpaceToDepth` makes of the input.
  case spaceToDepth(Filter)
  /// Several filters of one input, their outputs side by side.
  case stacked([Filter])
  /// Several filters, each of channels of its own.
  case diagonal([Filter])
  /// The first `kept` channels as they are, then the sums of the channels from `first` on.
  case keeping(Int, Filter, from: Int)
  /// A transposed convolution of 4×4 taps with stride 2 and padding 1, for `DepthToSpace`: each of the four pixels of a square sees
  /// 2×2 of the 3×3 pixels around.
  case transposed(StoredFilter)
  /// Of 3×3 taps, for stride 2 and `DepthToSpace`: the four outputs of a square at once, each of which sees 3×3 of 4×4 pixels. Of few
  /// outputs a tile has lanes to spare.
  case squared(StoredFilter)

  /// kT, kH, kW of the convolution that is computed.
  public var kernel: Volume {
    switch self {
    case .stored(let stored), .part(let stored, _): stored.kernel
    case .normalised(let filter, _), .scaled(let filter, _), .standardised(let filter, _),
      .weightStandardised(let filter, _):
      filter.kernel
    case .joined(let filters), .stacked(let filters), .diagonal(let filters): filters[0].kernel
    case .keeping(_, let filter, _): filter.kernel
    case .transposed: Volume(1, 3, 3)
    case .squared: Volume(1, 4, 4)
    case .spaceToDepth(let filter):
      Volume(filter.kernel.frames, (filter.kernel.height + 1) / 2, (filter.kernel.width + 1) / 2)
    }
  }

  /// Input channels.
  public var inputs: Int {
    switch self {
    case .stored(let stored): stored.inputs
    case .part(_, let part): part.inputs.reduce(0) { $0 + $1.count }
    case .normalised(let filter, _), .scaled(let filter, _), .standardised(let filter, _),
      .weightStandardised(let filter, _):
      filter.inputs
    case .joined(let filters), .stacked(let filters): filters[0].inputs
    case .diagonal(let filters): filters.reduce(0) { $0 + $1.inputs }
    case .keeping(_, let filter, let first): first + filter.inputs
    case .transposed(let stored), .squared(let stored): stored.inputs
    case .spaceToDepth(let filter): 4 * filter.inputs
    }
  }

  /// Output channels of each part; one part but for joined filters.
  public var outputs: [Int] {
    switch self {
    case .stored(let stored): [stored.outputs]
    case .part(_, let part): [part.outputs.count]
    case .normalised(let filter, _), .scaled(let filter, _), .standardised(let filter, _), .spaceToDepth(let filter),
      .weightStandardised(let filter, _):
      filter.outputs
    case .joined(let filters): filters.flatMap(\.outputs)
    case .stacked(let filters), .diagonal(let filters): [filters.flatMap(\.outputs).reduce(0, +)]
    case .keeping(let kept, let filter, _): [kept + filter.outputs.reduce(0, +)]
    case .transposed(let stored), .squared(let stored): [4 * stored.outputs]
    }
  }

  /// Multiplications of one output value, without those that are zero by construction.
  public var products: Int {
    switch self {
    case .stored(let stored): stored.kernel.count * stored.inputs
    case .part(let stored, _): stored.kernel.count * inputs
    case .normalised(let filter, _), .scaled(let filter, _), .standardised(let filter, _), .spaceToDepth(let filter),
      .weightStandardised(let filter, _):
      filter.products
    case .joined(let filters), .stacked(let filters): filters[0].products
    case .diagonal(let filters):
      filters.reduce(0) { $0 + $1.products * $1.outputs[0] } / filters.reduce(0) { $0 + $1.outputs[0] }
    case .keeping(let kept, let filter, _): filter.products * filter.outputs[0] / (kept + filter.outputs[0])
    case .transposed(let stored): 4 * stored.inputs
    case .squared(let stored): 9 * stored.inputs
    }
  }

  /// All tensors that it is made of.
  public var parameters: [Parameter] {
    switch self {
    case .stored(let stored): [stored.kernelParameter] + (stored.biasParameter.map { [$0] } ?? [])
    case .part(let stored, let part):
      [stored.kernelParameter] + (part.hasBias ? stored.biasParameter.map { [$0] } ?? [] : [])
    case .normalised(let filter, let normalisation):
      filter.parameters + normalisation.parameters(filter.outputs.reduce(0, +))
    case .scaled(let filter, let name):
      filter.parameters + [Parameter(name, [filter.outputs.reduce(0, +)], .factor)]
    case .standardised(let filter, _), .spaceToDepth(let filter), .weightStandardised(let filter, _):
      filter.parameters
    case .joined(let filters), .stacked(let filters), .diagonal(let filters): filters.flatMap(\.parameters)
    case .keeping(_, let filter, _): filter.parameters
    case .transposed(let stored), .squared(let stored): Filter.stored(stored).parameters
    }
  }

  /// How many numbers of the tensors it takes.
  public var numbers: Int {
    switch self {
    case .part(let stored, let part):
      stored.kernel.count * inputs * part.outputs.count
        + (part.hasBias && stored.hasBias ? part.outputs.count : 0)
    case .joined(let filters), .stacked(let filters), .diagonal(let filters): filters.reduce(0) { $0 + $1.numbers }
    case .keeping(_, let filter, _): filter.numbers
    case .stored, .transposed, .squared, .normalised, .scaled, .standardised, .weightStandardised, .spaceToDepth:
      parameters.reduce(0) { $0 + $1.count }
    }
  }

  /// The numbers, ready to be packed.
  public func weights(_ parameters: some Parameters) throws -> ConvolutionWeights {
    switch self {
    case .stored(let stored):
      ConvolutionWeights(
        kernel: stored.kernel, inputChannels: stored.inputs, outputChannels: stored.outputs,
        values: try parameters.values(stored.kernelParameter),
        bias: try stored.biasParameter.map(parameters.values) ?? [Float](repeating: 0, count: stored.outputs))
    case .part(let stored, let part): try Filter.stored(stored).weights(parameters).part(part)
    case .normalised(let filter, let normalisation):
      try filter.weights(parameters).normalised(normalisation, parameters)
    case .scaled(let filter, let name):
      try filter.weights(parameters).scaled {
        try parameters.values(Parameter(name, [$0], .factor))
      }
    case .standardised(let filter, let standardisation):
      try filter.weights(parameters).standardised(standardisation)
    case .weightStandardised(let filter, let epsilon):
      try filter.weights(parameters).weightStandardised(epsilon: Double(epsilon))
    case .joined(let filters): .joined(try filters.map { try $0.weights(parameters).paddedToBlocks() })
    case .spaceToDepth(let filter): try filter.weights(parameters).spaceToDepth()
    case .stacked(let filters): .joined(try filters.map { try $0.weights(parameters) })
    case .diagonal(let filters): .diagonal(try filters.map { try $0.weights(parameters) })
    case .keeping(let kept, let filter, let first): try filter.weights(parameters).keeping(kept, from: first)
    case .transposed(let stored): try Filter.stored(stored).weights(parameters).phases
    case .squared(let stored): try Filter.stored(stored).weights(parameters).squared
    }
  }
}

/// A filter as the weights hold it: `NAME/kernel`, [axes of the kernel][inputs][outputs], and `NAME/bias`, [outputs].
public struct StoredFilter: Hashable, Sendable {
  public let name: String
  public let kernel: Volume
  /// How many axes the tensor has for the kernel: none of a dense layer, 2 (height, width) or 3 (time before them).
  public let axes: Int
  public let inputs: Int
  public let outputs: Int
  public let hasBias: Bool

  public init(_ name: String, kernel: Volume, axes: Int, inputs: Int, outputs: Int, hasBias: Bool) {
    precondition(
      axes == 3 || axes == 2 && kernel.frames == 1 || axes == 0 && kernel == .one,
      "StoredFilter: this kernel has other axes")
    self.name = name
    self.kernel = kernel
    self.axes = axes
    self.inputs = inputs
    self.outputs = outputs
    self.hasBias = hasBias
  }

  var kernelParameter: Parameter {
    let sides = [kernel.frames, kernel.height, kernel.width].suffix(axes)
    return Parameter(name + "/kernel", sides + [inputs, outputs], .kernel)
  }
  var biasParameter: Parameter? { hasBias ? Parameter(name + "/bias", [outputs], .offset) : nil }
}

/// Which channels of a filter.
public struct FilterPart: Hashable, Sendable {
  public let inputs: [Range<Int>]
  public let outputs: Range<Int>
  /// Whether its sums begin with the bias: one of the parts of a sum has it.
  public let hasBias: Bool

  public init(inputs: [Range<Int>], outputs: Range<Int>, hasBias: Bool = true) {
    self.inputs = inputs
    self.outputs = outputs
    self.hasBias = hasBias
  }
}

extension ConvolutionWeights {
  /// - Parameter value: by tap, input and output.
  private init(
    _ kernel: Volume, inputs: Int, outputs: Int, bias: [Float], products: Int, _ value: (Int, Int, Int) -> Float
  ) {
    var values: [Float] = []
    values.reserveCapacity(kernel.count * inputs * outputs)
    for tap in 0..<kernel.count {
      for input in 0..<inputs { for output in 0..<outputs { values.append(value(tap, input, output)) } }
    }
    self.init(
      kernel: kernel, inputChannels: inputs, outputChannels: outputs, values: values, bias: bias, products: products)
  }

  private func value(_ tap: Int, _ input: Int, _ output: Int) -> Float {
    values[(tap * inputChannels + input) * outputChannels + output]
  }

  fileprivate static func diagonal(_ parts: [ConvolutionWeights]) -> ConvolutionWeights {
    var (inputs, outputs): ([(part: Int, own: Int)], [(part: Int, own: Int)]) = ([], [])
    for (index, part) in parts.enumerated() {
      inputs += (0..<part.inputChannels).map { (index, $0) }
      outputs += (0..<part.outputChannels).map { (index, $0) }
    }
    let products = parts.reduce(0) { $0 + $1.products * $1.outputChannels } / outputs.count
    return ConvolutionWeights(
      parts[0].kernel, inputs: inputs.count, outputs: outputs.count, bias: parts.flatMap(\.bias), products: products
    ) { tap, input, output in
      let (from, to) = (inputs[input], outputs[output])
      return from.part == to.part ? parts[from.part].value(tap, from.own, to.own) : 0
    }
  }

  fileprivate func keeping(_ kept: Int, from first: Int) -> ConvolutionWeights {
    let middle = kernel.count / 2
    return ConvolutionWeights(
      kernel, inputs: first + inputChannels, outputs: kept + outputChannels,
      bias: [Float](repeating: 0, count: kept) + bias, products: products * outputChannels / (kept + outputChannels)
    ) { tap, input, output in
      if output < kept { return input == output && tap == middle ? 1 : 0 }
      return input < first ? 0 : value(tap, input - first, output - kept)
    }
  }

  /// Of the transposed convolution: output row 2y takes taps 3 and 1 of rows y − 1 and y, row 2y + 1 taps 2 and 0 of y and y + 1.
  fileprivate var phases: ConvolutionWeights {
    let taps = [[3, 1, nil], [nil, 2, 0]]
    return ConvolutionWeights(
      Volume(1, 3, 3), inputs: inputChannels, outputs: 4 * outputChannels, bias: (0..<4).flatMap { _ in bias },
      products: 4 * inputChannels
    ) { tap, input, output in
      let (phase, channel) = output.quotientAndRemainder(dividingBy: outputChannels)
      guard let y = taps[phase / 2][tap / 3], let x = taps[phase % 2][tap % 3] else { return 0 }
      return value(4 * y + x, input, channel)
    }
  }

  /// Output (a, b) of a square sees the taps from row a and column b on.
  fileprivate var squared: ConvolutionWeights {
    ConvolutionWeights(
      Volume(1, 4, 4), inputs: inputChannels, outputs: 4 * outputChannels, bias: (0..<4).flatMap { _ in bias },
      products: 9 * inputChannels
    ) { tap, input, output in
      let (phase, channel) = output.quotientAndRemainder(dividingBy: outputChannels)
      let (y, x) = (tap / 4 - phase / 2, tap % 4 - phase % 2)
      return (0..<3).contains(y) && (0..<3).contains(x) ? value(3 * y + x, input, channel) : 0
    }
  }

  fileprivate func part(_ part: FilterPart) -> ConvolutionWeights {
    var taken: [Float] = []
    taken.reserveCapacity(kernel.count * part.inputs.reduce(0) { $0 + $1.count } * part.outputs.count)
    for tap in 0..<kernel.count {
      for input in part.inputs.joined() {
        let row = (tap * inputChannels + input) * outputChannels
        taken += values[row + part.outputs.lowerBound..<row + part.outputs.upperBound]
      }
    }
    return ConvolutionWeights(
      kernel: kernel, inputChannels: part.inputs.reduce(0) { $0 + $1.count }, outputChannels: part.outputs.count,
      values: taken,
      bias: part.hasBias ? Array(bias[part.outputs]) : [Float](repeating: 0, count: part.outputs.count))
  }

  fileprivate func normalised(_ normalisation: BatchNormalisation, _ parameters: some Parameters) throws
    -> ConvolutionWeights
  {
    let (scale, offset) = try normalisation.factors(outputChannels, parameters)
    let factors = scale.map(Float.init)
    return ConvolutionWeights(
      kernel: kernel, inputChannels: inputChannels, outputChannels: outputChannels, values: multiplied(by: factors),
      bias: bias.indices.map { Float(Double(bias[$0]) * scale[$0] + offset[$0]) })
  }

  fileprivate func scaled(_ factors: (Int) throws -> [Float]) rethrows -> ConvolutionWeights {
    let factors = try factors(outputChannels)
    return ConvolutionWeights(
      kernel: kernel, inputChannels: inputChannels, outputChannels: outputChannels, values: multiplied(by: factors),
      bias: zip(bias, factors).map { $0 * $1 })
  }

  private func multiplied(by factors: [Float]) -> [Float] {
    var values = values
    values.withUnsafeMutableBufferPointer { values in
      for row in 0..<kernel.count * inputChannels {
        let base = row * outputChannels
        for channel in 0..<outputChannels { values[base + channel] *= factors[channel] }
      }
    }
    return values
  }

  /// (w − mean) / (deviation + epsilon) over the taps and input channels of each output channel; the bias stays.
  fileprivate func weightStandardised(epsilon: Double) -> ConvolutionWeights {
    let rows = kernel.count * inputChannels
    var values = values
    for channel in 0..<outputChannels {
      let own = (0..<rows).map { Double(self.values[$0 * outputChannels + channel]) }
      let mean = own.reduce(0, +) / Double(rows)
      let squares = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (squares / Double(max(rows - 1, 1))).squareRoot() + epsilon
      for row in 0..<rows { values[row * outputChannels + channel] = Float((own[row] - mean) / deviation) }
    }
    return ConvolutionWeights(
      kernel: kernel, inputChannels: inputChannels, outputChannels: outputChannels, values: values, bias: bias)
  }

  /// w/deviation, and −Σ w/deviation·mean added to the bias.
  fileprivate func standardised(_ standardisation: Standardisation) -> ConvolutionWeights {
    precondition(
      standardisation.factor == 1 && standardisation.offset == 0, "Filter: only mean and deviation are multiplied in")
    var values = values
    var bias = bias.map(Double.init)
    for row in 0..<kernel.count * inputChannels {
      let mean = Double(standardisation.mean[row % inputChannels])
      let deviation = Double(standardisation.deviation[row % inputChannels])
      for channel in 0..<outputChannels {
        let scaled = Double(values[row * outputChannels + channel]) / deviation
        values[row * outputChannels + channel] = Float(scaled)
        bias[channel] -= scaled * mean
      }
    }
    return ConvolutionWeights(
      kernel: kernel, inputChannels: inputChannels, outputChannels: outputChannels, values: values,
      bias: bias.map(Float.init))
  }
}

import Kernels
import Tensors

/// Binds the nodes of a graph to activations and kernels, in order.
struct CPUBinding {
  let layout: CPULayout
  let device: CPUDevice
  let workspace: Workspace
  /// By node, of the program itself or of the one that it is a twin of.
  var shared: [Int: CPUShared]

  private(set) var input: CPUInput?
  /// Activations whose halo is cleared before the input is copied.
  private(set) var cleared: [Activation] = []
  private(set) var steps: [CPUStep] = []
  private(set) var head = CPUHead()

  let memory: ActivationMemory
  /// Where the head computes a value.
  var vectors: [Graph.Value: Int] = [:]

  var graph: Graph { layout.graph }
  var table: KernelTable { device.table }

  init(layout: CPULayout, device: CPUDevice, workspace: Workspace, shared: [Int: CPUShared]) {
    self.layout = layout
    self.device = device
    self.workspace = workspace
    self.shared = shared
    memory = ActivationMemory(floats: layout.plan.count)
  }

  mutating func bind(_ parameters: some Parameters) throws {
    for index in graph.nodes.indices where layout.bands[index - 1] == nil {
      if let bands = layout.bands[index] { try bind(index, bands, parameters) } else { try bind(index, parameters) }
      if index + 1 == graph.loop?.upperBound { try carryStates() }
    }
    head.outputs = try graph.outputs.map { output in
      if let vector = vectors[output] { return .vector(vector) }
      guard let node = graph.nodes.first(where: { $0.outputs.contains(output) }) else {
        preconditionFailure("Graph: an output that no node makes")
      }
      let isUnit = node.operation == .unitLength
      return .values(try activation(isUnit ? node.inputs[0] : output, of: node), isUnit: isUnit)
    }
  }

  mutating func bind(_ index: Int, _ parameters: some Parameters) throws {
    let node = graph.nodes[index]
    switch node.operation {
    case .input:
      if let image = layout.activation(node.outputs[0], in: memory) { try enter(index, .image(image, nil)) }
    case .standardisation(let standardisation):
      try enter(index, .image(try activation(node.outputs[0], of: node), standardisation))
    case .spaceToDepth: try enter(index, .squares(SpaceToDepth(into: try activation(node.outputs[0], of: node))))
    case .embedding(let embedding):
      let table = try self.table(index, embedding, parameters)
      shared[index] = .embedding(table)
      try enter(index, .ids(try activation(node.outputs[0], of: node), table))
    case .convolution(let sum):
      if node.isLate(in: graph) {
        try add(index, vectorOperation(index, sum, parameters))
      } else {
        try convolve(index, sum, parameters, .all)
      }
    case .maxPool(let window): try pool(index, window, .all)
    case .averagePool(let window, let rectifies):
      guard window.stride == .one, window.padding == .same else {
        throw unsupported(node, "average pools have stride 1 and padding \"same\"")
      }
      add(
        index,
        .averagePooling(
          AveragePooling(
            kernel: window.size, rectify: rectifies, input: try activation(node.inputs[0], of: node),
            output: try activation(node.outputs[0], of: node), with: table)))
    case .batchNormalisation, .rectifier, .scale: throw unsupported(node, "no convolution stands before it")
    case .function(let kind):
      add(
        index,
        .function(
          ValueFunction(
            kind, of: try activation(node.inputs[0], of: node), into: try activation(node.outputs[0], of: node),
            with: table)))
    case .sum(let rectifies):
      add(
        index,
        .addition(
          Addition(
            try activation(node.inputs[0], of: node), try activation(node.inputs[1], of: node), rectify: rectifies,
            into: try activation(node.outputs[0], of: node), with: table)))
    case .concatenation:
      if node.isLate(in: graph) {
        try add(index, .concatenation(node.inputs.map { try vector($0, of: node) }))
      } else {
        try copyParts(index)
      }
    case .tokens(let tokens): try addTokens(index, tokens, parameters)
    case .layerNormalisation(_, let epsilon):
      if node.isLate(in: graph) {
        try add(index, vectorNormalisation(index, epsilon, parameters))
      } else {
        try normalise(index, epsilon, parameters)
      }
    case .groupNormalisation(_, let groups, let epsilon, let rectifies):
      try normaliseGroups(index, groups, epsilon, rectifies, parameters)
    case .flattenedFrames:
      add(
        index,
        .flattening(
          FlattenedFrames(
            try activation(node.inputs[0], of: node), into: try activation(node.outputs[0], of: node))))
    case .attention(let heads, let isCausal):
      guard case .rows(let tokens, _) = graph.shape(node.outputs[0]) else { return }
      add(
        index,
        .attention(
          Attention(
            tokens: tokens, heads: heads, isCausal: isCausal, input: try activation(node.inputs[0], of: node),
            output: try activation(node.outputs[0], of: node), with: table)))
    case .row(let row):
      guard case .rows(let rows, _) = graph.shape(node.inputs[0]) else { return }
      add(index, .row(try activation(node.inputs[0], of: node), rows: rows, row))
    case .mean(let windows):
      guard case .maps(_, let volume) = graph.shape(node.inputs[0]) else { return }
      // A frame counts as often as it is in a window.
      let weights = (0..<volume.frames).map { frame in
        Double(min(frame, volume.frames - windows) - max(frame - windows + 1, 0) + 1)
      }
      add(index, .mean(try activation(node.inputs[0], of: node), weights: weights))
    case .unitLength:
      guard graph.outputs.contains(node.outputs[0]) else { throw unsupported(node, "it is not an output") }
    case .centredUnit: try add(index, .centredUnit(of: vector(node.inputs[0], of: node)))
    case .instanceNormalisation(let epsilon, let rectifies):
      add(
        index,
        .instanceNormalisation(
          InstanceNormalisation(
            epsilon: epsilon, rectify: rectifies, input: try activation(node.inputs[0], of: node),
            output: try activation(node.outputs[0], of: node), with: table)))
    case .slice(let slice):
      add(
        index,
        .copy(
          ChannelCopy(
            slice.channels, frames: slice.frames, of: try activation(node.inputs[0], of: node),
            into: try activation(node.outputs[0], of: node), at: 0)))
    case .state:
      let state = try activation(node.outputs[0], of: node)
      if let first = node.inputs.first {
        add(index, .copy(ChannelCopy(whole: try activation(first, of: node), into: state, at: 0)))
      } else {
        add(index, .constant(Constant(0, into: state)))
      }
    case .gate(let kind):
      add(
        index,
        .gate(
          GRUGate(
            kind, of: try node.inputs.map { try activation($0, of: node) },
            into: try activation(node.outputs[0], of: node), with: table)))
    case .correlation:
      add(
        index,
        .correlation(
          Correlation(
            try activation(node.inputs[0], of: node), try activation(node.inputs[1], of: node),
            into: try planes(node.outputs[0], of: node), with: table, workspace: workspace)))
    case .halvedPlanes:
      add(
        index,
        .halving(
          HalvedPlanes(
            try planes(node.inputs[0], of: node), into: try planes(node.outputs[0], of: node), with: table)))
    case .lookUp(let radius):
      add(
        index,
        .lookUp(
          LookUp(
            flow: try activation(node.inputs[0], of: node),
            levels: try node.inputs.dropFirst().map { try planes($0, of: node) }, radius: radius,
            into: try activation(node.outputs[0], of: node), with: table)))
    case .convexUpsampling(let factor, let maskFactor):
      add(
        index,
        .convexUpsampling(
          ConvexUpsampling(
            flow: try activation(node.inputs[0], of: node), mask: try activation(node.inputs[1], of: node),
            factor: factor, maskFactor: maskFactor, into: try activation(node.outputs[0], of: node), with: table)))
    case .warp(let warped):
      add(
        index,
        .warp(
          Warp(
            try activation(node.inputs[0], of: node).frames(warped.frame..<warped.frame + 1),
            by: try activation(node.inputs[1], of: node), channel: warped.channel, edge: warped.edge,
            into: try activation(node.outputs[0], of: node), with: table)))
    case .slopes(let slopes):
      let values = try shared[index]?.slopes ?? SlopeValues(slopes.values(channels(node.inputs[0]), parameters))
      shared[index] = .slopes(values)
      add(
        index,
        .slopes(
          NegativeSlopes(
            values, of: try activation(node.inputs[0], of: node), into: try activation(node.outputs[0], of: node),
            with: table)))
    case .depthToSpace:
      add(
        index,
        .depthToSpace(
          DepthToSpace(try activation(node.inputs[0], of: node), into: try activation(node.outputs[0], of: node))))
    case .constant(let value):
      add(index, .constant(Constant(value, into: try activation(node.outputs[0], of: node))))
    case .centred:
      add(
        index,
        .centring(Centring(try activation(node.inputs[0], of: node), into: try activation(node.outputs[0], of: node))))
    case .resampled(let resampled):
      add(
        index,
        .resampling(
          Resampling(
            try activation(node.inputs[0], of: node), scale: resampled.scale,
            factors: resampled.factors(channels(node.inputs[0])),
            addedTo: try node.inputs.dropFirst().first.map { try activation($0, of: node) },
            into: try activation(node.outputs[0], of: node), with: table)))
    case .localCorrelation(let radius, let factor):
      add(
        index,
        .localCorrelation(
          LocalCorrelation(
            flow: try activation(node.inputs[0], of: node), factor: factor,
            levels: try node.inputs.dropFirst().map { try activation($0, of: node) }, radius: radius,
            into: try activation(node.outputs[0], of: node), with: table)))
    case .blendedFields(let count):
      add(
        index,
        .blending(
          FieldBlending(
            try activation(node.inputs[0], of: node), fields: try activation(node.inputs[1], of: node),
            addedTo: try activation(node.inputs[2], of: node), count: count,
            into: try activation(node.outputs[0], of: node), with: table)))
    case .meanFrame:
      add(
        index,
        .meanFrame(
          FrameMean(
            try activation(node.inputs[0], of: node), adding: try activation(node.inputs[1], of: node),
            into: try activation(node.outputs[0], of: node))))
    }
  }

  func channels(_ value: Graph.Value) -> Int { graph.shape(value).channels ?? 0 }

  // MARK: Steps

  mutating func enter(_ index: Int, _ input: CPUInput) throws {
    guard self.input == nil else { throw unsupported(graph.nodes[index], "the input is wanted in two forms") }
    self.input = input
    cleared += layout.halosToClear(at: index, in: memory)
  }

  /// - Parameter isFirst: whether it is the node's first step.
  mutating func add(_ index: Int, _ kernel: CPUStep.Kernel, isFirst: Bool = true) {
    steps.append(
      CPUStep(
        node: index, name: graph.nodes[index].name, kernel: kernel, isFirst: isFirst,
        cleared: isFirst ? layout.halosToClear(at: index, in: memory) : [],
        turns: graph.nodes[index].isRepeated ? graph.turns : 1))
  }

  /// What of a concatenation does not lie in its place: parts of two, and those that begin inside of a block.
  mutating func copyParts(_ index: Int) throws {
    let node = graph.nodes[index]
    let whole = try activation(node.outputs[0], of: node)
    var first = 0
    var isFirst = true
    for part in node.inputs {
      let channels = graph.shape(part).channels ?? 0
      if layout.isCopied(part, into: node) {
        add(
          index, .copy(ChannelCopy(whole: try activation(part, of: node), into: whole, at: first)), isFirst: isFirst)
        isFirst = false
      }
      first += channels
    }
  }

  /// The end of a turn of the loop.
  mutating func carryStates() throws {
    for carried in graph.carried {
      guard let index = graph.nodes.firstIndex(where: { $0.outputs.contains(carried.state) }) else { continue }
      let node = graph.nodes[index]
      let copy = ChannelCopy(
        whole: try activation(carried.next, of: node), into: try activation(carried.state, of: node), at: 0)
      steps.append(
        CPUStep(
          node: index, name: node.name, kernel: .copy(copy), isFirst: false, cleared: [], turns: graph.turns))
    }
  }

  /// Two layers in turns over the bands of what lies between them.
  mutating func bind(_ index: Int, _ bands: CPUBands, _ parameters: some Parameters) throws {
    for band in bands.ranges {
      try bind(index, .first(band, of: bands), parameters)
      try bind(index + 1, .second(band), parameters)
    }
  }

  /// A layer that can be computed for some frames.
  mutating func bind(_ index: Int, _ turn: CPUTurn, _ parameters: some Parameters) throws {
    switch graph.nodes[index].operation {
    case .convolution(let sum): try convolve(index, sum, parameters, turn)
    case .maxPool(let window): try pool(index, window, turn)
    case .input, .standardisation, .spaceToDepth, .averagePool, .batchNormalisation, .rectifier, .function, .scale,
      .sum, .concatenation, .tokens, .embedding, .layerNormalisation, .groupNormalisation, .flattenedFrames,
      .attention, .row, .mean, .unitLength,
      .centredUnit, .instanceNormalisation, .slice, .state, .gate, .correlation, .halvedPlanes, .lookUp,
      .convexUpsampling, .warp, .slopes, .depthToSpace, .constant, .centred, .resampled, .localCorrelation,
      .blendedFields, .meanFrame:
      preconditionFailure("CPUBands: convolutions and max pools take turns")
    }
  }

  mutating func pool(_ index: Int, _ window: Window, _ turn: CPUTurn) throws {
    let node = graph.nodes[index]
    let share = CPUShare(
      window, input: try activation(node.inputs[0], of: node), outputs: [try activation(node.outputs[0], of: node)],
      turn)
    let pooling = MaxPooling(
      kernel: window.size, stride: window.stride, padded: share.padded, input: share.input, output: share.outputs[0],
      with: table)
    add(index, .maxPooling(pooling), isFirst: turn.isFirst)
  }

  mutating func convolve(
    _ index: Int, _ sum: FilteredSum, _ parameters: some Parameters, _ turn: CPUTurn
  ) throws {
    let node = graph.nodes[index]
    var twin: Convolution?
    if case .convolution(let other)? = shared[index] { twin = other }
    let share = CPUShare(
      sum.window, input: try activation(node.inputs[0], of: node),
      outputs: try node.outputs.map { try activation($0, of: node) }, turn)
    let problem = ConvolutionProblem(
      weights: try twin?.problem.weights ?? sum.filter.weights(parameters), stride: sum.stride, padded: share.padded,
      presentFrames: share.presentFrames, rectify: sum.rectifies,
      slopes: try twin?.problem.slopes ?? slopes(sum, parameters), input: share.input,
      outputs: share.outputs.flatMap { OutputBlock.blocks(of: $0, from: 0, count: $0.layout.blocks) })
    let convolution = Convolution(problem, with: table, workspace: workspace, twin: twin)
    shared[index] = .convolution(convolution)
    add(index, .convolution(convolution), isFirst: turn.isFirst)
  }

  /// Those of outputs that are computed together lie one behind the other, each in whole blocks.
  func slopes(_ sum: FilteredSum, _ parameters: some Parameters) throws -> SlopeValues? {
    guard !sum.slopes.isEmpty else { return nil }
    let lanes = ActivationLayout.block
    var values: [Float] = []
    for (slopes, channels) in zip(sum.slopes, sum.filter.outputs) {
      values += [Float](repeating: 0, count: (lanes - values.count % lanes) % lanes)
      values += try slopes.values(channels, parameters)
    }
    return SlopeValues(values)
  }

  // MARK: The head

  mutating func add(_ index: Int, _ operation: CPUHead.Operation) {
    vectors[graph.nodes[index].outputs[0]] = head.operations.count
    head.operations.append(operation)
  }
}

import Kernels
import Tensors

extension Graph {
  /// The graph as an ONNX model (operator set 17), its weights inside: for other runtimes, and for them to check this one.
  ///
  /// The input is what programs take, [N][T][H][W][C] or [N][ids] as int64; the outputs are those of a program, in order, named
  /// `output_1`, ... Operations are the graph's own: export a graph as its network builds it, not as passes leave it.
  ///
  /// The turns of a loop are written one after the other, with the same weights.
  ///
  /// - Throws: what `parameters` throws.
  public func onnx(_ parameters: some Parameters) throws -> [UInt8] {
    var export = ONNXExport(graph: self)
    try export.write(parameters)
    return export.model.bytes(producer: "vidmetrics")
  }
}

/// Maps are [N][C][T][H][W], rows [N][R][C], vectors [N][C].
struct ONNXExport {
  let graph: Graph
  var model: ONNXModel
  private var names: [Graph.Value: String] = [:]
  /// Kernel and bias of what is written already, by the node's name and the part of it.
  private var tensors: [String: (kernel: String, bias: String)] = [:]
  /// Correlation volumes that are written already, by what they are of.
  var planes: [String: String] = [:]

  init(graph: Graph) {
    self.graph = graph
    model = ONNXModel(name: graph.name)
  }

  mutating func write(_ parameters: some Parameters) throws {
    let loop = graph.loop ?? 0..<0
    for node in graph.nodes[..<loop.lowerBound] { try add(node, parameters) }
    for _ in 0..<(loop.isEmpty ? 0 : graph.turns) {
      for node in graph.nodes[loop] { try add(node, parameters) }
      let next = graph.carried.map { self[$0.next] }
      for (carried, name) in zip(graph.carried, next) { names[carried.state] = name }
    }
    for node in graph.nodes[loop.upperBound...] { try add(node, parameters) }
    for (index, output) in graph.outputs.enumerated() {
      let name = "output_\(index + 1)"
      switch graph.shape(output) {
      case .maps(let channels, let volume):
        _ = model.node("Transpose", [self[output]], [("perm", .integers([0, 2, 3, 4, 1]))], name: name)
        model.output(name, [volume.frames, volume.height, volume.width, channels])
      case .rows(let count, let channels):
        _ = model.node("Identity", [self[output]], name: name)
        model.output(name, [count, channels])
      case .vector(let count), .ids(let count):
        _ = model.node("Identity", [self[output]], name: name)
        model.output(name, [count])
      case .planes(let count, let height, let width):
        _ = model.node("Reshape", [self[output], model.constant([-1, count, height, width])], name: name)
        model.output(name, [count, height, width])
      }
    }
  }

  private mutating func add(_ node: Graph.Node, _ parameters: some Parameters) throws {
    if case .convolution(let sum) = node.operation, case .joined(let filters) = sum.filter, node.outputs.count > 1 {
      for (index, (output, filter)) in zip(node.outputs, filters).enumerated() {
        var own = sum
        own.filter = filter
        own.slopes = sum.slopes.isEmpty ? [] : [sum.slopes[index]]
        names[output] = try convolution(self[node.inputs[0]], node, own, parameters, part: index)
      }
    } else {
      names[node.outputs[0]] = try write(node, parameters)
    }
  }

  subscript(value: Graph.Value) -> String { names[value] ?? "" }

  private mutating func write(_ node: Graph.Node, _ parameters: some Parameters) throws -> String {
    let x = node.inputs.first.map { self[$0] } ?? ""
    switch node.operation {
    case .input: return input(node)
    case .standardisation(let values): return standardised(x, values)
    case .spaceToDepth: return squares(x, node)
    case .convolution(let sum): return try convolution(x, node, sum, parameters)
    case .maxPool(let window): return model.node("MaxPool", [x], attributes(node, window))
    case .averagePool(let window, let rectifies):
      let pooled = model.node(
        "AveragePool", [x], attributes(node, window) + [("count_include_pad", .integer(0))])
      return rectifies ? model.node("Relu", [pooled]) : pooled
    case .batchNormalisation(let normalisation):
      let channels = graph.shape(node.outputs[0]).channels ?? 0
      let (scale, offset) = try normalisation.factors(channels, parameters)
      let zeros = model.constant([Float](repeating: 0, count: channels), [channels])
      let ones = model.constant([Float](repeating: 1, count: channels), [channels])
      // As factors and offsets: epsilon is in them.
      return model.node(
        "BatchNormalization",
        [
          x, model.constant(scale.map(Float.init), [channels]), model.constant(offset.map(Float.init), [channels]),
          zeros, ones,
        ], [("epsilon", .float(0))])
    case .rectifier: return model.node("Relu", [x])
    case .function(let kind): return function(x, kind)
    case .scale(let name):
      return model.node("Mul", [x, try channels(Parameter(name, [channelCount(node)], .factor), of: node, parameters)])
    case .sum(let rectifies):
      let sum = model.node("Add", [x, self[node.inputs[1]]])
      return rectifies ? model.node("Relu", [sum]) : sum
    case .concatenation: return model.node("Concat", node.inputs.map { self[$0] }, [("axis", .integer(1))])
    case .tokens(let tokens): return try rows(x, node, tokens, parameters)
    case .embedding(let embedding):
      let tensors = embedding.parameters(context: graph.shape(node.inputs[0]).count)
      let tables = try tensors.map { model.constant(try parameters.values($0), $0.shape) }
      return model.node("Add", [model.node("Gather", [tables[0], x]), tables[1]])
    case .layerNormalisation(_, let epsilon):
      let tensors = try graph.parameters(of: node).map { model.constant(try parameters.values($0), $0.shape) }
      return model.node("LayerNormalization", [x] + tensors, [("axis", .integer(-1)), ("epsilon", .float(epsilon))])
    case .groupNormalisation(_, let groups, let epsilon, let rectifies):
      return try groupNormalised(x, node, groups, epsilon, rectifies, parameters)
    case .flattenedFrames:
      guard case .rows(let count, let channels) = graph.shape(node.outputs[0]) else { return x }
      let moved = model.node("Transpose", [x], [("perm", .integers([0, 2, 3, 4, 1]))])
      return model.node("Reshape", [moved, model.constant([0, count, channels])])
    case .attention(let heads, let isCausal): return attention(x, node, heads, isCausal)
    case .row(.first):
      let first = model.node("Gather", [x, model.constant([0])], [("axis", .integer(1))])
      return model.node("Squeeze", [first, model.constant([1])])
    case .row(.ofLargestID):
      let place = model.node("ArgMax", [self[node.inputs[1]]], [("axis", .integer(1)), ("keepdims", .integer(1))])
      return model.node("GatherND", [x, place], [("batch_dims", .integer(1))])
    case .mean(let windows): return mean(x, node, windows)
    case .unitLength:
      let length = model.node("ReduceL2", [x], [("axes", .integers([1])), ("keepdims", .integer(1))])
      return model.node("Div", [x, model.node("Add", [length, model.constant([1e-10], [1])])])
    case .centredUnit:
      let mean = model.node("ReduceMean", [x], [("axes", .integers([1])), ("keepdims", .integer(1))])
      let centred = model.node("Sub", [x, mean])
      let length = model.node("ReduceL2", [centred], [("axes", .integers([1])), ("keepdims", .integer(1))])
      return model.node("Div", [centred, length])
    case .instanceNormalisation(let epsilon, let rectifies): return normalised(x, epsilon, rectifies)
    case .slice(let slice):
      return model.node(
        "Slice",
        [
          x, model.constant([slice.channels.lowerBound, slice.frames.lowerBound]),
          model.constant([slice.channels.upperBound, slice.frames.upperBound]), model.constant([1, 2]),
        ])
    case .state:
      guard node.inputs.isEmpty, case .maps(let channels, let volume) = graph.shape(node.outputs[0]) else { return x }
      return constant(0, [channels] + volume.sides)
    case .gate(.reset):
      return model.node("Mul", [model.node("Sigmoid", [sum(node.inputs[1], node.inputs[2])]), x])
    case .gate(.update):
      let share = model.node("Sigmoid", [sum(node.inputs[1], node.inputs[2])])
      let candidate = model.node("Tanh", [sum(node.inputs[3], node.inputs[4])])
      let kept = model.node("Mul", [model.node("Sub", [model.constant([1], [1]), share]), x])
      return model.node("Add", [kept, model.node("Mul", [share, candidate])])
    case .correlation: return correlation(x, node)
    case .halvedPlanes:
      return model.node("AveragePool", [x], [("kernel_shape", .integers([2, 2])), ("strides", .integers([2, 2]))])
    case .lookUp(let radius): return lookUp(x, node, radius)
    case .convexUpsampling(let factor, let maskFactor): return upsampling(x, node, factor, maskFactor)
    case .warp(let warped): return warp(x, node, warped)
    case .slopes(let slopes): return try sloped(x, slopes, channelCount(node), parameters)
    case .depthToSpace: return squaresApart(x, node)
    case .constant(let value):
      guard case .maps(let channels, let volume) = graph.shape(node.outputs[0]) else { return x }
      return constant(value, [channels] + volume.sides)
    case .centred:
      let mean = model.node("ReduceMean", [x], [("axes", .integers([1, 2, 3, 4])), ("keepdims", .integer(1))])
      return model.node("Sub", [x, mean])
    case .resampled(let resampled): return self.resampled(x, node, resampled)
    case .localCorrelation(let radius, let factor): return localCorrelation(x, node, radius, factor)
    case .blendedFields(let count): return blendedFields(x, node, count)
    case .meanFrame: return meanFrame(x, node)
    }
  }

  /// One value for each item.
  private mutating func constant(_ value: Float, _ sides: [Int]) -> String {
    let items = model.node("Shape", ["input"], [("start", .integer(0)), ("end", .integer(1))])
    let one = model.constant([value], [1] + sides.map { _ in 1 })
    return model.node(
      "Expand", [one, model.node("Concat", [items, model.constant(sides)], [("axis", .integer(0))])])
  }

  mutating func sloped(_ x: String, _ slopes: Slopes, _ channels: Int, _ parameters: some Parameters) throws -> String {
    switch slopes {
    case .constant(let slope): model.node("LeakyRelu", [x], [("alpha", .float(slope))])
    case .stored:
      model.node("PRelu", [x, model.constant(try slopes.values(channels, parameters), [channels, 1, 1, 1])])
    }
  }

  private func channelCount(_ node: Graph.Node) -> Int { graph.shape(node.outputs[0]).channels ?? 0 }

  private mutating func input(_ node: Graph.Node) -> String {
    switch graph.shape(node.outputs[0]) {
    case .maps(let channels, let volume):
      model.input("input", .float, [volume.frames, volume.height, volume.width, channels])
      return model.node("Transpose", ["input"], [("perm", .integers([0, 4, 1, 2, 3]))])
    case .ids(let count):
      model.input("input", .integer, [count])
      return "input"
    case .rows(let count, let channels):
      model.input("input", .float, [count, channels])
      return "input"
    case .vector(let count):
      model.input("input", .float, [count])
      return "input"
    case .planes(let count, let height, let width):
      model.input("input", .float, [count, height, width])
      return model.node("Reshape", ["input", model.constant([-1, 1, height, width])])
    }
  }

  private mutating func standardised(_ x: String, _ values: Standardisation) -> String {
    let shape = [1, values.mean.count, 1, 1, 1]
    var x = x
    if values.factor != 1 { x = model.node("Mul", [x, model.constant([values.factor], [1])]) }
    if values.offset != 0 { x = model.node("Add", [x, model.constant([values.offset], [1])]) }
    x = model.node("Sub", [x, model.constant(values.mean, shape)])
    return model.node("Div", [x, model.constant(values.deviation, shape)])
  }

  private mutating func squares(_ x: String, _ node: Graph.Node) -> String {
    guard case .maps(let channels, let volume) = graph.shape(node.outputs[0]) else { return x }
    let (t, h, w) = (volume.frames, volume.height, volume.width)
    let split = model.node("Reshape", [x, model.constant([0, channels / 4, t, h, 2, w, 2])])
    let moved = model.node("Transpose", [split], [("perm", .integers([0, 4, 6, 1, 2, 3, 5]))])
    return model.node("Reshape", [moved, model.constant([0, channels, t, h, w])])
  }

  private mutating func squaresApart(_ x: String, _ node: Graph.Node) -> String {
    guard case .maps(let channels, let volume) = graph.shape(node.outputs[0]) else { return x }
    let (t, h, w) = (volume.frames, volume.height / 2, volume.width / 2)
    let split = model.node("Reshape", [x, model.constant([0, 2, 2, channels * t, h, w])])
    let moved = model.node("Transpose", [split], [("perm", .integers([0, 3, 4, 1, 5, 2]))])
    return model.node("Reshape", [moved, model.constant([0, channels, t, 2 * h, 2 * w])])
  }

  private mutating func convolution(
    _ x: String, _ node: Graph.Node, _ sum: FilteredSum, _ parameters: some Parameters, part: Int? = nil
  ) throws -> String {
    let name = node.name + (part.map { "/\($0)" } ?? "")
    if case .maps = graph.shape(node.outputs[0]), let known = tensors[name] {
      let result = model.node(
        "Conv", [x, known.kernel, known.bias],
        attributes(node, Window(sum.filter.kernel, stride: sum.stride, padding: sum.padding)))
      return try finished(result, sum, parameters)
    }
    let weights = try sum.filter.weights(parameters)
    let (inputs, outputs) = (weights.inputChannels, weights.outputChannels)
    let kernel = weights.kernel
    let result: String
    if case .maps = graph.shape(node.outputs[0]) {
      // From [kT][kH][kW][Cin][Cout] to [Cout][Cin][kT][kH][kW].
      let taps = kernel.count
      var values = [Float](repeating: 0, count: weights.values.count)
      for tap in 0..<taps {
        for input in 0..<inputs {
          let source = (tap * inputs + input) * outputs
          for output in 0..<outputs { values[(output * inputs + input) * taps + tap] = weights.values[source + output] }
        }
      }
      let window = Window(kernel, stride: sum.stride, padding: sum.padding)
      let tensor = model.constant(
        values, [outputs, inputs, kernel.frames, kernel.height, kernel.width], name: name + "/kernel")
      let bias = model.constant(weights.bias, [outputs], name: name + "/bias")
      tensors[name] = (tensor, bias)
      result = model.node("Conv", [x, tensor, bias], attributes(node, window))
    } else {
      let tensor = model.constant(weights.values, [inputs, outputs], name: node.name + "/kernel")
      let bias = model.constant(weights.bias, [outputs], name: node.name + "/bias")
      result = model.node("Add", [model.node("MatMul", [x, tensor]), bias])
    }
    return try finished(result, sum, parameters)
  }

  private mutating func finished(_ x: String, _ sum: FilteredSum, _ parameters: some Parameters) throws -> String {
    if let slopes = sum.slopes.first { return try sloped(x, slopes, sum.filter.outputs.reduce(0, +), parameters) }
    return sum.rectifies ? model.node("Relu", [x]) : x
  }

  private func attributes(_ node: Graph.Node, _ window: Window) -> [(String, ONNXModel.Attribute)] {
    guard case .maps(_, let volume) = graph.shape(node.inputs[0]) else { return [] }
    let padded = window.padding.volume(volume, kernel: window.size, stride: window.stride)
    return [
      ("kernel_shape", .integers(window.size.sides)), ("strides", .integers(window.stride.sides)),
      ("pads", .integers(padded.before.sides + padded.after.sides)),
    ]
  }

  private mutating func function(_ x: String, _ kind: ValueFunction.Kind) -> String {
    switch kind {
    case .gelu:
      let erf = model.node("Erf", [model.node("Mul", [x, model.constant([Float(0.5).squareRoot()], [1])])])
      let sum = model.node("Add", [erf, model.constant([1], [1])] as [String])
      return model.node("Mul", [model.node("Mul", [x, sum]), model.constant([0.5], [1])])
    case .quickGELU:
      let sigmoid = model.node("Sigmoid", [model.node("Mul", [x, model.constant([1.702], [1])])])
      return model.node("Mul", [x, sigmoid])
    case .sigmoid: return model.node("Sigmoid", [x])
    case .tanh: return model.node("Tanh", [x])
    }
  }

  private mutating func channels(_ parameter: Parameter, of node: Graph.Node, _ parameters: some Parameters) throws
    -> String
  {
    let isMaps = if case .maps = graph.shape(node.outputs[0]) { true } else { false }
    return model.constant(try parameters.values(parameter), isMaps ? parameter.shape + [1, 1, 1] : parameter.shape)
  }

  /// Each frame by itself: frames stand in the place of items.
  private mutating func groupNormalised(
    _ x: String, _ node: Graph.Node, _ groups: Int, _ epsilon: Float, _ rectifies: Bool, _ parameters: some Parameters
  ) throws -> String {
    guard case .maps(let channels, let volume) = graph.shape(node.outputs[0]) else { return x }
    let frames = model.node("Transpose", [x], [("perm", .integers([0, 2, 1, 3, 4]))])
    let flat = model.node(
      "Reshape", [frames, model.constant([-1, groups, channels / groups * volume.height * volume.width])])
    let ones = model.constant([Float](repeating: 1, count: groups), [groups])
    let zeros = model.constant([Float](repeating: 0, count: groups), [groups])
    let normalised = model.node("InstanceNormalization", [flat, ones, zeros], [("epsilon", .float(epsilon))])
    let again = model.node(
      "Reshape", [normalised, model.constant([-1, volume.frames, channels, volume.height, volume.width])])
    let maps = model.node("Transpose", [again], [("perm", .integers([0, 2, 1, 3, 4]))])
    let tensors = try graph.parameters(of: node).map {
      model.constant(try parameters.values($0), $0.shape + [1, 1, 1])
    }
    let result = model.node("Add", [model.node("Mul", [maps, tensors[0]]), tensors[1]])
    return rectifies ? model.node("Relu", [result]) : result
  }

  private mutating func rows(_ x: String, _ node: Graph.Node, _ tokens: Tokens, _ parameters: some Parameters) throws
    -> String
  {
    guard case .rows(let count, let channels) = graph.shape(node.outputs[0]) else { return x }
    var rows = x
    if case .maps = graph.shape(node.inputs[0]) {
      let flat = model.node("Reshape", [x, model.constant([0, channels, -1])])
      rows = model.node("Transpose", [flat], [("perm", .integers([0, 2, 1]))])
    }
    if let name = tokens.classToken {
      let token = model.constant(try parameters.values(Parameter(name, [channels], .offset)), [1, 1, channels])
      let items = model.node("Shape", [x], [("start", .integer(0)), ("end", .integer(1))])
      let shape = model.node("Concat", [items, model.constant([1, channels])], [("axis", .integer(0))])
      rows = model.node("Concat", [model.node("Expand", [token, shape]), rows], [("axis", .integer(1))])
    }
    let positions = try tokens.positions.values(tokens: count, channels: channels, parameters)
    return model.node("Add", [rows, model.constant(positions, [count, channels])])
  }

  private mutating func attention(_ x: String, _ node: Graph.Node, _ heads: Int, _ isCausal: Bool) -> String {
    guard case .rows(let count, let channels) = graph.shape(node.outputs[0]) else { return x }
    let width = channels / heads
    let split = model.node("Reshape", [x, model.constant([0, 0, 3, heads, width])])
    let parts = (0..<3).map { part in
      let taken = model.node("Gather", [split, model.constant([part])], [("axis", .integer(2))])
      return model.node("Squeeze", [taken, model.constant([2])])
    }
    let q = model.node("Transpose", [parts[0]], [("perm", .integers([0, 2, 1, 3]))])
    let k = model.node("Transpose", [parts[1]], [("perm", .integers([0, 2, 3, 1]))])
    let v = model.node("Transpose", [parts[2]], [("perm", .integers([0, 2, 1, 3]))])
    let factor = model.constant([1 / Float(width).squareRoot()], [1])
    var scores = model.node("Mul", [model.node("MatMul", [q, k]), factor])
    if isCausal {
      let mask = (0..<count * count).map { $0 % count > $0 / count ? Float(-1e30) : 0 }
      scores = model.node("Add", [scores, model.constant(mask, [count, count])])
    }
    let weights = model.node("Softmax", [scores], [("axis", .integer(-1))])
    let mixed = model.node("Transpose", [model.node("MatMul", [weights, v])], [("perm", .integers([0, 2, 1, 3]))])
    return model.node("Reshape", [mixed, model.constant([0, 0, channels])])
  }

  private mutating func mean(_ x: String, _ node: Graph.Node, _ windows: Int) -> String {
    guard case .maps(_, let volume) = graph.shape(node.inputs[0]) else { return x }
    let pooled =
      windows == 1
      ? x
      : model.node(
        "AveragePool", [x],
        [
          ("kernel_shape", .integers([windows, volume.height, volume.width])), ("strides", .integers([1, 1, 1])),
        ])
    return model.node("ReduceMean", [pooled], [("axes", .integers([2, 3, 4])), ("keepdims", .integer(0))])
  }
}

extension Volume {
  var sides: [Int] { [frames, height, width] }
}

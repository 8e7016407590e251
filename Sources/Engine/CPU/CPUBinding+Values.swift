import Kernels
import Tensors

extension CPUBinding {
  mutating func normalise(_ index: Int, _ epsilon: Float, _ parameters: some Parameters) throws {
    let node = graph.nodes[index]
    let (input, output) = (try activation(node.inputs[0], of: node), try activation(node.outputs[0], of: node))
    let normalisation: LayerNormalisation
    if case .normalisation(let other)? = shared[index] {
      normalisation = LayerNormalisation(like: other, input: input, output: output)
    } else {
      let values = try graph.parameters(of: node).map(parameters.values)
      normalisation = LayerNormalisation(
        scale: values[0], offset: values[1], epsilon: epsilon, input: input, output: output, with: table)
      shared[index] = .normalisation(normalisation)
    }
    add(index, .normalisation(normalisation))
  }

  mutating func normaliseGroups(
    _ index: Int, _ groups: Int, _ epsilon: Float, _ rectifies: Bool, _ parameters: some Parameters
  ) throws {
    let node = graph.nodes[index]
    let (input, output) = (try activation(node.inputs[0], of: node), try activation(node.outputs[0], of: node))
    let normalisation: GroupNormalisation
    if case .groupNormalisation(let other)? = shared[index] {
      normalisation = GroupNormalisation(like: other, input: input, output: output)
    } else {
      let values = try graph.parameters(of: node).map(parameters.values)
      normalisation = GroupNormalisation(
        groups: groups, scale: values[0], offset: values[1], epsilon: epsilon, rectifies: rectifies, input: input,
        output: output, with: table)
      shared[index] = .groupNormalisation(normalisation)
    }
    add(index, .groupNormalisation(normalisation))
  }

  mutating func addTokens(_ index: Int, _ tokens: Tokens, _ parameters: some Parameters) throws {
    let node = graph.nodes[index]
    let (patches, output) = (try activation(node.inputs[0], of: node), try activation(node.outputs[0], of: node))
    let rows: TokenRows
    if case .tokens(let other)? = shared[index] {
      rows = TokenRows(like: other, patches: patches, output: output)
    } else {
      let (count, channels) = (output.layout.rows / layout.items, output.layout.channels)
      rows = TokenRows(
        classToken: try tokens.classToken.map { try parameters.values(Parameter($0, [channels], .offset)) },
        positions: try tokens.positions.values(tokens: count, channels: channels, parameters), sequences: layout.items,
        patches: patches, output: output)
      shared[index] = .tokens(rows)
    }
    add(index, .tokens(rows))
  }

  // MARK: Look-ups

  func activation(_ value: Graph.Value, of node: Graph.Node) throws -> Activation {
    guard let activation = layout.activation(value, in: memory) else { throw unsupported(node, "it has no memory") }
    return activation
  }

  func planes(_ value: Graph.Value, of node: Graph.Node) throws -> Planes {
    guard case .planes(_, let height, let width) = graph.shape(value) else {
      throw unsupported(node, "it needs planes")
    }
    return Planes(try activation(value, of: node), height: height, width: width)
  }

  func vector(_ value: Graph.Value, of node: Graph.Node) throws -> Int {
    guard let place = vectors[value] else { throw unsupported(node, "it needs vectors") }
    return place
  }

  func unsupported(_ node: Graph.Node, _ reason: String) -> EngineError {
    .unsupported(device: device.name, node: node.name, reason: reason)
  }
}

extension ChannelCopy {
  /// All of an activation.
  init(whole input: Activation, into output: Activation, at first: Int) {
    self.init(
      0..<input.layout.channels, frames: 0..<input.layout.volume.frames, of: input, into: output, at: first)
  }
}

import Kernels
import Tensors

/// A network as a value: operations on values with shapes, in an order in which they can be computed. It refers to its
/// weights by name; it has neither numbers nor addresses, and no device is known to it.
///
/// A graph is built for given sizes and checks them as it is built. Passes turn it into another that computes the same.
public struct Graph: Sendable, Equatable {
  /// A value, by its place in `shapes`.
  public struct Value: Hashable, Sendable { let index: Int }

  public struct Node: Hashable, Sendable {
    /// The endpoint's name in the paper or the reference program.
    public var name: String
    public var operation: Operation
    public var inputs: [Value]
    /// One, but for joined convolutions.
    public var outputs: [Value]
    /// Whether it is a part of the graph's loop.
    public internal(set) var isRepeated = false
  }

  public let name: String
  /// Before the names of its parameters: `dino/`.
  public var prefix = ""
  public internal(set) var nodes: [Node] = []
  public internal(set) var outputs: [Value] = []
  /// Turns of its loop, which are the nodes in a row that are repeated; 1 where it has none.
  public internal(set) var turns = 1
  /// What each state of the loop is in the next turn.
  public internal(set) var carried: [Carried] = []
  private var shapes: [Shape] = []

  /// A state, and what it becomes at the end of a turn.
  public struct Carried: Sendable, Equatable {
    public let state: Value
    public let next: Value
  }

  public init(_ name: String) { self.name = name }

  public func shape(_ value: Value) -> Shape { shapes[value.index] }

  /// Adds a node with one output.
  public mutating func add(_ name: String, _ operation: Operation, _ inputs: [Value], _ shape: Shape) -> Value {
    let output = value(shape)
    nodes.append(Node(name: prefix + name, operation: operation, inputs: inputs, outputs: [output]))
    return output
  }

  /// Adds a node with several outputs.
  mutating func add(_ name: String, _ operation: Operation, _ inputs: [Value], _ shapes: [Shape]) -> [Value] {
    let outputs = shapes.map { value($0) }
    nodes.append(Node(name: prefix + name, operation: operation, inputs: inputs, outputs: outputs))
    return outputs
  }

  mutating func value(_ shape: Shape) -> Value {
    shapes.append(shape)
    return Value(index: shapes.count - 1)
  }

  /// Says which values come out.
  public mutating func finish(_ outputs: Value...) { self.outputs = outputs }
  public mutating func finish(_ outputs: [Value]) { self.outputs = outputs }

  /// The nodes that read a value, by their place.
  func readers(of value: Value) -> [Int] { nodes.indices.filter { nodes[$0].inputs.contains(value) } }

  /// The only reader of a value that is not an output.
  func onlyReader(of value: Value) -> Int? {
    let readers = readers(of: value)
    return readers.count == 1 && !isKept(value) ? readers[0] : nil
  }

  /// Whether somebody who is not a node reads it.
  func isKept(_ value: Value) -> Bool { outputs.contains(value) || carried.contains { $0.next == value } }

  /// The nodes of its loop.
  var loop: Range<Int>? {
    guard let first = nodes.firstIndex(where: \.isRepeated), let last = nodes.lastIndex(where: \.isRepeated) else {
      return nil
    }
    return first..<last + 1
  }

  /// The input's shape. A graph has one input.
  public var inputShape: Shape { shape(nodes[0].outputs[0]) }

  /// Whether nothing reaches from one frame to another, so that the frames of a batch can lie one behind the other.
  public var isFramewise: Bool {
    nodes.allSatisfy { node in
      !node.operation.seesWholeFrames
        && node.outputs.allSatisfy { if case .maps(_, let volume) = shape($0) { volume.frames == 1 } else { true } }
    }
  }

  /// All tensors that it refers to, each once, in order, and what takes part without being there in every file.
  public var parameters: [Parameter] {
    var known: Set<String> = []
    return nodes.flatMap(parameters).filter { known.insert($0.name).inserted }
  }

  func parameters(of node: Node) -> [Parameter] {
    switch node.operation {
    case .convolution(let sum): sum.filter.parameters + sum.slopes.flatMap(\.parameters)
    case .slopes(let slopes): slopes.parameters
    case .batchNormalisation(let normalisation): normalisation.parameters(shape(node.outputs[0]).channels ?? 0)
    case .scale(let name): [Parameter(name, [shape(node.outputs[0]).channels ?? 0], .factor)]
    case .tokens(let tokens):
      if case .rows(let count, let channels) = shape(node.outputs[0]) {
        (tokens.classToken.map { [Parameter($0, [channels], .offset)] } ?? [])
          + tokens.positions.parameters(tokens: count, channels: channels)
      } else {
        []
      }
    case .embedding(let embedding): embedding.parameters(context: shape(node.inputs[0]).count)
    case .layerNormalisation(let name, _), .groupNormalisation(let name, _, _, _):
      [
        Parameter(name + "/scale", [shape(node.outputs[0]).channels ?? 0], .factor),
        Parameter(name + "/offset", [shape(node.outputs[0]).channels ?? 0], .offset),
      ]
    case .input, .standardisation, .spaceToDepth, .maxPool, .averagePool, .rectifier, .function, .sum, .concatenation,
      .attention, .row, .mean, .unitLength, .centredUnit, .flattenedFrames, .instanceNormalisation, .slice, .state,
      .gate, .correlation,
      .halvedPlanes, .lookUp, .convexUpsampling, .warp, .depthToSpace, .constant, .centred, .resampled,
      .localCorrelation, .blendedFields, .meanFrame:
      []
    }
  }

  /// Multiplications and additions of a node, as of the direct convolution; nil for what is neither a convolution nor an
  /// attention.
  ///
  /// Of a node of the loop, those of all turns.
  public func operations(of node: Node) -> Int? { operationsOfTurn(node).map { node.isRepeated ? turns * $0 : $0 } }

  private func operationsOfTurn(_ node: Node) -> Int? {
    switch node.operation {
    case .convolution(let sum):
      2 * sum.filter.products * node.outputs.reduce(0) { $0 + shape($1).count }
    case .correlation: 2 * (shape(node.inputs[0]).channels ?? 0) * shape(node.outputs[0]).count
    case .localCorrelation:
      // Of each value that is found, four products are blended.
      2 * 4 * (shape(node.inputs[1]).channels ?? 0) * shape(node.outputs[0]).count
    case .attention:
      if case .rows(let tokens, let channels) = shape(node.outputs[0]) {
        2 * 2 * tokens * tokens * channels
      } else {
        nil
      }
    case .input, .standardisation, .spaceToDepth, .maxPool, .averagePool, .batchNormalisation, .rectifier, .function,
      .scale, .sum, .concatenation, .tokens, .embedding, .layerNormalisation, .groupNormalisation, .flattenedFrames,
      .row, .mean, .unitLength, .centredUnit,
      .instanceNormalisation, .slice, .state, .gate, .halvedPlanes, .lookUp, .convexUpsampling, .warp, .slopes,
      .depthToSpace, .constant, .centred, .resampled, .blendedFields, .meanFrame:
      nil
    }
  }
}

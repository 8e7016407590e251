import Kernels
import Tensors

/// A row of the table that a graph prints.
public struct GraphRow: Sendable, Equatable {
  public let name: String
  /// `convolution 7×7×7 / 2×2×2`, `max pool 1×3×3 / 1×2×2`.
  public let operation: String
  public let output: Shape
  /// Numbers of the weights.
  public let parameters: Int
  /// Multiplications and additions; nil for what is not a product.
  public let operations: Int?
}

extension Graph {
  /// A row for each node.
  public var rows: [GraphRow] {
    nodes.map { node in
      GraphRow(
        name: node.name, operation: node.operation.text, output: shape(node.outputs[0]),
        parameters: numbers(of: node), operations: operations(of: node))
    }
  }
}

extension Graph {
  /// Numbers of the weights that it takes.
  private func numbers(of node: Node) -> Int {
    if case .convolution(let sum) = node.operation { return sum.filter.numbers }
    return parameters(of: node).reduce(0) { $0 + $1.count }
  }
}

extension Operation {
  /// In a few words.
  var text: String {
    switch self {
    case .input: "input"
    case .standardisation: "standardisation"
    case .spaceToDepth: "space to depth"
    case .convolution(let sum):
      sum.filter.kernel == .one && sum.stride == .one
        ? "product" : "convolution \(sum.filter.kernel)" + Self.step(sum.stride)
    case .maxPool(let window): "max pool \(window.size)" + Self.step(window.stride)
    case .averagePool(let window, _): "average pool \(window.size)" + Self.step(window.stride)
    case .batchNormalisation: "batch norm"
    case .rectifier: "relu"
    case .function(let kind): kind.rawValue
    case .scale: "scale"
    case .sum(let rectifies): rectifies ? "sum, relu" : "sum"
    case .groupNormalisation: "group norm"
    case .flattenedFrames: "flatten"
    case .concatenation: "concatenation"
    case .tokens: "tokens"
    case .embedding: "embedding"
    case .layerNormalisation: "layer norm"
    case .attention(let heads, let isCausal): "attention, \(heads) heads" + (isCausal ? ", causal" : "")
    case .row(.first): "first row"
    case .row(.ofLargestID): "row of the largest id"
    case .mean(let windows): windows == 1 ? "mean" : "mean of averages of \(windows) frames"
    case .unitLength: "unit length"
    case .centredUnit: "less its mean, unit length"
    case .instanceNormalisation(_, let rectifies): rectifies ? "instance norm, relu" : "instance norm"
    case .slice: "slice"
    case .state: "state"
    case .gate(.reset): "reset gate"
    case .gate(.update): "update gate"
    case .correlation: "correlation"
    case .halvedPlanes: "average 2×2"
    case .lookUp(let radius): "look-up, radius \(radius)"
    case .convexUpsampling(let factor, _): "convex upsampling × \(factor)"
    case .warp(let warped): "warp, \(warped.edge.rawValue) outside"
    case .slopes(.constant(let slope)): "leaky relu \(slope)"
    case .slopes(.stored): "prelu"
    case .depthToSpace: "depth to space"
    case .constant(let value): "\(value)"
    case .centred: "less its mean"
    case .resampled(let resampled): resampled.scale.text
    case .localCorrelation(let radius, _): "local correlation, radius \(radius)"
    case .blendedFields(let count): "\(count) blended fields"
    case .meanFrame: "mean frame"
    }
  }

  private static func step(_ stride: Volume) -> String { stride == .one ? "" : " / \(stride)" }
}

extension ResamplingScale {
  fileprivate var text: String { rawValue > 0 ? "bilinear × \(rawValue)" : "bilinear / \(-rawValue)" }
}

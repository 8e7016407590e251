import Engine
import Kernels
import Tensors
import Weights

/// MUSIQ, the multi-scale image quality transformer (Ke et al., ICCV 2021, "MUSIQ: Multi-scale Image Quality Transformer"): one
/// number for a picture of any size. 512×288: 256 patches, some 19 GFLOP.
///
/// The frame in its own size and two smaller ones, their longer sides 224 and 384, are cut into patches of 32×32
/// (`ScalePatches`), which are the graph's input, [patches][32][32][3] in -1...1. A residual network of five layers with weight
/// standardisation and group normalisation makes a token of each; a place in a grid of 10×10 and the scale are its position.
/// The class token of a transformer gives the number.
public enum MUSIQ {
  /// Longer sides of the smaller scales, which come first; the frame itself is the last.
  static let longerSides = [224, 384]
  static let patch = 32
  /// Places along a side of the grid of positions.
  static let grid = 10
  /// Of the frames that sizes are told for: the shape of most videos, as imaging quality sees them.
  static let published = FrameShape(height: 288, width: 512)

  /// Width of the root of the residual network, groups of its normalisations, and the epsilons.
  private static let width = 64
  private static let groups = 32

  /// The scales of a frame, rounded half to even as Python rounds.
  ///
  /// - Throws: `NetworkError.tooNarrow` where a scale has no pixels.
  static func scales(_ frame: FrameShape) throws -> [ScalePatches.Scale] {
    try longerSides.map { side in
      let ratio = Double(side) / Double(max(frame.height, frame.width))
      func sized(_ pixels: Int) -> Int { Int((Double(pixels) * ratio).rounded(.toNearestOrEven)) }
      let scale = ScalePatches.Scale(height: sized(frame.height), width: sized(frame.width), isFrame: false)
      guard scale.height > 0, scale.width > 0 else { throw NetworkError.tooNarrow(frame) }
      return scale
    } + [ScalePatches.Scale(height: frame.height, width: frame.width, isFrame: true)]
  }

  static func patches(_ frame: FrameShape) throws -> ScalePatches {
    ScalePatches(height: frame.height, width: frame.width, side: patch, scales: try scales(frame))
  }

  /// - Throws: `NetworkError`, or an error that names the tensor that does not fit.
  static func graph(_ name: String, weights: NetworkWeights?, frame: FrameShape) throws -> Graph {
    let block =
      try weights.map { try TransformerSizes($0, prefix: "") }
      ?? TransformerSizes(width: 384, blocks: 14, hidden: 1152, hasSeparateAttention: true)
    let scales = try scales(frame)
    var graph = Graph(name)
    let count = try patches(frame).count
    var x = graph.input("input", .maps(channels: 3, Volume(count, patch, patch)))
    x = graph.convolution(
      "conv_root", x, to: width, kernel: Volume(1, 7, 7), axes: 2, stride: Volume(1, 2, 2), hasBias: false,
      standardisedBy: 1e-5)
    x = graph.groupNormalisation("gn_root", x, groups: groups, epsilon: 1e-6)
    x = graph.rectifier("gn_root", x)
    x = graph.maxPool("pool_root", x, Volume(1, 3, 3), stride: Volume(1, 2, 2))
    x = graph.bottleneck("block1", x)
    x = graph.flattenedFrames("flatten", x)
    x = graph.dense("embedding", x, to: block.width)
    x = graph.tokens(
      "tokens", x, classToken: "class_token",
      positions: Positions(
        "positions",
        scales: Positions.Scales(
          "scales", side: grid,
          grids: scales.map {
            let (rows, columns) = $0.patches(of: patch)
            return Positions.Scales.Patches(rows: rows, columns: columns)
          })))
    x = graph.transformerBlocks(block, x, .gelu, epsilon: 1e-6, isCausal: false)
    x = graph.firstRow("class_token", x)
    x = graph.layerNormalisation("norm_post", x, epsilon: 1e-6)
    graph.finish(graph.dense("rating", x, to: 1))
    return graph
  }

  fileprivate static func unit(
    _ graph: inout Graph, _ x: Value, _ index: String, to outputs: Int, kernel: Volume = .one
  )
    -> Value
  {
    let y = graph.convolution(
      "block1/conv\(index)", x, to: outputs, kernel: kernel, axes: 2, hasBias: false, standardisedBy: 1e-5)
    return graph.groupNormalisation("block1/gn\(index)", y, groups: groups, epsilon: 1e-4)
  }

  typealias Value = Graph.Value
}

extension Graph {
  /// The residual unit: 64 channels in, 256 out.
  fileprivate mutating func bottleneck(_ name: String, _ x: Value) -> Value {
    let (inner, outputs) = (shape(x).channels ?? 0, 4 * (shape(x).channels ?? 0))
    let shortcut = MUSIQ.unit(&self, x, "_proj", to: outputs)
    var y = rectifier("block1/gn1", MUSIQ.unit(&self, x, "1", to: inner))
    y = rectifier("block1/gn2", MUSIQ.unit(&self, y, "2", to: inner, kernel: Volume(1, 3, 3)))
    y = MUSIQ.unit(&self, y, "3", to: outputs)
    return rectifier(name, sum(name + "/sum", shortcut, y))
  }
}

import Engine
import Kernels
import Tensors
import Weights

/// The vision transformer (Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021) of DINO, DINOv2 and CLIP.
/// ViT-B/16 at 224×224: 35 GFLOP a frame.
///
/// Input [height][width][3] in 0...1, patches of p×p, tokens [1 + ⌊height/p⌋·⌊width/p⌋][C], heads of 64 channels. All other
/// sizes are those of the weights' shapes.
public enum VisionTransformer {
  /// Width and height of the frames that the published networks see.
  static let publishedSide = 224

  /// What the weights do not say of a family.
  public struct Configuration: Hashable, Sendable {
    /// Which values are the features.
    public enum Endpoint: Hashable, Sendable {
      /// The class token behind the last block, before the final normalisation: [C].
      case classToken
      /// The class token behind the final normalisation, times the head where there is one: [D] or [C].
      case embedding
    }

    public var activation: ValueFunction.Kind
    /// Of the layer normalisations.
    public var epsilon: Float
    public var endpoint: Endpoint
    /// What is subtracted from R, G and B in 0...1, and what they are divided by. Both are multiplied into the patch
    /// embedding, so that several networks can take one input.
    public var mean: [Float]
    public var deviation: [Float]

    public init(
      activation: ValueFunction.Kind, epsilon: Float, endpoint: Endpoint, mean: [Float], deviation: [Float]
    ) {
      self.activation = activation
      self.epsilon = epsilon
      self.endpoint = endpoint
      self.mean = mean
      self.deviation = deviation
    }

    /// facebookresearch/dino, vision_transformer.py `vit_base`, and facebookresearch/dinov2, hub `dinov2_vitb14` and
    /// `dinov2_vitl14`, without registers.
    public static let dino = Configuration(
      activation: .gelu, epsilon: 1e-6, endpoint: .embedding, mean: [0.485, 0.456, 0.406],
      deviation: [0.229, 0.224, 0.225])

    /// The class token as DreamSim takes it from the two (dreamsim/model.py, `_extract_cls`).
    public static var dreamSimDINO: Configuration {
      var configuration = dino
      configuration.endpoint = .classToken
      return configuration
    }

    /// openai/CLIP model.py `VisionTransformer` (QuickGELU) and open_clip (GELU).
    public static func clip(_ activation: ValueFunction.Kind) -> Configuration {
      Configuration(
        activation: activation, epsilon: 1e-5, endpoint: .embedding, mean: [0.48145466, 0.4578275, 0.40821073],
        deviation: [0.26862954, 0.26130258, 0.27577711])
    }
  }

  /// One transformer of those that see a frame side by side: what stands before its weights' names (`dino/`, or nothing),
  /// what they do not say, and their sizes.
  typealias Branch = (prefix: String, configuration: Configuration, sizes: Sizes)

  /// - Parameters:
  ///   - prefix: before the weights' names: `image/`, or empty.
  ///   - frame: height and width; nil for as many patches as there are positions. For another number the positions are
  ///     interpolated as DINO and DINOv2 do it.
  /// - Throws: `NetworkError`, or an error that names the tensor that does not fit.
  public static func graph(
    weights: NetworkWeights, prefix: String = "", configuration: Configuration, frame: FrameShape? = nil
  ) throws -> Graph {
    let sizes = try Sizes(weights, prefix: prefix, frame: frame)
    return graph(weights.network, [(prefix, configuration, sizes)], isDreamSim: false)
  }

  /// A branch with the sizes that some weights have instead of the published ones.
  static func branch(_ published: Branch, of weights: NetworkWeights, frame: FrameShape) throws -> Branch {
    (published.prefix, published.configuration, try Sizes(weights, prefix: published.prefix, frame: frame))
  }

  /// Several transformers side by side see one frame. Of one, its features; of DreamSim's branches, all of theirs one behind
  /// the other, their own mean subtracted, divided by their norm (dreamsim/model.py, `normalize_embedding`).
  static func graph(_ name: String, _ branches: [Branch], isDreamSim: Bool) -> Graph {
    var graph = Graph(name)
    let frame = branches[0].sizes.frame
    precondition(branches.allSatisfy { $0.sizes.frame == frame }, "VisionTransformer: branches see frames of one size")
    let image = graph.input("input", .maps(channels: 3, Volume(1, frame.height, frame.width)))
    var features = branches.map { branch in
      graph.prefix = branch.prefix
      return graph.visionTransformer(image, branch.configuration, branch.sizes)
    }
    graph.prefix = ""
    if isDreamSim {
      if features.count > 1 { features = [graph.concatenation("concatenation", features)] }
      features = [graph.centredUnit("embedding", features[0])]
    }
    graph.finish(features[0])
    return graph
  }

  /// Sizes of a vision transformer.
  struct Sizes: Sendable {
    let block: TransformerSizes
    /// Pixels of a patch's side.
    let patch: Int
    /// Patches along a side that there are positions for.
    let storedGrid: Int
    /// What the network sees.
    var frame: FrameShape
    /// Whether the tokens are normalised before the first block.
    let hasFirstNorm: Bool
    let hasPatchBias: Bool

    /// Patches from top to bottom, and from left to right: what is left over of a frame is not seen.
    var rows: Int { frame.height / patch }
    var columns: Int { frame.width / patch }

    /// Of square frames.
    init(
      block: TransformerSizes, patch: Int, storedGrid: Int? = nil, grid: Int, hasFirstNorm: Bool = false,
      hasPatchBias: Bool = true
    ) {
      self.block = block
      self.patch = patch
      self.storedGrid = storedGrid ?? grid
      frame = FrameShape(height: grid * patch, width: grid * patch)
      self.hasFirstNorm = hasFirstNorm
      self.hasPatchBias = hasPatchBias
    }

    /// DINO's ViT-B/16.
    static let dinoB16 = Sizes(block: TransformerSizes(width: 768, blocks: 12, hidden: 3072), patch: 16, grid: 14)
    /// DINOv2's ViT/14.
    static func dinov2(width: Int, blocks: Int) -> Sizes {
      Sizes(
        block: TransformerSizes(width: width, blocks: blocks, hidden: 4 * width, hasScales: true), patch: 14,
        storedGrid: 37, grid: 16)
    }
    /// CLIP's image tower, ViT-L/14.
    static let clipL14 = Sizes(
      block: TransformerSizes(width: 1024, blocks: 24, hidden: 4096, head: 768), patch: 14, grid: 16,
      hasFirstNorm: true, hasPatchBias: false)
    /// CLIP's image tower, ViT-B.
    static func clip(patch: Int) -> Sizes {
      Sizes(
        block: TransformerSizes(width: 768, blocks: 12, hidden: 3072, head: 512), patch: patch, grid: 224 / patch,
        hasFirstNorm: true, hasPatchBias: false)
    }

    /// - Parameter frame: nil for as many patches as there are positions.
    init(_ weights: NetworkWeights, prefix: String, frame: FrameShape?) throws {
      block = try TransformerSizes(weights, prefix: prefix)
      patch = try weights.shape(prefix + "patches/kernel", axes: 4)[0]
      let count = try weights.shape(prefix + "positions", axes: 2)[0]
      storedGrid = Int(Double(max(count - 1, 0)).squareRoot().rounded())
      guard storedGrid > 0, 1 + storedGrid * storedGrid == count else {
        throw NetworkError.positions(tensor: prefix + "positions", count: count)
      }
      self.frame = frame ?? FrameShape(height: storedGrid * patch, width: storedGrid * patch)
      hasFirstNorm = weights.contains(prefix + "norm_pre/scale")
      hasPatchBias = weights.contains(prefix + "patches/bias")
    }
  }
}

extension Graph {
  /// The features of one frame.
  fileprivate mutating func visionTransformer(
    _ image: Value, _ configuration: VisionTransformer.Configuration, _ sizes: VisionTransformer.Sizes
  ) -> Value {
    let patch = Volume(1, sizes.patch, sizes.patch)
    var x = standardisation(
      "standardisation", image, Standardisation(mean: configuration.mean, deviation: configuration.deviation))
    x = convolution(
      "patches", x, to: sizes.block.width, kernel: patch, axes: 2, stride: patch, padding: .valid,
      hasBias: sizes.hasPatchBias)
    x = tokens(
      "tokens", x, classToken: prefix + "class_token",
      positions: Positions(
        prefix + "positions", stored: sizes.storedGrid, rows: sizes.rows, columns: sizes.columns,
        isSquare: sizes.frame.isSquare))
    if sizes.hasFirstNorm { x = layerNormalisation("norm_pre", x, epsilon: configuration.epsilon) }
    x = transformerBlocks(
      sizes.block, x, configuration.activation, epsilon: configuration.epsilon, isCausal: false)
    x = firstRow("class_token", x)
    switch configuration.endpoint {
    case .classToken: return x
    case .embedding: return transformerHead(sizes.block, x, epsilon: configuration.epsilon)
    }
  }
}

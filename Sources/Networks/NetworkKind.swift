import Engine
import Kernels
import Weights

/// The networks that the program has, one row each.
public enum NetworkKind: String, CaseIterable, Sendable {
  case i3d
  case inceptionV3 = "inception-v3"
  case dino = "vit-dino"
  case dinov2 = "vit-dinov2"
  case dinov2Large = "vit-dinov2-large"
  case clipImage = "clip-image"
  case clipImageLarge = "clip-image-large"
  case clipText = "clip-text"
  case dreamSimEnsemble = "dreamsim-ensemble"
  case dreamSimDINO = "dreamsim-dino"
  case dreamSimCLIP = "dreamsim-clip"
  case dreamSimOpenCLIP = "dreamsim-open-clip"
  case dreamSimDINOv2 = "dreamsim-dinov2"
  case alexNet = "alexnet"
  case musiq = "musiq-spaq"
  case raft = "raft-things"
  case amt = "amt-s"

  /// What a protocol says about a network beyond its weights. A network looks at its own fields.
  public struct Options: Hashable, Sendable {
    /// Frames of a clip, of networks that see clips.
    public var frames = 16
    /// Of batch normalisation.
    public var epsilon: Float = 1e-3
    public var endpoint = I3D.Endpoint.logitsMean
    public var activation = ValueFunction.Kind.quickGELU
    /// Height and width of a frame, of networks for any size; nil for a size that shows them.
    public var height: Int?
    public var width: Int?
    /// Turns of a network that refines what it found.
    public var iterations = RAFT.publishedIterations
    /// What a transformer sees that takes frames of any shape; nil for the published square.
    public var frame: FrameShape?

    public init() {}
  }

  public struct Row: Sendable {
    /// What it is, for a person.
    public let title: String
    /// The paper or program that it is taken from.
    public let source: String
    /// What its weights' `NetworkWeights.network` is.
    public let weights: String
    /// Goes up whenever a change changes the bits of a feature; part of every cache key.
    public let engine: String
    /// Width and height of a frame; nil for texts and for frames of any size.
    public let side: Int?
    /// The shortest clip.
    public let minimumFrames: Int
    /// Whether each frame has features of its own.
    public let isPerFrame: Bool
    /// Whether it also takes frames of other sizes, from a patch on: those of `FrameShape`.
    public var takesAnyShape = false
    /// What of it decides a feature, beside its weights and the kernels.
    let traits: Set<Trait>
  }

  /// What decides a network's features beside its weights.
  enum Trait: Sendable {
    /// Several networks share an engine's version.
    case name
    /// `Options.epsilon`.
    case epsilon
    /// `Options.activation`.
    case activation
  }

  public var row: Row {
    switch self {
    case .i3d:
      Row(
        title: "I3D, RGB", source: "Carreira and Zisserman, CVPR 2017", weights: "i3d", engine: "i3d/4",
        side: I3D.side, minimumFrames: I3D.minimumFrames, isPerFrame: false, traits: [.epsilon])
    case .inceptionV3:
      Row(
        title: "Inception-v3 of 2015-12-05", source: "Szegedy et al., CVPR 2016", weights: "inception-v3",
        engine: "inception/1", side: InceptionV3.side, minimumFrames: 1, isPerFrame: true,
        traits: [.epsilon])
    case .dino:
      .frames(
        "DINO, ViT-B/16", "Caron et al., ICCV 2021", weights: "vit-dino", engine: "dino/2", takesAnyShape: true)
    case .dinov2:
      .frames(
        "DINOv2, ViT-B/14", "Oquab et al., TMLR 2024", weights: "vit-dinov2", engine: "dinov2/2", takesAnyShape: true)
    case .dinov2Large:
      .frames(
        "DINOv2, ViT-L/14", "Oquab et al., TMLR 2024", weights: "vit-dinov2", engine: "dinov2/2", takesAnyShape: true)
    case .clipImage:
      .frames(
        "CLIP's image tower, ViT-B/32", Self.clip, weights: "clip", engine: "clip-image/1", traits: [.activation])
    case .clipImageLarge:
      .frames(
        "CLIP's image tower, ViT-L/14", Self.clip, weights: "clip", engine: "clip-image/1", traits: [.activation])
    case .clipText:
      Row(
        title: "CLIP's text tower", source: Self.clip, weights: "clip", engine: "clip-text/1", side: nil,
        minimumFrames: 1, isPerFrame: true, traits: [.activation])
    case .dreamSimEnsemble, .dreamSimDINO, .dreamSimCLIP, .dreamSimOpenCLIP, .dreamSimDINOv2:
      .frames(
        "DreamSim, \(rawValue.dropFirst("dreamsim-".count))", "Fu et al., NeurIPS 2023", weights: rawValue,
        engine: "dreamsim/1", traits: [.name])
    case .alexNet:
      Row(
        title: "AlexNet's convolutions, as LPIPS sees them", source: "Zhang et al., CVPR 2018", weights: "alexnet",
        engine: "lpips/1", side: nil, minimumFrames: 1, isPerFrame: true, traits: [])
    case .musiq:
      Row(
        title: "MUSIQ, a picture's quality", source: "Ke et al., ICCV 2021", weights: "musiq", engine: "musiq/1",
        side: 512, minimumFrames: 1, isPerFrame: true, takesAnyShape: true, traits: [])
    case .raft:
      Row(
        title: "RAFT, the flow from one frame to the next", source: "Teed and Deng, ECCV 2020", weights: "raft",
        engine: "raft/1", side: nil, minimumFrames: 2, isPerFrame: false, traits: [])
    case .amt:
      Row(
        title: "AMT-S, the frame between two", source: "Li et al., CVPR 2023", weights: "amt", engine: "amt/1",
        side: nil, minimumFrames: 2, isPerFrame: false, traits: [])
    }
  }

  private static let clip = "Radford et al., ICML 2021"

  /// The graph for some weights; without them, that of the published sizes.
  ///
  /// - Throws: `NetworkError`, or an error that names the tensor that does not fit.
  public func graph(_ weights: NetworkWeights?, _ options: Options = Options()) throws -> Graph {
    switch self {
    case .i3d:
      try I3D.graph(
        frames: options.frames, epsilon: options.epsilon, endpoint: options.endpoint,
        classes: I3D.classes(of: weights))
    case .inceptionV3: try InceptionV3.graph(epsilon: options.epsilon)
    case .dino: try vision([("", .dino, .dinoB16)], weights, options.frame)
    case .dinov2: try vision([("", .dino, .dinov2(width: 768, blocks: 12))], weights, options.frame)
    case .dinov2Large:
      try vision([("", .dino, .dinov2(width: 1024, blocks: 24))], weights, options.frame)
    case .clipImage:
      try vision([("image/", .clip(options.activation), .clip(patch: 32))], weights)
    case .clipImageLarge: try vision([("image/", .clip(options.activation), .clipL14)], weights)
    case .clipText:
      if let weights {
        try TextTransformer.graph(weights: weights, activation: options.activation)
      } else {
        TextTransformer.graph(
          TransformerSizes(width: 512, blocks: 12, hidden: 2048, head: 512), prefix: "text/",
          activation: options.activation, vocabulary: 49_408, context: 77)
      }
    case .dreamSimEnsemble, .dreamSimDINO, .dreamSimCLIP, .dreamSimOpenCLIP, .dreamSimDINOv2:
      try vision(DreamSim.branches(rawValue) ?? [], weights, isDreamSim: true)
    case .alexNet: AlexNet.graph(height: options.height ?? 64, width: options.width ?? 64)
    case .raft:
      try RAFT.graph(height: options.height ?? 480, width: options.width ?? 832, iterations: options.iterations)
    case .amt: try AMT.graph(height: options.height ?? 480, width: options.width ?? 832)
    case .musiq: try MUSIQ.graph(rawValue, weights: weights, frame: options.frame ?? MUSIQ.published)
    }
  }

  /// For frames of 224×224, or of that shape, whatever the positions are for: those of DINO and DINOv2 are interpolated.
  private func vision(
    _ published: [VisionTransformer.Branch], _ weights: NetworkWeights?, _ shape: FrameShape? = nil,
    isDreamSim: Bool = false
  ) throws -> Graph {
    let frame = shape ?? .published
    let branches =
      try weights.map { weights in
        try published.map { try VisionTransformer.branch($0, of: weights, frame: frame) }
      }
      ?? published.map { branch in
        var sizes = branch.sizes
        sizes.frame = frame
        return (branch.prefix, branch.configuration, sizes)
      }
    return VisionTransformer.graph(rawValue, branches, isDreamSim: isDreamSim)
  }
}

extension NetworkKind {
  /// What makes a program's input of a frame, [height][width][3]; nil where the frame is the input.
  ///
  /// - Throws: `NetworkError` for a frame that the network cannot see.
  public func patches(_ frame: FrameShape) throws -> ScalePatches? { self == .musiq ? try MUSIQ.patches(frame) : nil }

  /// Features of a row, with weights of the published sizes.
  ///
  /// - Throws: `NetworkError` for options that no network can have.
  public func columns(_ options: Options = Options()) throws -> Int { try graph(nil, options).columns }

  /// The network that some weights are of, by its name and, where several have one name, by the number of features; nil where
  /// there is none.
  ///
  /// - Throws: an error that names the tensor that does not fit.
  public init?(of weights: NetworkWeights) throws {
    let kinds = Self.allCases.filter { $0.row.weights == weights.network }
    guard let found = try kinds.first(where: { try $0.graph(weights).columns == $0.columns() }) else { return nil }
    self = found
  }

  /// Everything that decides the bits of a feature but the input.
  ///
  /// - Parameters:
  ///   - weights: their fingerprint.
  ///   - kernels: what computes it: the name of the kernels' table, or of the device.
  public func identity(weights: String, kernels: String, _ options: Options) -> String {
    let traits = row.traits
    return
      ([row.engine] + (traits.contains(.name) ? [rawValue] : []) + ["weights=\(weights)"]
      + (traits.contains(.epsilon) ? ["eps=\(options.epsilon)"] : [])
      + (traits.contains(.activation) ? ["activation=\(options.activation.rawValue)"] : []) + ["kernels=\(kernels)"]
      + (options.endpoint == .logitsMean ? [] : ["endpoint=\(options.endpoint.rawValue)"])).joined(separator: " ")
  }
}

extension Graph {
  /// Numbers of its first output.
  fileprivate var columns: Int { shape(outputs[0]).count }
}

extension NetworkKind.Row {
  fileprivate static func frames(
    _ title: String, _ source: String, weights: String, engine: String, traits: Set<NetworkKind.Trait> = [],
    takesAnyShape: Bool = false
  ) -> Self {
    Self(
      title: title, source: source, weights: weights, engine: engine, side: VisionTransformer.publishedSide,
      minimumFrames: 1, isPerFrame: true, takesAnyShape: takesAnyShape, traits: traits)
  }
}

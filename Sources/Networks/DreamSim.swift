import Engine
import Weights

/// DreamSim's embedding (Fu et al., "DreamSim: Learning New Dimensions of Human Visual Similarity using Synthetic Data",
/// NeurIPS 2023; dreamsim 0.2.1, model.py): the features of one or three vision transformers side by side, their own mean
/// subtracted, divided by their norm. The distance of two images is 1 − cosine.
///
/// Which branches, the weights' network says: `dreamsim-ensemble` is DINO's class token (768), CLIP's embedding (512) and
/// OpenCLIP's (512), in this order. LoRA adapters are merged into the weights when they are imported.
public enum DreamSim {
  typealias Branch = VisionTransformer.Branch

  /// The branches of a network, with the prefixes of their weights; nil for a network that is not one of DreamSim's.
  static func branches(_ network: String) -> [Branch]? {
    switch network {
    case "dreamsim-ensemble":
      [
        ("dino/", .dreamSimDINO, .dinoB16), ("clip/", .clip(.quickGELU), .clip(patch: 16)),
        ("open_clip/", .clip(.gelu), .clip(patch: 16)),
      ]
    case "dreamsim-dino": [("dino/", .dreamSimDINO, .dinoB16)]
    case "dreamsim-clip": [("clip/", .clip(.quickGELU), .clip(patch: 32))]
    case "dreamsim-open-clip": [("open_clip/", .clip(.gelu), .clip(patch: 32))]
    case "dreamsim-dinov2": [("dinov2/", .dreamSimDINO, .dinov2(width: 768, blocks: 12))]
    default: nil
    }
  }

  /// - Parameter side: of the frames.
  /// - Throws: `NetworkError.otherNetwork`, or an error that names the tensor that does not fit.
  public static func graph(weights: NetworkWeights, side: Int = 224) throws -> Graph {
    guard let branches = branches(weights.network) else {
      throw NetworkError.otherNetwork(weights: weights.name, network: weights.network, wanted: "one of DreamSim's")
    }
    return VisionTransformer.graph(
      weights.network,
      try branches.map { try VisionTransformer.branch($0, of: weights, frame: FrameShape(height: side, width: side)) },
      isDreamSim: true)
  }
}

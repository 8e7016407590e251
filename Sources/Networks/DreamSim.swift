import Engine
import Weights

/// DreamSim's embedding (Fu et al., "DreamSim: Learning New Dimensions of Human Visual Similarity using Synthetic Data",
/// NeurIPS 2023; dreamsim 0.2.1, model.py): the features of one or three vision transformers side by side, their own mean
/// subtracted, divided by their norm. The distance of two images is 1 − cosine.
///
/// Which branches, the weights' network says: `dreamsim-ensemble` is DINO's class token (768), CLIP's embedding (512) and
/// OpenCLIP's (512), in this order. LoRA adapters are merged into the weights when they are imported.
public enum DreamSim {
  typealias Branch = (prefix: String, configuration: VisionTransformer.Configuration)

  /// The branches of a network, with the prefixes of their weights; nil for a network that is none of DreamSim's.
  static func branches(_ network: String) -> [Branch]? {
    switch network {
    case "dreamsim-ensemble":
      [("dino/", .dino), ("clip/", .clip(.quickGELU)), ("open_clip/", .clip(.gelu))]
    case "dreamsim-dino": [("dino/", .dino)]
    case "dreamsim-clip": [("clip/", .clip(.quickGELU))]
    case "dreamsim-open-clip": [("open_clip/", .clip(.gelu))]
    case "dreamsim-dinov2": [("dinov2/", .dinov2())]
    default: nil
    }
  }

  /// - Parameter side: of the frames; nil for 224 with DINOv2, and for as many patches as there are positions otherwise.
  /// - Throws: `NetworkError.otherNetwork`, or an error that names the tensor that does not fit.
  public static func graph(weights: NetworkWeights, side: Int? = nil) throws -> Graph {
    guard let branches = branches(weights.network) else {
      throw NetworkError.otherNetwork(weights: weights.name, network: weights.network, wanted: "one of DreamSim's")
    }
    return VisionTransformer.graph(
      weights.network,
      try branches.map { prefix, configuration in
        let sizes = try VisionTransformer.Sizes(weights, prefix: prefix, side: side ?? configuration.side)
        return (prefix, configuration, sizes)
      }, isDreamSim: true)
  }
}

import Kernels
import Tensors
import Weights

/// DreamSim's embedding (Fu et al., "DreamSim: Learning New Dimensions of Human Visual Similarity using Synthetic Data",
/// NeurIPS 2023; dreamsim 0.2.1, model.py): the features of one or three vision transformers side by side, their own mean
/// subtracted, divided by their norm. The distance of two images is 1 − cosine.
///
/// Which branches, the weights' network says: `dreamsim-ensemble` is DINO's class token (768), CLIP's embedding (512) and
/// OpenCLIP's (512), in this order. LoRA adapters are merged into the weights when they are imported.
///
/// `@unchecked Sendable`: an instance may go from thread to thread, used by one at a time.
public final class DreamSim: @unchecked Sendable {
  /// Width and height of a frame.
  public var side: Int { branches[0].side }
  /// 1792 for the ensemble.
  public let columns: Int
  /// The most frames of one call.
  public let batch: Int

  private let branches: [VisionTransformer]

  /// The branches of a network, with the prefixes of their weights; nil for a network that is none of DreamSim's.
  static func branches(_ network: String) -> [(prefix: String, configuration: VisionTransformer.Configuration)]? {
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

  /// - Parameters:
  ///   - side: of the frames; nil for 224 with DINOv2, and for as many patches as there are positions otherwise.
  ///   - batch: the most frames of one call.
  ///   - table: which instruction set.
  /// - Throws: `NetworkError.otherNetwork`, or an error that names the tensor that does not fit.
  public convenience init(
    weights: NetworkWeights, side: Int? = nil, batch: Int, threads: Int, table: KernelTable
  ) throws {
    guard let branches = Self.branches(weights.network) else {
      throw NetworkError.otherNetwork(weights: weights.name, network: weights.network, wanted: "one of DreamSim's")
    }
    self.init(
      try branches.map { branch in
        var configuration = branch.configuration
        configuration.side = side ?? configuration.side
        return try VisionTransformer(
          weights: weights, prefix: branch.prefix, configuration: configuration, batch: batch, threads: threads,
          table: table)
      })
  }

  private init(_ branches: [VisionTransformer]) {
    precondition(branches.allSatisfy { $0.side == branches[0].side }, "DreamSim: branches see frames of one size")
    self.branches = branches
    batch = branches[0].batch
    columns = branches.reduce(0) { $0 + $1.columns }
  }

  /// Another instance that computes the same beside this one: it shares the weights and has activations of its own.
  public func twin() throws -> DreamSim { DreamSim(try branches.map { try $0.twin() }) }

  /// Bytes that a twin of the ensemble takes for a batch, about.
  public static func memory(batch: Int) -> Int { 3 * VisionTransformer.memory(batch: batch) }

  /// The embeddings of some frames, [count][columns], each of length 1 and of mean 0.
  ///
  /// - Parameters:
  ///   - frames: [count][side][side][3], R, G, B in 0...1.
  ///   - count: 1...batch.
  public func features(_ frames: UnsafePointer<Float>, count: Int) -> [Float] {
    let parts = branches.map { ($0.columns, $0.features(frames, count: count)) }
    return (0..<count).flatMap { frame in
      Self.normalised(parts.flatMap { columns, values in values[frame * columns..<(frame + 1) * columns] })
    }
  }

  /// model.py, `normalize_embedding`.
  private static func normalised(_ values: [Float]) -> [Float] {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let norm = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }.squareRoot()
    return values.map { Float((Double($0) - mean) / norm) }
  }
}

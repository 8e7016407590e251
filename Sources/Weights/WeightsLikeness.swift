/// What is known of weights whose fingerprint is not: enough to refuse others under their name, no proof that they are
/// the ones.
package struct WeightsLikeness: Sendable, Equatable, CustomStringConvertible {
  package let network: String
  /// In words: "18 classes", "batch norm with a trained scale".
  package let traits: [String]

  package init(network: String, traits: [String]) {
    self.network = network
    self.traits = traits
  }

  package static func i3d(classes: Int, hasScale: Bool) -> WeightsLikeness {
    WeightsLikeness(
      network: "i3d", traits: ["\(classes) classes", "batch norm \(hasScale ? "with" : "without") a trained scale"])
  }

  /// Sizes of one tower of a transformer.
  struct Tower {
    /// What it is a part of: `image/`; "" for a network that is one tower.
    let prefix: String
    let blocks: Int
    let width: Int
    /// "16x16 patches", "49408 tokens".
    let input: String
    let positions: Int

    static func image(_ prefix: String = "", patch: Int, positions: Int) -> Tower {
      Tower(prefix: prefix, blocks: 12, width: 768, input: "\(patch)x\(patch) patches", positions: positions)
    }

    var trait: String {
      let name = prefix.isEmpty ? "" : "\(prefix.dropLast()): "
      return "\(name)\(blocks) blocks of width \(width), \(input), \(positions) positions"
    }
  }

  static func transformer(_ network: String, _ towers: [Tower]) -> WeightsLikeness {
    WeightsLikeness(network: network, traits: towers.map(\.trait))
  }

  static func linearHead(_ inputs: Int) -> WeightsLikeness {
    WeightsLikeness(network: "linear-head", traits: ["\(inputs) inputs"])
  }

  static func musiq(blocks: Int, width: Int, places: Int, scales: Int) -> WeightsLikeness {
    WeightsLikeness(
      network: "musiq", traits: ["\(blocks) blocks of width \(width)", "\(places) places at \(scales) scales"])
  }

  static let alexNet = WeightsLikeness(network: "alexnet", traits: ["64, 192, 384, 256 and 256 channels"])

  static func raft(features: Int, state: Int) -> WeightsLikeness {
    WeightsLikeness(network: "raft", traits: ["\(features) features", "a state of \(state)"])
  }

  static func amt(features: Int, fields: Int) -> WeightsLikeness {
    WeightsLikeness(network: "amt", traits: ["\(features) features", "\(fields) fields of flows"])
  }

  /// That of canonical tensors.
  package init(network: String, of tensors: [String: WeightTensor]) {
    switch network {
    case "i3d":
      self = .i3d(
        classes: tensors["Logits/Conv3d_0c_1x1/bias"]?.values.count ?? 0,
        hasScale: tensors.keys.contains { $0.hasSuffix("/gamma") })
    case "alexnet":
      let channels = (1...5).map { "\(tensors["conv_\($0)/bias"]?.shape.first ?? 0)" }
      self.init(
        network: network, traits: [channels.dropLast().joined(separator: ", ") + " and \(channels[4]) channels"])
    case "musiq":
      let positions = tensors["positions"]?.shape ?? [0, 0]
      self = .musiq(
        blocks: tensors.keys.filter { $0.hasPrefix("blocks/") && $0.hasSuffix("/query/kernel") }.count,
        width: positions.last ?? 0, places: positions[0], scales: tensors["scales"]?.shape[0] ?? 0)
    case "raft":
      self = .raft(
        features: tensors["fnet/conv2/bias"]?.values.count ?? 0,
        state: tensors["update/gru/convz1/bias"]?.values.count ?? 0)
    case "amt":
      self = .amt(
        features: tensors["features/conv2/bias"]?.values.count ?? 0,
        fields: (tensors["decoder1/up/bias"]?.values.count ?? 0) / 8)
    case "linear-head": self = .linearHead(tensors["head/kernel"]?.values.count ?? 0)
    default: self = .transformer(network, Self.towers(of: tensors))
    }
  }

  private static func towers(of tensors: [String: WeightTensor]) -> [Tower] {
    let order = ["", "dino/", "clip/", "open_clip/", "dinov2/", "image/", "text/"]
    return order.compactMap { prefix in
      guard let positions = tensors[prefix + "positions"]?.shape, positions.count == 2 else { return nil }
      var input = "no input"
      if let patch = tensors[prefix + "patches/kernel"]?.shape { input = "\(patch[0])x\(patch[1]) patches" }
      if let tokens = tensors[prefix + "tokens"]?.shape { input = "\(tokens[0]) tokens" }
      let blocks = tensors.keys.filter { $0.hasPrefix(prefix + "blocks/") && $0.hasSuffix("/qkv/kernel") }.count
      return Tower(prefix: prefix, blocks: blocks, width: positions[1], input: input, positions: positions[0])
    }
  }

  package var description: String {
    traits.joined(separator: traits.contains { $0.contains(",") } ? "; " : " and ")
  }
}

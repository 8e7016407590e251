extension TensorRule {
  /// What DreamSim calls CLIP: its image tower under DINO's names, with the first norm as `pos_drop` (dreamsim,
  /// load_clip_as_dino.py).
  static let dreamSimBranch =
    dinoTower + norm("norm_pre", "pos_drop.") + [TensorRule("head/kernel", "proj", .axes([0, 1]))]
}

extension TensorLayout {
  package static let dreamSimBranch = TensorLayout(
    name: "PyTorch DreamSim", network: "dreamsim-branch", separator: ".",
    marks: ["patch_embed.proj.weight", "pos_drop.weight", "proj"], rules: TensorRule.dreamSimBranch)
}

/// One of DreamSim's published networks: its branches, in the order of their features, and what they are kept in
/// (dreamsim/config.py and model.py).
package struct DreamSimKind: Sendable {
  package struct Branch: Sendable {
    /// Canonical: `dino/`.
    let prefix: String
    let rules: [TensorRule]
    /// What the branch starts from: a file of the archive, or a network of its own that the archive does not hold.
    let start: Start
  }

  enum Start: Sendable {
    /// Beside the adapter.
    case member(String)
    /// The name of known weights.
    case backbone(String)
  }

  /// Also the network's name.
  package let name: String
  /// The folder of the LoRA adapter.
  package let adapter: String
  package let branches: [Branch]

  package static let all: [DreamSimKind] = [
    DreamSimKind(
      name: "dreamsim-ensemble", adapter: "ensemble_lora",
      branches: [dino, clip("clip", patch: 16), clip("open_clip", patch: 16)]),
    DreamSimKind(name: "dreamsim-dino-vitb16", adapter: "dino_vitb16_single_lora", branches: [dino]),
    DreamSimKind(
      name: "dreamsim-clip-vitb32", adapter: "clip_vitb32_single_lora", branches: [clip("clip", patch: 32)]),
    DreamSimKind(
      name: "dreamsim-open-clip-vitb32", adapter: "open_clip_vitb32_single_lora",
      branches: [clip("open_clip", patch: 32)]),
    DreamSimKind(
      name: "dreamsim-dinov2-vitb14", adapter: "dinov2_vitb14_single_lora",
      branches: [Branch(prefix: "dinov2/", rules: TensorRule.dinov2Tower, start: .backbone("dinov2-vitb14"))]),
  ]

  private static let dino = Branch(prefix: "dino/", rules: TensorRule.dinoTower, start: .backbone("dino-vitb16"))

  private static func clip(_ name: String, patch: Int) -> Branch {
    Branch(
      prefix: "\(name)/", rules: TensorRule.dreamSimBranch, start: .member("\(name)_vitb\(patch)_pretrain.pth.tar"))
  }

  /// "dreamsim-ensemble", "dreamsim-dino", "dreamsim-clip", "dreamsim-open-clip" or "dreamsim-dinov2".
  package var network: String {
    guard branches.count == 1 else { return name }
    return "dreamsim-" + branches[0].prefix.dropLast().map { $0 == "_" ? "-" : String($0) }.joined()
  }

  /// As it is stored here.
  var layout: TensorLayout {
    let own = branches.map { "\($0.prefix)patches/kernel" }
    let others = Set(DreamSimKind.all.flatMap(\.branches).map { "\($0.prefix)patches/kernel" }).subtracting(own)
    return .canonical(
      network, marks: own, foreign: others.sorted(),
      rules: branches.flatMap { branch in branch.rules.map { $0.canonical.under(branch.prefix) } })
  }

  /// The name of the network's own backbone, where it has one.
  var backbone: String? {
    for case .backbone(let name) in branches.map(\.start) { return name }
    return nil
  }
}

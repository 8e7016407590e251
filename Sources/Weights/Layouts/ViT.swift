extension TensorRule {
  /// A tower under the names of DINO's vision_transformer.py, which timm's, DINOv2's and DreamSim's share.
  static let dinoTower: [TensorRule] =
    [
      TensorRule("patches/kernel", "patch_embed.proj.weight", .axes([2, 3, 1, 0])),
      TensorRule("patches/bias", "patch_embed.proj.bias", .vector, neutral: 0),
      TensorRule("class_token", "cls_token", .vector), TensorRule("positions", "pos_embed", .rows),
    ] + norm("blocks/#/norm_1", "blocks.#.norm1.") + linear("blocks/#/qkv", "blocks.#.attn.qkv.")
    + linear("blocks/#/projection", "blocks.#.attn.proj.") + norm("blocks/#/norm_2", "blocks.#.norm2.")
    + linear("blocks/#/mlp_1", "blocks.#.mlp.fc1.") + linear("blocks/#/mlp_2", "blocks.#.mlp.fc2.")
    + norm("norm_post", "norm.")

  /// DINOv2 scales what each half of a block adds.
  static let dinov2Tower: [TensorRule] =
    dinoTower + [
      TensorRule("blocks/#/scale_1", "blocks.#.ls1.gamma", .vector),
      TensorRule("blocks/#/scale_2", "blocks.#.ls2.gamma", .vector),
    ]
}

extension TensorLayout {
  private static let marks = ["patch_embed.proj.weight", "cls_token"]

  /// facebookresearch/dino, vision_transformer.py: `blocks.0.attn.qkv.weight`.
  package static let dino = TensorLayout(
    name: "PyTorch DINO", network: "vit-dino", separator: ".", marks: marks,
    foreign: ["pos_drop.weight", "blocks.0.ls1.gamma"], rules: TensorRule.dinoTower)

  /// facebookresearch/dinov2, dinov2/models/vision_transformer.py; `mask_token` is for training alone.
  package static let dinov2 = TensorLayout(
    name: "PyTorch DINOv2", network: "vit-dinov2", separator: ".", marks: marks + ["blocks.0.ls1.gamma"],
    rules: TensorRule.dinov2Tower, ignored: ["mask_token"])

  package static let dinoCanonical = canonical(
    "vit-dino", marks: ["patches/kernel"], foreign: ["blocks/0/scale_1", "norm_pre/scale"],
    rules: TensorRule.dinoTower)

  package static let dinov2Canonical = canonical(
    "vit-dinov2", marks: ["patches/kernel", "blocks/0/scale_1"], rules: TensorRule.dinov2Tower)
}

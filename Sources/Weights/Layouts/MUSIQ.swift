extension TensorRule {
  /// The state dictionary of pyiqa's MUSIQ, which VBench takes.
  static let musiq: [TensorRule] =
    [TensorRule("conv_root/kernel", "conv_root.weight", .axes([2, 3, 1, 0]))] + norm("gn_root", "gn_root.")
    + ["1", "2", "3", "_proj"].flatMap { index in
      [TensorRule("block1/conv\(index)/kernel", "block1.conv\(index).weight", .axes([2, 3, 1, 0]))]
        + norm("block1/gn\(index)", "block1.gn\(index).")
    } + linear("embedding", "embedding.")
    + [
      TensorRule("class_token", "transformer_encoder.cls", .vector),
      TensorRule("positions", "transformer_encoder.posembed_input.position_emb", .rows),
      TensorRule("scales", "transformer_encoder.scaleembed_input.scale_emb", .rows),
    ] + musiqBlocks + norm("norm_post", "transformer_encoder.encoder_norm.") + linear("rating", "head.")

  private static let musiqBlocks: [TensorRule] = {
    let (name, file) = ("blocks/#/", "transformer_encoder.transformer.encoderblock_#.")
    return norm(name + "norm_1", file + "norm1.") + linear(name + "query", file + "attention.query.")
      + linear(name + "key", file + "attention.key.") + linear(name + "value", file + "attention.value.")
      + linear(name + "projection", file + "attention.out.") + norm(name + "norm_2", file + "norm2.")
      + linear(name + "mlp_1", file + "mlp.fc1.") + linear(name + "mlp_2", file + "mlp.fc2.")
  }()
}

extension TensorLayout {
  /// pyiqa: `transformer_encoder.transformer.encoderblock_0.attention.query.weight`.
  package static let musiq = TensorLayout(
    name: "PyTorch MUSIQ", network: "musiq", separator: ".",
    marks: ["conv_root.weight", "transformer_encoder.posembed_input.position_emb"], rules: TensorRule.musiq)

  package static let musiqCanonical = canonical(
    "musiq", marks: ["conv_root/kernel", "scales"], rules: TensorRule.musiq)
}

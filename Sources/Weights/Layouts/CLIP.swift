extension TensorRule {
  /// The blocks of clip/model.py's Transformer.
  private static func clipBlocks(_ name: String, _ file: String) -> [TensorRule] {
    let (name, file) = ("\(name)blocks/#/", "\(file)transformer.resblocks.#.")
    return norm(name + "norm_1", file + "ln_1.") + linear(name + "qkv", file + "attn.in_proj_")
      + linear(name + "projection", file + "attn.out_proj.") + norm(name + "norm_2", file + "ln_2.")
      + linear(name + "mlp_1", file + "mlp.c_fc.") + linear(name + "mlp_2", file + "mlp.c_proj.")
  }

  /// Both towers under the names of clip/model.py. The projections at the ends are [in][out] in the file.
  static let clip: [TensorRule] =
    [
      TensorRule("image/patches/kernel", "visual.conv1.weight", .axes([2, 3, 1, 0])),
      TensorRule("image/class_token", "visual.class_embedding", .vector),
      TensorRule("image/positions", "visual.positional_embedding", .rows),
      TensorRule("image/head/kernel", "visual.proj", .axes([0, 1])),
      TensorRule("text/tokens", "token_embedding.weight", .axes([0, 1])),
      TensorRule("text/positions", "positional_embedding", .rows),
      TensorRule("text/head/kernel", "text_projection", .axes([0, 1])),
    ] + norm("image/norm_pre", "visual.ln_pre.") + norm("image/norm_post", "visual.ln_post.")
    + norm("text/norm_post", "ln_final.") + clipBlocks("image/", "visual.") + clipBlocks("text/", "")
}

extension TensorLayout {
  /// OpenAI's archives and open_clip's state dictionaries. The temperature, the sizes that OpenAI keeps as buffers and
  /// the causal mask are not weights.
  package static let clip = TensorLayout(
    name: "PyTorch CLIP", network: "clip", separator: ".", marks: ["visual.conv1.weight", "token_embedding.weight"],
    rules: TensorRule.clip,
    ignored: ["logit_scale", "input_resolution", "context_length", "vocab_size", "attn_mask"])

  package static let clipCanonical = canonical(
    "clip", marks: ["image/patches/kernel", "text/tokens"], rules: TensorRule.clip)
}

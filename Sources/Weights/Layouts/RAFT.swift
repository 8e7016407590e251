extension TensorRule {
  /// A convolution's `weight` [out][in][kH][kW] and `bias`.
  private static func convolution(_ name: String, _ file: String) -> [TensorRule] {
    [
      TensorRule("\(name)/kernel", "\(file).weight", .axes([2, 3, 1, 0])),
      TensorRule("\(name)/bias", "\(file).bias", .vector),
    ]
  }

  private static func batchNorm(_ name: String, _ file: String) -> [TensorRule] {
    [("gamma", "weight"), ("beta", "bias"), ("moving_mean", "running_mean"), ("moving_variance", "running_var")].map {
      TensorRule(
        "\(name)/\($0)", "\(file).\($1)", .vector, isRequired: $0 != "gamma", neutral: $0 == "gamma" ? 1 : nil)
    }
  }

  /// An encoder of princeton-vl/RAFT: instance normalisation has no tensors.
  private static func encoder(_ name: String, hasBatchNorm: Bool) -> [TensorRule] {
    func unit(_ unit: String, _ file: String, norm: String) -> [TensorRule] {
      convolution("\(name)/\(unit)", "\(name).\(file)")
        + (hasBatchNorm ? batchNorm("\(name)/\(unit)", "\(name).\(norm)") : [])
    }
    var rules = unit("conv1", "conv1", norm: "norm1")
    for layer in 1...3 {
      for block in 0...1 {
        let (own, file) = ("layer\(layer)_\(block)", "layer\(layer).\(block)")
        for part in 1...2 { rules += unit("\(own)/conv\(part)", "\(file).conv\(part)", norm: "\(file).norm\(part)") }
        if layer > 1, block == 0 {
          rules += unit("\(own)/downsample", "\(file).downsample.0", norm: "\(file).downsample.1")
        }
      }
    }
    return rules + convolution("\(name)/conv2", "\(name).conv2")
  }

  static let raft: [TensorRule] =
    encoder("fnet", hasBatchNorm: false) + encoder("cnet", hasBatchNorm: true)
    + ["convc1", "convc2", "convf1", "convf2", "conv"].flatMap {
      convolution("update/encoder/\($0)", "update_block.encoder.\($0)")
    }
    + ["z", "r", "q"].flatMap { gate in
      [1, 2].flatMap { convolution("update/gru/conv\(gate)\($0)", "update_block.gru.conv\(gate)\($0)") }
    }
    + [1, 2].flatMap { convolution("update/flow_head/conv\($0)", "update_block.flow_head.conv\($0)") }
    + convolution("update/mask/conv1", "update_block.mask.0") + convolution("update/mask/conv2", "update_block.mask.2")
}

extension TensorLayout {
  /// princeton-vl/RAFT, `small=False`, with `module.` before the names or without. The third norm of a block is there twice:
  /// as `norm3` and in `downsample`.
  package static let raft = TensorLayout(
    name: "PyTorch RAFT", network: "raft", separator: ".",
    marks: ["update_block.gru.convz1.weight", "update_block.mask.0.weight", "fnet.layer1.0.conv1.weight"],
    rules: TensorRule.raft,
    ignored: [
      "num_batches_tracked", "norm3.weight", "norm3.bias", "norm3.running_mean", "norm3.running_var",
    ])

  package static let raftCanonical = canonical(
    "raft", marks: ["update/gru/convz1/kernel", "update/mask/conv1/kernel"], rules: TensorRule.raft)
}

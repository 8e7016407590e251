extension TensorRule {
  /// `nn.Linear(C, 1)` by itself: [1][C] and [1].
  static let linearHead = [
    TensorRule("head/kernel", "weight", .vector), TensorRule("head/bias", "bias", .vector),
  ]
}

extension TensorLayout {
  /// LAION-AI/aesthetic-predictor: the state dictionary of one layer, whose names have nothing before them.
  package static let linearHead = TensorLayout(
    name: "PyTorch linear head", network: "linear-head", separator: nil, marks: ["weight", "bias"],
    rules: TensorRule.linearHead)

  package static let linearHeadCanonical = canonical(
    "linear-head", marks: ["head/kernel", "head/bias"], rules: TensorRule.linearHead)
}

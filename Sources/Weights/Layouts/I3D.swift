extension NetworkShape {
  /// Inception-I3D (Carreira and Zisserman 2017; kinetics-i3d, i3d.py): 57 units and the head.
  package static let i3d = NetworkShape(
    name: "i3d",
    units: ["Conv3d_1a_7x7", "Conv3d_2b_1x1", "Conv3d_2c_3x3"]
      + ["3b", "3c", "4b", "4c", "4d", "4e", "4f", "5b", "5c"].flatMap { block in
        [
          "Branch_0/Conv3d_0a_1x1", "Branch_1/Conv3d_0a_1x1", "Branch_1/Conv3d_0b_3x3", "Branch_2/Conv3d_0a_1x1",
          "Branch_2/Conv3d_0b_3x3", "Branch_3/Conv3d_0b_1x1",
        ].map { "Mixed_\(block)/\($0)" }
      },
    heads: ["Logits/Conv3d_0c_1x1"], marker: "Conv3d_1a_7x7")
}

extension TensorLayout {
  /// The names under which weights are stored here.
  package static let i3dCanonical = TensorLayout(
    name: "canonical", network: .i3d, separator: nil, kernelAxes: [0, 1, 2, 3, 4]
  ) { unit, part in "\(unit)/\(part.rawValue)" }
}

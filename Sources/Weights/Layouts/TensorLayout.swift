/// The tensors of one convolution with its batch norm; the head of I3D has a kernel and a bias.
package enum UnitPart: String, CaseIterable {
  case kernel, beta, gamma
  case movingMean = "moving_mean"
  case movingVariance = "moving_variance"
  case bias

  package static let convolution: [UnitPart] = [.kernel, .beta, .gamma, .movingMean, .movingVariance]
  package static let head: [UnitPart] = [.kernel, .bias]
}

/// How one family of programs names and lays out the tensors of a network.
package struct TensorLayout: Sendable {
  /// For messages: "PyTorch piergiaj".
  package let name: String
  package let network: NetworkShape
  package let separator: String
  /// Axis k of a canonical kernel is axis `kernelAxes[k]` of the file's.
  package let kernelAxes: [Int]
  /// Everything under these beginnings must belong to the network.
  package let scopes: [String]
  /// Tensors with these endings are no part of the network.
  package let ignoredEndings: [String]
  /// The file's name of a tensor; nil where the family has no such tensor.
  package let fileName: @Sendable (_ unit: String, _ part: UnitPart) -> String?

  package init(
    name: String, network: NetworkShape, separator: String, kernelAxes: [Int], scopes: [String] = [""],
    ignoredEndings: [String] = [], fileName: @escaping @Sendable (_ unit: String, _ part: UnitPart) -> String?
  ) {
    self.name = name
    self.network = network
    self.separator = separator
    self.kernelAxes = kernelAxes
    self.scopes = scopes
    self.ignoredEndings = ignoredEndings
    self.fileName = fileName
  }

  package static let all: [TensorLayout] = [
    .i3dCanonical, .i3dJAX, .i3dTensorFlow, .i3dPiergiaj, .i3dHassony, .inceptionCanonical, .inceptionTorchScript,
  ]
}

/// The units of a network, by canonical name.
package struct NetworkShape: Sendable {
  package let name: String
  package let units: [String]
  package let heads: [String]
  /// The unit whose kernel tells a layout: no other network has it.
  package let marker: String

  /// Every tensor: its unit, its part.
  package var tensors: [(unit: String, part: UnitPart)] {
    units.flatMap { unit in UnitPart.convolution.map { (unit, $0) } }
      + heads.flatMap { unit in UnitPart.head.map { (unit, $0) } }
  }
}

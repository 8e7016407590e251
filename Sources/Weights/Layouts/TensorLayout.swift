/// The tensors of one convolution with its batch norm; the head of I3D has a kernel and a bias.
enum UnitPart: String, CaseIterable {
  case kernel, beta, gamma
  case movingMean = "moving_mean"
  case movingVariance = "moving_variance"
  case bias

  static let convolution: [UnitPart] = [.kernel, .beta, .gamma, .movingMean, .movingVariance]
  static let head: [UnitPart] = [.kernel, .bias]
}

/// How one family of programs names and lays out the tensors of a network.
struct TensorLayout: Sendable {
  /// For messages: "PyTorch piergiaj".
  let name: String
  let network: NetworkShape
  let separator: String
  /// Axis k of a canonical kernel is axis `kernelAxes[k]` of the file's.
  let kernelAxes: [Int]
  /// Everything under these beginnings must belong to the network.
  let scopes: [String]
  /// Tensors with these endings are no part of the network.
  let ignoredEndings: [String]
  /// The file's name of a tensor; nil where the family has no such tensor.
  let fileName: @Sendable (_ unit: String, _ part: UnitPart) -> String?

  init(
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

  static let all: [TensorLayout] = [
    .i3dCanonical, .i3dJAX, .i3dTensorFlow, .i3dPiergiaj, .i3dHassony, .inceptionCanonical, .inceptionTorchScript,
  ]
}

/// The units of a network, by canonical name.
struct NetworkShape: Sendable {
  let name: String
  let units: [String]
  let heads: [String]
  /// The unit whose kernel tells a layout: no other network has it.
  let marker: String

  /// Every tensor: its unit, its part.
  var tensors: [(unit: String, part: UnitPart)] {
    units.flatMap { unit in UnitPart.convolution.map { (unit, $0) } }
      + heads.flatMap { unit in UnitPart.head.map { (unit, $0) } }
  }
}

/// The tensors of one convolution with its batch norm; the head of I3D has a kernel and a bias.
package enum UnitPart: String, CaseIterable {
  case kernel, beta, gamma
  case movingMean = "moving_mean"
  case movingVariance = "moving_variance"
  case bias

  package static let convolution: [UnitPart] = [.kernel, .beta, .gamma, .movingMean, .movingVariance]
  package static let head: [UnitPart] = [.kernel, .bias]
}

/// A network that is nothing but convolutions with batch norm, by canonical names.
package struct NetworkShape: Sendable {
  package let name: String
  package let units: [String]
  package let heads: [String]
  /// The unit whose kernel tells a layout: no other network has it.
  package let marker: String

  /// Every tensor: its unit, its part.
  var tensors: [(unit: String, part: UnitPart)] {
    units.flatMap { unit in UnitPart.convolution.map { (unit, $0) } }
      + heads.flatMap { unit in UnitPart.head.map { (unit, $0) } }
  }
}

extension TensorLayout {
  /// - Parameters:
  ///   - kernelAxes: axis k of a canonical kernel is axis `kernelAxes[k]` of the file's.
  ///   - fileName: the file's name of a tensor; nil where the family has no such tensor.
  init(
    name: String, network: NetworkShape, separator: String?, kernelAxes: [Int], scopes: [String] = [""],
    ignored: [String] = [], fileName: (_ unit: String, _ part: UnitPart) -> String?
  ) {
    let rules = network.tensors.compactMap { unit, part in
      fileName(unit, part).map { file in
        TensorRule(
          "\(unit)/\(part.rawValue)", file, part == .kernel ? .axes(kernelAxes) : .vector, isRequired: part != .gamma,
          neutral: part == .gamma ? 1 : nil)
      }
    }
    self.init(
      name: name, network: network.name, separator: separator,
      marks: [fileName(network.marker, .kernel)].compactMap { $0 }, rules: rules, scopes: scopes, ignored: ignored)
  }
}

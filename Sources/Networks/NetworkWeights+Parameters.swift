import Engine
import Weights

extension NetworkWeights: Parameters {
  /// - Throws: `WeightsError.noSuchTensor` or `.wrongShape`.
  public func values(_ parameter: Parameter) throws -> [Float] {
    try tensor(parameter.name, shape: parameter.shape)
  }

  public func contains(_ name: String) -> Bool { tensors[name] != nil }

  /// The shape of a tensor that must have so many axes.
  func shape(_ name: String, axes: Int) throws -> [Int] {
    guard let tensor = tensors[name] else { throw WeightsError.noSuchTensor(weights: self.name, tensor: name) }
    guard tensor.shape.count == axes else {
      throw WeightsError.wrongShape(
        weights: self.name, tensor: name, wanted: [Int](repeating: 0, count: axes), found: tensor.shape)
    }
    return tensor.shape
  }
}

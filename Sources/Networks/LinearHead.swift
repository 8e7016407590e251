import Weights

/// One linear layer with one output: w·x + b. LAION's aesthetic predictors are such heads over CLIP's embeddings
/// (LAION-AI/aesthetic-predictor, `nn.Linear(768, 1)`).
public struct LinearHead: Sendable {
  /// What its weights' `NetworkWeights.network` is.
  public static let network = "linear-head"

  private let weights: [Float]
  private let bias: Float

  /// - Parameter columns: numbers of an embedding.
  /// - Throws: an error that names the tensor that does not fit.
  public init(_ weights: NetworkWeights, columns: Int) throws {
    self.weights = try weights.tensor("head/kernel", shape: [columns])
    bias = try weights.tensor("head/bias", shape: [1])[0]
  }

  /// - Parameter embedding: of length 1.
  public func value(ofUnit embedding: [Double]) -> Double {
    precondition(embedding.count == weights.count, "LinearHead: an embedding of its size")
    return zip(embedding, weights).reduce(Double(bias)) { $0 + $1.0 * Double($1.1) }
  }
}

import MetricCatalog
import Networks

/// One of the weights that a protocol names: those of its network, or those of the heads on top of it.
public struct WeightsSlot: Sendable, Hashable {
  /// The field that names the weights, and the one of their fingerprint.
  let field: String
  let fingerprintField: String
  let isHead: Bool

  public static let network = WeightsSlot(field: "weights", fingerprintField: "weights-fingerprint", isHead: false)
  public static let heads = WeightsSlot(
    field: "head-weights", fingerprintField: "head-weights-fingerprint", isHead: true)

  /// Those that a protocol fills.
  public static func of(_ evaluationProtocol: EvaluationProtocol) -> [WeightsSlot] {
    [network, heads].filter { !$0.name(evaluationProtocol.fields).isEmpty }
  }

  /// The weights' name.
  public func name(_ fields: ProtocolFields) -> String { isHead ? fields.headWeights : fields.weights }

  public func fingerprint(_ fields: ProtocolFields) -> String {
    isHead ? fields.headWeightsFingerprint : fields.weightsFingerprint
  }

  /// How the names of networks begin whose weights can stand here.
  func network(_ fields: ProtocolFields) -> String {
    guard isHead else { return fields.networkOfEndpoint }
    return fields.endpoint == nil ? "lpips" : Self.linearHead
  }

  /// Of what is computed from one row of features.
  static let linearHead = LinearHead.network
}

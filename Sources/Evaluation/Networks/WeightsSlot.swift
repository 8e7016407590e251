import MetricCatalog
import Networks

/// One of the weights that a protocol names: those of its network, those of the heads on top of it, or those of a second network, which
/// sees the first frames of clips.
public enum WeightsSlot: Sendable, CaseIterable {
  case network, heads, fast

  /// The field that names the weights.
  var field: String {
    switch self {
    case .network: "weights"
    case .heads: "head-weights"
    case .fast: "fast-weights"
    }
  }

  /// The one of their fingerprint.
  var fingerprintField: String { field + "-fingerprint" }

  /// Those that a protocol fills.
  public static func of(_ evaluationProtocol: EvaluationProtocol) -> [WeightsSlot] {
    allCases.filter { !$0.name(evaluationProtocol.fields).isEmpty }
  }

  /// The weights' name; empty where there are none.
  public func name(_ fields: ProtocolFields) -> String {
    switch self {
    case .network: fields.weights
    case .heads: fields.headWeights
    case .fast: fields.fusion == .none ? "" : fields.fast.weights
    }
  }

  public func fingerprint(_ fields: ProtocolFields) -> String {
    switch self {
    case .network: fields.weightsFingerprint
    case .heads: fields.headWeightsFingerprint
    case .fast: fields.fast.weightsFingerprint
    }
  }

  /// How the names of networks begin whose weights can stand here.
  func network(_ fields: ProtocolFields) -> String {
    switch self {
    case .network: fields.networkOfEndpoint
    case .heads: fields.endpoint == nil ? "lpips" : Self.linearHead
    case .fast: fields.ofFastBranch.networkOfEndpoint
    }
  }

  /// Of what is computed from one row of features.
  static let linearHead = LinearHead.network
}

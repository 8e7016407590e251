import Kernels
import MetricCatalog
import Networks

/// Which values of which network a protocol's field `endpoint` asks for.
enum NetworkEndpoint: String, CaseIterable {
  case logitsMean = "logits-mean"
  case mixed5cMean = "mixed-5c-mean"
  case pool3 = "pool-3"
  case dreamSim = "dreamsim"
  case clip
  /// Of metrics that compare the maps of a network, and not one row of features.
  case maps = ""

  /// - Throws: `EvaluationError.unknownEndpoint`.
  init(_ fields: ProtocolFields) throws {
    guard let endpoint = NetworkEndpoint(rawValue: fields.endpoint) else {
      throw EvaluationError.unknownEndpoint(fields.endpoint)
    }
    self = endpoint
  }

  /// How the names of networks begin whose weights can stand here.
  var weights: String {
    switch self {
    case .logitsMean, .mixed5cMean: "i3d"
    case .pool3: "inception"
    case .dreamSim: "dreamsim"
    case .clip: "clip"
    case .maps: "alexnet"
    }
  }
}

extension NetworkKind.Options {
  /// What a protocol's fields say of its network.
  ///
  /// - Throws: `EvaluationError.unknownEndpoint`.
  init(_ fields: ProtocolFields) throws {
    self.init()
    switch try NetworkEndpoint(fields) {
    case .logitsMean, .mixed5cMean:
      epsilon = Float(fields.batchNormEpsilon)
      endpoint = fields.endpoint == NetworkEndpoint.mixed5cMean.rawValue ? .mixed5cMean : .logitsMean
    case .pool3: epsilon = Float(fields.batchNormEpsilon)
    case .clip:
      guard let kind = ValueFunction.Kind(rawValue: fields.activation) else {
        throw EvaluationError.unknownEndpoint("clip with \(fields.activation)")
      }
      activation = kind
    case .dreamSim, .maps: break
    }
  }
}

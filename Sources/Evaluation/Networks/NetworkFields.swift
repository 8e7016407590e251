import Kernels
import MetricCatalog
import Networks
import Vocabulary

extension ProtocolFields {
  /// How the names of networks begin whose weights can stand in the field `weights`.
  var networkOfEndpoint: String {
    switch endpoint {
    case .logitsMean, .mixed5cMean: "i3d"
    case .pool3: "inception"
    case .dreamSim: "dreamsim"
    case .clip: "clip"
    case .normClassToken: "vit-dino"
    case .qualityScore: "musiq"
    // Metrics that compare the maps of a network, or look at pairs of frames, and not at one row of features.
    case nil: flowIterations > 0 ? "raft" : interpolatedLevels != nil ? "amt" : "alexnet"
    }
  }
}

extension NetworkKind.Options {
  /// What a protocol's fields say of its network.
  ///
  /// - Throws: `CatalogError.contradiction` for a CLIP without its activation.
  init(_ fields: ProtocolFields) throws {
    self.init()
    switch fields.endpoint {
    case .logitsMean, .pool3: epsilon = Float(fields.batchNormEpsilon)
    case .mixed5cMean:
      epsilon = Float(fields.batchNormEpsilon)
      endpoint = .mixed5cMean
    case .clip:
      switch fields.activation {
      case .quickGELU: activation = .quickGELU
      case .gelu: activation = .gelu
      case nil:
        throw CatalogError.contradiction(
          field: "endpoint", other: "activation", reason: "`clip` is of a network that has one")
      }
    case .dreamSim, .normClassToken, .qualityScore, nil: break
    }
  }
}

import Foundation
import MetricCatalog
import Weights

/// The weights that a protocol asks for, checked against those that its published scores were computed with.
public struct WeightsChoice: Sendable {
  /// The protocol, with the weights' own name and fingerprint if they are others.
  public let evaluationProtocol: EvaluationProtocol
  /// Says that they are others.
  public let warning: ScoreWarning?
  /// Reads them.
  public let load: @Sendable () throws -> NetworkWeights

  /// - Parameters:
  ///   - fingerprint: one that was asked for by itself; nil asks for that of the protocol, or of other weights that are
  ///     named. The protocol alone cannot say that its preset's fingerprint was asked for.
  ///   - allowsOthers: whether weights that are not the preset's may be used; the score then says so.
  /// - Throws: `EvaluationError.otherWeights` or `.wrongNetwork`, and `WeightsError` for weights that are not there.
  public init(
    _ wanted: EvaluationProtocol, fingerprint: String?, store: WeightStore, allowsOthers: Bool
  ) throws {
    let preset = wanted.preset
    let name = wanted.fields.weights
    let isUnknown = preset.weightsFingerprint == EvaluationProtocol.unknownFingerprint
    if name == preset.weights, isUnknown {
      // Nobody could read the fingerprint: that of the imported ones is part of the score.
      let weights = try store.load(name)
      try Self.check(wanted, preset, fingerprint, found: weights.fingerprint.description)
      self.init(
        evaluationProtocol: try wanted.overriding("weights-fingerprint", with: weights.fingerprint.description),
        warning: nil
      ) { weights }
      return
    }
    if name == preset.weights {
      // The presence is checked now, the content when it is needed: not for a run whose features are all in the cache.
      if !FileManager.default.fileExists(atPath: store.path(name)) { _ = try store.load(name) }
      try Self.check(wanted, preset, fingerprint, found: preset.weightsFingerprint)
      self.init(evaluationProtocol: wanted, warning: nil) {
        let weights = try store.load(name)
        guard weights.fingerprint.description == preset.weightsFingerprint else {
          throw EvaluationError.weightsChanged(
            name: name, wanted: preset.weightsFingerprint, found: weights.fingerprint.description)
        }
        return weights
      }
      return
    }
    let weights = try store.load(name)
    let needed = wanted.fields.endpoint == "pool-3" ? "inception" : "i3d"
    guard weights.network.hasPrefix(needed) else {
      throw EvaluationError.wrongNetwork(weights: name, network: weights.network, needed: needed)
    }
    try Self.check(wanted, preset, fingerprint, found: weights.fingerprint.description)
    let isSame = weights.fingerprint.description == preset.weightsFingerprint
    let purpose = weights.known?.purpose ?? "weights that no published score is known for"
    guard isSame || allowsOthers else {
      throw EvaluationError.otherWeights(
        name: name, purpose: purpose, protocolName: wanted.name, wanted: preset.weights)
    }
    let settled = try wanted.overriding([
      ("weights", isSame ? preset.weights : name), ("weights-fingerprint", weights.fingerprint.description),
    ])
    let warning = ScoreWarning(
      code: "other-weights",
      text:
        "`\(name)` are not the weights of published scores: this score can be compared with none of them (\(purpose))")
    self.init(evaluationProtocol: settled, warning: isSame ? nil : warning) { weights }
  }

  /// Refuses a fingerprint that was asked for and is not that of the weights.
  private static func check(
    _ wanted: EvaluationProtocol, _ preset: ProtocolFields, _ fingerprint: String?, found: String
  ) throws {
    let set = wanted.fields.weightsFingerprint
    guard let asked = fingerprint ?? (set == preset.weightsFingerprint ? nil : set), asked != found else { return }
    throw EvaluationError.weightsChanged(name: wanted.fields.weights, wanted: asked, found: found)
  }

  private init(
    evaluationProtocol: EvaluationProtocol, warning: ScoreWarning?,
    load: @escaping @Sendable () throws -> NetworkWeights
  ) {
    self.evaluationProtocol = evaluationProtocol
    self.warning = warning
    self.load = load
  }
}

import Foundation
import MetricCatalog
import Weights

/// Weights that a protocol asks for, checked against those that its published scores were computed with.
public struct WeightsChoice: Sendable {
  /// The protocol, with the weights' own name and fingerprint if they are others.
  public let evaluationProtocol: EvaluationProtocol
  /// Says that they are others.
  public let warning: ScoreWarning?
  /// Reads them.
  public let load: @Sendable () throws -> NetworkWeights

  /// - Parameters:
  ///   - slot: which of them.
  ///   - fingerprint: one that was asked for by itself; nil asks for that of the protocol, or of other weights that are
  ///     named. The protocol alone cannot say that its preset's fingerprint was asked for.
  ///   - allowsOthers: whether weights that are not the preset's may be used; the score then says so.
  /// - Throws: `EvaluationError.otherWeights` or `.wrongNetwork`, and `WeightsError` for weights that are not there.
  public init(
    _ wanted: EvaluationProtocol, slot: WeightsSlot = .network, fingerprint: String?, store: WeightStore,
    allowsOthers: Bool
  ) throws {
    let preset = wanted.preset
    let name = slot.name(wanted.fields)
    let (presetName, published) = (slot.name(preset), slot.fingerprint(preset))
    let isUnknown = published == EvaluationProtocol.unknownFingerprint
    if name == presetName, isUnknown {
      // Nobody could read the fingerprint: that of the imported ones is part of the score.
      let weights = try store.load(name)
      try Self.check(wanted, slot, fingerprint, found: weights.fingerprint.description)
      self.init(
        evaluationProtocol: try wanted.overriding(slot.fingerprintField, with: weights.fingerprint.description),
        warning: nil
      ) { weights }
      return
    }
    if name == presetName {
      // The presence is checked now, the content when it is needed: not for a run whose features are all in the cache.
      if !FileManager.default.fileExists(atPath: store.path(name)) { _ = try store.load(name) }
      try Self.check(wanted, slot, fingerprint, found: published)
      self.init(evaluationProtocol: wanted, warning: nil) {
        let weights = try store.load(name)
        guard weights.fingerprint.description == published else {
          throw EvaluationError.weightsChanged(
            name: name, wanted: published, found: weights.fingerprint.description)
        }
        return weights
      }
      return
    }
    let weights = try store.load(name)
    let needed = try slot.network(wanted.fields)
    guard weights.network.hasPrefix(needed) else {
      throw EvaluationError.wrongNetwork(weights: name, network: weights.network, needed: needed)
    }
    try Self.check(wanted, slot, fingerprint, found: weights.fingerprint.description)
    let isSame = weights.fingerprint.description == published
    let purpose = weights.known?.purpose ?? "weights that no published score is known for"
    guard isSame || allowsOthers else {
      throw EvaluationError.otherWeights(
        name: name, purpose: purpose, protocolName: wanted.name, wanted: presetName)
    }
    let settled = try wanted.overriding([
      (slot.field, isSame ? presetName : name), (slot.fingerprintField, weights.fingerprint.description),
    ])
    let warning = ScoreWarning(
      code: "other-weights",
      text:
        "`\(name)` are not the weights of published scores: this score can be compared with none of them (\(purpose))")
    self.init(evaluationProtocol: settled, warning: isSame ? nil : warning) { weights }
  }

  /// Refuses a fingerprint that was asked for and is not that of the weights.
  private static func check(
    _ wanted: EvaluationProtocol, _ slot: WeightsSlot, _ fingerprint: String?, found: String
  ) throws {
    let set = slot.fingerprint(wanted.fields)
    guard let asked = fingerprint ?? (set == slot.fingerprint(wanted.preset) ? nil : set), asked != found else {
      return
    }
    throw EvaluationError.weightsChanged(name: slot.name(wanted.fields), wanted: asked, found: found)
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

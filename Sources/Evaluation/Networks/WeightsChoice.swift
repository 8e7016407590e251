import Foundation
import MetricCatalog
import Scores
import Synchronization
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
      let found = weights.fingerprint.description
      try Self.check(wanted, slot, fingerprint, found: found)
      self.init(
        evaluationProtocol: try wanted.overriding(slot.fingerprintField, with: found), warning: Self.unverified(name),
        load: Self.once(weights, then: Self.loading(name, fingerprint: found, from: store)))
      return
    }
    if name == presetName {
      // The presence is checked now, the content when it is needed: not for a run whose features are all in the cache.
      if !FileManager.default.fileExists(atPath: store.path(name)) { _ = try store.load(name) }
      try Self.check(wanted, slot, fingerprint, found: published)
      self.init(
        evaluationProtocol: wanted, warning: nil, load: Self.loading(name, fingerprint: published, from: store))
      return
    }
    let weights = try store.load(name)
    let needed = slot.network(wanted.fields)
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
    self.init(
      evaluationProtocol: settled, warning: isSame ? nil : warning,
      load: Self.once(weights, then: Self.loading(name, fingerprint: weights.fingerprint.description, from: store)))
  }

  /// No published number was computed here with them, as for all weights whose fingerprint this program does not know.
  private static func unverified(_ name: String) -> ScoreWarning {
    ScoreWarning(
      code: "weights-unverified",
      text:
        "no published number has been computed here with the published `\(name)`: the network was compared with the "
        + "program of its makers on made-up weights\n"
        + "`vidmetrics weights verify \(name)` holds the file that was imported against what its makers publish")
  }

  /// Gives weights that have been read, once, and what `again` reads from then on: kept, they would lie in memory beside what
  /// the network makes of them.
  static func once(_ weights: NetworkWeights, then again: @escaping @Sendable () throws -> NetworkWeights)
    -> @Sendable () throws -> NetworkWeights
  {
    let kept = Kept(weights)
    return { try kept.take() ?? again() }
  }

  private final class Kept: Sendable {
    private let weights: Mutex<NetworkWeights?>

    init(_ weights: NetworkWeights) { self.weights = Mutex(weights) }

    func take() -> NetworkWeights? {
      weights.withLock { weights in
        defer { weights = nil }
        return weights
      }
    }
  }

  private static func loading(_ name: String, fingerprint: String, from store: WeightStore)
    -> @Sendable () throws ->
    NetworkWeights
  {
    {
      let weights = try store.load(name)
      let found = weights.fingerprint.description
      guard found == fingerprint else {
        throw EvaluationError.weightsChanged(name: name, wanted: fingerprint, found: found)
      }
      return weights
    }
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

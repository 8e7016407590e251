import Kernels
import MetricCatalog
import Networks
import Text
import Vocabulary
import Weights

/// One protocol with what a command line or a suite says about it.
public struct RequestedProtocol: Sendable {
  public var evaluationProtocol: EvaluationProtocol
  /// Whether the clip length was asked for.
  public var framesAreGiven = false
  /// A weights fingerprint that was asked for by itself.
  public var fingerprint: String?
  /// Flows of the real videos, in the place of those that are estimated.
  public private(set) var flows: GivenFlows?

  public init(evaluationProtocol: EvaluationProtocol) { self.evaluationProtocol = evaluationProtocol }

  /// - Throws: `CatalogError.unknownField` for a metric that takes no flows.
  public mutating func take(_ flows: GivenFlows) throws {
    evaluationProtocol = try evaluationProtocol.overriding("flow-given", with: flows.digest.description)
    self.flows = flows
  }
}

extension RequestedScore {
  /// What is asked for, without networks.
  public init(_ requested: RequestedProtocol) {
    self.init(requested.evaluationProtocol)
    framesAreGiven = requested.framesAreGiven
    flows = requested.flows
  }
}

extension Metric {
  /// Whether the flows of the real videos may be given.
  public var takesFlows: Bool { fields.contains { $0.name == "flow-given" } }
}

/// The networks that protocols ask for; weights are read once each.
public final class NetworkChoice {
  private let table: KernelTable
  private let store: WeightStore
  private let allowsOtherWeights: Bool
  private let threads: Int
  private let runtime: RuntimeProcess?
  /// By the weights' name and fingerprint.
  private var loaders: [String: @Sendable () throws -> NetworkWeights] = [:]

  /// - Parameter runtime: what computes the networks in this program's place.
  public init(
    environment: [String: String], allowsOtherWeights: Bool, threads: Int = 1, runtime: RuntimeProcess? = nil
  ) throws {
    self.runtime = runtime
    table = KernelTable(try InstructionSet.chosen(cap: environment["VIDMETRICS_ISA"]))
    store = WeightStore(folder: WeightStore.defaultFolder(environment: environment))
    self.allowsOtherWeights = allowsOtherWeights
    self.threads = threads
  }

  /// The protocols with the names and fingerprints of their weights.
  ///
  /// - Parameter isTable: whether they are the rows of a paper's table, which are what they are.
  /// - Throws: `EvaluationError.absentWeights` where something else could be done without them.
  public func settled(_ requested: [RequestedProtocol], isTable: Bool) throws -> [RequestedScore] {
    var scores: [RequestedScore] = []
    var absent: (reason: WeightsError, metric: String)?
    var absentNames: [String] = []
    for wanted in requested {
      var score = RequestedScore(wanted)
      do {
        try settle(&score, fingerprint: wanted.fingerprint)
        scores.append(score)
      } catch let error as WeightsError {
        guard case .absent = error else { throw error }
        absent = absent ?? (error, wanted.evaluationProtocol.metric)
        absentNames += try absentWeights(of: wanted).filter { !absentNames.contains($0) }
      }
    }
    guard let (reason, metric) = absent else { return scores }
    var others: [String] = []
    for score in scores
    where !others.contains(score.evaluationProtocol.metric) && score.evaluationProtocol.metric != metric {
      others.append(score.evaluationProtocol.metric)
    }
    guard metric == "pic" || !others.isEmpty || absentNames.count > 1 else { throw reason }
    // The rows of a table are what they are.
    let stand = requested.count > 1 ? "`--metrics pic:inception-cosine`" : "`--distance inception-cosine`"
    throw EvaluationError.absentWeights(
      reason: "\(reason)", alsoAbsent: Array(absentNames.dropFirst()), others: others,
      instead: metric == "pic" && !isTable ? stand : nil)
  }

  /// The weights that a protocol needs and that are not there, in the order in which they are looked for.
  private func absentWeights(of wanted: RequestedProtocol) throws -> [String] {
    try WeightsSlot.of(wanted.evaluationProtocol).compactMap { slot in
      do {
        _ = try WeightsChoice(
          wanted.evaluationProtocol, slot: slot, fingerprint: slot == .network ? wanted.fingerprint : nil, store: store,
          allowsOthers: allowsOtherWeights)
        return nil
      } catch WeightsError.absent(let name, _) { return name }
    }
  }

  /// Puts the weights' own names and fingerprints into a protocol that has networks.
  ///
  /// - Throws: `EvaluationError` and `WeightsError` for weights that are others or are not there.
  public func settle(_ score: inout RequestedScore, fingerprint: String?) throws {
    if let runtime {
      score.evaluationProtocol = try score.evaluationProtocol.overriding("device", with: runtime.device)
      try score.evaluationProtocol.validate()
    }
    for slot in WeightsSlot.of(score.evaluationProtocol) {
      let choice = try WeightsChoice(
        score.evaluationProtocol, slot: slot, fingerprint: slot == .network ? fingerprint : nil, store: store,
        allowsOthers: allowsOtherWeights)
      score.evaluationProtocol = choice.evaluationProtocol
      score.warnings += choice.warning.map { [$0] } ?? []
      loaders[key(slot, score.evaluationProtocol)] = choice.load
    }
    if score.evaluationProtocol.definition.reference == .prompts { _ = try tokenizer() }
    if score.evaluationProtocol.fields.flowIterations > 0 {
      score.flow = FlowNetwork(
        table: table, iterations: score.evaluationProtocol.fields.flowIterations,
        weights: try weights(score.evaluationProtocol))
    }
    if score.evaluationProtocol.fields.interpolatedLevels != nil {
      score.interpolation = InterpolationNetwork(table: table, weights: try weights(score.evaluationProtocol))
    }
    if WeightsSlot.of(score.evaluationProtocol).contains(.heads) {
      let heads = try weights(score.evaluationProtocol, .heads)
      if score.evaluationProtocol.fields.endpoint == nil {
        score.perceptual = PerceptualNetwork(
          table: table, weights: try weights(score.evaluationProtocol), heads: heads)
      } else {
        score.head = heads
      }
    }
  }

  /// - Throws: for a protocol that was not settled.
  public func network(_ settled: EvaluationProtocol) throws -> any FeatureNetwork {
    var load = try weights(settled)
    let kind: NetworkKind
    switch settled.fields.endpoint {
    case .logitsMean, .mixed5cMean: kind = .i3d
    case .pool3: kind = .inceptionV3
    case .clip, .dreamSim, .normClassToken, .qualityScore:
      let weights = try load()
      guard let found = try NetworkKind(of: weights) else {
        throw EvaluationError.wrongNetwork(
          weights: weights.name, network: weights.network, needed: settled.fields.networkOfEndpoint)
      }
      kind = found
      load = WeightsChoice.once(weights, then: load)
    case nil: throw EvaluationError.noFeatures(metric: settled.metric)
    }
    let (fingerprint, options) = (settled.fields.weightsFingerprint, try NetworkKind.Options(settled.fields))
    guard settled.fields.device == ProtocolFields.ownDevice else {
      return try RuntimeNetwork(
        kind, fingerprint: fingerprint, options: options, device: settled.fields.device, runtime: runtime, weights: load
      )
    }
    return try EmbeddingNetwork(kind, fingerprint: fingerprint, options: options, table: table, weights: load)
  }

  /// The one that reads prompts, with the weights of the one that sees frames.
  public func textNetwork(_ settled: EvaluationProtocol) throws -> any TextNetwork {
    try CLIPTextNetwork(
      fingerprint: settled.fields.weightsFingerprint, options: NetworkKind.Options(settled.fields),
      tokenizer: try tokenizer(), threads: threads, table: table, weights: try weights(settled))
  }

  private func tokenizer() throws -> CLIPTokenizer {
    try CLIPTokenizer(vocabulary: store.loadVocabulary("clip-vocabulary"))
  }

  /// What reads the weights of a settled protocol.
  public func weights(_ settled: EvaluationProtocol, _ slot: WeightsSlot = .network) throws
    -> @Sendable () throws -> NetworkWeights
  {
    guard let load = loaders[key(slot, settled)] else {
      throw EvaluationError.wrongNetwork(
        weights: slot.name(settled.fields), network: "unknown", needed: settled.name)
    }
    return load
  }

  private func key(_ slot: WeightsSlot, _ settled: EvaluationProtocol) -> String {
    slot.name(settled.fields) + " " + slot.fingerprint(settled.fields)
  }
}

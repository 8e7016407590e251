import ArgumentParser
import Evaluation
import Foundation
import Kernels
import MetricCatalog
import Text
import Weights

/// Scores sets by some protocols and prints the document.
struct ScoreRun {
  let sets: any ScoredSets
  let options: ScoreOptions
  var besides = BesideOptions()

  func run(_ requested: [RequestedProtocol]) throws {
    let recorder = try Recorder(options.recordOptions)
    let environment = ProcessInfo.processInfo.environment
    let threads = options.runOptions.threads ?? ProcessInfo.processInfo.activeProcessorCount
    let networks = try NetworkChoice(
      environment: environment, allowsOtherWeights: options.protocolOptions.allowOtherWeights, threads: threads)
    let scores = try settled(requested, networks)
    var request = ScoreRequest(real: sets.reference, fake: sets.fake, scores: scores)
    request.inputColumn = try besides.inputColumn
    if let prompts = besides.prompts { request.prompts = PromptSource(prompts) }
    request.valueRange = options.inputOptions.valueRange
    request.picturesAreImages = options.inputOptions.images
    request.skipsUnusable = options.inputOptions.onError == .skip
    request.threads = threads
    request.honesty = options.honesty.settings

    let cache = options.runOptions.noCache ? nil : CacheFolder(path: CacheFolder.defaultPath(environment: environment))
    var evaluation = Evaluation(request: request, cache: cache, network: networks.network)
    evaluation.textNetwork = networks.textNetwork
    evaluation.version = Version.text
    if Terminal.isInteractive { evaluation.progress = TerminalProgress() }
    Interruption.listen()
    evaluation.isInterrupted = { Interruption.isRequested }

    let document = try evaluation.run()
    let recorded = recorder?.record(document)
    let json = options.runOptions.json
    let run = try? recorded?.get()
    Output.print(json ? document.json(run: run).text() : document.table, terminator: json ? "\n" : "")
    if let file = options.runOptions.append { try document.append(to: file) }
    // What could not be kept has been printed.
    _ = try recorded?.get()
    if !document.skipped.isEmpty { throw ExitCode(Exit.skipped) }
  }

  /// The protocols with the names and fingerprints of their weights.
  ///
  /// - Throws: `EvaluationError.absentWeights` where something else could be done without them.
  private func settled(_ requested: [RequestedProtocol], _ networks: NetworkChoice) throws -> [RequestedScore] {
    var scores: [RequestedScore] = []
    var absent: (reason: WeightsError, metric: String)?
    for wanted in requested {
      var score = RequestedScore(wanted.evaluationProtocol)
      score.framesAreGiven = wanted.framesAreGiven
      do {
        try networks.settle(&score, fingerprint: wanted.fingerprint)
        scores.append(score)
      } catch let error as WeightsError {
        guard case .absent = error else { throw error }
        absent = absent ?? (error, wanted.evaluationProtocol.metric)
      }
    }
    guard let (reason, metric) = absent else { return scores }
    var others: [String] = []
    for score in scores
    where !others.contains(score.evaluationProtocol.metric) && score.evaluationProtocol.metric != metric {
      others.append(score.evaluationProtocol.metric)
    }
    guard metric == "pic" || !others.isEmpty else { throw reason }
    // The rows of a table are what they are.
    let stand = requested.count > 1 ? "`--metrics pic:inception-cosine`" : "`--distance inception-cosine`"
    throw EvaluationError.absentWeights(
      reason: "\(reason)", others: others, instead: metric == "pic" && !besides.isTable ? stand : nil)
  }
}

/// One protocol with what the command line says about it.
struct RequestedProtocol {
  var evaluationProtocol: EvaluationProtocol
  var framesAreGiven = false
  /// A weights fingerprint that was asked for by itself.
  var fingerprint: String?
}

/// The networks that protocols ask for; weights are read once each.
final class NetworkChoice {
  private let table: KernelTable
  private let store: WeightStore
  private let allowsOtherWeights: Bool
  private let threads: Int
  /// By the weights' name and fingerprint.
  private var loaders: [String: @Sendable () throws -> NetworkWeights] = [:]

  init(environment: [String: String], allowsOtherWeights: Bool, threads: Int = 1) throws {
    table = KernelTable(try InstructionSet.chosen(cap: environment["VIDMETRICS_ISA"]))
    store = WeightStore(folder: WeightStore.defaultFolder(environment: environment))
    self.allowsOtherWeights = allowsOtherWeights
    self.threads = threads
  }

  /// Puts the weights' own names and fingerprints into a protocol that has networks.
  ///
  /// - Throws: `EvaluationError` and `WeightsError` for weights that are others or are not there.
  func settle(_ score: inout RequestedScore, fingerprint: String?) throws {
    for slot in WeightsSlot.of(score.evaluationProtocol) {
      let choice = try WeightsChoice(
        score.evaluationProtocol, slot: slot, fingerprint: slot == .network ? fingerprint : nil, store: store,
        allowsOthers: allowsOtherWeights)
      score.evaluationProtocol = choice.evaluationProtocol
      score.warnings += choice.warning.map { [$0] } ?? []
      loaders[key(slot, score.evaluationProtocol)] = choice.load
    }
    if try score.evaluationProtocol.definition.reference == .prompts { _ = try tokenizer() }
    if WeightsSlot.of(score.evaluationProtocol).contains(.heads) {
      score.perceptual = PerceptualNetwork(
        table: table, weights: try weights(score.evaluationProtocol),
        heads: try weights(score.evaluationProtocol, .heads))
    }
  }

  /// - Throws: for a protocol that was not settled.
  func network(_ settled: EvaluationProtocol) throws -> any FeatureNetwork {
    let fields = settled.fields
    let load = try weights(settled)
    switch fields.endpoint {
    case "pool-3":
      return InceptionNetwork(
        fingerprint: fields.weightsFingerprint, epsilon: fields.batchNormEpsilon, table: table, weights: load)
    case "dreamsim":
      return DreamSimNetwork(
        kind: try load().network, fingerprint: fields.weightsFingerprint, table: table, weights: load)
    case "clip":
      return CLIPImageNetwork(
        fingerprint: fields.weightsFingerprint, activation: fields.activation, table: table, weights: load)
    default:
      return I3DNetwork(
        fingerprint: fields.weightsFingerprint, epsilon: fields.batchNormEpsilon, endpoint: fields.endpoint,
        table: table, weights: load)
    }
  }

  /// The one that reads prompts, with the weights of the one that sees frames.
  func textNetwork(_ settled: EvaluationProtocol) throws -> any TextNetwork {
    CLIPTextNetwork(
      fingerprint: settled.fields.weightsFingerprint, activation: settled.fields.activation,
      tokenizer: try tokenizer(), threads: threads, table: table,
      weights: try weights(settled))
  }

  private func tokenizer() throws -> CLIPTokenizer {
    try CLIPTokenizer(vocabulary: store.loadVocabulary("clip-vocabulary"))
  }

  /// What reads the weights of a settled protocol.
  func weights(_ settled: EvaluationProtocol, _ slot: WeightsSlot = .network) throws
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

import ArgumentParser
import Evaluation
import Foundation
import Kernels
import MetricCatalog
import Weights

/// Scores sets by some protocols and prints the document.
struct ScoreRun {
  let sets: any ScoredSets
  let options: ScoreOptions
  var besides = BesideOptions()

  func run(_ requested: [RequestedProtocol]) throws {
    let environment = ProcessInfo.processInfo.environment
    let networks = try NetworkChoice(
      environment: environment, allowsOtherWeights: options.protocolOptions.allowOtherWeights)
    let scores = try requested.map { wanted -> RequestedScore in
      var score = RequestedScore(wanted.evaluationProtocol)
      score.framesAreGiven = wanted.framesAreGiven
      try networks.settle(&score, fingerprint: wanted.fingerprint)
      return score
    }
    var request = ScoreRequest(real: sets.reference, fake: sets.fake, scores: scores)
    request.inputColumn = try besides.inputColumn
    if let prompts = besides.prompts { request.prompts = PromptSource(prompts) }
    request.valueRange = options.inputOptions.valueRange
    request.picturesAreImages = options.inputOptions.images
    request.skipsUnusable = options.inputOptions.onError == .skip
    request.threads = options.runOptions.threads ?? ProcessInfo.processInfo.activeProcessorCount
    request.honesty = options.honesty.settings

    let cache = options.runOptions.noCache ? nil : CacheFolder(path: CacheFolder.defaultPath(environment: environment))
    var evaluation = Evaluation(request: request, cache: cache, network: networks.network)
    evaluation.version = Version.text
    if Terminal.isInteractive { evaluation.progress = TerminalProgress() }
    Interruption.listen()
    evaluation.isInterrupted = { Interruption.isRequested }

    let document = try evaluation.run()
    let json = options.runOptions.json
    Output.print(json ? document.json.text() : document.table, terminator: json ? "\n" : "")
    if let file = options.runOptions.append { try document.append(to: file) }
    if !document.skipped.isEmpty { throw ExitCode(Exit.skipped) }
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
  /// By the weights' name and fingerprint.
  private var loaders: [String: @Sendable () throws -> NetworkWeights] = [:]

  init(environment: [String: String], allowsOtherWeights: Bool) throws {
    table = KernelTable(try InstructionSet.chosen(cap: environment["VIDMETRICS_ISA"]))
    store = WeightStore(folder: WeightStore.defaultFolder(environment: environment))
    self.allowsOtherWeights = allowsOtherWeights
  }

  /// Puts the weights' own name and fingerprint into a protocol that has a network.
  ///
  /// - Throws: `EvaluationError` and `WeightsError` for weights that are others or are not there.
  func settle(_ score: inout RequestedScore, fingerprint: String?) throws {
    guard !score.evaluationProtocol.fields.weights.isEmpty else { return }
    let choice = try WeightsChoice(
      score.evaluationProtocol, fingerprint: fingerprint, store: store, allowsOthers: allowsOtherWeights)
    score.evaluationProtocol = choice.evaluationProtocol
    score.warnings += choice.warning.map { [$0] } ?? []
    loaders[key(score.evaluationProtocol)] = choice.load
    guard !score.evaluationProtocol.fields.headWeights.isEmpty else { return }
    score.perceptual = PerceptualNetwork(
      table: table, weights: choice.load, heads: try heads(&score.evaluationProtocol))
  }

  /// The weights on top of a network.
  private func heads(_ wanted: inout EvaluationProtocol) throws -> @Sendable () throws -> NetworkWeights {
    let name = wanted.fields.headWeights
    let weights = try store.load(name)
    guard weights.fingerprint.description == wanted.fields.headWeightsFingerprint else {
      throw EvaluationError.weightsChanged(
        name: name, wanted: wanted.fields.headWeightsFingerprint, found: weights.fingerprint.description)
    }
    return { weights }
  }

  /// - Throws: for a protocol that was not settled.
  func network(_ settled: EvaluationProtocol) throws -> any FeatureNetwork {
    let fields = settled.fields
    guard let load = loaders[key(settled)] else {
      throw EvaluationError.wrongNetwork(weights: fields.weights, network: "unknown", needed: settled.name)
    }
    if fields.endpoint == "pool-3" {
      return InceptionNetwork(
        fingerprint: fields.weightsFingerprint, epsilon: fields.batchNormEpsilon, table: table, weights: load)
    }
    return I3DNetwork(
      fingerprint: fields.weightsFingerprint, epsilon: fields.batchNormEpsilon, endpoint: fields.endpoint,
      table: table, weights: load)
  }

  private func key(_ settled: EvaluationProtocol) -> String {
    settled.fields.weights + " " + settled.fields.weightsFingerprint
  }
}

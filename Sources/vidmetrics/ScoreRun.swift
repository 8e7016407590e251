import ArgumentParser
import Evaluation
import Foundation

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
    let scores = try networks.settled(requested, isTable: besides.isTable)
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
}

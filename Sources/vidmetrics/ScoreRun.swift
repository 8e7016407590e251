import ArgumentParser
import Evaluation
import Foundation
import Harness
import ProcessLimits
import Scores

/// Scores sets by some protocols and prints the document.
struct ScoreRun {
  let sets: any ScoredSets
  let options: ScoreOptions
  var besides = BesideOptions()
  /// Whether the first set is the pictures that videos were made from, for every metric.
  var realIsInputs = false
  /// What stands above the scores, and beside them in JSON.
  var heading: (([ScoreRecord]) throws -> Heading)?
  /// Writes a file of the scores.
  var write: (([ScoreRecord]) throws -> Void)?

  struct Heading {
    let text: String
    let key: String
    let json: JSONValue
  }

  func run(_ requested: [RequestedProtocol]) throws {
    options.runOptions.quiet.apply()
    let recorder = try Recorder(options.recordOptions)
    let labels = options.recordOptions.labels(of: sets)
    // As things are when the work begins.
    let place = RunRecord.Circumstances.ofThisProcess()
    let environment = ProcessInfo.processInfo.environment
    let threads = options.runOptions.threads ?? ProcessLimits.processors
    var request = ScoreRequest(
      real: sets.reference, fake: sets.fake, scores: requested.map { RequestedScore($0) })
    request.realIsInputs = realIsInputs
    request.inputColumn = try besides.inputColumn
    if let prompts = besides.prompts { request.prompts = PromptSource(prompts) }
    request.input = options.inputOptions.sets
    request.pairBy = options.inputOptions.pairBy
    request.skipsUnusable = options.inputOptions.onError == .skip
    request.threads = threads
    request.memory = options.runOptions.memoryAllowance
    request.honesty = options.honesty.settings
    request.flowPictures = recorder.map { _ in FlowPictureLimits() }
    let networks = try NetworkChoice(
      environment: environment, allowsOtherWeights: options.protocolOptions.allowOtherWeights, threads: threads,
      runtime: options.runOptions.startedRuntime())
    try request.check()
    request.scores = try networks.settled(requested, isTable: besides.isTable)

    let cache = options.runOptions.noCache ? nil : CacheFolder(path: CacheFolder.defaultPath(environment: environment))
    var evaluation = Evaluation(request: request, cache: cache, network: networks.network)
    evaluation.textNetwork = networks.textNetwork
    evaluation.version = Version.text
    evaluation.progress = TerminalProgress()
    Interruption.listen()
    evaluation.isInterrupted = { Interruption.isRequested }

    let result = try evaluation.run()
    var run = RunRecord(result, labels: labels, place: place)
    // What cannot be kept is printed before the error is.
    let recorded = Result { try recorder?.record(&run, keeping: result) }
    try print(run)
    try write?(run.scores)
    if let file = options.runOptions.append { try run.appendAsStyleGANV(to: file) }
    try recorded.get()
    if !run.skipped.isEmpty { throw ExitCode(Exit.skipped) }
  }

  private func print(_ run: RunRecord) throws {
    let heading = try heading?(run.scores)
    guard options.runOptions.json else {
      return Output.print(
        (heading.map { $0.text + "\n" } ?? "") + ScoreText.text(run.scores, skipped: run.skipped), terminator: "")
    }
    var document = try RunDocument.json(run)
    if let heading, case .object(let entries) = document {
      document = .object(entries + [(heading.key, heading.json)])
    }
    Output.print(document.text(), terminator: "\n")
  }
}

extension RecordOptions {
  /// What the run is called, with the name that the project's file gives to its real set. Says what comes from there.
  func labels(of sets: any ScoredSets) -> RunLabels {
    var labels = labels
    if let project = Project.known, let real = project.real, sets.reference == real {
      Terminal.note("the real set is \(real), as \(project.file) says\n")
      if labels.dataset == nil, let dataset = project.dataset {
        Terminal.note("its name is \(dataset), as \(project.file) says\n")
        labels.dataset = dataset
      }
    }
    return labels
  }
}

import ArgumentParser
import Evaluation
import Foundation
import Kernels
import MetricCatalog
import Weights

struct FVD: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fvd",
    abstract: "Fréchet video distance of two sets of videos",
    discussion: """
      A set is a folder of videos, of frame folders or of classes of either, a .zip or .tar of those, or a .npy/.npz array \
      [N,T,H,W,3].

        vidmetrics fvd real/ generated/
        vidmetrics fvd real/ generated/ --protocol tats --clips all --json
        vidmetrics fvd a.npy b.npy --protocol tf-original --value-range network

      A row of an array is a clip by itself: unless --frames is given its whole length is scored.
      """)

  @Argument(help: ArgumentHelp("The set of real videos.", valueName: "real"))
  var real: String

  @Argument(help: ArgumentHelp("The set of generated videos.", valueName: "fake"))
  var fake: String

  @OptionGroup(title: "Protocol") var protocolOptions: ProtocolOptions
  @OptionGroup(title: "Which frames") var frameOptions: FrameOptions
  @OptionGroup(title: "Input") var inputOptions: InputOptions
  @OptionGroup(title: "Running and output") var runOptions: RunOptions

  func run() throws {
    let chosen = try protocolOptions.resolved(metric: "fvd", frameOptions, inputOptions)
    let environment = ProcessInfo.processInfo.environment
    let table = KernelTable(try InstructionSet.chosen(cap: environment["VIDMETRICS_ISA"]))
    let store = WeightStore(folder: WeightStore.defaultFolder(environment: environment))
    let given = try protocolOptions.assignments(frameOptions, inputOptions)
    let weights = try WeightsChoice(
      chosen, fingerprint: given.last { $0.field == "weights-fingerprint" }?.value, store: store,
      allowsOthers: protocolOptions.allowOtherWeights)

    var request = FVDRequest(real: real, fake: fake, evaluationProtocol: weights.evaluationProtocol)
    request.framesAreGiven = given.contains { $0.field == "frames" }
    request.valueRange = inputOptions.valueRange
    request.skipsUnusable = inputOptions.onError == .skip
    request.threads = runOptions.threads ?? ProcessInfo.processInfo.activeProcessorCount

    let cache = runOptions.noCache ? nil : CacheFolder(path: CacheFolder.defaultPath(environment: environment))
    var evaluation = FVDEvaluation(request: request, cache: cache) { fields in
      I3DNetwork(
        fingerprint: fields.weightsFingerprint, epsilon: fields.batchNormEpsilon, table: table, weights: weights.load)
    }
    evaluation.version = Version.text
    evaluation.warnings = weights.warning.map { [$0] } ?? []
    if Terminal.isInteractive { evaluation.progress = TerminalProgress() }
    Interruption.listen()
    evaluation.isInterrupted = { Interruption.isRequested }

    let document = try evaluation.run()
    Output.print(runOptions.json ? document.json.text() : document.table, terminator: runOptions.json ? "\n" : "")
    if !document.skipped.isEmpty { throw ExitCode(Exit.skipped) }
  }
}

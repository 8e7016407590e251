import ArgumentParser
import Evaluation
import MetricCatalog

struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Several metrics of two sets, in one decoding pass",
    discussion: """
      \(SetArguments.discussion)

        vidmetrics score real/ generated/ --metrics fvd,kvd,fid
        vidmetrics score real/ generated/ --metrics fvd:tats,kvd:tats,fid:pytorch-fid --json
        vidmetrics score real/ generated/ --table lvdm       what a paper's table prints, with every field of it

      A metric stands by itself or with a protocol after a colon. An option or `--set field=value` holds for every metric \
      that has the field, `--set fvd.field=value` for one. `--frames` is the length of clips here; how many frames of a \
      video FID and KID take is `--set samples=N`.
      """)

  @OptionGroup var sets: OneOrTwoSets

  @OptionGroup var choice: MetricChoice

  @Option(help: BesideOptions.input) var input: String?
  @Option(help: BesideOptions.prompts) var prompts: String?
  @Option(help: BesideOptions.flow, completion: .directory) var flow: String?

  @OptionGroup var options: ScoreOptions

  /// With the project's real set where the fake one stands alone and a metric wants both.
  private func setsMeant(for requested: [RequestedProtocol]) -> any ScoredSets {
    let references = requested.map { $0.evaluationProtocol.definition.reference }
    guard sets.reference == nil, let real = Project.known?.real, references.contains(.real),
      !references.contains(.inputs)
    else { return sets }
    return ProjectSets(reference: real, fake: sets.fake)
  }

  private struct ProjectSets: ScoredSets {
    let reference: String?
    let fake: String
  }

  func run() throws {
    let besides = BesideOptions(
      input: input, prompts: prompts, flows: try flow.map { try GivenFlows(folder: $0) },
      isTable: choice.table != nil)
    let requested = try choice.requested(options, besides: besides)
    try options.checkAssignments(of: requested.map(\.evaluationProtocol))
    guard prompts == nil || requested.contains(where: { $0.evaluationProtocol.metric == "clip-sim" }) else {
      throw ValidationError("--prompts is for clip-sim, which is not asked for")
    }
    guard flow == nil || requested.contains(where: \.evaluationProtocol.definition.takesFlows) else {
      throw ValidationError("--flow is for flow-error, which is not asked for")
    }
    guard input == nil || requested.contains(where: { $0.evaluationProtocol.isOfInputs }) else {
      throw EvaluationError.inputUnused
    }
    try ScoreRun(sets: setsMeant(for: requested), options: options, besides: besides).run(requested)
  }
}

/// Which metrics, one by one or as a paper's table has them.
struct MetricChoice: ParsableArguments {
  @Option(
    help: ArgumentHelp("The metrics, separated by commas.", valueName: "metric[:protocol],..."),
    completion: .commaList(Metric.names))
  var metrics: String?

  @Option(
    help: ArgumentHelp("A paper's table: \(PaperTable.names.joined(separator: ", ")).", valueName: "name"),
    completion: .list(PaperTable.names))
  var table: String?

  /// - Throws: `ValidationError`, `CatalogError`.
  func requested(_ options: ScoreOptions, besides: BesideOptions = BesideOptions()) throws -> [RequestedProtocol] {
    var requested: [RequestedProtocol] = []
    if let table {
      guard options.protocolOptions.name == nil else {
        throw ValidationError("--table and --protocol both say how: give one")
      }
      let only = try metrics.map { try CommaList.names($0, of: "metrics") }
      let rows = try PaperTable.named(table).rows.filter { only?.contains($0.metric) ?? true }
      for row in rows {
        requested += try options.withParts(
          options.applied(to: row, isOneOfSeveral: true, besides: besides), isOneOfSeveral: true)
      }
      guard !rows.isEmpty else {
        throw ValidationError("the table `\(table)` has none of the metrics \(metrics ?? "")")
      }
    } else {
      if metrics == nil, let project = Project.known, let own = project.metrics {
        options.runOptions.quiet.apply()
        Terminal.note("the metrics are \(own.joined(separator: ", ")), as \(project.file) says\n")
      }
      guard let metrics = metrics ?? Project.known?.metrics?.joined(separator: ",") else {
        throw ValidationError(
          "--metrics or --table says what to score; metrics are \(Metric.names.joined(separator: ", "))")
      }
      requested = try options.requested(metrics: metrics, besides: besides)
    }
    return requested
  }
}

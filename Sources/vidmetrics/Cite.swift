import ArgumentParser
import MetricCatalog

struct Cite: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cite", abstract: "BibTeX and the one sentence for the paper")

  @Argument(help: ArgumentHelp("The evaluation protocol. (default: the default of `fvd`)", valueName: "protocol"))
  var name: String?

  func run() throws {
    let preset = try EvaluationProtocol.named(name ?? EvaluationProtocol.defaultName(metric: "fvd") ?? "")
    Output.print(
      "\(preset.sentence) [protocol \(preset.name), version \(preset.version), fingerprint \(preset.fingerprint)].\n")
    Output.print(preset.bibtex)
  }
}

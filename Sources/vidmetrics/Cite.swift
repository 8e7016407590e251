import ArgumentParser
import MetricCatalog

struct Cite: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cite", abstract: "BibTeX and the one sentence for the paper")

  @Argument(help: ArgumentHelp("The evaluation protocol.", valueName: "protocol"))
  var name: String = "stylegan-v"

  func run() throws {
    let preset = try EvaluationProtocol.named(name)
    print(
      "\(preset.sentence) [protocol \(preset.name), version \(preset.version), fingerprint \(preset.fingerprint)].\n")
    print(preset.bibtex)
  }
}

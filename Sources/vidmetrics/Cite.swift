import ArgumentParser
import MetricCatalog

struct Cite: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cite", abstract: "BibTeX and the one sentence for the paper")

  @Argument(
    help: ArgumentHelp(
      "The evaluation protocol, or a paper's table. (default: the default of `fvd`)", valueName: "protocol"),
    completion: .list(EvaluationProtocol.names + PaperTable.names))
  var name: String?

  func run() throws {
    if let name, PaperTable.names.contains(name) {
      let table = try PaperTable.named(name)
      let prints = table.rows.map { "\($0.metric) \($0.fingerprint)" }.joined(separator: ", ")
      Output.print("\(table.sentence) [table \(table.name), version \(table.version), \(prints)].\n")
      return Output.print(table.bibtex)
    }
    let preset = try EvaluationProtocol.named(name ?? EvaluationProtocol.defaultName(metric: "fvd") ?? "")
    Output.print(
      "\(preset.sentence) [protocol \(preset.name), version \(preset.version), fingerprint \(preset.fingerprint)].\n")
    Output.print(preset.bibtex)
  }
}

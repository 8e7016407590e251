import ArgumentParser
import Evaluation
import MetricCatalog

struct ProtocolsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "protocols", abstract: "The evaluation protocols and every field of them",
    subcommands: [List.self, Show.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Name, version, fingerprint and source of each protocol")

    @Flag(help: "Print JSON.") var json = false

    func run() throws {
      let all = try EvaluationProtocol.all()
      if json { return Output.print(JSONValue.array(all.map(\.fullJSON)).text()) }
      let names = all.map { ([$0.name] + $0.aliases).joined(separator: ", ") }
      let width = names.map(\.count).max() ?? 0
      for (preset, name) in zip(all, names) {
        let padding = String(repeating: " ", count: width - name.count)
        Output.print(
          "\(name)\(padding)  \(preset.metric)  v\(preset.version)  \(preset.fingerprint.hex.prefix(12))  \(preset.source.title)"
        )
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Every field of a protocol, its sources and departures")

    @Argument(help: ArgumentHelp("The protocol.", valueName: "name")) var name: String

    @Flag(help: "Print JSON.") var json = false

    func run() throws {
      let preset = try EvaluationProtocol.named(name)
      Output.print(json ? preset.fullJSON.text() : Self.text(preset))
    }

    private static func text(_ preset: EvaluationProtocol) -> String {
      var lines = ["\(preset.name)  (\(preset.metric), version \(preset.version), \(preset.direction) is better)"]
      if !preset.aliases.isEmpty { lines.append("also called \(preset.aliases.joined(separator: ", "))") }
      lines += ["\(preset.fingerprint)", ""]
      let rows = FieldDefinition.all.map { ($0.name, "\($0.value(in: preset))", $0.meaning) }
      let width = rows.map(\.0.count).max() ?? 0
      let valueWidth = rows.map { $0.1.count > 24 ? 0 : $0.1.count }.max() ?? 0
      for (name, value, meaning) in rows {
        lines.append("  \(padded(name, width))  \(padded(value, valueWidth))  \(meaning)")
      }
      lines += ["", "clips: \(counts(preset.counts))", "", "read in \(preset.source.title)"]
      lines.append("  \(preset.source.repository) at \(preset.source.commit)")
      lines += preset.source.read.map { "  \($0)" }
      if !preset.departures.isEmpty { lines += ["", "known departures from the published program"] }
      for departure in preset.departures {
        lines += ["  \(departure.field)", "    published: \(departure.published)", "    here: \(departure.here)"]
      }
      lines += ["", "changes"] + preset.changelog.map { "  version \($0.version), \($0.date): \($0.text)" }
      return lines.joined(separator: "\n")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func counts(_ counts: EvaluationProtocol.Counts) -> String {
      func words(_ number: Int?) -> String { number.map(String.init) ?? "any number of" }
      return "published with \(words(counts.recommendedReal)) real and \(words(counts.recommendedFake)) fake ones, "
        + "at least \(counts.minimum) a side"
    }
  }
}

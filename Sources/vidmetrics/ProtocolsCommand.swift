import ArgumentParser
import Evaluation
import MetricCatalog
import Scores
import Threads

struct ProtocolsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "protocols", abstract: "The evaluation protocols and every field of them",
    subcommands: [List.self, Show.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Name, version, fingerprint and source of each protocol")

    @Flag(help: "Print JSON.") var json = false

    func run() throws {
      let (all, tables) = try Self.catalog()
      if json {
        return Output.print(
          JSONValue.object([
            ("protocols", .array(all.map(\.fullJSON))), ("tables", .array(tables.map(\.json))),
          ]).text())
      }
      let names = all.map {
        $0.aliases.isEmpty ? $0.qualifiedName : "\($0.qualifiedName) (\($0.aliases.joined(separator: ", ")))"
      }
      let width = min((names + tables.map(\.name)).map(\.count).max() ?? 0, 36)
      var metric: String?
      for (preset, name) in zip(all, names) {
        if preset.metric != metric { Output.print((metric == nil ? "" : "\n") + preset.metric) }
        metric = preset.metric
        Output.print(
          Self.line(
            "  \(padded(name, width))  v\(preset.version)  \(preset.fingerprint.hex.prefix(12))", preset.source.title))
      }
      Output.print("\npapers' tables, for `vidmetrics score --table NAME`")
      for table in tables {
        Output.print(
          Self.line(
            "  \(padded(table.name, width))  v\(table.version)  \(padded("\(table.rows.count) rows", 12))",
            table.source.title))
      }
    }

    /// At most 80 letters: `protocols show` has the whole title.
    private static func line(_ facts: String, _ title: String) -> String {
      let room = max(0, 78 - facts.count)
      return facts + "  " + (title.count > room ? title.prefix(max(0, room - 1)) + "…" : title)
    }

    /// Protocols and tables, read side by side.
    private static func catalog() throws -> ([EvaluationProtocol], [PaperTable]) {
      let halves: [([EvaluationProtocol], [PaperTable])] = try parallelMap(2, threads: 2) { half in
        half == 0 ? (try EvaluationProtocol.all(), []) : ([], try PaperTable.all())
      }
      return (halves[0].0, halves[1].1)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Every field of a protocol, its sources and departures")

    @Argument(
      help: ArgumentHelp("The protocol.", valueName: "name"),
      completion: .list(EvaluationProtocol.names + PaperTable.names))
    var name: String

    @Flag(help: "Print JSON.") var json = false

    func run() throws {
      if PaperTable.names.contains(name) {
        let table = try PaperTable.named(name)
        return Output.print(json ? table.json.text() : Self.text(table))
      }
      let preset = try EvaluationProtocol.named(name)
      Output.print(json ? preset.fullJSON.text() : Self.text(preset))
    }

    private static func text(_ preset: EvaluationProtocol) -> String {
      var lines = ["\(preset.name)  (\(preset.metric), version \(preset.version), \(preset.direction) is better)"]
      if !preset.aliases.isEmpty { lines.append("also called \(preset.aliases.joined(separator: ", "))") }
      lines += ["\(preset.fingerprint)", ""]
      let rows = preset.decidingFields.map { ($0.definition.name, "\($0.value)", $0.definition.meaning) }
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
        lines += effect(departure.effect)
      }
      lines += ["", "changes"] + preset.changelog.map { "  version \($0.version), \($0.date): \($0.text)" }
      return lines.joined(separator: "\n")
    }

    private static func text(_ table: PaperTable) -> String {
      var lines = ["\(table.name)  (a paper's table, version \(table.version))", ""]
      for row in table.rows {
        let base = row.source.title == table.source.title ? row.metric : row.name
        lines.append("\(base)  \(row.fingerprint)")
        let width = row.decidingFields.map(\.definition.name.count).max() ?? 0
        lines += row.decidingFields.map { "  \(padded($0.definition.name, width))  \($0.value)" } + [""]
      }
      lines += ["read in \(table.source.title)", "  \(table.source.repository) at \(table.source.commit)"]
      lines += table.source.read.map { "  \($0)" } + ["", "what the paper leaves open"]
      lines += table.open.flatMap { ["  \($0.question)", "    chosen: \($0.chosen)"] + effect($0.effect) }
      lines += ["", "changes"] + table.changelog.map { "  version \($0.version), \($0.date): \($0.text)" }
      return lines.joined(separator: "\n")
    }

    private static func effect(_ measured: String?) -> [String] { measured.map { ["    measured: \($0)"] } ?? [] }

    private static func counts(_ counts: EvaluationProtocol.Counts) -> String {
      func words(_ number: Int?) -> String { number.map(String.init) ?? "any number of" }
      return "published with \(words(counts.recommendedReal)) real and \(words(counts.recommendedFake)) fake ones, "
        + "at least \(counts.minimum) a side"
    }
  }
}

private func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

import Foundation
import MetricCatalog
import Testing

/// What documents show is what the program says today.
@Suite struct ExampleTests {
  /// `protocol  stylegan-v + frames=32  (version 1, sha256:...)`: the fingerprint is that of the fields named.
  @Test(arguments: try Documents.all()) func fingerprintsAreThoseOfTheCatalog(document: String) throws {
    let pattern = /(?m)^protocol  (\S+)((?: \+ \S+)*)  \(version (\d+), (sha256:[0-9a-f]{12})\)$/
    for match in try Documents.text(document).matches(of: pattern) {
      let assignments = match.output.2.components(separatedBy: " + ").dropFirst().map { text in
        let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
        return (field: halves[0], value: halves[1])
      }
      let known = try EvaluationProtocol.all() + PaperTable.all().flatMap(\.rows)
      let found = known.filter { $0.name == match.output.1 }
        .compactMap { try? $0.overriding(Array(assignments)) }
        .map { "\($0.version) \("\($0.fingerprint)".prefix(19))" }
      #expect(found.contains("\(match.output.3) \(match.output.4)"), "\(match.output.0)")
    }
  }

  /// `--set field=value` names a field, and the value is one that it takes.
  @Test(arguments: try Documents.all()) func settingsAreFields(document: String) throws {
    for match in try Documents.text(document).matches(of: /--set\s+(?:([a-z-]+)\.)?([a-z-]+)=([^\s`|,]+)/) {
      let (own, field, value) = (match.output.1.map(String.init), String(match.output.2), String(match.output.3))
      guard field != "field", value != "n" else { continue }
      let takers = try Metric.names.filter { own == nil || $0 == own }.filter { metric in
        let preset = try EvaluationProtocol.named(EvaluationProtocol.defaultName(metric: metric) ?? "", metric: metric)
        return (try? preset.overriding(field, with: value)) != nil
      }
      #expect(!takers.isEmpty, "\(match.output.0)")
    }
  }

  @Test(arguments: try Documents.all()) func protocolsAreKnown(document: String) throws {
    for match in try Documents.text(document).matches(of: /--protocol ([a-z0-9\/-]+)/) {
      let name = String(match.output.1)
      #expect(Metric.names.contains { (try? EvaluationProtocol.named(name, metric: $0)) != nil }, "\(name)")
    }
  }

  @Test func theReadmeNamesEveryCommand() throws {
    let readme = try Documents.text("README.md")
    let commands = try Documents.files(in: "Sources/vidmetrics", ending: ".swift").flatMap { file in
      try Documents.text(file).matches(of: /commandName: "([a-z0-9-]+)"/).map { String($0.output.1) }
    }
    .filter { !["vidmetrics", "manual"].contains($0) }  // the program itself; what packaging alone calls
    #expect(
      Set(commands).isSuperset(of: Metric.names + ["score", "features", "explain", "diff", "inspect", "weights"]))
    for command in Set(commands) {
      let isNamed = readme.contains("vidmetrics \(command)") || readme.contains("`\(command)`")
      #expect(isNamed || readme.contains("`\(command) "), "\(command)")
    }
    for table in PaperTable.names { #expect(readme.contains(table), "\(table)") }
  }
}

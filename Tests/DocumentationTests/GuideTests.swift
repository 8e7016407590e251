import Foundation
import MetricCatalog
import Testing

/// What the program knows stands in the guides.
@Suite struct GuideTests {
  @Test(arguments: Metric.names) func everyMetricHasAGuide(metric: String) throws {
    let guide = try Documents.text("Metrics/guides/\(metric.uppercased()).md")
    let name = try #require(EvaluationProtocol.defaultName(metric: metric))
    let preset = try EvaluationProtocol.named(name, metric: metric)
    #expect(guide.contains(preset.direction == .lower ? "**Lower is better" : "**Higher is better"))
    #expect(guide.contains("vidmetrics \(metric) "))
    for section in ["Detailed design", "What to look at before comparing", "Comparison with other programs"] {
      #expect(guide.contains("\n## \(section)"), "\(section)")
    }
    for link in ["../../Sources/Evaluation/Metrics/", "../../Tests/"] {
      #expect(guide.contains("](\(link)"), "\(link)")
    }
  }

  @Test func everyProtocolIsInItsGuide() throws {
    let overview = try Documents.text("Metrics/README.md").split(separator: "\n")
    for preset in try EvaluationProtocol.all() {
      let guide = try Documents.text("Metrics/guides/\(preset.metric.uppercased()).md")
      let row = try #require(overview.first { $0.hasPrefix("| `\(preset.metric)` | [") }, "\(preset.metric)")
      for name in [preset.name] + preset.aliases where name == preset.name || name == "lvdm" {
        #expect(guide.contains("`\(name)`") && row.contains("`\(name)`"), "\(preset.metric): \(name)")
      }
    }
  }

  @Test func everyProtocolFileIsLinkedByItsGuide() throws {
    let files = try Documents.files(in: "Metrics/protocols", ending: ".yaml")
    #expect(try files.count == EvaluationProtocol.all().count)
    for file in files {
      let metric = try #require(try Documents.text(file).firstMatch(of: /(?m)^metric: (\S+)$/)).output.1
      let guide = try Documents.text("Metrics/guides/\(metric.uppercased()).md")
      #expect(guide.contains("(../\(file.dropFirst("Metrics/".count)))"), "\(file)")
    }
  }

  @Test func theGuideNamesEveryFieldThatPapersDifferIn() throws {
    let guide = try Documents.text("Metrics/guides/FVD.md")
    for field in ["weights", "batch-norm-eps", "resize", "crop", "frames", "stride", "clips", "ddof", "root", "seed"] {
      #expect(guide.contains("`\(field)`"), "\(field)")
    }
  }

  @Test func everyTableHasASection() throws {
    let sections = try Documents.text("Metrics/TABLES.md").components(separatedBy: "\n## ")
    for table in try PaperTable.all() {
      let section = try #require(sections.first { $0.hasPrefix(table.name + "\n") }, "\(table.name)")
      #expect(section.contains("(tables/\(table.name).yaml)"))
      for row in table.rows { #expect(section.contains("`\(row.metric)`"), "\(table.name): \(row.metric)") }
      // One line for each choice: those of the second table, below its two head lines.
      let choices = section.split(separator: "\n").drop { !$0.hasPrefix("| left open") }.prefix { $0.hasPrefix("|") }
      #expect(choices.count == table.open.count + 2, "\(table.name): one line for each choice")
    }
  }

  @Test func everySizeOfADepartureStandsBesideItsCommand() throws {
    let page = try Documents.text("docs/conformance.md")
    let effects =
      try EvaluationProtocol.all().flatMap { preset in preset.departures.compactMap { $0.effect } }
      + PaperTable.all().flatMap { table in table.open.compactMap { $0.effect } }
    #expect(effects.count > 10)
    for effect in effects {
      let numbers = effect.matches(of: /-?\d+\.\d+(e-\d+)?/).map { $0.output.0 }
      #expect(!numbers.isEmpty, "\(effect)")
      for number in numbers {
        #expect(page.contains(number), "docs/conformance.md: \(number) of \(effect)")
      }
    }
  }
}

import Foundation
import Guides
import MetricCatalog
import Testing

/// The guides inside the binary are the project's documents, and make sense without the project.
@Suite struct EmbeddedGuideTests {
  @Test(arguments: Guide.all.map(\.topic)) func aGuideIsItsDocument(topic: String) throws {
    let guide = try Guide.named(topic)
    #expect(String(decoding: guide.bytes, as: UTF8.self) == (try Documents.text(guide.path)), "\(guide.path)")
    #expect(!guide.summary.isEmpty && !guide.summary.contains("\n"))
  }

  /// A link in `topics` is a topic, a guide of the metrics' folder is there, and each metric has one.
  @Test func theListIsThatOfTheFiles() throws {
    let topics = Guide.all.map(\.topic)
    let files = try Documents.files(in: "Sources/Guides/topics", ending: ".md")
    #expect(Set(files) == Set(topics.map { "Sources/Guides/topics/\($0).md" }))
    #expect(Set(Guide.all.map(\.path)).isSuperset(of: try Documents.files(in: "Metrics", ending: ".md")))
    #expect(Set(topics).isSuperset(of: Metric.names))
    #expect(Set(topics).count == topics.count)
  }

  /// What is left of a link is another site's.
  @Test(arguments: Guide.all.map(\.topic)) func noLinkLeadsIntoTheProject(topic: String) throws {
    var isCode = false
    for line in try Guide.named(topic).terminalText.split(separator: "\n") {
      if line.hasPrefix("```") { isCode.toggle() }
      for match in line.matches(of: /\]\(([^)\s]+)\)/) where !isCode {
        #expect(match.output.1.contains("://"), "\(line)")
      }
    }
  }

  @Test func linksBecomeCommands() throws {
    let metrics = try Guide.named("metrics").terminalText
    #expect(metrics.contains("| `kvd` | `vidmetrics guide kvd` |"))
    #expect(metrics.contains("`vidmetrics guide honesty`") && !metrics.contains("HONESTY.md"))
    #expect(try Guide.named("suites").terminalText.contains("| how sure (`vidmetrics guide honesty`) |"))
    let fvd = try Guide.named("FVD").terminalText
    #expect(fvd.hasPrefix("# FVD\n\nThe Fréchet video distance"), "the links under the title are left out")
  }

  /// No picture, no word that was a link to a file, and where examples need the project's files, where these are.
  @Test(arguments: Guide.all.map(\.topic)) func makesSenseWithoutTheProject(topic: String) throws {
    let guide = try Guide.named(topic)
    let text = guide.terminalText
    #expect(!text.contains("!["))
    #expect(!text.contains(/[(\s](measured|recipe|more)\)/))
    let names = text.contains("Fixtures/") || text.contains("`make ")
    #expect(text.hasSuffix("vidmetrics-demo/real, vidmetrics-demo/mild and vidmetrics-demo/strong.\n") == names)
    #expect(!text.contains("RELEASE_URL") || text.contains("RELEASE_URL is the address of the release"))
  }

  @Test func anUnknownTopic() {
    #expect(throws: GuideError.unknownTopic("suite", nearest: "suites", known: Guide.all.map(\.topic))) {
      try Guide.named("suite")
    }
    let far = GuideError.unknownTopic("x", nearest: nil, known: ["fvd", "kvd"])
    #expect("\(far)" == "there is no guide `x`\nhint: the topics are fvd, kvd")
  }
}

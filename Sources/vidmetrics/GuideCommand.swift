import ArgumentParser
import Guides
import Scores

struct GuideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guide", abstract: "The guides: each metric, suites, the history, reports, warnings",
    discussion: """
        vidmetrics guide                 the topics
        vidmetrics guide fvd
        vidmetrics guide suites | less

      A guide is the project's own document, as Markdown. Files that it names under Sources, Tests and Fixtures are in the \
      project's source.
      """)

  @Argument(
    help: ArgumentHelp("What about. (default: lists the topics)", valueName: "topic"),
    completion: .list(Guide.all.map(\.topic)))
  var topic: String?

  func run() throws {
    if let topic { return Output.print(try Guide.named(topic).terminalText, terminator: "") }
    Output.print(TextTable.text(Guide.all.map { [$0.topic, $0.summary] }))
    Output.print("\n`vidmetrics guide TOPIC` prints one.")
  }
}

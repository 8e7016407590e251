import ArgumentParser
import Evaluation
import Foundation
import Harness
import History
import Scores

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "All that the history knows of a run",
    discussion: """
      \(RunReference.help)

        vidmetrics show latest
        vidmetrics show tag:main --json > main.json      a document that explain and diff read
      """)

  @Argument(help: ArgumentHelp("The run.", valueName: "run")) var reference: String
  @OptionGroup var database: DatabaseOption
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let run = try database.reading().run(reference)
    Output.print(json ? try RunDocument.json(run).text() : RunText(run).text)
  }
}

enum RunReference {
  static let help = """
    A run is named by its id or the first digits of it, `latest` (measured here), `tag:NAME` (the latest with that tag) or \
    `name:NAME` (the latest of that name).
    """
}

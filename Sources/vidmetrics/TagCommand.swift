import ArgumentParser
import History

struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Put a tag on a run, or take it away",
    discussion: """
      \(RunReference.help)

        vidmetrics tag latest main
        vidmetrics tag 3f2a main --remove
      """)

  @Argument(help: ArgumentHelp("The run.", valueName: "run")) var reference: String
  @Argument(help: ArgumentHelp("The tag.", valueName: "name")) var name: String
  @Flag(help: "Take it away.") var remove = false
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let store = try database.changing()
    let run = try store.run(reference)
    if remove { try store.untag(run.id, name) } else { try store.tag(run.id, name) }
  }
}

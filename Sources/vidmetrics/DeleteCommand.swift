import ArgumentParser
import Foundation
import History
import Scores

struct DeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete runs from the history; asks first",
    discussion: """
      \(RunReference.help)

      What the runs have kept in the folder beside the history goes with them, but for what another run needs.
      """)

  @Argument(help: ArgumentHelp("The runs.", valueName: "run")) var references: [String]
  @Flag(help: "Do not ask.") var yes = false
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let store = try database.changing()
    var runs: [RunRecord] = []
    for reference in references {
      let run = try store.run(reference)
      if !runs.contains(where: { $0.id == run.id }) { runs.append(run) }
    }
    if !yes {
      guard isatty(0) == 1 else {
        throw ValidationError("delete asks, and there is no terminal to ask on: --yes deletes without asking")
      }
      let rows = runs.map { run in
        [run.id, Words.date(run.date), run.name, run.scores.map(\.metric).joined(separator: ", ")]
      }
      Terminal.write(
        TextTable.text(rows) + "\ndelete \(runs.count == 1 ? "this run" : "these \(runs.count) runs")? [y/N] ")
      guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
        return Terminal.write("nothing was deleted\n")
      }
    }
    let freed = try store.delete(runs.map(\.id))
    let files =
      freed.files == 0
      ? "" : ", with \(count(freed.files, "file")) that no other run needs (\(NumberText.memory(freed.bytes)))"
    Terminal.write("\(count(runs.count, "run")) deleted\(files)\n")
  }
}

import ArgumentParser
import Evaluation
import Foundation
import Harness
import History
import Scores

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "The runs of the history, newest first",
    discussion: """
        vidmetrics runs
        vidmetrics runs --metric fvd --tag main --since 2026-11-01
        vidmetrics runs --generator lvdm --json
      """)

  @OptionGroup var database: DatabaseOption
  @OptionGroup(title: "Which") var filters: RunFilterOptions
  @Flag(help: "Print JSON: a list of runs, each as `show --json` prints it.") var json = false

  func run() throws {
    let store = try database.reading()
    let runs = try store.runs(filters.filter, detail: json ? .everything : .scores)
    if runs.isEmpty {
      // A list may be empty; a name that no run has is said all the same.
      var words = "no such run in \(database.path)"
      do { try store.checkNames(of: filters.filter) } catch let error as HistoryError { words = "\(error)" }
      Terminal.write(words + "\n")
    }
    if json { return Output.print(JSONValue.array(try runs.map(RunDocument.json)).text()) }
    guard !runs.isEmpty else { return }
    let head = ["run", "date", "suite", "dataset", "name", "checkpoint", "step", "scores", "tags", "origin"]
    let rows = runs.map { run in
      [
        run.id, Words.date(run.date), run.suite ?? "", run.dataset ?? "", run.name, run.checkpoint ?? "",
        run.step.map(String.init) ?? "", scores(run), run.tags.joined(separator: " "),
        run.origin == .measured ? "" : run.origin.rawValue,
      ]
    }
    Output.print(TextTable.text(TextTable.withoutEmptyColumns([head] + rows)))
  }

  /// `fvd 618.8551, kvd 93.20720`; of many the first four.
  private func scores(_ run: RunRecord) -> String {
    let wanted = run.scores.filter { filters.metric == nil || $0.metric == filters.metric }
    let words = wanted.prefix(4).map { score in
      let settings = filters.metric == nil ? nil : score.settings.map { " (\($0.displayName))" }
      return "\(score.metric) \(Words.value(score))\(settings ?? "")"
    }
    return words.joined(separator: ", ") + (wanted.count > 4 ? ", \(wanted.count - 4) more" : "")
  }
}

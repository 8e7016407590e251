import ArgumentParser
import Foundation
import History
import Scores

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Runs as JSON lines, with all fields, or as CSV, one row a score",
    discussion: """
        vidmetrics export > runs.jsonl                    what import reads again, bit for bit
        vidmetrics export --csv --metric fvd > fvd.csv
      """)

  @OptionGroup var database: DatabaseOption
  @OptionGroup(title: "Which") var filters: RunFilterOptions
  @Flag(help: "CSV, one row a score, instead of JSON lines.") var csv = false

  func run() throws {
    // Oldest first, so that an import keeps the order.
    let store = try database.reading()
    try store.checkNames(of: filters.filter)
    let runs = try store.runs(filters.filter).reversed()
    if csv {
      var runs = Array(runs)
      if let metric = filters.metric {
        for place in runs.indices { runs[place].scores.removeAll { $0.metric != metric } }
      }
      return Output.print(RunExport.table(runs).csv)
    }
    for run in runs { Output.print(try RunDocument.json(run).line) }
  }
}

import ArgumentParser
import Evaluation
import Foundation
import History

struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "SQL over the history, which cannot write",
    discussion: """
        vidmetrics query --schema
        vidmetrics query --sql "SELECT name, metric, value FROM scores WHERE metric = 'fvd' ORDER BY value"
        vidmetrics query --sql "SELECT date, value FROM scores WHERE tags = 'main'" --csv > fvd.csv
      """)

  @OptionGroup var database: DatabaseOption
  @Option(help: ArgumentHelp("One statement; SQLite's dialect, its JSON functions too.", valueName: "statement"))
  var sql: String?
  @Flag(help: "Print tables, columns and constraints.") var schema = false
  @Flag(help: "Print JSON: a list of objects.") var json = false
  @Flag(help: "Print CSV.") var csv = false

  @Option(help: ArgumentHelp("The query is ended after so long. (default: 60)", valueName: "seconds"))
  var timeout: Int?

  func validate() throws {
    try OptionRange.check("timeout", timeout, QueryLimits.seconds)
    guard (sql == nil) == schema else { throw ValidationError("--sql or --schema says what to print") }
    if json && csv { throw ValidationError("--json and --csv are two formats: give one") }
  }

  func run() throws {
    if schema { return Output.print(HistoryStore.schema) }
    var limits = QueryLimits()
    if let timeout { limits.seconds = timeout }
    let result = try database.reading().query(sql ?? "", limits: limits)
    if csv { return Output.print(result.csv) }
    Output.print(json ? result.json.text() : result.table)
  }
}

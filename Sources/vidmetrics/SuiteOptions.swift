import ArgumentParser
import Evaluation
import Foundation
import Harness
import ProcessLimits

/// How a suite is run, whichever command does.
struct SuiteOptions: ParsableArguments {
  @OptionGroup var database: DatabaseOption
  @OptionGroup var quiet: QuietOption

  @Flag(help: "Do not keep the scores in the history.")
  var noRecord = false

  @Option(help: ArgumentHelp("A word to find the runs by. Repeatable.", valueName: "text"))
  var tag: [String] = []

  @Option(
    parsing: .unconditional, help: ArgumentHelp("So many videos of each generator, kept apart.", valueName: "number"))
  var limit: Int?

  @Flag(help: "Make outputs and scores again that are there.")
  var force = false

  @Flag(help: "Make outputs, and score none.")
  var generateOnly = false

  @Flag(help: "Score outputs that are there, and make none.")
  var scoreOnly = false

  @Option(help: ArgumentHelp("Threads of scoring. (default: all processors)", valueName: "number"))
  var threads: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Generators that make videos side by side, before the scoring; each must have its own processor or GPU.",
      valueName: "number"))
  var jobs = 1

  @Flag(help: "Neither use nor keep cached features.")
  var noCache = false

  func validate() throws {
    if generateOnly, scoreOnly { throw ValidationError("--generate-only and --score-only leave nothing to do") }
    try OptionRange.check("limit", limit, OptionRange.count)
    try OptionRange.check("threads", threads, OptionRange.threads)
    try OptionRange.check("jobs", jobs, 1...64)
    if noRecord, database.db != nil || !tag.isEmpty {
      throw ValidationError("--no-record keeps nothing: --db and --tag have no effect with it")
    }
  }

  func options() -> SuiteRun.Options {
    var options = Self.settings(history: noRecord ? nil : database.path)
    options.work = generateOnly ? .generateOnly : scoreOnly ? .scoreOnly : .all
    options.limit = limit
    options.force = force
    options.tags = tag
    options.generatorsAtOnce = jobs
    quiet.apply()
    if let threads { options.threads = threads }
    options.usesCache = !noCache
    return options
  }

  /// What every suite of this program is run with.
  ///
  /// - Parameter history: nil: nothing is recorded.
  static func settings(history: String?) -> SuiteRun.Options {
    var options = SuiteRun.Options()
    options.threads = ProcessLimits.processors
    options.version = Version.text
    options.historyPath = history
    options.environment = ProcessInfo.processInfo.environment
    options.progress = TerminalProgress()
    options.isInterrupted = { Interruption.isRequested }
    options.say = { Terminal.note($0 + "\n") }
    return options
  }
}

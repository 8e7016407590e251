import ArgumentParser
import Foundation
import Harness
import History
import MetricCatalog
import Scores
import Vocabulary

/// Which history.
struct DatabaseOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The history. (default: VIDMETRICS_DB, else that of vidmetrics.yaml, else vidmetrics.sqlite in the working folder)",
      valueName: "file"),
    completion: .file())
  var db: String?

  var path: String {
    let environment = ProcessInfo.processInfo.environment
    let isSet = !environment["VIDMETRICS_DB", default: ""].isEmpty
    return db ?? (isSet ? nil : Project.known?.history) ?? HistoryStore.defaultPath(environment: environment)
  }

  func reading() throws -> HistoryStore { try HistoryStore(path: path, mode: .reading) }
  func changing() throws -> HistoryStore { try HistoryStore(path: path, mode: .changing) }
}

/// Of one or two runs or documents.
struct ScoreNamesOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Only the scores of these names, separated by commas.", valueName: "name,..."),
    completion: .commaList(Metric.names))
  var metric: String?

  /// None: all.
  var names: [String] { get throws { try metric.map { try CommaList.names($0, of: "metric") } ?? [] } }
}

/// What a difference draws and exchanges as one.
struct UnitOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Videos that are not independent of each other, such as those of one prompt: class or subject (folders above a video), "
        + "dir, or regex:PATTERN on their names. (default: each video is by itself)", valueName: "grouping"))
  var unit: String?

  var grouping: Grouping { unit.flatMap(Grouping.init) ?? .none }

  func validate() throws {
    guard let unit else { return }
    switch Grouping(unit) {
    case .class, .subject, .dir, .regex: return
    case .none?, .column, nil:
      throw ValidationError("--unit \(unit): class, subject, dir or regex:PATTERN is expected")
    }
  }
}

/// What a score is recorded as.
struct RecordOptions: ParsableArguments {
  @OptionGroup var database: DatabaseOption

  @Flag(help: "Do not keep the scores in the history.")
  var noRecord = false

  @Option(help: ArgumentHelp("What tables call it. (default: the generator, else the fake set)", valueName: "text"))
  var name: String?

  @Option(
    help: ArgumentHelp("The name of the real set, such as UCF-101: tables have columns for each.", valueName: "text"))
  var dataset: String?

  @Option(help: ArgumentHelp("Who made the fake set.", valueName: "text"))
  var generator: String?

  @Option(help: ArgumentHelp("The generator's file.", valueName: "file"), completion: .file())
  var checkpoint: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Its steps of training.", valueName: "number"))
  var step: Int?

  @Option(help: ArgumentHelp("A word to find it by. Repeatable.", valueName: "text"))
  var tag: [String] = []

  var labels: RunLabels {
    var labels = RunLabels()
    labels.name = name
    labels.dataset = dataset
    labels.generator = generator
    labels.checkpoint = checkpoint
    labels.step = step
    labels.tags = tag
    return labels
  }

  /// Whether something is said of the run or its history.
  var isGiven: Bool {
    name != nil || dataset != nil || generator != nil || checkpoint != nil || step != nil || !tag.isEmpty
      || database.db != nil
  }

  func validate() throws {
    if noRecord, isGiven {
      throw ValidationError("--no-record keeps nothing: the labels and --db have no effect with it")
    }
    try OptionRange.check("step", step, OptionRange.step)
  }
}

/// Which runs.
struct RunFilterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Runs with a score of this name.", valueName: "name"), completion: .list(Metric.names))
  var metric: String?
  @Option(help: ArgumentHelp("Runs of this generator.", valueName: "name")) var generator: String?
  @Option(help: ArgumentHelp("Runs of this suite.", valueName: "name")) var suite: String?
  @Option(help: ArgumentHelp("Runs against this real set.", valueName: "name")) var dataset: String?
  @Option(help: ArgumentHelp("Runs of this name. Repeatable.", valueName: "name")) var name: [String] = []
  @Option(help: ArgumentHelp("Runs with this tag.", valueName: "tag")) var tag: String?
  @Option(
    help: ArgumentHelp(
      "Runs from this day or time on, UTC: 2026-11-21, 2026-11-21T14:05, or of the last 90m, 12h, 7d, 2w.",
      valueName: "date|time"))
  var since: String?
  @Option(help: ArgumentHelp("Runs up to this day or time; a day counts whole.", valueName: "date")) var until: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("The newest so many.", valueName: "number")) var limit: Int?

  var filter: RunFilter {
    var filter = RunFilter()
    filter.metric = metric
    filter.generator = generator
    filter.suite = suite
    filter.dataset = dataset
    filter.names = name
    filter.tag = tag
    filter.since = since.map { Self.date(ago: $0) ?? $0 }
    filter.until = until
    filter.limit = limit
    return filter
  }

  /// When it was so long ago: of 90m, 12h, 7d, 2w; nil for anything else.
  static func date(ago text: String, from now: Date = Date()) -> String? {
    guard let unit = text.last, let number = Int(text.dropLast()), number > 0, number < 1_000_000 else { return nil }
    let seconds: Double
    switch unit {
    case "m": seconds = 60
    case "h": seconds = 3600
    case "d": seconds = 86_400
    case "w": seconds = 604_800
    default: return nil
    }
    return RunRecord.date(now.addingTimeInterval(-Double(number) * seconds))
  }

  func validate() throws {
    try Self.check(since: since)
    if let until, !Self.isDate(until) {
      throw ValidationError("--until \(until): a date such as 2026-11-21 or 2026-11-21T14:05 is expected")
    }
    try OptionRange.check("limit", limit, OptionRange.count)
  }

  /// - Throws: `ValidationError` for what is neither a date nor a time from now back.
  static func check(since: String?) throws {
    guard let since, date(ago: since) == nil, !isDate(since) else { return }
    throw ValidationError(
      "--since \(since): a date such as 2026-11-21 or 2026-11-21T14:05, or a time such as 90m, 12h, 7d, 2w is expected")
  }

  /// What `text` stands for as a date, or as a time from now back; nil for neither. Four digits may be those of a run.
  static func moment(_ text: String) -> String? { date(ago: text) ?? (text.contains("-") && isDate(text) ? text : nil) }

  /// A day of the calendar, or its beginning; a time behind a whole day.
  private static func isDate(_ text: String) -> Bool {
    let form = #/(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(?:T([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d)?)?)?)?)?/#
    guard let found = text.wholeMatch(of: form) else { return false }
    guard let year = Int(found.1), let month = found.2.flatMap({ Int($0) }), let day = found.3.flatMap({ Int($0) })
    else {
      return true
    }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }
}

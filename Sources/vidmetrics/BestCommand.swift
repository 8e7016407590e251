import ArgumentParser
import Foundation
import Harness
import History
import MetricCatalog
import Reporting
import Scores

struct BestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "best", abstract: "The best run by a metric, and whether it is shown to be best",
    discussion: """
        vidmetrics best --metric fvd
        vidmetrics best --metric fvd,kvd --per dataset
        vidmetrics best --metric fvd --since 7d --json

      Only scores that compare (one fingerprint, one real set) are held against each other: a line for each kind of score. \
      `shown` says that its difference to every other is shown; otherwise the run stands there from which it is not.
      """)

  /// What has a line of its own.
  enum Per: String, ExpressibleByArgument, CaseIterable { case dataset, generator, name, suite }

  @OptionGroup var database: DatabaseOption
  @Option(
    help: ArgumentHelp("The scores, separated by commas.", valueName: "metric,..."),
    completion: .commaList(Metric.names))
  var metric: String
  @Option(help: ArgumentHelp("The best of each: dataset, generator, name or suite.", valueName: "what")) var per: Per?
  @OptionGroup(title: "Which") var filters: BestFilterOptions
  @Flag(help: "Print JSON: a list.") var json = false

  func run() throws {
    let store = try database.reading()
    var filter = filters.filter
    filter.origin = .measured
    let metrics = try CommaList.names(metric, of: "metric")
    for metric in metrics {
      filter.metric = metric
      try store.checkNames(of: filter)
    }
    filter.metric = nil
    let runs = try store.runs(filter, detail: .everything)
    let differences = store.files.differences()
    let found = try metrics.flatMap { metric in
      let groups = groups(runs, metric)
      guard !groups.isEmpty else { throw HistoryError.noRuns(path: store.path, wanted: " with a score `\(metric)`") }
      return groups.map { Best($0, by: differences) }
    }
    if json { return Output.print(JSONValue.array(found.map(\.json)).text()) }
    let head = ["metric", "dataset", "best", "run", "date", "name", "of", "shown"]
    Output.print(TextTable.text(TextTable.withoutEmptyColumns([head] + found.map(\.row))))
  }

  /// Scores that compare, of one of what is asked for.
  private func groups(_ runs: [RunRecord], _ metric: String) -> [[(run: RunRecord, score: ScoreRecord)]] {
    var groups: [(key: String, items: [(run: RunRecord, score: ScoreRecord)])] = []
    for run in runs {
      let key: String =
        switch per {
        case .dataset: run.dataset ?? ""
        case .generator: run.generator ?? ""
        case .name: run.name
        case .suite: run.suite ?? ""
        case nil: ""
        }
      for score in run.scores where score.metric == metric && score.value.isFinite {
        let place = groups.firstIndex { $0.key == key && $0.items[0].score.isComparable(with: score) }
        if let place { groups[place].items.append((run, score)) } else { groups.append((key, [(run, score)])) }
      }
    }
    return groups.sorted { $0.key < $1.key }.map(\.items)
  }
}

/// The best of scores that compare.
private struct Best {
  let run: RunRecord
  let score: ScoreRecord
  let count: Int
  /// The nearest from which it is not shown to be better, and why.
  let open: (run: RunRecord, reason: String)?

  init(_ items: [(run: RunRecord, score: ScoreRecord)], by differences: any DifferenceSource) {
    // Of equals the oldest; runs come newest first.
    let sorted = items.reversed().sorted { Comparison($0.score, $1.score).better == .first }
    (run, score, count) = (sorted[0].run, sorted[0].score, sorted.count)
    let best = sorted[0]
    let alpha = Judgement.alpha / Double(max(1, sorted.count - 1))
    open = sorted.dropFirst().lazy.map { other in
      (other.run, Judgement(Comparison(best.score, other.score), by: differences))
    }.first { $0.1.verdict(alpha: alpha) != .worse }.map { ($0.0, $0.1.reason(alpha: alpha)) }
  }

  private var shown: String {
    guard count > 1 else { return "nothing to hold it against" }
    return open.map { "not beside \($0.run.id) (\($0.run.name)): \($0.reason)" } ?? "yes"
  }

  var row: [String] {
    [
      score.metric, run.dataset ?? "", Words.value(score), run.id, String(Words.date(run.date).prefix(16)), run.name,
      "\(count)", shown,
    ]
  }

  var json: JSONValue {
    .object([
      ("metric", .string(score.metric)), ("dataset", .string(orNull: run.dataset)), ("value", .number(score.value)),
      ("direction", .string(score.direction.rawValue)), ("run", .string(run.id)), ("date", .string(run.date)),
      ("name", .string(run.name)), ("step", run.step.map { .integer($0) } ?? .null), ("of", .integer(count)),
      ("shown", .bool(count > 1 && open == nil)),
      ("not_shown_beside", .string(orNull: open?.run.id)), ("reason", .string(orNull: open?.reason)),
    ])
  }
}

/// Which runs, but for the metric, which is asked for anyway.
struct BestFilterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Runs of this generator.", valueName: "name")) var generator: String?
  @Option(help: ArgumentHelp("Runs of this suite.", valueName: "name")) var suite: String?
  @Option(help: ArgumentHelp("Runs against this real set.", valueName: "name")) var dataset: String?
  @Option(help: ArgumentHelp("Runs of this name. Repeatable.", valueName: "name")) var name: [String] = []
  @Option(help: ArgumentHelp("Runs with this tag.", valueName: "tag")) var tag: String?
  @Option(help: ArgumentHelp("Runs from this day on, or of the last 7d.", valueName: "date|time")) var since: String?

  var filter: RunFilter {
    var filter = RunFilter()
    (filter.generator, filter.suite, filter.dataset, filter.tag) = (generator, suite, dataset, tag)
    filter.names = name
    filter.since = since.map { RunFilterOptions.date(ago: $0) ?? $0 }
    return filter
  }

  func validate() throws { try RunFilterOptions.check(since: since) }
}

import ArgumentParser
import Files
import Foundation
import Harness
import History
import MetricCatalog
import Reporting
import Scores

struct GateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate", abstract: "Whether a run became worse: an exit status for CI",
    discussion: """
      Holds the scores of a run (by default the latest) against those of an earlier one, by the features that both have \
      kept beside the history. Exit status 0: passed, the change lies within --max-regress of the baseline's value or \
      within --min-absolute, whichever is more, as far as can be told; 1: worse, its interval lies beyond that; 5: not \
      shown, the measured change lies beyond it, the interval does not (0 with --allow-not-shown); 3: not comparable \
      (another protocol, real set or number of samples, no baseline, no features), which is never a pass.

        vidmetrics gate --metric fvd --baseline tag:main --max-regress 5%
        vidmetrics gate 3fa9 --metric fvd,kvd --baseline best --max-regress 5% --max-regress kvd=10%
        vidmetrics gate --metric fvd --baseline tag:main --max-regress 5% --summary "$GITHUB_STEP_SUMMARY" --junit gate.xml

      A baseline is a run (its number, name:NAME), tag:NAME (the latest run with that tag, of the same generator where the \
      run has one) or best (the best score that compares). `vidmetrics tag latest main` makes a run a baseline. Of k \
      scores each has an interval of 1 - 0.05/k, and Holm's rule decides what is worse.
      """)

  @Argument(help: ArgumentHelp("The run. (default: latest)", valueName: "run")) var reference = "latest"

  @Option(
    help: ArgumentHelp("The scores, separated by commas.", valueName: "metric,..."),
    completion: .commaList(Metric.names))
  var metric: String

  @Option(help: ArgumentHelp("Of several runs the latest against this real set.", valueName: "name"))
  var dataset: String?

  @Option(help: ArgumentHelp("What they are held against.", valueName: "run|tag:NAME|best"))
  var baseline: String

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "How much worse a score may be, as a share of the baseline's: 5% or 0.05; metric=5% for one metric. Repeatable. "
        + "(default: 0)", valueName: "[metric=]share"))
  var maxRegress: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "How much worse it may be in its own unit: 3; metric=3 for one metric. Repeatable. (default: 0)",
      valueName: "[metric=]amount"))
  var minAbsolute: [String] = []

  @Flag(
    help: "Compare fake sets of different numbers of samples too: the larger one is drawn down to the smaller one's.")
  var anyCount = false

  @Flag(help: "Pass what is not shown.") var allowNotShown = false

  @Option(
    help: ArgumentHelp(
      "A run of the baseline's generator with other seeds. Where that one is called different, no verdict is given.",
      valueName: "run"))
  var null: String?

  @Option(help: ArgumentHelp("Write Markdown for a pull request.", valueName: "file")) var markdown: String?
  @Option(help: ArgumentHelp("Add the Markdown to the end of a file: a CI step's summary.", valueName: "file"))
  var summary: String?
  @Option(help: ArgumentHelp("Write JUnit XML.", valueName: "file")) var junit: String?

  @OptionGroup var unit: UnitOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let relative = try Limit.parse(maxRegress, option: "--max-regress")
    let absolute = try Limit.parse(minAbsolute, option: "--min-absolute")
    let metrics = try CommaList.names(metric, of: "metric")
    for name in Set(relative.keys).union(absolute.keys) where !name.isEmpty && !metrics.contains(name) {
      throw ValidationError("a limit is given for `\(name)`, which is not among --metric \(metric)")
    }
    let store = try database.reading()
    let candidate = try store.run(reference, having: [metrics[0]], on: dataset)
    var inputs = Gate.Inputs(
      metrics: metrics,
      limits: { name in
        Gate.Limits(relative: relative[name] ?? relative[""] ?? 0, absolute: absolute[name] ?? absolute[""] ?? 0)
      },
      baselines: try baselines(of: candidate, metrics, in: store),
      differences: store.files.differences(unit: unit.grouping))
    (inputs.anyCount, inputs.allowsNotShown, inputs.absent) = (anyCount, allowNotShown, absent)
    inputs.control = try null.map { try store.run($0) }
    if let control = inputs.control, control.id == candidate.id {
      throw ValidationError("--null is the run itself: \(control.id)")
    }
    let gate = try Gate(candidate: candidate, inputs)
    Output.say(
      TextTable.text(GateText.rows(gate)) + "\n" + GateText.summary(gate), besides: [markdown, summary, junit])
    let text = GateText.markdown(gate)
    if let markdown { try WholeFile.write(text, to: markdown) }
    if let summary { try WholeFile.append(text, to: summary) }
    if let junit { try WholeFile.write(GateText.junit(gate), to: junit) }
    switch gate.outcome {
    case .passed: break
    case .worse: throw ExitCode(Exit.worse)
    case .notShown: throw ExitCode(Exit.notShown)
    case .notComparable: throw ExitCode(Exit.notComparable)
    }
  }

  /// The message where there is no baseline.
  private var absent: String {
    guard baseline.hasPrefix("tag:") else { return "no earlier score compares with it" }
    let tag = baseline.dropFirst("tag:".count)
    return "no earlier run with the tag `\(tag)` has this score: `vidmetrics tag RUN \(tag)` gives the tag to one"
  }

  /// The runs that a score's baseline is chosen from.
  private func baselines(of candidate: RunRecord, _ metrics: [String], in store: HistoryStore) throws -> (ScoreRecord)
    throws -> [RunRecord]
  {
    let isBest = baseline == "best"
    guard isBest || baseline.hasPrefix("tag:") else {
      let run = try store.run(baseline, having: [metrics[0]], on: dataset)
      guard run.id != candidate.id else { throw ValidationError("run and baseline are the same: \(run.id)") }
      return { _ in [run] }
    }
    let anyCount = anyCount
    let found = try metrics.map { metric in
      var filter = RunFilter()
      filter.metric = metric
      filter.dataset = dataset
      if isBest {
        filter.origin = .measured
      } else {
        filter.tag = String(baseline.dropFirst("tag:".count))
        filter.generator = candidate.generator
      }
      return (metric: metric, runs: try store.runs(filter, detail: .scores).filter { $0.id != candidate.id })
    }
    return { score in
      let runs = found.first { $0.metric == score.metric }?.runs ?? []
      guard isBest else { return try runs.prefix(1).map { try store.run($0.id) } }
      guard let best = Self.best(runs, for: score, anyCount: anyCount) else { return [] }
      var run = try store.run(best.run)
      run.scores = [run.scores[best.place]]
      return [run]
    }
  }

  /// The run that has the best score which can be compared with this one, and where in it; of equals the oldest.
  private static func best(_ runs: [RunRecord], for score: ScoreRecord, anyCount: Bool) -> (run: String, place: Int)? {
    var best: (run: String, place: Int, score: ScoreRecord)?
    for run in runs.reversed() {
      for (place, candidate) in run.scores.enumerated()
      where Comparison(candidate, score).obstacle(anyCount: anyCount) == nil {
        if best.map({ Comparison($0.score, candidate).better == .second }) ?? true { best = (run.id, place, candidate) }
      }
    }
    return best.map { ($0.run, $0.place) }
  }
}

/// `5%`, `0.05`, `fvd=5%`.
private enum Limit {
  /// By metric; the empty name is that of all.
  static func parse(_ texts: [String], option: String) throws -> [String: Double] {
    var found: [String: Double] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      let (name, amount) = parts.count == 2 ? (parts[0], parts[1]) : ("", text)
      let isShare = amount.hasSuffix("%")
      let digits = isShare ? String(amount.dropLast()) : amount
      guard let value = Double(digits.trimmingCharacters(in: .whitespaces)), value.isFinite, value >= 0,
        !isShare || option == "--max-regress"
      else {
        let example = option == "--max-regress" ? "5%, 0.05 or fvd=5%" : "3 or fvd=3"
        throw ValidationError("\(option) \(text): a number from 0 is expected, such as \(example)")
      }
      if option == "--max-regress", !isShare, value > 1 {
        let (percent, share) = (NumberText.short(value), NumberText.short(value / 100))
        throw ValidationError(
          "\(option) \(text): a share above 1 needs its percent sign; \(percent) % is \(percent)% or \(share), and "
            + "\(percent) times the baseline is \(NumberText.short(value * 100))%")
      }
      guard found.updateValue(isShare ? value / 100 : value, forKey: name) == nil else {
        throw ValidationError("\(option) is given twice\(name.isEmpty ? "" : " for `\(name)`")")
      }
    }
    return found
  }
}

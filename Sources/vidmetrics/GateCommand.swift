import ArgumentParser
import Files
import Foundation
import History
import MetricCatalog
import Reporting
import Scores

struct GateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate", abstract: "Whether a run became worse: an exit status for CI",
    discussion: """
      Holds the scores of a run (by default the latest) against those of an earlier one. A score fails when it is worse by \
      more than --max-regress of the baseline's value and by more than --min-absolute, and neither interval covers the \
      other's value. Exit status 0: passed; 1: worse; 3: not comparable (another protocol, real set or number of \
      samples, or no baseline), which is never a pass.

        vidmetrics gate --metric fvd --baseline tag:main --max-regress 5% --min-absolute 3
        vidmetrics gate 3fa9 --metric fvd,kvd --baseline best --max-regress 5% --max-regress kvd=10%
        vidmetrics gate --metric fvd --baseline tag:main --max-regress 5% --summary "$GITHUB_STEP_SUMMARY" --junit gate.xml

      A baseline is a run (its number, name:NAME), tag:NAME (the latest run with that tag, of the same generator where the \
      run has one) or best (the best score that compares). `vidmetrics tag latest main` makes a run a baseline.
      """)

  @Argument(help: ArgumentHelp("The run. (default: latest)", valueName: "run")) var reference = "latest"

  @Option(
    help: ArgumentHelp("The scores, separated by commas.", valueName: "metric,..."),
    completion: .commaList(Metric.names))
  var metric: String

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

  @Flag(help: "Compare scores of different numbers of samples too.") var anyCount = false

  @Option(help: ArgumentHelp("Write Markdown for a pull request.", valueName: "file")) var markdown: String?
  @Option(help: ArgumentHelp("Add the Markdown to the end of a file: a CI step's summary.", valueName: "file"))
  var summary: String?
  @Option(help: ArgumentHelp("Write JUnit XML.", valueName: "file")) var junit: String?

  @OptionGroup var database: DatabaseOption

  func validate() throws {
    for (option, file) in [("markdown", markdown), ("summary", summary), ("junit", junit)] where file?.isEmpty == true {
      throw ValidationError("--\(option) is empty: it takes the name of a file")
    }
  }

  func run() throws {
    let relative = try Limit.parse(maxRegress, option: "--max-regress")
    let absolute = try Limit.parse(minAbsolute, option: "--min-absolute")
    let metrics = metric.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    guard !metrics.isEmpty else { throw ValidationError("--metric names no metric") }
    for name in Set(relative.keys).union(absolute.keys) where !name.isEmpty && !metrics.contains(name) {
      throw ValidationError("a limit is given for `\(name)`, which is not among --metric \(metric)")
    }
    let store = try database.reading()
    let candidate = try store.run(reference)
    let gate = Gate(
      candidate: candidate, metrics: metrics, anyCount: anyCount,
      limits: { name in
        Gate.Limits(relative: relative[name] ?? relative[""] ?? 0, absolute: absolute[name] ?? absolute[""] ?? 0)
      },
      baselines: try baselines(of: candidate, metrics, in: store), absent: absent)
    Output.print(TextTable.text(GateText.rows(gate)) + "\n" + GateText.summary(gate))
    let text = GateText.markdown(gate)
    if let markdown { try WholeFile.write(text, to: markdown) }
    if let summary { try WholeFile.append(text, to: summary) }
    if let junit { try WholeFile.write(GateText.junit(gate), to: junit) }
    switch gate.outcome {
    case .passed: break
    case .worse: throw ExitCode(Exit.worse)
    case .notComparable: throw ExitCode(Exit.notComparable)
    }
  }

  /// What is said where there is no baseline.
  private var absent: String {
    guard baseline.hasPrefix("tag:") else { return "no earlier score compares with it" }
    let tag = baseline.dropFirst("tag:".count)
    return "no earlier run with the tag `\(tag)` has this score: `vidmetrics tag RUN \(tag)` gives the tag to one"
  }

  /// The runs that a score's baseline is chosen from.
  private func baselines(of candidate: RunRecord, _ metrics: [String], in store: HistoryStore) throws -> (ScoreRecord)
    -> [RunRecord]
  {
    let isBest = baseline == "best"
    guard isBest || baseline.hasPrefix("tag:") else {
      let run = try store.run(baseline)
      guard run.id != candidate.id else { throw ValidationError("run and baseline are the same: \(run.id)") }
      return { _ in [run] }
    }
    let anyCount = anyCount
    let found = try metrics.map { metric in
      var filter = RunFilter()
      filter.metric = metric
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
      return isBest ? Self.best(runs, for: score, anyCount: anyCount) : runs.first.map { [$0] } ?? []
    }
  }

  /// The run that has the best score which can be compared with this one; of equals the oldest.
  private static func best(_ runs: [RunRecord], for score: ScoreRecord, anyCount: Bool) -> [RunRecord] {
    var best: (run: RunRecord, score: ScoreRecord)?
    for run in runs.reversed() {
      for candidate in run.scores where Comparison(candidate, score).obstacle(anyCount: anyCount) == nil {
        if best.map({ Comparison($0.score, candidate).better == .second }) ?? true { best = (run, candidate) }
      }
    }
    guard let best else { return [] }
    var run = best.run
    run.scores = [best.score]
    return [run]
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
      guard found.updateValue(isShare ? value / 100 : value, forKey: name) == nil else {
        throw ValidationError("\(option) is given twice\(name.isEmpty ? "" : " for `\(name)`")")
      }
    }
    return found
  }
}

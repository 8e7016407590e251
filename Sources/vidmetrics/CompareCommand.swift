import ArgumentParser
import Foundation
import Harness
import History
import Scores

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Two runs, metric by metric",
    discussion: """
      \(RunReference.help)

        vidmetrics compare tag:main latest

      Only scores of one fingerprint against one real set are compared. Whether B is better or worse than A is told from the \
      features (or the values of videos) that both runs have kept: 999 exchanges of their videos, and an interval of the \
      difference. Exit status 0: all scores that both runs have can be compared; 3: some cannot, or there is none in \
      common, and it is said why.
      """)

  @Argument(help: ArgumentHelp("A run.", valueName: "first")) var first: String
  @Argument(help: ArgumentHelp("Another one.", valueName: "second")) var second: String
  @OptionGroup var unit: UnitOption
  @OptionGroup var database: DatabaseOption
  @OptionGroup var scores: ScoreNamesOption
  @Option(help: ArgumentHelp("Of several runs the latest against this real set.", valueName: "name"))
  var dataset: String?
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let store = try database.reading()
    let names = try scores.names
    var (a, b) = (
      try store.run(first, having: names, on: dataset), try store.run(second, having: names, on: dataset)
    )
    a.scores = try a.scores(named: names, place: "run \(a.id)")
    b.scores = try b.scores(named: names, place: "run \(b.id)")
    let found = Comparison.pairs(a.scores, b.scores)
    let differences = store.files.differences(unit: unit.grouping)
    let judgements = found.pairs.map { Judgement($0, by: differences) }
    let report = ComparisonReport(a: a, b: b, judgements: judgements, onlyA: found.first, onlyB: found.second)
    Output.print(json ? report.json.text() : report.text)
    if judgements.isEmpty || judgements.contains(where: { $0.difference == nil }) {
      throw ExitCode(Exit.notComparable)
    }
  }
}

struct ComparisonReport {
  let a: RunRecord
  let b: RunRecord
  let judgements: [Judgement]
  let onlyA: [String]
  let onlyB: [String]

  var text: String {
    var blocks = [
      TextTable.text([["A"] + heading(a), ["B"] + heading(b)])
    ]
    let comparable = judgements.filter(\.comparison.isComparable)
    if !comparable.isEmpty {
      let head = ["metric", "A", "B", "B - A", "", "its 95 % interval", "p", "B is"]
      blocks.append(TextTable.text(TextTable.withoutEmptyColumns([head] + comparable.map(row))))
      let open = comparable.compactMap(why)
      if !open.isEmpty { blocks.append(open.joined(separator: "\n")) }
    }
    blocks += judgements.map(\.comparison).filter { !$0.isComparable }.map(notComparable)
    for (name, metrics) in [("A", onlyA), ("B", onlyB)] where !metrics.isEmpty {
      blocks.append("only in \(name): \(metrics.joined(separator: ", "))")
    }
    if judgements.isEmpty { blocks.append("not comparable: the runs have no score in common") }
    return blocks.joined(separator: "\n\n")
  }

  private func heading(_ run: RunRecord) -> [String] { [run.id, Words.date(run.date), run.name] }

  private func row(_ judgement: Judgement) -> [String] {
    let pair = judgement.comparison
    let percent = pair.percent.map { ($0 < 0 ? "" : "+") + fixed($0, digits: 2) + " %" } ?? ""
    return [
      pair.first.metric, value(pair.first), value(pair.second),
      (pair.difference > 0 ? "+" : "") + significant(pair.difference), percent,
      judgement.difference.map { Words.brackets($0.interval(level: 1 - Judgement.alpha)) } ?? "",
      judgement.difference.map { NumberText.short($0.p) } ?? "",
      "\(judgement.verdict().rawValue) (\(pair.first.direction))",
    ]
  }

  /// Why nothing is said of two scores that compare.
  private func why(_ judgement: Judgement) -> String? {
    guard case .notComparable(let words) = judgement.finding else { return nil }
    return "\(judgement.comparison.first.metric): not comparable: \(words)"
  }

  private func value(_ score: ScoreRecord) -> String {
    Words.value(score) + (score.interval.map { " " + Words.brackets($0) } ?? "")
  }

  private func notComparable(_ pair: Comparison) -> String {
    let rows = pair.reasons.map { ["  \($0.name)", $0.first ?? "not set", "|", $0.second ?? "not set"] }
    return "\(pair.first.metric)  \(value(pair.first))  against  \(value(pair.second))\nnot comparable:\n"
      + TextTable.text(rows)
  }

  var json: JSONValue {
    func names(_ list: [String]) -> JSONValue { .array(list.map { .string($0) }) }
    return .object([
      ("first", about(a)), ("second", about(b)), ("scores", .array(judgements.map(entry))),
      ("only_first", names(onlyA)), ("only_second", names(onlyB)),
    ])
  }

  private func about(_ run: RunRecord) -> JSONValue {
    .object([("run", .string(run.id)), ("date", .string(run.date)), ("name", .string(run.name))])
  }

  private func entry(_ judgement: Judgement) -> JSONValue {
    let (pair, difference) = (judgement.comparison, judgement.difference)
    let interval = difference?.interval(level: 1 - Judgement.alpha)
    func score(_ score: ScoreRecord) -> JSONValue {
      .object([
        ("value", .number(score.value)), ("std", .number(orNull: score.std)),
        ("low", .number(orNull: score.interval?.low)), ("high", .number(orNull: score.interval?.high)),
      ])
    }
    return .object([
      ("metric", .string(pair.first.metric)), ("direction", .string(pair.first.direction.rawValue)),
      ("first", score(pair.first)), ("second", score(pair.second)), ("comparable", .bool(pair.isComparable)),
      ("difference", pair.isComparable ? .number(pair.difference) : .null),
      ("percent", pair.isComparable ? .number(orNull: pair.percent) : .null),
      ("difference_low", .number(orNull: interval?.lowerBound)),
      ("difference_high", .number(orNull: interval?.upperBound)), ("p", .number(orNull: difference?.p)),
      ("permutations", difference.map { .integer($0.permutations) } ?? .null),
      ("units", difference.map { .integer($0.units) } ?? .null),
      ("paired", difference.map { .bool($0.isPaired) } ?? .null),
      ("verdict", .string(judgement.verdict().rawValue)),
      ("reason", difference == nil && pair.isComparable ? .string(judgement.reason()) : .null),
      (
        "reasons",
        .array(
          pair.reasons.map {
            .object([
              ("name", .string($0.name)), ("first", .string(orNull: $0.first)), ("second", .string(orNull: $0.second)),
            ])
          })
      ),
    ])
  }
}

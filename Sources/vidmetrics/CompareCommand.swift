import ArgumentParser
import Foundation
import History
import Scores

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Two runs, metric by metric",
    discussion: """
      \(RunReference.help)

        vidmetrics compare tag:main latest

      Only scores of one fingerprint against one real set are compared. Exit status 0: all scores that both runs have can \
      be compared; 3: some cannot, or there is none in common, and it is said why.
      """)

  @Argument(help: ArgumentHelp("A run.", valueName: "first")) var first: String
  @Argument(help: ArgumentHelp("Another one.", valueName: "second")) var second: String
  @OptionGroup var database: DatabaseOption
  @Option(help: ArgumentHelp("Only the scores of this name.", valueName: "name")) var metric: String?
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let store = try database.reading()
    var (a, b) = (try store.run(first), try store.run(second))
    a.scores = try a.scores(named: metric, place: "run \(a.id)")
    b.scores = try b.scores(named: metric, place: "run \(b.id)")
    let found = Comparison.pairs(a.scores, b.scores)
    let report = ComparisonReport(a: a, b: b, pairs: found.pairs, onlyA: found.first, onlyB: found.second)
    Output.print(json ? report.json.text() : report.text)
    if found.pairs.isEmpty || found.pairs.contains(where: { !$0.isComparable }) { throw ExitCode(Exit.notComparable) }
  }
}

struct ComparisonReport {
  let a: RunRecord
  let b: RunRecord
  let pairs: [Comparison]
  let onlyA: [String]
  let onlyB: [String]

  var text: String {
    var blocks = [
      TextTable.text([["A"] + heading(a), ["B"] + heading(b)])
    ]
    let comparable = pairs.filter(\.isComparable)
    if !comparable.isEmpty {
      let head = ["metric", "A", "B", "B - A", "", "better", "intervals"]
      let table = TextTable.withoutEmptyColumns([head] + comparable.map(row))
      blocks.append(TextTable.text(table))
    }
    blocks += pairs.filter { !$0.isComparable }.map(notComparable)
    for (name, metrics) in [("A", onlyA), ("B", onlyB)] where !metrics.isEmpty {
      blocks.append("only in \(name): \(metrics.joined(separator: ", "))")
    }
    if pairs.isEmpty { blocks.append("not comparable: the runs have no score in common") }
    return blocks.joined(separator: "\n\n")
  }

  private func heading(_ run: RunRecord) -> [String] { [run.id, Words.date(run.date), run.name] }

  private func row(_ pair: Comparison) -> [String] {
    let percent = pair.percent.map { ($0 < 0 ? "" : "+") + fixed($0, digits: 2) + " %" } ?? ""
    let better = pair.better.map { $0 == .first ? "A" : "B" } ?? "equal"
    return [
      pair.first.metric, value(pair.first), value(pair.second),
      (pair.difference > 0 ? "+" : "") + significant(pair.difference), percent,
      "\(better) (\(pair.first.direction))",
      pair.intervalsOverlap.map { $0 ? "overlap" : "apart" } ?? "",
    ]
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
      ("first", about(a)), ("second", about(b)), ("scores", .array(pairs.map(entry))),
      ("only_first", names(onlyA)), ("only_second", names(onlyB)),
    ])
  }

  private func about(_ run: RunRecord) -> JSONValue {
    .object([("run", .string(run.id)), ("date", .string(run.date)), ("name", .string(run.name))])
  }

  private func entry(_ pair: Comparison) -> JSONValue {
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
      ("better", .string(orNull: pair.better?.rawValue)),
      ("intervals_overlap", pair.intervalsOverlap.map { .bool($0) } ?? .null),
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

import Foundation
import History
import MetricCatalog
import Scores
import Video

// Tables (.csv) that people make.
extension RunImport {
  private struct Row {
    let path: String
    let line: Int
    let columns: [String: String]

    func text(_ names: String...) -> String? {
      names.lazy.compactMap { columns[$0] }.map { $0.trimmingCharacters(in: .whitespaces) }.first { !$0.isEmpty }
    }

    func number(_ name: String) throws -> Double? {
      guard let text = text(name) else { return nil }
      guard let value = Double(text), value.isFinite else {
        throw ImportError.row(path: path, line: line, reason: "`\(name)` is `\(text)`, which is no number")
      }
      return value
    }

    func whole(_ name: String) throws -> Int? {
      guard let value = try number(name) else { return nil }
      guard let whole = Int(exactly: value) else {
        throw ImportError.row(
          path: path, line: line, reason: "`\(name)` is `\(columns[name] ?? "")`, which is no whole number")
      }
      return whole
    }

    func wanted<Value>(_ value: Value?, _ name: String) throws -> Value {
      guard let value else { throw ImportError.row(path: path, line: line, reason: "`\(name)` is missing or empty") }
      return value
    }
  }

  /// Column names count in lower case.
  private func rows(demanding column: String) throws -> [Row] {
    let found: [(line: Int, columns: [String: String])]
    do { found = try Manifest.rows(path, demanding: column) } catch VideoError.set(.manifest(_, let line, let reason)) {
      throw ImportError.row(path: path, line: line, reason: reason)
    }
    return found.map { line, columns in
      let lower = Dictionary(columns.map { ($0.key.lowercased().trimmingCharacters(in: .whitespaces), $0.value) }) {
        $1
      }
      return Row(path: path, line: line, columns: lower)
    }
  }

  /// Rows of one name, dataset, checkpoint and source are one run. Columns: `name` or `method`, `metric`, `value`, and
  /// where they are `std`, `direction`, `dataset`, `source`, `generator`, `checkpoint`, `step`.
  func scoreTable() throws -> [RunRecord] {
    var runs: [RunRecord] = []
    var places: [String: Int] = [:]
    for row in try rows(demanding: "metric") {
      let metric = Self.known(try row.wanted(row.text("metric"), "metric"))
      let value = try row.wanted(row.number("value"), "value")
      let name = try row.wanted(labels.name ?? row.text("name", "method"), "name")
      var score = ScoreRecord(metric: metric, value: value, direction: try direction(of: metric, row.text("direction")))
      score.std = try row.number("std")
      let key = ["name", "method", "dataset", "source", "generator", "checkpoint", "step"].map { row.text($0) ?? "" }
      let joined = key.joined(separator: "\u{1f}")
      let place = places[joined] ?? runs.count
      if place == runs.count {
        var run = run("", name: name)
        run.dataset = row.text("dataset") ?? labels.dataset
        run.source = row.text("source") ?? run.source
        run.generator = row.text("generator")
        run.checkpoint = row.text("checkpoint")
        run.step = try row.whole("step")
        runs.append(run)
        places[joined] = place
      }
      runs[place].scores.append(score)
    }
    return runs.map(identified)
  }

  /// Answers to questions of a user study: of each method the share of votes in percent, with Wilson's interval of 95 %, as
  /// DynamiCrafter's Table 2 has them. Columns: `question`, `method` or `name`, and either `votes` (and `n`, where it is
  /// not the sum of a question's votes) or `preference` or `percent` (in percent) and `n`.
  func preferences() throws -> [RunRecord] {
    let rows = try rows(demanding: "question")
    var totals: [String: Double] = [:]
    func key(_ row: Row) -> String { (row.text("question") ?? "") + "\u{1f}" + (row.text("dataset") ?? "") }
    for row in rows { totals[key(row), default: 0] += try row.number("votes") ?? 0 }
    var runs: [RunRecord] = []
    for row in rows {
      let question = try row.wanted(row.text("question"), "question")
      let method = try row.wanted(row.text("method", "name"), "method")
      let (share, count) = try share(of: row, total: totals[key(row)] ?? 0)
      var score = ScoreRecord(metric: "preference[\(question)]", value: 100 * share, direction: .higher)
      score.interval = BinomialInterval.percent(share: share, count: count)
      score.sample = "vote"
      score.fake = ScoredSet(path: method, clips: Int(exactly: count))
      let dataset = row.text("dataset") ?? labels.dataset
      if let place = runs.firstIndex(where: { $0.name == labels.name ?? method && $0.dataset == dataset }) {
        runs[place].scores.append(score)
      } else {
        var run = run("", name: method)
        run.dataset = dataset
        run.source = row.text("source") ?? run.source
        run.scores = [score]
        runs.append(run)
      }
    }
    return runs.map(identified)
  }

  private func share(of row: Row, total: Double) throws -> (share: Double, count: Double) {
    let count = try row.number("n")
    if let votes = try row.number("votes") {
      let all = count ?? total
      guard votes >= 0, all > 0, votes <= all else {
        throw ImportError.row(
          path: row.path, line: row.line, reason: "\(Self.words(votes)) votes of \(Self.words(all))")
      }
      return (votes / all, all)
    }
    let percent = try row.wanted(row.number("preference") ?? row.number("percent"), "votes")
    let all = try row.wanted(count, "n")
    guard (0...100).contains(percent), all > 0 else {
      throw ImportError.row(
        path: row.path, line: row.line, reason: "a preference of \(Self.words(percent)) % of \(Self.words(all))")
    }
    return (percent / 100, all)
  }

  private static func words(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }

  /// The id of what the run says, its date aside.
  private func identified(_ run: RunRecord) -> RunRecord {
    var named = run
    let scores = run.scores.map { "\($0.metric) \($0.value) \($0.std.map { "\($0)" } ?? "")" }
    let facts = [run.name, run.dataset, run.source, run.generator, run.checkpoint, run.step.map(String.init)]
    named.id = self.run((facts.map { $0 ?? "" } + scores).joined(separator: "\n"), name: "").id
    return named
  }
}

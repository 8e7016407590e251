import History
import MetricCatalog
import Scores

// Tables of scores that people make.
extension RunImport {
  /// What a table calls a method.
  static let nameColumns = ["name", "method", "model"]
  /// What says of which run a row is.
  private static let runColumns = nameColumns + ["dataset", "source", "generator", "checkpoint", "step"]
  /// What stands in a table for a score that is not there.
  private static let dashes = ["-", "--", "–", "—", "n/a", "na", "nan", "null", "none"]

  /// The runs of a table while it is read.
  private struct RunTable {
    var runs: [RunRecord] = []
    private var places: [String: Int] = [:]
    /// The line of each score of a run.
    private var lines: [String: Int] = [:]
    /// One spelling for each metric.
    private var spellings: [String: String] = [:]

    /// The place of the run that a row is of.
    mutating func place(_ row: TableRow, _ make: () throws -> RunRecord) rethrows -> Int {
      let key = RunImport.runColumns.map { row.text($0) ?? "" }.joined(separator: "\u{1f}")
      if let place = places[key] { return place }
      runs.append(try make())
      places[key] = runs.count - 1
      return runs.count - 1
    }

    /// - Throws: `ImportError.row` for a score that the run has already.
    mutating func add(_ score: ScoreRecord, to place: Int, of row: TableRow) throws {
      var score = score
      score.metric = spellings[score.metric.lowercased()] ?? score.metric
      spellings[score.metric.lowercased()] = score.metric
      let key = "\(place) \(score.metric)"
      if let line = lines[key] {
        throw row.wrong("`\(score.metric)` of `\(runs[place].name)` is there already, in line \(line)")
      }
      lines[key] = row.line
      runs[place].scores.append(score)
    }
  }

  private func newRun(_ row: TableRow) throws -> RunRecord {
    var run = run("", name: try row.wanted(labels.name ?? row.text(Self.nameColumns), "name"))
    run.dataset = row.text("dataset") ?? labels.dataset
    run.source = row.text("source") ?? run.source
    run.generator = row.text("generator")
    run.checkpoint = row.text("checkpoint")
    run.step = try row.whole("step")
    return run
  }

  /// Rows of one name, dataset, checkpoint and source are one run. Columns: `name` or `method`, `metric`, `value`, and
  /// where they are `std`, `direction`, `dataset`, `source`, `generator`, `checkpoint`, `step`.
  func scoreTable(_ table: ImportedTable) throws -> ImportedRuns {
    _ = try table.first(of: ["metric"])
    var found = RunTable()
    for row in table.rows {
      let metric = Self.known(try row.wanted(row.text("metric"), "metric"))
      var score = ScoreRecord(
        metric: metric, value: try row.wanted(row.number("value"), "value"),
        direction: try direction(of: metric, row.text("direction")))
      score.std = try row.number("std")
      let place = try found.place(row) { try newRun(row) }
      try found.add(score, to: place, of: row)
    }
    return ImportedRuns(runs: found.runs.map(identified))
  }

  /// A row for each method and a column for each metric, as papers print them: `method,dataset,FVD,KVD`. A cell is a number,
  /// a number with its deviation behind `±`, or a dash for a score that is not there. Arrows in the names of columns say
  /// what is better.
  func wideTable(_ table: ImportedTable) throws -> ImportedRuns {
    _ = try table.first(of: Self.nameColumns)
    var found = RunTable()
    var leftOut: [String] = []
    var metrics: [(column: ImportedTable.Column, direction: Direction)] = []
    for column in table.columns where !Self.runColumns.contains(column.name) {
      let texts = table.rows.compactMap { $0.text(column.name) }.filter { !Self.dashes.contains($0.lowercased()) }
      if texts.isEmpty || texts.allSatisfy({ Self.measured($0) == nil }) {
        leftOut.append("column `\(column.title)` holds no numbers")
      } else if let direction = try? direction(of: column.title, column.arrow?.rawValue) {
        metrics.append((column, direction))
      } else {
        leftOut.append(
          "column `\(column.title)`: it is not known whether lower or higher values are better (an arrow behind its name, "
            + "as in `\(column.title)↓`, or --direction says it)")
      }
    }
    for row in table.rows {
      let place = try found.place(row) { try newRun(row) }
      for (column, direction) in metrics {
        guard let text = row.text(column.name) else { continue }
        guard !Self.dashes.contains(text.lowercased()) else {
          leftOut.append("line \(row.line): `\(column.title)` is `\(text)`")
          continue
        }
        guard let (value, std) = Self.measured(text) else {
          throw row.wrong("`\(column.title)` is `\(text)`, which is not a number")
        }
        var score = ScoreRecord(metric: Self.known(column.title), value: value, direction: direction)
        score.std = std
        try found.add(score, to: place, of: row)
      }
    }
    for run in found.runs where run.scores.isEmpty { leftOut.append("`\(run.name)` has no score") }
    return ImportedRuns(runs: found.runs.filter { !$0.scores.isEmpty }.map(identified), leftOut: leftOut)
  }

  /// `12.5`, `12.5 ± 0.3`, `12.5+-0.3`.
  private static func measured(_ text: String) -> (value: Double, std: Double?)? {
    let parts = text.replacing("+-", with: "±").split(separator: "±", omittingEmptySubsequences: false)
      .map { Double($0.filter { !$0.isWhitespace }) }
    guard (1...2).contains(parts.count), let value = parts[0], value.isFinite else { return nil }
    guard parts.count == 2 else { return (value, nil) }
    guard let std = parts[1], std.isFinite, std >= 0 else { return nil }
    return (value, std)
  }

  /// The id of what the run says, its date aside.
  func identified(_ run: RunRecord) -> RunRecord {
    var named = run
    let scores = run.scores.map { "\($0.metric) \($0.value) \($0.std.map { "\($0)" } ?? "")" }
    let facts = [run.name, run.dataset, run.source, run.generator, run.checkpoint, run.step.map(String.init)]
    named.id = self.run((facts.map { $0 ?? "" } + scores).joined(separator: "\n"), name: "").id
    return named
  }
}

import Distances
import History
import MetricCatalog
import Scores

/// Which number of a column is best and which second, and how each was computed.
///
/// Only measured numbers take part, and only where all of a column can be held against each other: equal fingerprint,
/// equal real set, equal prompts. Where several protocols or real sets meet in a column, nothing in it is ranked and a
/// remark says so. A number is best where it is shown to be better than every other of its column, each at α over their
/// number, and second where it is shown to be better than the rest; a remark says what is not shown.
struct Ranking {
  /// What differences are measured by; nil: nothing is marked.
  let differences: (any DifferenceSource)?

  func decide(_ table: inout ReportTable) {
    var keys: [String] = []
    for column in table.columns.indices {
      let rows = table.rows.indices.filter {
        table.rows[$0].origin == .measured && table.rows[$0].cells[column] != nil
      }
      let groups = Self.comparable(rows) { table.rows[$0].cells[column]?.score }
      for group in groups {
        for row in group {
          guard let score = table.rows[row].cells[column]?.score else { continue }
          table.rows[row].cells[column]?.note = Self.note(score, &keys, &table.notes)
        }
      }
      if groups.count == 1 { rank(groups[0], column, &table) }
      if groups.count > 1 { table.remarks.append(Self.remark(groups, column, table)) }
      if groups.count == 1, let words = Self.differentCounts(groups[0], column, table) { table.remarks.append(words) }
    }
  }

  /// Parts of which each holds what compares with its first; order is kept.
  static func comparable<Item>(_ items: [Item], score: (Item) -> ScoreRecord?) -> [[Item]] {
    var groups: [[Item]] = []
    for item in items {
      guard let own = score(item) else { continue }
      let place = groups.firstIndex { group in
        group.first.flatMap(score).map { own.isComparable(with: $0) } ?? false
      }
      if let place { groups[place].append(item) } else { groups.append([item]) }
    }
    return groups
  }

  // MARK: Best and second

  private func rank(_ rows: [Int], _ column: Int, _ table: inout ReportTable) {
    guard rows.count > 1, differences != nil else { return }
    let sign: Double = table.columns[column].direction == .lower ? 1 : -1
    let cells = rows.compactMap { row in table.rows[row].cells[column].map { (row: row, cell: $0) } }
      .sorted { (sign * $0.cell.score.value, $0.row) < (sign * $1.cell.score.value, $1.row) }
    for (place, rank) in [ReportTable.Rank.best, .second].enumerated() where place < cells.count {
      let rest = cells[(place + 1)...]
      let alpha = Judgement.alpha / Double(max(rest.count, 1))
      let open = rest.lazy.map { (row: $0.row, found: judged(cells[place].cell, $0.cell, alpha)) }
        .first { $0.found.verdict != .worse }
      guard let open else {
        table.rows[cells[place].row].cells[column]?.rank = rank
        continue
      }
      let names = (table.rows[cells[place].row].name, table.rows[open.row].name)
      table.remarks.append(
        "\(Self.name(column, table)): no number is marked \(rank == .best ? "best" : "second"), since `\(names.0)` is not shown "
          + "to be better than `\(names.1)`: \(open.found.reason)")
      return
    }
  }

  /// The second number beside the first.
  private func judged(_ first: ReportTable.Cell, _ second: ReportTable.Cell, _ alpha: Double) -> (
    verdict: Verdict, reason: String
  ) {
    guard let differences else { return (.notComparable, "") }
    guard first.seeds.count > 1 || second.seeds.count > 1 else {
      let judgement = Judgement(Comparison(first.score, second.score), by: differences)
      return (judgement.verdict(alpha: alpha), judgement.reason(alpha: alpha))
    }
    let judgement = Judgement(
      Comparison(first.score, second.score), by: SeedDifferences(first: first.seeds, second: second.seeds))
    return (judgement.verdict(alpha: alpha), judgement.reason(alpha: alpha))
  }

  // MARK: Words

  /// `stylegan-v, version 1, sha256:9e37a73f17ac; 16 real and 16 fake clips`.
  private static func note(_ score: ScoreRecord, _ keys: inout [String], _ notes: inout [String]) -> Int {
    let key = [
      words(score), score.settings?.fingerprint ?? "", score.real?.digest ?? "", score.prompts?.digest ?? "",
    ].joined(separator: "\u{1}")
    if let known = keys.firstIndex(of: key) { return known }
    keys.append(key)
    notes.append(words(score))
    return notes.count - 1
  }

  static func words(_ score: ScoreRecord) -> String {
    guard let settings = score.settings else { return "no protocol is known" }
    var text = "\(settings.displayName), version \(settings.version), \(settings.fingerprint.prefix(19))"
    if let real = score.real {
      let counts = [real.videos.map { "\($0) real videos" }, real.clips.map { "\($0) \(score.sample ?? "sample")s" }]
      let known = counts.compactMap { $0 }.joined(separator: ", ")
      text += "; \(known.isEmpty ? "a real set" : known)"
      text += real.digest.map { " (\($0.prefix(19)))" } ?? " (its content is not known)"
    }
    return text
  }

  private static func name(_ column: Int, _ table: ReportTable) -> String {
    let own = table.columns[column]
    return own.label + (own.dataset.map { " on \($0)" } ?? "")
  }

  private static func remark(_ groups: [[Int]], _ column: Int, _ table: ReportTable) -> String {
    let scores = groups.flatMap { $0 }.compactMap { table.rows[$0].cells[column]?.score }
    let protocols = Set(scores.map { $0.settings?.fingerprint ?? "" }).count
    let sets = Set(scores.map { $0.real?.digest ?? "" }).count
    let prompts = Set(scores.map { $0.prompts?.digest ?? "" }).count
    var why: [String] = []
    if protocols > 1 { why.append("\(protocols) evaluation protocols") }
    if sets > 1 { why.append("\(sets) real sets") }
    if prompts > 1 { why.append("\(prompts) sets of prompts") }
    if why.isEmpty { why.append("real sets of unknown content") }
    return "\(name(column, table)): the numbers are of \(why.joined(separator: " and ")), so none is ranked"
  }

  private static func differentCounts(_ rows: [Int], _ column: Int, _ table: ReportTable) -> String? {
    let scores = rows.compactMap { table.rows[$0].cells[column]?.score }
    let counts = scores.compactMap { $0.fake?.clips }
    guard let least = counts.min(), let most = counts.max(), least < most else { return nil }
    return
      "\(name(column, table)): the fake sets hold from \(least) to \(most) \(scores[0].sample ?? "sample")s, and a "
      + "score depends on that"
  }
}

/// The difference of two means over seeds: the unit is the seed.
private struct SeedDifferences: DifferenceSource {
  let first: [ReportTable.Seed]
  let second: [ReportTable.Seed]

  /// Below three, the spread over seeds is not known.
  private static let fewest = 3

  func finding(_ comparison: Comparison, anyCount: Bool) -> Finding {
    let fewest = min(first.count, second.count)
    guard fewest >= Self.fewest else {
      return .notComparable("\(count(max(fewest, 1), "seed")) of one of them, and \(Self.fewest) are needed")
    }
    func labels(_ seeds: [ReportTable.Seed]) -> [String] { seeds.map { "\($0.seed)" } }
    do {
      return .difference(
        try DifferenceTest().difference(
          comparison.difference,
          DifferenceInfluence(ofMeans: first.map(\.score.value), second.map(\.score.value)),
          units: DifferenceUnits(real: [], first: labels(first), second: labels(second))))
    } catch { return .notComparable("\(error)") }
  }
}

import Distances
import History
import MetricCatalog
import Scores

/// Which number of a column is best and which second, and how each was computed.
///
/// Only measured numbers take part, and only where all of a column can be held against each other: equal fingerprint,
/// equal real set, equal prompts. Where several protocols or real sets meet in a column, nothing in it is ranked and a
/// remark says so. A number is best where it is shown to be better than every other of its column, each at α over their
/// number, and second where it is shown to be better than the rest, of which there is one at the least; a remark says what is not shown.
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
      if groups.count > 1 {
        table.remarks.append(ReportTable.Remark(kind: .notRanked, text: Self.remark(groups, column, table)))
      }
      if groups.count == 1, let words = Self.differentCounts(groups[0], column, table) {
        table.remarks.append(ReportTable.Remark(kind: .counts, text: words))
      }
      for group in groups { advance(group, column, &table) }
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
    var standing = ReportTable.Standing(column: column, rows: cells.map(\.row))
    defer { table.standings.append(standing) }
    // The last one is better than none, and not marked.
    for (place, rank) in [ReportTable.Rank.best, .second].enumerated() where place < cells.count - 1 {
      let rest = cells[(place + 1)...]
      let alpha = Judgement.alpha / Double(max(rest.count, 1))
      let open = rest.lazy.map { contest(cells[place], $0, alpha) }.first { $0.verdict != .worse }
      guard let open else {
        table.rows[cells[place].row].cells[column]?.rank = rank
        continue
      }
      standing.open = open
      let names = (table.rows[open.first].name, table.rows[open.second].name)
      table.remarks.append(
        ReportTable.Remark(
          kind: .notShown,
          text: "\(table.name(ofColumn: column)): no number is marked \(rank == .best ? "best" : "second"), since "
            + "`\(names.0)` is not shown to be better than `\(names.1)`: \(open.reason)"))
      return
    }
  }

  typealias Placed = (row: Int, cell: ReportTable.Cell)

  /// Each method's last step beside the one before it.
  private func advance(_ rows: [Int], _ column: Int, _ table: inout ReportTable) {
    guard differences != nil else { return }
    let placed = rows.compactMap { row in table.rows[row].cells[column].map { (row: row, cell: $0) } }
    let methods = Dictionary(grouping: placed.filter { table.rows[$0.row].step != nil }) { table.rows[$0.row].method }
    for method in methods.keys.sorted() {
      let steps = (methods[method] ?? []).sorted { (table.rows[$0.row].step ?? 0) < (table.rows[$1.row].step ?? 0) }
      guard let last = steps.last,
        let before = steps.last(where: { table.rows[$0.row].step != table.rows[last.row].step })
      else { continue }
      table.advances.append((column, contest(before, last, Judgement.alpha)))
    }
  }

  /// The second number beside the first.
  func contest(_ first: Placed, _ second: Placed, _ alpha: Double) -> ReportTable.Contest {
    var contest = ReportTable.Contest(first: first.row, second: second.row, verdict: .notComparable, reason: "")
    guard let differences else { return contest }
    let comparison = Comparison(first.cell.score, second.cell.score)
    let hasSeeds = first.cell.seeds.count > 1 || second.cell.seeds.count > 1
    let judgement =
      hasSeeds
      ? Judgement(comparison, by: SeedDifferences(first: first.cell.seeds, second: second.cell.seeds))
      : Judgement(comparison, by: differences)
    (contest.verdict, contest.reason) = (judgement.verdict(alpha: alpha), judgement.reason(alpha: alpha))
    if let found = judgement.difference {
      (contest.p, contest.units) = (found.p, found.units)
      contest.neededUnits = Self.needed(found, alpha)
      contest.unit = hasSeeds ? "seed" : "video"
    }
    return contest
  }

  /// About how many units would show a difference of the measured size in four of five tries: its error shrinks with the root
  /// of their number.
  static func needed(_ difference: Difference, _ alpha: Double) -> Int? {
    guard difference.value != 0, difference.standardError > 0 else { return nil }
    let reach = (StudentT.twoSided(1 - alpha, degrees: 1e9) + 0.8416) * difference.standardError / abs(difference.value)
    let units = Double(difference.units) * reach * reach
    // Below these no exchange of units is rare enough: 2 of 2ⁿ where they are paired, 2 of (2n over n) where not.
    var (least, exchanges) = (1, 2.0)
    while 2 / exchanges > alpha {
      exchanges *= difference.isPaired ? 2 : Double(2 * (2 * least + 1)) / Double(least + 1)
      least += 1
    }
    return units < 1e9 ? max(difference.units, least, Int(units.rounded(.up))) : nil
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
    return "\(table.name(ofColumn: column)): the numbers are of \(why.joined(separator: " and ")), so none is ranked"
  }

  private static func differentCounts(_ rows: [Int], _ column: Int, _ table: ReportTable) -> String? {
    let scores = rows.compactMap { table.rows[$0].cells[column]?.score }
    let counts = scores.compactMap { $0.fake?.clips }
    guard let least = counts.min(), let most = counts.max(), least < most else { return nil }
    return
      "\(table.name(ofColumn: column)): the fake sets hold from \(least) to \(most) \(scores[0].sample ?? "sample")s, and a "
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

import History
import MetricCatalog
import Scores

/// Which number of a column is best and which second, and how each was computed.
///
/// Only measured numbers take part, and only where all of a column can be held against each other: equal fingerprint,
/// equal real set, equal prompts. Where several protocols or real sets meet in a column, nothing in it is ranked and a
/// remark says so. What the column writes alike is equally good: two best ones leave no second.
enum Ranking {
  static func decide(_ table: inout ReportTable) {
    var keys: [String] = []
    for column in table.columns.indices {
      let rows = table.rows.indices.filter { isMeasured(table.rows[$0]) && table.rows[$0].cells[column] != nil }
      let groups = comparable(rows) { table.rows[$0].cells[column]?.score }
      for group in groups {
        for row in group {
          guard let score = table.rows[row].cells[column]?.score else { continue }
          table.rows[row].cells[column]?.note = note(score, &keys, &table.notes)
        }
      }
      if groups.count == 1 { rank(groups[0], column, &table) }
      if groups.count > 1 { table.remarks.append(remark(groups, column, table)) }
      if groups.count == 1, let words = differentCounts(groups[0], column, table) { table.remarks.append(words) }
    }
  }

  private static func isMeasured(_ row: ReportTable.Row) -> Bool { row.origin == .measured }

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

  /// Best and second by what the column writes.
  private static func rank(_ rows: [Int], _ column: Int, _ table: inout ReportTable) {
    guard rows.count > 1 else { return }
    let sign: Double = table.columns[column].direction == .lower ? 1 : -1
    let written = rows.compactMap { row in
      table.rows[row].cells[column].map { (row, sign * (Double(table.text($0.value, column: column)) ?? $0.value)) }
    }
    guard let best = written.map(\.1).min(), let worst = written.map(\.1).max(), best < worst else { return }
    let first = written.filter { $0.1 == best }
    for (row, _) in first { table.rows[row].cells[column]?.rank = .best }
    guard first.count == 1, let next = written.map(\.1).filter({ $0 > best }).min() else { return }
    for (row, value) in written where value == next { table.rows[row].cells[column]?.rank = .second }
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

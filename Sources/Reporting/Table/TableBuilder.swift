import Distances
import Files
import History
import MetricCatalog
import ReportAssets
import Scores

/// Makes a table of runs and published rows.
public struct TableBuilder {
  public var title = "Scores"
  /// The columns of a paper; nil: what the runs hold.
  public var layout: Baseline.Layout?
  /// Only these metrics; nil: all.
  public var metrics: [String]?
  public var datasets: [String]?
  public var baselines: [Baseline] = []
  /// Only these methods, in this order; nil: all.
  public var methods: [String]?
  /// Digits behind the point, by metric; those of all metrics under the empty name.
  public var digits: [String: Int] = [:]
  /// Whether more runs may come: a name that is not there yet is a remark, and no error.
  public var isLive = false
  /// Something earlier that new rows are held against.
  public var since: Since?
  /// Generators that made no videos.
  public var failures: [ReportTable.Failure] = []
  /// What tells which number is best; nil: nothing is marked.
  public var differences: (any DifferenceSource)?

  public init() {}

  /// A number on its way into the table.
  struct Entry {
    let row: Int
    let dataset: String?
    let variant: String?
    let score: ScoreRecord
    let run: String?
    let index: Int
    /// That the run's videos were made with.
    var seed: Int?
  }

  /// - Throws: `ReportError.nothingToShow`, `.noName` and `.noMethod` for what is asked for and not there.
  public func table(of runs: [RunRecord]) throws -> ReportTable {
    var rows: [ReportTable.Row] = []
    var elsewhere: [ReportTable.Source] = []
    var entries: [Entry] = []
    var remarks: [ReportTable.Remark] = []
    let present = presentDatasets(runs)
    for baseline in baselines {
      let (fitting, remark) = Self.rows(of: baseline, on: present)
      append(fitting, &rows, &elsewhere, &entries)
      if let remark { remarks.append(remark) }
    }
    append(runs, &rows, &elsewhere, &entries)
    entries = try wanted(entries, &remarks)
    entries = underOneName(entries)
    let columns = layout.map { laidOut($0, entries) } ?? found(entries)
    var table = ReportTable(
      title: title, columns: columns, rows: rows, notes: [], remarks: remarks, elsewhere: elsewhere)
    for index in table.rows.indices { table.rows[index].cells = Array(repeating: nil, count: columns.count) }
    for entry in entries { place(entry, in: &table) }
    table.rows.removeAll { row in row.cells.allSatisfy { $0 == nil } }
    guard !table.rows.isEmpty else { throw ReportError.nothingToShow }
    if let methods { try choose(methods, &table) }
    for index in table.columns.indices { table.columns[index].digits = decidedDigits(index, table) }
    renumberMarks(&table)
    table.failures = failures
    let ranking = Ranking(differences: differences)
    ranking.decide(&table)
    table.changes = since.map { ranking.changes(since: $0, table) }
    return table
  }

  /// The numbers that are asked for.
  ///
  /// - Throws: `ReportError.noName`.
  private func wanted(_ entries: [Entry], _ remarks: inout [ReportTable.Remark]) throws -> [Entry] {
    func names(_ entries: [Entry]) -> [String] {
      Set(entries.flatMap { [$0.score.metric, Self.plain($0.score.metric)] }).sorted()
    }
    try check(metrics ?? [], "score", among: names(entries), &remarks)
    try check(datasets ?? [], "data set", among: Set(entries.compactMap(\.dataset)).sorted(), &remarks)
    let wanted = entries.filter { entry in
      (metrics.map { $0.contains(entry.score.metric) || $0.contains(Self.plain(entry.score.metric)) } ?? true)
        && (datasets.map { wanted in entry.dataset.map(wanted.contains) ?? false } ?? true)
    }
    try check(digits.keys.filter { !$0.isEmpty }.sorted(), "score", among: names(wanted), &remarks)
    return wanted
  }

  private func check(
    _ asked: [String], _ what: String, among known: [String], _ remarks: inout [ReportTable.Remark]
  ) throws {
    for name in asked where !known.contains(name) && !known.isEmpty {
      guard isLive else {
        throw ReportError.noName(name, of: what, nearest: NearestName.of(name, among: known), known: known)
      }
      let remark = ReportTable.Remark(kind: .absent, text: "no \(what) `\(name)` is there yet")
      if !remarks.contains(remark) { remarks.append(remark) }
    }
  }

  /// The metric of a score's name: `pic` of `pic[inception-cosine]`.
  static func plain(_ metric: String) -> String {
    String(metric.prefix { $0 != "[" && $0 != "/" })
  }

  // MARK: Cells

  func place(_ entry: Entry, in table: inout ReportTable) {
    let column = table.columns.firstIndex { column in
      layout.map { belongs(entry, to: column, $0) } ?? Self.belongs(entry, to: column)
    }
    guard let column else { return }
    let scale = table.columns[column].scaleFactor / factor(of: entry.score)
    if let there = table.rows[entry.row].cells[column] {
      if let joined = joined(there, entry, scale: scale) {
        table.rows[entry.row].cells[column] = joined
        return
      }
      // One number that was measured twice: the one with an interval is shown.
      guard Self.identity(there.score) == Self.identity(entry.score) else {
        let remark = ReportTable.Remark(
          kind: .choice,
          text: "\(table.name(ofColumn: column)): `\(table.rows[entry.row].name)` has several scores that fit "
            + "the column; shown is that of \(there.score.settings?.displayName ?? "its first run")")
        if !table.remarks.contains(remark) { table.remarks.append(remark) }
        return
      }
      guard there.score.interval == nil, entry.score.interval != nil else { return }
    }
    table.rows[entry.row].cells[column] = ReportTable.Cell(
      score: entry.score, seeds: entry.seed.map { [ReportTable.Seed(seed: $0, score: entry.score)] } ?? [],
      value: entry.score.value * scale, std: entry.score.deviation.map { $0 * scale },
      low: entry.score.interval.map { $0.low * scale }, high: entry.score.interval.map { $0.high * scale }, rank: nil,
      note: nil, run: entry.run, index: entry.index)
  }

  /// The number of a generator with one seed more: the mean over seeds, with their deviation (ddof 1) and no interval. nil
  /// where the entry is not another seed of it.
  private func joined(_ cell: ReportTable.Cell, _ entry: Entry, scale: Double) -> ReportTable.Cell? {
    guard let seed = entry.seed, !cell.seeds.isEmpty,
      cell.seeds.allSatisfy({ $0.seed != seed && $0.score.isAnotherDraw(of: entry.score) })
    else { return nil }
    var joined = cell
    joined.seeds.append(ReportTable.Seed(seed: seed, score: entry.score))
    let over = MeanAndDeviation(of: joined.seeds.map(\.score.value), ddof: 1)
    (joined.score.value, joined.score.std, joined.score.interval) = (over.mean, over.deviation, nil)
    (joined.value, joined.std, joined.low, joined.high) = (over.mean * scale, over.deviation * scale, nil, nil)
    return joined
  }

  /// What a layout's own factor replaces; without a layout scores are shown as they were computed.
  func factor(of score: ScoreRecord) -> Double {
    guard layout != nil, let field = score.settings?.fields["scale-factor"], let own = Double("\(field)"), own != 0
    else { return 1 }
    return own
  }

  // MARK: Rows and digits

  /// Keeps the rows of these methods, in their order: of a method or of one of its checkpoints.
  ///
  /// - Throws: `ReportError.noMethod`.
  private func choose(_ methods: [String], _ table: inout ReportTable) throws {
    var rows: [ReportTable.Row] = []
    for method in methods {
      let found = table.rows.filter { $0.name == method || $0.method == method }
      guard !found.isEmpty else {
        let known = table.rows.map(\.name)
        throw ReportError.noMethod(method, nearest: NearestName.of(method, among: known), known: known)
      }
      rows += found.filter { row in !rows.contains { $0.name == row.name && $0.mark == row.mark } }
    }
    table.rows = rows
    for column in table.columns.indices.reversed() where rows.allSatisfy({ $0.cells[column] == nil }) {
      table.columns.remove(at: column)
      for row in table.rows.indices { table.rows[row].cells.remove(at: column) }
    }
  }

  /// As asked for, as the layout has it, or else as many as the least uncertainty of the column bears: two digits of it.
  private func decidedDigits(_ column: Int, _ table: ReportTable) -> ReportTable.Digits {
    let own = table.columns[column]
    if let wanted = digits[own.metric] ?? digits[Self.plain(own.metric)] ?? digits[""] { return .fixed(wanted) }
    guard own.digits == Self.undecided else { return own.digits }
    let cells = table.rows.compactMap { $0.cells[column] }
    let most = NumberText.digits(forLargest: cells.map { abs($0.value) }.max() ?? 1)
    let least = cells.flatMap { cell in
      [cell.std, cell.low.flatMap { low in cell.high.map { ($0 - low) / 2 } }].compactMap { $0 }
    }.filter { $0 > 0 && $0.isFinite }.min()
    return .fixed(least.map { min(most, NumberText.digits(forUncertainty: $0)) } ?? most)
  }

  func renumberMarks(_ table: inout ReportTable) {
    var kept: [Int] = []
    for index in table.rows.indices {
      guard let mark = table.rows[index].mark else { continue }
      if !kept.contains(mark) { kept.append(mark) }
      table.rows[index].mark = kept.firstIndex(of: mark)
    }
    table.elsewhere = kept.map { table.elsewhere[$0] }
  }
}

extension ScoreRecord {
  /// Whether the two belong to one mean over seeds: they compare, and are of equal numbers of samples.
  func isAnotherDraw(of other: ScoreRecord) -> Bool { Comparison(self, other).obstacle(anyCount: false) == nil }
}

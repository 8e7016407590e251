import Digests
import History
import MetricCatalog
import ReportAssets

/// Makes a table of runs and published rows.
public struct TableBuilder {
  public var title = "Scores"
  /// The columns of a paper; nil: what the runs hold.
  public var layout: Baseline.Layout?
  /// Only these metrics; nil: all.
  public var metrics: [String]?
  public var datasets: [String]?
  public var baselines: [Baseline] = []

  public init() {}

  /// A number on its way into the table.
  struct Entry {
    let row: Int
    let dataset: String?
    let variant: String?
    let score: RunScore
    let run: String?
    let index: Int
  }

  /// - Throws: `ReportError.nothingToShow`.
  public func table(of runs: [Run]) throws -> ReportTable {
    var rows: [ReportTable.Row] = []
    var elsewhere: [String] = []
    var entries: [Entry] = []
    for baseline in baselines { append(baseline, &rows, &elsewhere, &entries) }
    append(runs, &rows, &elsewhere, &entries)
    entries = entries.filter { entry in
      (metrics.map { $0.contains(entry.score.metric) || $0.contains(Self.plain(entry.score.metric)) } ?? true)
        && (datasets.map { wanted in entry.dataset.map(wanted.contains) ?? false } ?? true)
    }
    entries = underOneName(entries)
    var columns = layout.map { laidOut($0, entries) } ?? found(entries)
    for index in columns.indices where columns[index].digits == Self.undecided {
      let values = entries.filter { Self.belongs($0, to: columns[index]) }.map { abs($0.score.value) }
      columns[index].digits = .fixed(NumberText.digits(forLargest: values.max() ?? 1))
    }
    var table = ReportTable(title: title, columns: columns, rows: rows, notes: [], remarks: [], elsewhere: elsewhere)
    for index in table.rows.indices { table.rows[index].cells = Array(repeating: nil, count: columns.count) }
    for entry in entries { place(entry, in: &table) }
    table.rows.removeAll { row in row.cells.allSatisfy { $0 == nil } }
    guard !table.rows.isEmpty else { throw ReportError.nothingToShow }
    renumberMarks(&table)
    Ranking.decide(&table)
    return table
  }

  /// The metric of a score's name: `pic` of `pic[inception-cosine]`.
  static func plain(_ metric: String) -> String {
    String(metric.prefix { $0 != "[" && $0 != "/" })
  }

  // MARK: Rows

  private func append(
    _ baseline: Baseline, _ rows: inout [ReportTable.Row], _ elsewhere: inout [String], _ entries: inout [Entry]
  ) {
    for published in baseline.rows {
      let mark = Self.mark(Self.words(baseline, published), &elsewhere)
      let row = rows.count
      rows.append(ReportTable.Row(name: published.method, origin: .published, mark: mark, cells: [], runs: []))
      for (index, number) in published.scores.enumerated() {
        var score = RunScore(
          metric: number.metric, value: number.value / number.scaleFactor, direction: number.direction)
        score.std = number.std.map { $0 / number.scaleFactor }
        entries.append(
          Entry(row: row, dataset: number.dataset, variant: number.variant, score: score, run: nil, index: index))
      }
    }
  }

  /// Where a published row is from, and how sure that is.
  static func words(_ baseline: Baseline, _ row: Baseline.Row) -> String {
    let place =
      row.source.map { [$0, row.settings].compactMap { $0 }.joined(separator: ": ") }
      ?? "\(baseline.paper), \(baseline.table): \(row.settings ?? baseline.settings)"
    let sure =
      switch row.certainty {
      case .paper: ""
      case .secondary: "; not read in a paper by the method's authors"
      case .memory: "; noted from memory, not held against the paper"
      }
    return place + sure
  }

  static func mark(_ words: String, _ elsewhere: inout [String]) -> Int {
    if let known = elsewhere.firstIndex(of: words) { return known }
    elsewhere.append(words)
    return elsewhere.count - 1
  }

  /// Runs of one method on several data sets share a row; where two runs have the same column, each has a row of its own.
  private func append(
    _ runs: [Run], _ rows: inout [ReportTable.Row], _ elsewhere: inout [String], _ entries: inout [Entry]
  ) {
    var taken: [Int: Set<String>] = [:]
    var rowsOfName: [String: [Int]] = [:]
    for run in runs.sorted(by: Self.precedes) {
      let mark = run.origin == .measured ? nil : Self.mark(Self.words(run), &elsewhere)
      let own = entriesOf(run)
      let places = Set(own.map { "\($0.dataset ?? "")\u{1}\($0.score.metric)\u{1}\($0.variant ?? "")" })
      let key = "\(run.origin.rawValue)\u{1}\(Self.name(of: run))\u{1}\(mark ?? -1)"
      let known = rowsOfName[key, default: []]
      let row: Int
      if let free = known.first(where: { taken[$0, default: []].isDisjoint(with: places) }) {
        row = free
        rows[row].runs.append(run.id)
      } else {
        row = rows.count
        let name = known.isEmpty ? Self.name(of: run) : "\(Self.name(of: run)) (\(run.date.prefix(10)), \(run.id))"
        rows.append(ReportTable.Row(name: name, origin: run.origin, mark: mark, cells: [], runs: [run.id]))
        rowsOfName[key, default: []].append(row)
      }
      taken[row, default: []].formUnion(places)
      entries += own.map {
        Entry(row: row, dataset: $0.dataset, variant: $0.variant, score: $0.score, run: run.id, index: $0.index)
      }
    }
  }

  private static func precedes(_ a: Run, _ b: Run) -> Bool {
    func key(_ run: Run) -> (Int, Int, String) { (run.origin == .measured ? 1 : 0, run.step ?? -1, run.date) }
    return a.name == b.name || key(a).0 != key(b).0 ? key(a) < key(b) : a.name < b.name
  }

  /// `LFDM, step 20000`.
  static func name(of run: Run) -> String {
    if let step = run.step { return "\(run.name), step \(step)" }
    if let checkpoint = run.checkpoint, let file = checkpoint.split(separator: "/").last, !run.name.contains(file) {
      return "\(run.name), \(file)"
    }
    return run.name
  }

  private static func words(_ run: Run) -> String {
    let what = run.origin == .published ? "published" : "imported"
    return (run.source.map { "\($0)" } ?? what) + (run.note.map { ": \($0)" } ?? "")
  }

  private func entriesOf(_ run: Run) -> [Entry] {
    var seen: [String: Int] = [:]
    return run.scores.enumerated().map { index, score in
      let dataset = run.dataset ?? score.real.map { Self.folder($0.path) } ?? score.fake.map { _ in "no real set" }
      var variant = Self.variant(of: score)
      let key = "\(score.metric)\u{1}\(variant ?? "")"
      seen[key, default: 0] += 1
      if let count = seen[key], count > 1 {
        variant = score.settings.map(\.displayName) ?? "\(count)"
        if run.scores[..<index].contains(where: { $0.settings?.displayName == score.settings?.displayName }) {
          variant = (variant ?? "") + " \(count)"
        }
      }
      return Entry(row: 0, dataset: dataset, variant: variant, score: score, run: run.id, index: index)
    }
  }

  private static func folder(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// What tells a score apart from another one of its metric: the row of a paper's table, or that it is a mean along time.
  static func variant(of score: RunScore) -> String? {
    guard let settings = score.settings else { return nil }
    if let slash = settings.name.firstIndex(of: "/") {
      let label = String(settings.name[settings.name.index(after: slash)...])
      // `lfdm/class` is what cFVD is called already.
      return ["cfvd", "sfvd"].contains(score.metric) ? nil : label
    }
    if let series = settings.fields["series"], "\(series)" != "none" { return "along time" }
    return nil
  }

  // MARK: Columns

  /// Decided when all values of a column are known.
  static let undecided = ReportTable.Digits.fixed(-1)

  private func found(_ entries: [Entry]) -> [ReportTable.Column] {
    var columns: [ReportTable.Column] = []
    for entry in entries where !columns.contains(where: { Self.belongs(entry, to: $0) }) {
      columns.append(
        ReportTable.Column(
          dataset: entry.dataset, metric: entry.score.metric, variant: entry.variant,
          label: Self.label(entry.score.metric) + (entry.variant.map { ", \($0)" } ?? ""),
          direction: entry.score.direction, digits: Self.undecided))
    }
    var order: [String?] = []
    for column in columns where !order.contains(column.dataset) { order.append(column.dataset) }
    return order.flatMap { dataset in columns.filter { $0.dataset == dataset } }
  }

  /// `FVD`, `cFVD`, `precision`, `PIC[inception-cosine]`.
  static func label(_ metric: String) -> String {
    let words = ["cfvd": "cFVD", "sfvd": "sFVD", "fvd-infinity": "FVD∞", "fid-infinity": "FID∞"]
    if let word = words[metric] { return word }
    let known = ["fvd", "kvd", "dt-fvd", "fid", "kid", "psnr", "ssim", "lpips", "pic", "clip-sim"]
    let plain = plain(metric)
    return known.contains(plain) ? plain.uppercased() + metric.dropFirst(plain.count) : metric
  }

  /// A paper's table that names no data set takes the runs of one under no name.
  private func underOneName(_ entries: [Entry]) -> [Entry] {
    guard let layout, layout.datasets.isEmpty, Set(entries.compactMap(\.dataset)).count <= 1 else { return entries }
    return entries.map {
      Entry(row: $0.row, dataset: nil, variant: $0.variant, score: $0.score, run: $0.run, index: $0.index)
    }
  }

  private func laidOut(_ layout: Baseline.Layout, _ entries: [Entry]) -> [ReportTable.Column] {
    let own = entries.map(\.dataset)
    var datasets: [String?] = layout.datasets
    if layout.datasets.isEmpty {
      // One table without a data set: whatever the runs were measured on stands in it.
      datasets = [nil]
      for dataset in own where dataset != nil && !datasets.contains(dataset) { datasets.append(dataset) }
    }
    for dataset in own where !datasets.contains(dataset) { datasets.append(dataset) }
    let columns = datasets.flatMap { dataset in
      layout.columns.map { column in
        ReportTable.Column(
          dataset: dataset, metric: column.metric, variant: column.variant, label: column.label,
          direction: entries.first { $0.score.metric == column.metric }?.score.direction ?? .lower,
          digits: ReportTable.Digits(column.digits), scaleFactor: column.scaleFactor)
      }
    }
    return columns.filter { column in entries.contains { belongs($0, to: column, layout) } }
  }

  static func belongs(_ entry: Entry, to column: ReportTable.Column) -> Bool {
    entry.dataset == column.dataset && entry.score.metric == column.metric && entry.variant == column.variant
  }

  /// In a paper's layout a score finds its column by the length of its clips; means along time have none there.
  private func belongs(_ entry: Entry, to column: ReportTable.Column, _ layout: Baseline.Layout) -> Bool {
    guard entry.dataset == column.dataset, entry.score.metric == column.metric else { return false }
    guard let settings = entry.score.settings else { return entry.variant == column.variant }
    if let series = settings.fields["series"], "\(series)" != "none" { return false }
    let own = layout.columns.first { $0.metric == column.metric && $0.variant == column.variant }
    guard let frames = own?.frames else { return true }
    return settings.fields["frames"].map { "\($0)" } == "\(frames)"
  }

  // MARK: Cells

  private func place(_ entry: Entry, in table: inout ReportTable) {
    let column = table.columns.firstIndex { column in
      layout.map { belongs(entry, to: column, $0) } ?? Self.belongs(entry, to: column)
    }
    guard let column else { return }
    let scale = table.columns[column].scaleFactor / factor(of: entry.score)
    // A layout may send two scores of a run to one column; the first stays, the others are in the list of all numbers.
    guard table.rows[entry.row].cells[column] == nil else { return }
    table.rows[entry.row].cells[column] = ReportTable.Cell(
      score: entry.score, value: entry.score.value * scale, std: entry.score.std.map { $0 * scale },
      low: entry.score.interval.map { $0.low * scale }, high: entry.score.interval.map { $0.high * scale }, rank: nil,
      note: nil, run: entry.run, index: entry.index)
  }

  /// What a layout's own factor replaces; without a layout scores are shown as they were computed.
  private func factor(of score: RunScore) -> Double {
    guard layout != nil, let field = score.settings?.fields["scale-factor"], let own = Double("\(field)"), own != 0
    else { return 1 }
    return own
  }

  private func renumberMarks(_ table: inout ReportTable) {
    var kept: [Int] = []
    for index in table.rows.indices {
      guard let mark = table.rows[index].mark else { continue }
      if !kept.contains(mark) { kept.append(mark) }
      table.rows[index].mark = kept.firstIndex(of: mark)
    }
    table.elsewhere = kept.map { table.elsewhere[$0] }
  }
}

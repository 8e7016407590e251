import History
import MetricCatalog
import ReportAssets
import Scores

// Which columns there are, and which numbers belong to them.
extension TableBuilder {
  /// Decided when all values of a column are known.
  static let undecided = ReportTable.Digits.fixed(-1)

  func found(_ entries: [Entry]) -> [ReportTable.Column] {
    var columns: [ReportTable.Column] = []
    for entry in entries where !columns.contains(where: { Self.belongs(entry, to: $0) }) {
      columns.append(
        ReportTable.Column(
          dataset: entry.dataset, metric: entry.score.metric, variant: entry.variant,
          label: ScoreName.title(entry.score.metric) + (entry.variant.map { ", \($0)" } ?? ""),
          direction: entry.score.direction, digits: Self.undecided))
    }
    var order: [String?] = []
    // What was measured comes first.
    let measured = Set(entries.filter { $0.score.settings != nil }.map(\.dataset))
    for column in columns.filter({ measured.contains($0.dataset) }) + columns where !order.contains(column.dataset) {
      order.append(column.dataset)
    }
    return order.flatMap { dataset in
      columns.filter { $0.dataset == dataset }.enumerated().sorted {
        (Self.rank($0.element), $0.offset) < (Self.rank($1.element), $1.offset)
      }.map(\.element)
    }
  }

  /// Metrics in the catalog's order, means over groups behind their metric, variants behind the plain one; others at the end.
  static func rank(_ column: ReportTable.Column) -> Int {
    2 * ScoreName.place(column.metric) + (column.variant == nil ? 0 : 1)
  }

  /// A paper's table that names no data set takes the runs of one under no name.
  func underOneName(_ entries: [Entry]) -> [Entry] {
    guard let layout, layout.datasets.isEmpty, Set(entries.compactMap(\.dataset)).count <= 1 else { return entries }
    return entries.map {
      Entry(
        row: $0.row, dataset: nil, variant: $0.variant, score: $0.score, run: $0.run, index: $0.index, seed: $0.seed)
    }
  }

  func laidOut(_ layout: Baseline.Layout, _ entries: [Entry]) -> [ReportTable.Column] {
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

  /// The data sets that the table is about; nil: there is no run, and published rows stand by themselves.
  func presentDatasets(_ runs: [RunRecord]) -> Set<String>? {
    if let datasets { return Set(datasets) }
    return runs.isEmpty ? nil : Set(runs.flatMap(entriesOf).compactMap(\.dataset))
  }

  /// The rows of a paper with their numbers on the data sets that are there, and words where that leaves none. Numbers of no
  /// named data set stay.
  static func rows(of baseline: Baseline, on present: Set<String>?) -> (Baseline, ReportTable.Remark?) {
    guard let present else { return (baseline, nil) }
    let named = baseline.rows.flatMap(\.scores).compactMap(\.dataset)
    let fitting = baseline.keeping { score in score.dataset.map(present.contains) ?? true }
    guard fitting.rows.isEmpty else { return (fitting, nil) }
    var known: [String] = []
    for name in named where !known.contains(name) { known.append(name) }
    return (
      fitting,
      ReportTable.Remark(
        kind: .absent,
        text:
          "\(baseline.short), \(baseline.table): no row is shown, since it has numbers on \(known.joined(separator: ", ")), "
          + "and the runs are of \(present.sorted().joined(separator: ", "))")
    )
  }

  static func belongs(_ entry: Entry, to column: ReportTable.Column) -> Bool {
    entry.dataset == column.dataset && entry.score.metric == column.metric && entry.variant == column.variant
  }

  /// In a paper's layout a score finds its column by the length of its clips; means along time have none there.
  func belongs(_ entry: Entry, to column: ReportTable.Column, _ layout: Baseline.Layout) -> Bool {
    guard entry.dataset == column.dataset, entry.score.metric == column.metric else { return false }
    guard let settings = entry.score.settings else { return entry.variant == column.variant }
    if let series = settings.fields["series"], "\(series)" != "none" { return false }
    let own = layout.columns.first { $0.metric == column.metric && $0.variant == column.variant }
    guard let frames = own?.frames else { return true }
    return settings.fields["frames"].map { "\($0)" } == "\(frames)"
  }
}

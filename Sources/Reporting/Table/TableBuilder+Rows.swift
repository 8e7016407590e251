import History
import MetricCatalog
import ReportAssets
import Scores

// Runs and published rows as rows of the table.
extension TableBuilder {
  func append(
    _ baseline: Baseline, _ rows: inout [ReportTable.Row], _ elsewhere: inout [ReportTable.Source],
    _ entries: inout [Entry]
  ) {
    for published in baseline.rows {
      let mark = Self.mark(Self.source(baseline, published), &elsewhere)
      let row = rows.count
      rows.append(
        ReportTable.Row(
          name: published.method, method: published.method, origin: .published, mark: mark, cells: [], runs: []))
      for (index, number) in published.scores.enumerated() {
        var score = ScoreRecord(
          metric: number.metric, value: number.value / number.scaleFactor, direction: number.direction)
        score.std = number.std.map { $0 / number.scaleFactor }
        entries.append(
          Entry(row: row, dataset: number.dataset, variant: number.variant, score: score, run: nil, index: index))
      }
    }
  }

  /// Where a published row is from, and how sure that is.
  static func source(_ baseline: Baseline, _ row: Baseline.Row) -> ReportTable.Source {
    let place =
      row.source.map { [$0, row.settings].compactMap { $0 }.joined(separator: ": ") }
      ?? "\(baseline.paper), \(baseline.table): \(row.settings ?? baseline.settings); protocol \(baseline.protocolName), as far as known"
    let sure =
      switch row.certainty {
      case .paper: ""
      case .secondary: "; not read in a paper by the method's authors"
      case .memory: "; noted from memory, not held against the paper"
      }
    return ReportTable.Source(
      full: place + sure, short: "\(row.source ?? "\(baseline.short), \(baseline.table)")\(sure)")
  }

  static func mark(_ source: ReportTable.Source, _ elsewhere: inout [ReportTable.Source]) -> Int {
    if let known = elsewhere.firstIndex(of: source) { return known }
    elsewhere.append(source)
    return elsewhere.count - 1
  }

  /// Runs of one method share a row, as far as their numbers do not contradict each other; where two runs have different
  /// numbers of one column, each has a row of its own. Seeds of one generator and checkpoint contradict nothing.
  func append(
    _ runs: [RunRecord], _ rows: inout [ReportTable.Row], _ elsewhere: inout [ReportTable.Source],
    _ entries: inout [Entry]
  ) {
    let names = RunNames(runs)
    var taken: [Int: [String: [Taken]]] = [:]
    var rowsOfName: [String: [Int]] = [:]
    for run in runs.sorted(by: Self.precedes) {
      let mark = run.origin == .measured ? nil : Self.mark(Self.source(run), &elsewhere)
      let own = entriesOf(run)
      let places = Dictionary(own.map { (Self.place($0), Taken(score: $0.score, seed: $0.seed)) }) { first, _ in first }
      let key = "\(run.origin.rawValue)\u{1}\(names[run])\u{1}\(mark ?? -1)"
      let known = rowsOfName[key, default: []]
      let free = known.first { row in
        places.allSatisfy { place, new in (taken[row]?[place] ?? []).allSatisfy { new.stands(beside: $0) } }
      }
      let row = free ?? rows.count
      if free == nil {
        let name = known.isEmpty ? names[run] : "\(names[run]) (\(run.date.prefix(10)), \(run.id))"
        rows.append(
          ReportTable.Row(
            name: name, method: run.name, step: run.step, origin: run.origin, mark: mark, cells: [], runs: []))
        rowsOfName[key, default: []].append(row)
      }
      rows[row].runs.append(run.id)
      for (place, new) in places { taken[row, default: [:]][place, default: []].append(new) }
      entries += own.map {
        Entry(
          row: row, dataset: $0.dataset, variant: $0.variant, score: $0.score, run: run.id, index: $0.index,
          seed: $0.seed)
      }
    }
  }

  /// A number that a row has in some column.
  private struct Taken {
    let score: ScoreRecord
    let seed: Int?

    /// Whether it is the same number, or that of another seed.
    func stands(beside other: Taken) -> Bool {
      if TableBuilder.identity(score) == TableBuilder.identity(other.score) { return true }
      guard let seed, let theirs = other.seed else { return false }
      return seed != theirs && score.isAnotherDraw(of: other.score)
    }
  }

  static func place(_ entry: Entry) -> String {
    "\(entry.dataset ?? "")\u{1}\(entry.score.metric)\u{1}\(entry.variant ?? "")"
  }

  /// Equal for one number that was measured twice: same value, protocol and sets.
  static func identity(_ score: ScoreRecord) -> String {
    "\(score.value)\u{1}\(score.std ?? -1)\u{1}\(score.settings?.fingerprint ?? "")\u{1}"
      + "\(score.real?.digest ?? "")\u{1}\(score.fake?.digest ?? "")\u{1}\(score.prompts?.digest ?? "")"
  }

  static func precedes(_ a: RunRecord, _ b: RunRecord) -> Bool {
    func key(_ run: RunRecord) -> (Int, Int, String) { (run.origin == .measured ? 1 : 0, run.step ?? -1, run.date) }
    return a.name == b.name || key(a).0 != key(b).0 ? key(a) < key(b) : a.name < b.name
  }

  static func source(_ run: RunRecord) -> ReportTable.Source {
    let what = run.origin == .published ? "published" : "imported"
    let words = (run.source.map { "\($0)" } ?? what) + (run.note.map { ": \($0)" } ?? "")
    return ReportTable.Source(full: words, short: words)
  }

  func entriesOf(_ run: RunRecord) -> [Entry] {
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
      return Entry(
        row: 0, dataset: dataset, variant: variant, score: score, run: run.id, index: index, seed: run.generation?.seed)
    }
  }

  static func folder(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// What tells a score apart from another one of its metric: the row of a paper's table, or that it is a mean along time.
  static func variant(of score: ScoreRecord) -> String? {
    guard let settings = score.settings else { return nil }
    if let slash = settings.name.firstIndex(of: "/") {
      let label = String(settings.name[settings.name.index(after: slash)...])
      // `lfdm/class` is what cFVD is called already.
      return ScoreName(score.metric)?.isNamedMean == true ? nil : label
    }
    if let series = settings.fields["series"], "\(series)" != "none" { return "along time" }
    return nil
  }
}

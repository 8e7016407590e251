import Files
import GRDB
import MetricCatalog
import Scores

extension HistoryStore {
  /// The run of that name: an id or its first digits, `latest`, `tag:NAME` (the latest with that tag) or `name:NAME` (the
  /// latest of that name).
  ///
  /// - Parameters:
  ///   - metrics: the latest of several runs is that of those which have a score of each of these names; none: of all.
  ///   - dataset: against a real set of this name; nil: of all.
  /// - Throws: `HistoryError`.
  public func run(_ reference: String, having metrics: [String] = [], on dataset: String? = nil) throws -> RunRecord {
    try reading { database in
      let id = try resolve(reference, Wanted(metrics: metrics, dataset: dataset), database)
      guard let run = try database.runs("id = ?", [id], detail: .everything).first else {
        throw HistoryError.noRun(reference: reference, path: path, instead: nil)
      }
      return run
    }
  }

  /// Newest first.
  ///
  /// - Throws: `HistoryError`.
  public func runs(_ filter: RunFilter = RunFilter(), detail: RunDetail = .everything) throws -> [RunRecord] {
    let (condition, arguments) = filter.condition
    return try reading { database in
      try database.runs(
        "\(condition) ORDER BY date DESC, rowid DESC LIMIT \(filter.limit ?? -1)", arguments, detail: detail)
    }
  }

  /// Whether some run has each of the names that a filter asks for: a name that none has was meant otherwise.
  ///
  /// - Throws: `HistoryError.noName`.
  public func checkNames(of filter: RunFilter) throws {
    let asked: [(what: String, sql: String, names: [String])] = [
      ("score", "SELECT DISTINCT metric FROM score", [filter.metric].compactMap { $0 }),
      ("generator", "SELECT DISTINCT generator FROM run", [filter.generator].compactMap { $0 }),
      ("suite", "SELECT DISTINCT suite FROM run", [filter.suite].compactMap { $0 }),
      ("data set", "SELECT DISTINCT dataset FROM run", [filter.dataset].compactMap { $0 }),
      ("name", "SELECT DISTINCT name FROM run", filter.names),
      ("tag", "SELECT DISTINCT name FROM tag", [filter.tag].compactMap { $0 }),
    ]
    try reading { database in
      for (what, sql, names) in asked where !names.isEmpty {
        let known = try Optional<String>.fetchAll(database, sql: sql).compactMap { $0 }.sorted()
        guard let absent = names.first(where: { !known.contains($0) }) else { continue }
        throw HistoryError.noName(
          path: path, what: what, name: absent, nearest: NearestName.of(absent, among: known), known: known)
      }
    }
  }

  /// Previews of runs of the same sets, by the digests of these.
  ///
  /// - Throws: `HistoryError`.
  public func previews(real: String?, fake: String?) throws -> [Preview] {
    try reading { database in
      try Preview.fetchAll(
        database,
        sql: """
          SELECT DISTINCT kind, side, video, title, digest, bytes, frames, value FROM preview
          WHERE side = 'real' AND run_id IN (SELECT run_id FROM score WHERE real_digest = ?1)
            OR side = 'fake' AND run_id IN (SELECT run_id FROM score WHERE fake_digest = ?2)
          """, arguments: [real, fake])
    }
  }

  /// How many there are.
  public func count() throws -> Int {
    try reading { try Int.fetchOne($0, sql: "SELECT count(*) FROM run") ?? 0 }
  }

  /// What the latest of several runs must have.
  private struct Wanted {
    let metrics: [String]
    let dataset: String?

    var sql: String {
      metrics.indices.map { " AND id IN (SELECT run_id FROM score WHERE metric = :metric\($0))" }.joined()
        + (dataset == nil ? "" : " AND dataset = :dataset")
    }

    func arguments(_ more: [String: String] = [:]) -> StatementArguments {
      var all = more
      for (place, metric) in metrics.enumerated() { all["metric\(place)"] = metric }
      all["dataset"] = dataset
      return StatementArguments(all)
    }

    /// ` with a score `fvd` on `Sky``.
    var words: String {
      let scores = metrics.map { "`\($0)`" }.joined(separator: " and ")
      return (metrics.isEmpty ? "" : " with a score \(scores)") + (dataset.map { " on `\($0)`" } ?? "")
    }
  }

  private func resolve(_ reference: String, _ wanted: Wanted, _ database: Database) throws -> String {
    if reference == "latest" {
      let latest =
        "SELECT id FROM run WHERE origin = 'measured'\(wanted.sql) ORDER BY date DESC, rowid DESC LIMIT 1"
      guard let id = try String.fetchOne(database, sql: latest, arguments: wanted.arguments()) else {
        throw HistoryError.noRuns(path: path, wanted: " that was measured here\(wanted.words)")
      }
      return id
    }
    let parts = reference.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 {
      guard ["tag", "name"].contains(parts[0]), !parts[1].isEmpty else { throw HistoryError.badReference(reference) }
      return try latest(parts[0], parts[1], wanted, database)
    }
    return try identified(reference, database)
  }

  private func latest(_ kind: String, _ name: String, _ wanted: Wanted, _ database: Database) throws -> String {
    let condition = kind == "tag" ? "id IN (SELECT run_id FROM tag WHERE name = :name)" : "name = :name"
    func first(_ wanted: Wanted) throws -> String? {
      try String.fetchOne(
        database, sql: "SELECT id FROM run WHERE \(condition)\(wanted.sql) ORDER BY date DESC, rowid DESC LIMIT 1",
        arguments: wanted.arguments(["name": name]))
    }
    if let id = try first(wanted) { return id }
    if !wanted.words.isEmpty, try first(Wanted(metrics: [], dataset: nil)) != nil {
      throw HistoryError.noRuns(path: path, wanted: " `\(kind):\(name)`\(wanted.words)")
    }
    let names = try String.fetchAll(database, sql: "SELECT DISTINCT name FROM \(kind == "tag" ? "tag" : "run")")
    throw HistoryError.noRun(
      reference: "\(kind):\(name)", path: path, instead: NearestName.of(name, among: names).map { "\(kind):\($0)" })
  }

  private func identified(_ reference: String, _ database: Database) throws -> String {
    guard !reference.isEmpty else { throw HistoryError.badReference(reference) }
    let ids = try String.fetchAll(
      database, sql: "SELECT id FROM run WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id = ?1 DESC, date DESC",
      arguments: [reference.lowercased()])
    if let first = ids.first, first == reference.lowercased() || ids.count == 1 { return first }
    guard ids.isEmpty else { throw HistoryError.severalRuns(reference: reference, ids: ids) }
    for (kind, sql) in [
      ("name", "SELECT count(*) FROM run WHERE name = ?"), ("tag", "SELECT count(*) FROM tag WHERE name = ?"),
    ] where try Int.fetchOne(database, sql: sql, arguments: [reference]) ?? 0 > 0 {
      throw HistoryError.noRun(reference: reference, path: path, instead: "\(kind):\(reference)")
    }
    throw HistoryError.noRun(reference: reference, path: path, instead: nil)
  }
}

extension RunFilter {
  /// SQL over the table `run`.
  fileprivate var condition: (sql: String, arguments: StatementArguments) {
    var terms = ["1"]
    var arguments: [(any DatabaseValueConvertible)?] = []
    func add(_ term: String, _ value: String?) {
      guard let value else { return }
      terms.append(term)
      arguments += Array(repeating: value, count: term.count { $0 == "?" })
    }
    add("id IN (SELECT run_id FROM score WHERE metric = ?)", metric)
    add("generator = ?", generator)
    add("suite = ?", suite)
    add("dataset = ?", dataset)
    if !names.isEmpty {
      terms.append("name IN (\(names.map { _ in "?" }.joined(separator: ", ")))")
      arguments += names
    }
    add("checkpoint = ?", checkpoint)
    add("id IN (SELECT run_id FROM tag WHERE name = ?)", tag)
    add("date >= ?", since)
    add("substr(date, 1, length(?)) <= ?", until)
    add("origin = ?", origin?.rawValue)
    return (terms.joined(separator: " AND "), StatementArguments(arguments))
  }
}

extension Database {
  /// Lists come behind, from their tables.
  private static let runColumns =
    "*, '[]' AS tags, '[]' AS scores, '[]' AS skipped, '[]' AS artefacts, NULL AS previews"

  func runs(
    _ condition: String, _ arguments: StatementArguments, detail: RunDetail
  ) throws -> [RunRecord] {
    // Circumstances have their columns in the run's row.
    let columns = try columns(in: "run").map { ($0.name, $0.name) }
    let adapter = ScopeAdapter(["circumstances": ColumnMapping(Dictionary(uniqueKeysWithValues: columns))])
    let scores = ScoreRecord.adapter(try self.columns(in: "score").map(\.name))
    return try RunRecord.fetchAll(
      self, sql: "SELECT \(Self.runColumns) FROM run WHERE \(condition)", arguments: arguments, adapter: adapter
    ).map { try filled($0, scores, detail) }
  }

  private func filled(_ bare: RunRecord, _ adapter: any RowAdapter, _ detail: RunDetail) throws -> RunRecord {
    var run = bare
    run.tags = try String.fetchAll(
      self, sql: "SELECT name FROM tag WHERE run_id = ? ORDER BY position", arguments: [run.id])
    let made: [RunRecord.Generation] = try rows("SELECT * FROM generation WHERE run_id = ?", run.id)
    run.generation = made.first
    run.scores = try Row.fetchAll(
      cachedStatement(sql: "SELECT *, '[]' AS warnings FROM score WHERE run_id = ? ORDER BY position"),
      arguments: [run.id], adapter: adapter
    ).map { try score($0, detail: detail) }
    guard detail == .everything else { return run }
    run.skipped = try rows("SELECT * FROM skipped_input WHERE run_id = ? ORDER BY position", run.id)
    run.artefacts = try rows("SELECT * FROM artefact WHERE run_id = ? ORDER BY position", run.id)
    run.previews = try previews(of: run.id)
    return run
  }

  /// nil where there are none.
  func previews(of run: String) throws -> [Preview]? {
    let found: [Preview] = try rows("SELECT * FROM preview WHERE run_id = ? ORDER BY position", run)
    return found.isEmpty ? nil : found
  }

  private func rows<Record: HistoryRow>(_ sql: String, _ id: any DatabaseValueConvertible) throws -> [Record] {
    try Record.fetchAll(cachedStatement(sql: sql), arguments: [id])
  }

  private func score(_ row: Row, detail: RunDetail) throws -> ScoreRecord {
    var score = try ScoreRecord(row: row)
    guard detail == .everything else { return score }
    let id: Int64 = row.unadapted["id"]
    /// The entries, where the score has that list.
    func list<Record: HistoryRow>(_ list: ScoreList) throws -> [Record]? {
      guard row.unadapted[list.countColumn] as Int? != nil else { return nil }
      let kind = list.kind.map { " AND kind = '\($0)'" } ?? ""
      return try rows("SELECT * FROM \(list.table) WHERE score_id = ?\(kind) ORDER BY position", id)
    }
    score.repeats = try (list(.repeats) as [RepeatValue]?)?.map(\.value)
    score.groups = try list(.groups)
    score.series = try list(.series)
    score.curve = try list(.curve)
    score.spectrum = try list(.spectrum)
    score.videos = try list(.videos)
    score.distances = try list(.distances)
    score.warnings = try rows("SELECT * FROM warning WHERE score_id = ? ORDER BY position", id)
    return score
  }
}

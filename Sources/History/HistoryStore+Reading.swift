import Files
import GRDB
import MetricCatalog

extension HistoryStore {
  /// The run of that name: an id or its first digits, `latest`, `tag:NAME` (the latest with that tag) or `name:NAME` (the
  /// latest of that name).
  ///
  /// - Throws: `HistoryError`.
  public func run(_ reference: String) throws -> Run {
    try reading { database in
      let id = try resolve(reference, database)
      let rows = try Row.fetchAll(database, sql: "SELECT * FROM run WHERE id = ?", arguments: [id])
      guard let row = rows.first else { throw HistoryError.noRun(reference: reference, path: path, instead: nil) }
      return try database.run(row, detail: .everything)
    }
  }

  /// Newest first.
  ///
  /// - Throws: `HistoryError`.
  public func runs(_ filter: RunFilter = RunFilter(), detail: RunDetail = .everything) throws -> [Run] {
    let (condition, arguments) = filter.condition
    return try reading { database in
      try Row.fetchAll(
        database,
        sql: "SELECT * FROM run WHERE \(condition) ORDER BY date DESC, rowid DESC LIMIT \(filter.limit ?? -1)",
        arguments: arguments
      ).map { try database.run($0, detail: detail) }
    }
  }

  /// How many there are.
  public func count() throws -> Int {
    try reading { try Int.fetchOne($0, sql: "SELECT count(*) FROM run") ?? 0 }
  }

  private func resolve(_ reference: String, _ database: Database) throws -> String {
    if reference == "latest" {
      let latest = "SELECT id FROM run WHERE origin = 'measured' ORDER BY date DESC, rowid DESC LIMIT 1"
      guard let id = try String.fetchOne(database, sql: latest) else {
        throw HistoryError.noRuns(path: path, wanted: " that was measured here")
      }
      return id
    }
    let parts = reference.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 {
      guard ["tag", "name"].contains(parts[0]), !parts[1].isEmpty else { throw HistoryError.badReference(reference) }
      return try latest(parts[0], parts[1], database)
    }
    return try identified(reference, database)
  }

  private func latest(_ kind: String, _ name: String, _ database: Database) throws -> String {
    let condition = kind == "tag" ? "id IN (SELECT run_id FROM tag WHERE name = ?)" : "name = ?"
    let sql = "SELECT id FROM run WHERE \(condition) ORDER BY date DESC, rowid DESC LIMIT 1"
    if let id = try String.fetchOne(database, sql: sql, arguments: [name]) { return id }
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
    add("name = ?", name)
    add("checkpoint = ?", checkpoint)
    add("id IN (SELECT run_id FROM tag WHERE name = ?)", tag)
    add("date >= ?", since)
    add("substr(date, 1, length(?)) <= ?", until)
    add("origin = ?", origin?.rawValue)
    return (terms.joined(separator: " AND "), StatementArguments(arguments))
  }
}

extension Database {
  fileprivate func run(_ row: Row, detail: RunDetail) throws -> Run {
    var run = Run(id: row["id"], date: row["date"], name: row["name"])
    run.origin = Run.Origin(rawValue: row["origin"]) ?? .imported
    run.suite = row["suite"]
    run.generator = row["generator"]
    run.checkpoint = row["checkpoint"]
    run.step = row["step"]
    run.dataset = row["dataset"]
    run.source = row["source"]
    run.note = row["note"]
    run.circumstances = Run.Circumstances(row)
    run.tags = try String.fetchAll(
      self, sql: "SELECT name FROM tag WHERE run_id = ? ORDER BY position", arguments: [run.id])
    run.generation = try rows("SELECT * FROM generation WHERE run_id = ?", run.id).first.map(Run.Generation.init)
    run.scores = try rows("SELECT * FROM score WHERE run_id = ? ORDER BY position", run.id)
      .map { try score($0, detail: detail) }
    guard detail == .everything else { return run }
    run.skipped = try rows("SELECT * FROM skipped_input WHERE run_id = ? ORDER BY position", run.id)
      .map { SkippedInput(path: $0["path"], reason: $0["reason"]) }
    run.artefacts = try rows("SELECT * FROM artefact WHERE run_id = ? ORDER BY position", run.id)
      .map { Artefact(kind: $0["kind"], path: $0["path"], bytes: $0["bytes"]) }
    return run
  }

  private func rows(_ sql: String, _ id: any DatabaseValueConvertible) throws -> [Row] {
    try Row.fetchAll(cachedStatement(sql: sql), arguments: [id])
  }

  private func score(_ row: Row, detail: RunDetail) throws -> RunScore {
    var score = try RunScore(row)
    guard detail == .everything else { return score }
    let id: Int64 = row["id"]
    /// Rows of a part, where the score has that part.
    func part<Value>(_ count: String, _ table: String, _ value: (Row) -> Value) throws -> [Value]? {
      guard row[count] as Int? != nil else { return nil }
      return try rows("SELECT * FROM \(table) WHERE score_id = ? ORDER BY position", id).map(value)
    }
    score.repeats = try part("repeats", "repeat_value") { $0["value"] }
    score.groups = try part("groups", "score_group") {
      RunScore.Group(
        label: $0["label"], value: $0["value"], realSamples: $0["real_samples"], fakeSamples: $0["fake_samples"])
    }
    score.series = try part("points", "series_point") {
      RunScore.Point(
        start: $0["start"], frames: $0["frames"], value: $0["value"], realSamples: $0["real_samples"],
        fakeSamples: $0["fake_samples"])
    }
    score.curve = try part("curve_points", "curve_point") {
      RunScore.CurvePoint(samples: $0["samples"], value: $0["value"])
    }
    func named(_ row: Row) -> RunScore.VideoValue { RunScore.VideoValue(name: row["name"], value: row["value"]) }
    let values = "(SELECT * FROM video_value WHERE kind = 'value')"
    let distances = "(SELECT * FROM video_value WHERE kind = 'distance')"
    score.videos = try part("videos", values, named)
    score.distances = try part("distances", distances, named)
    score.warnings = try rows("SELECT * FROM warning WHERE score_id = ? ORDER BY position", id)
      .map { RunScore.Warning(code: $0["code"], text: $0["text"]) }
    return score
  }
}

extension Run.Circumstances {
  fileprivate init(_ row: Row) {
    self.init()
    command = row["command"]
    workingFolder = row["working_folder"]
    gitCommit = row["git_commit"]
    gitIsDirty = row["git_is_dirty"]
    version = row["version"]
    host = row["host"]
    os = row["os"]
    processor = row["processor"]
    isa = row["isa"]
    decoder = row["decoder"]
    threads = row["threads"]
    totalSeconds = row["total_seconds"]
    readingSeconds = row["reading_seconds"]
    extractionSeconds = row["extraction_seconds"]
    distanceSeconds = row["distance_seconds"]
    clipsComputed = row["clips_computed"]
    clipsCached = row["clips_cached"]
  }
}

extension Run.Generation {
  fileprivate init(_ row: Row) {
    self.init()
    command = row["command"]
    samples = row["samples"]
    seconds = row["seconds"]
    peakMemory = row["peak_memory"]
    seed = row["seed"]
  }
}

extension RunScore {
  fileprivate init(_ row: Row) throws {
    self.init(
      metric: row["metric"], value: row["value"], direction: Direction(rawValue: row["direction"]) ?? .lower)
    std = row["std"]
    sample = row["sample"]
    features = row["features"]
    promptsDigest = row["prompts_digest"]
    if let low: Double = row["interval_low"] {
      interval = Interval(
        low: low, high: row["interval_high"], level: row["interval_level"], resamples: row["interval_resamples"],
        method: row["interval_method"])
    }
    if let name: String = row["protocol"] {
      settings = Settings(
        name: name, version: row["protocol_version"], fingerprint: row["fingerprint"],
        overrides: try FieldText.fields(row["overrides"]), fields: try FieldText.fields(row["fields"]))
    }
    real = Self.side(row, "real")
    fake = Self.side(row, "fake")
    if let value: Double = row["floor"] {
      floor = Floor(value: value, samples: row["floor_samples"], scoreAtSamples: row["floor_score_at_samples"])
    }
  }

  private static func side(_ row: Row, _ name: String) -> ScoredSide? {
    guard let path: String = row["\(name)_path"] else { return nil }
    return ScoredSide(
      path: path, videos: row["\(name)_videos"], clips: row["\(name)_clips"], rank: row["\(name)_rank"],
      digest: row["\(name)_digest"])
  }
}

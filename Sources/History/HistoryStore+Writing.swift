import Foundation
import GRDB
import Scores

extension HistoryStore {
  /// Adds a run with everything that belongs to it, in one transaction.
  ///
  /// - Throws: `HistoryError`, `.sameRun` for one that is there.
  public func record(_ run: RunRecord) throws { try record([run]) }

  /// Adds runs: all of them or none.
  ///
  /// - Throws: `HistoryError`, `.sameRun` for one that is there.
  public func record(_ runs: [RunRecord]) throws {
    for run in runs { try run.checkFinite() }
    try writing { database in
      for run in runs {
        guard try !database.exists(run.id) else { throw HistoryError.sameRun(id: run.id, path: path) }
        try database.insert(run)
      }
    }
  }

  /// Adds those runs that are not there, with the files that `others` keeps of them, and gives their number.
  ///
  /// - Throws: `HistoryError`, `FilesError.unwritable`.
  public func merge(_ runs: [RunRecord], from others: KeptFiles? = nil) throws -> Int {
    for run in runs { try run.checkFinite() }
    if let others { for (digest, kind) in runs.flatMap(\.keptFiles) { try files.take(digest, kind, from: others) } }
    return try writing { database in
      var added = 0
      for run in runs where try !database.exists(run.id) {
        try database.insert(run)
        added += 1
      }
      return added
    }
  }

  /// Deletes runs, and of what they have kept all that no other run needs.
  ///
  /// - Returns: the files that went, and their size together.
  /// - Throws: `HistoryError.noRun`; then nothing was deleted.
  @discardableResult
  public func delete(_ ids: [String]) throws -> (files: Int, bytes: Int) {
    try writing { database in
      let mine = try ids.flatMap { id in try database.runs("id = ?", [id], detail: .everything).flatMap(\.keptFiles) }
      for id in ids {
        try database.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id])
        guard database.changesCount > 0 else { throw HistoryError.noRun(reference: id, path: path, instead: nil) }
      }
      let kept = try Set(
        String.fetchAll(
          database,
          sql: """
            SELECT real_features FROM score WHERE real_features IS NOT NULL UNION
            SELECT fake_features FROM score WHERE fake_features IS NOT NULL UNION SELECT digest FROM preview
            """))
      let unneeded = Dictionary(mine.map { ($0.digest, $0.kind) }) { first, _ in first }
        .filter { !kept.contains($0.key) }
      let sizes = unneeded.map { files.remove($0.key, $0.value) }.filter { $0 > 0 }
      return (sizes.count, sizes.reduce(0, +))
    }
  }

  /// Puts a tag on a run; one that is there stays.
  ///
  /// - Throws: `HistoryError.noRun`.
  public func tag(_ id: String, _ name: String) throws {
    try writing { database in
      guard try database.exists(id) else { throw HistoryError.noRun(reference: id, path: path, instead: nil) }
      try database.execute(
        sql: """
          INSERT OR IGNORE INTO tag (run_id, name, position)
          VALUES (?1, ?2, (SELECT coalesce(max(position), -1) + 1 FROM tag WHERE run_id = ?1))
          """, arguments: [id, name])
    }
  }

  /// - Throws: `HistoryError.noRun`, `.noTag`.
  public func untag(_ id: String, _ name: String) throws {
    try writing { database in
      guard try database.exists(id) else { throw HistoryError.noRun(reference: id, path: path, instead: nil) }
      try database.execute(sql: "DELETE FROM tag WHERE run_id = ? AND name = ?", arguments: [id, name])
      guard database.changesCount == 0 else { return }
      throw HistoryError.noTag(
        run: id, tag: name,
        tags: try String.fetchAll(
          database, sql: "SELECT name FROM tag WHERE run_id = ? ORDER BY position", arguments: [id])
      )
    }
  }
}

extension RunRecord {
  /// What is kept of it beside the history.
  var keptFiles: [(digest: String, kind: KeptFiles.Kind)] {
    scores.flatMap { [$0.real?.features, $0.fake?.features] }.compactMap { digest in digest.map { ($0, .features) } }
      + (previews ?? []).map { ($0.digest, .previews) }
  }

  fileprivate func checkFinite() throws {
    func check(_ values: [Double?], _ name: String, _ metric: String) throws {
      guard values.allSatisfy({ $0?.isFinite ?? true }) else {
        throw HistoryError.notFinite(metric: metric, name: name)
      }
    }
    for score in scores {
      try check([score.value], "value", score.metric)
      try check([score.std], "deviation", score.metric)
      try check([score.interval?.low, score.interval?.high, score.interval?.level], "interval", score.metric)
      try check([score.floor?.value, score.floor?.scoreAtSamples], "floor", score.metric)
      try check(score.repeats ?? [], "value of a repeat", score.metric)
      try check(score.groups?.map(\.value) ?? [], "value of a group", score.metric)
      try check(score.series?.map(\.value) ?? [], "value of a window", score.metric)
      try check(score.curve?.map(\.value) ?? [], "value of a curve", score.metric)
      try check(score.spectrum?.flatMap { [$0.frequency, $0.fake, $0.real] } ?? [], "spectrum", score.metric)
      try check(score.videos?.map(\.value) ?? [], "value of a video", score.metric)
      try check(score.distances?.map(\.value) ?? [], "distance of a video", score.metric)
    }
  }
}

extension Database {
  fileprivate func exists(_ id: String) throws -> Bool {
    try Int.fetchOne(self, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [id]) != nil
  }

  /// - Parameter place: the columns that say whose row it is.
  private func insert(_ columns: Columns, into table: String, at place: Columns) throws {
    let row = columns.merging(place) { $1 }.sorted { $0.key < $1.key }
    let names = row.map(\.key.quotedDatabaseIdentifier).joined(separator: ", ")
    let marks = Array(repeating: "?", count: row.count).joined(separator: ", ")
    try cachedStatement(sql: "INSERT INTO \(table) (\(names)) VALUES (\(marks))")
      .execute(arguments: StatementArguments(row.map(\.value)))
  }

  private func insert(_ rows: [any HistoryRow], into table: String, of owner: Columns) throws {
    for (position, row) in rows.enumerated() {
      try insert(row.databaseDictionary, into: table, at: owner.merging(["position": position.databaseValue]) { $1 })
    }
  }

  fileprivate func insert(_ run: RunRecord) throws {
    var columns = try run.databaseDictionary
    for list in ["circumstances", "generation", "tags", "scores", "skipped", "artefacts", "previews"] {
      columns[list] = nil
    }
    try insert(columns, into: "run", at: run.circumstances.databaseDictionary)
    let owner: Columns = ["run_id": run.id.databaseValue]
    if let made = run.generation { try insert(made.databaseDictionary, into: "generation", at: owner) }
    for (position, tag) in run.tags.enumerated() where !run.tags[..<position].contains(tag) {
      try insert(["name": tag.databaseValue, "position": position.databaseValue], into: "tag", at: owner)
    }
    try insert(run.skipped, into: "skipped_input", of: owner)
    try insert(run.artefacts, into: "artefact", of: owner)
    try insert(run.previews ?? [], into: "preview", of: owner)
    for (position, score) in run.scores.enumerated() {
      try insert(score.columns(), into: "score", at: owner.merging(["position": position.databaseValue]) { $1 })
      let owner: Columns = ["score_id": lastInsertedRowID.databaseValue]
      for list in ScoreList.allCases {
        let kind: Columns = list.kind.map { ["kind": $0.databaseValue] } ?? [:]
        try insert(list.rows(of: score) ?? [], into: list.table, of: owner.merging(kind) { $1 })
      }
      try insert(score.warnings, into: "warning", of: owner)
    }
  }
}

import Foundation
import GRDB

extension HistoryStore {
  /// Adds a run with everything that belongs to it, in one transaction.
  ///
  /// - Throws: `HistoryError`, `.sameRun` for one that is there.
  public func record(_ run: Run) throws { try record([run]) }

  /// Adds runs: all of them or none.
  ///
  /// - Throws: `HistoryError`, `.sameRun` for one that is there.
  public func record(_ runs: [Run]) throws {
    for run in runs { try run.checkFinite() }
    try writing { database in
      for run in runs {
        guard try !database.exists(run.id) else { throw HistoryError.sameRun(id: run.id, path: path) }
        try database.insert(run)
      }
    }
  }

  /// Adds those runs that are not there, and gives their number.
  ///
  /// - Throws: `HistoryError`.
  public func merge(_ runs: [Run]) throws -> Int {
    for run in runs { try run.checkFinite() }
    return try writing { database in
      var added = 0
      for run in runs where try !database.exists(run.id) {
        try database.insert(run)
        added += 1
      }
      return added
    }
  }

  /// - Throws: `HistoryError.noRun`; then nothing was deleted.
  public func delete(_ ids: [String]) throws {
    try writing { database in
      for id in ids {
        try database.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id])
        guard database.changesCount > 0 else { throw HistoryError.noRun(reference: id, path: path, instead: nil) }
      }
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

extension Run {
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
      try check(score.videos?.map(\.value) ?? [], "value of a video", score.metric)
      try check(score.distances?.map(\.value) ?? [], "distance of a video", score.metric)
    }
  }
}

extension Database {
  fileprivate func exists(_ id: String) throws -> Bool {
    try Int.fetchOne(self, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [id]) != nil
  }

  /// One row, by columns.
  fileprivate func insert(_ table: String, _ row: KeyValuePairs<String, (any DatabaseValueConvertible)?>) throws {
    let columns = row.map(\.key).joined(separator: ", ")
    let marks = Array(repeating: "?", count: row.count).joined(separator: ", ")
    try cachedStatement(sql: "INSERT INTO \(table) (\(columns)) VALUES (\(marks))")
      .execute(arguments: StatementArguments(row.map(\.value)))
  }

  fileprivate func insert(_ run: Run) throws {
    let facts = run.circumstances
    try insert(
      "run",
      [
        "id": run.id, "date": run.date, "origin": run.origin.rawValue, "name": run.name, "suite": run.suite,
        "generator": run.generator, "checkpoint": run.checkpoint, "step": run.step, "dataset": run.dataset,
        "source": run.source, "note": run.note,
        "command": facts.command, "working_folder": facts.workingFolder, "git_commit": facts.gitCommit,
        "git_is_dirty": facts.gitIsDirty, "version": facts.version, "host": facts.host, "os": facts.os,
        "processor": facts.processor, "isa": facts.isa, "decoder": facts.decoder, "threads": facts.threads,
        "total_seconds": facts.totalSeconds, "reading_seconds": facts.readingSeconds,
        "extraction_seconds": facts.extractionSeconds, "distance_seconds": facts.distanceSeconds,
        "clips_computed": facts.clipsComputed, "clips_cached": facts.clipsCached,
      ])
    if let made = run.generation {
      try insert(
        "generation",
        [
          "run_id": run.id, "command": made.command, "samples": made.samples, "seconds": made.seconds,
          "peak_memory": made.peakMemory, "seed": made.seed,
        ])
    }
    for (position, tag) in run.tags.enumerated() where !run.tags[..<position].contains(tag) {
      try insert("tag", ["run_id": run.id, "name": tag, "position": position])
    }
    for (position, input) in run.skipped.enumerated() {
      try insert(
        "skipped_input", ["run_id": run.id, "position": position, "path": input.path, "reason": input.reason])
    }
    for (position, file) in run.artefacts.enumerated() {
      try insert(
        "artefact",
        ["run_id": run.id, "position": position, "kind": file.kind, "path": file.path, "bytes": file.bytes])
    }
    for (position, score) in run.scores.enumerated() { try insert(score, of: run.id, at: position) }
  }

  private func insert(_ score: RunScore, of run: String, at position: Int) throws {
    let (interval, settings, real, fake) = (score.interval, score.settings, score.real, score.fake)
    try insert(
      "score",
      [
        "run_id": run, "position": position, "metric": score.metric, "value": score.value,
        "direction": score.direction.rawValue, "std": score.std,
        "interval_low": interval?.low, "interval_high": interval?.high, "interval_level": interval?.level,
        "interval_resamples": interval?.resamples, "interval_method": interval?.method,
        "protocol": settings?.name, "protocol_version": settings?.version, "fingerprint": settings?.fingerprint,
        "overrides": try settings.map { try FieldText.text($0.overrides) },
        "fields": try settings.map { try FieldText.text($0.fields) },
        "sample": score.sample, "features": score.features, "prompts_digest": score.promptsDigest,
        "real_path": real?.path, "real_videos": real?.videos, "real_clips": real?.clips, "real_rank": real?.rank,
        "real_digest": real?.digest,
        "fake_path": fake?.path, "fake_videos": fake?.videos, "fake_clips": fake?.clips, "fake_rank": fake?.rank,
        "fake_digest": fake?.digest,
        "floor": score.floor?.value, "floor_samples": score.floor?.samples,
        "floor_score_at_samples": score.floor?.scoreAtSamples,
        "repeats": score.repeats?.count, "groups": score.groups?.count, "points": score.series?.count,
        "curve_points": score.curve?.count, "videos": score.videos?.count, "distances": score.distances?.count,
      ])
    try insertParts(of: score, id: lastInsertedRowID)
  }

  private func insertParts(of score: RunScore, id: Int64) throws {
    for (place, value) in (score.repeats ?? []).enumerated() {
      try insert("repeat_value", ["score_id": id, "position": place, "value": value])
    }
    for (place, group) in (score.groups ?? []).enumerated() {
      try insert(
        "score_group",
        [
          "score_id": id, "position": place, "label": group.label, "value": group.value,
          "real_samples": group.realSamples, "fake_samples": group.fakeSamples,
        ])
    }
    for (place, point) in (score.series ?? []).enumerated() {
      try insert(
        "series_point",
        [
          "score_id": id, "position": place, "start": point.start, "frames": point.frames, "value": point.value,
          "real_samples": point.realSamples, "fake_samples": point.fakeSamples,
        ])
    }
    for (place, point) in (score.curve ?? []).enumerated() {
      try insert(
        "curve_point", ["score_id": id, "position": place, "samples": point.samples, "value": point.value])
    }
    for (kind, values) in [("value", score.videos), ("distance", score.distances)] {
      for (place, video) in (values ?? []).enumerated() {
        try insert(
          "video_value",
          ["score_id": id, "kind": kind, "position": place, "name": video.name, "value": video.value])
      }
    }
    for (place, warning) in score.warnings.enumerated() {
      try insert(
        "warning", ["score_id": id, "position": place, "code": warning.code, "text": warning.text])
    }
  }
}

import GRDB

/// The tables, as migrations: once released, one is never changed; a change is another migration behind it.
enum HistorySchema {
  /// Marks a SQLite file as a history: `vidm`.
  static let applicationID = 0x7669_646d

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for (name, sql) in migrations {
      migrator.registerMigration(name) { database in try database.execute(sql: sql) }
    }
    return migrator
  }

  /// Names and statements, oldest first.
  static let migrations: [(name: String, sql: String)] = [
    ("1 runs and scores", runsAndScores), ("2 prompts", prompts), ("3 features", features),
    ("4 previews", previews), ("5 previews that play", previewsThatPlay),
    ("6 spectra", spectra), ("7 previews of flow", previewsOfFlow),
  ]

  private static let previewsOfFlow = """
    CREATE TEMP TABLE kept AS SELECT * FROM preview;
    DROP TABLE preview;
    CREATE TABLE preview (
      run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('strip', 'slice', 'best', 'worst', 'nearest', 'group', 'window', 'flow')),
      side TEXT NOT NULL CHECK (side IN ('real', 'fake')),
      video TEXT NOT NULL, title TEXT NOT NULL, digest TEXT NOT NULL,
      bytes INTEGER NOT NULL CHECK (bytes >= 0), frames INTEGER CHECK (frames > 0), value REAL,
      PRIMARY KEY (run_id, position)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO preview (run_id, position, kind, side, video, title, digest, bytes, frames, value)
      SELECT run_id, position, kind, side, video, title, digest, bytes, frames, value FROM kept;
    DROP TABLE kept;
    """

  private static let spectra = """
    ALTER TABLE score ADD COLUMN spectrum_points INTEGER;
    CREATE TABLE spectrum_point (
      score_id INTEGER NOT NULL REFERENCES score (id) ON DELETE CASCADE,
      position INTEGER NOT NULL, frequency REAL NOT NULL, fake REAL NOT NULL, real REAL,
      PRIMARY KEY (score_id, position)
    ) STRICT, WITHOUT ROWID;
    """

  private static let previewsThatPlay = """
    CREATE TEMP TABLE kept AS SELECT * FROM preview;
    DROP TABLE preview;
    CREATE TABLE preview (
      run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('strip', 'slice', 'best', 'worst', 'nearest', 'group', 'window')),
      side TEXT NOT NULL CHECK (side IN ('real', 'fake')),
      video TEXT NOT NULL, title TEXT NOT NULL, digest TEXT NOT NULL,
      bytes INTEGER NOT NULL CHECK (bytes >= 0), frames INTEGER CHECK (frames > 0), value REAL,
      PRIMARY KEY (run_id, position)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO preview (run_id, position, kind, side, video, title, digest, bytes, value)
      SELECT run_id, position, kind, side, video, title, digest, bytes, value FROM kept;
    DROP TABLE kept;
    """

  private static let previews = """
    CREATE TABLE preview (
      run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('strip', 'slice', 'best', 'worst')),
      side TEXT NOT NULL CHECK (side IN ('real', 'fake')),
      video TEXT NOT NULL, title TEXT NOT NULL, digest TEXT NOT NULL,
      bytes INTEGER NOT NULL CHECK (bytes >= 0), value REAL,
      PRIMARY KEY (run_id, position)
    ) STRICT, WITHOUT ROWID;
    """

  private static let features = """
    ALTER TABLE score ADD COLUMN real_features TEXT;
    ALTER TABLE score ADD COLUMN fake_features TEXT;
    """

  private static let prompts = """
    ALTER TABLE score ADD COLUMN prompts_source TEXT;
    ALTER TABLE score ADD COLUMN prompts_count INTEGER CHECK (prompts_count >= 0);
    """

  private static let runsAndScores = """
    PRAGMA application_id = \(applicationID);
    CREATE TABLE run (
      id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
      date TEXT NOT NULL CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
      origin TEXT NOT NULL CHECK (origin IN ('measured', 'imported', 'published')),
      name TEXT NOT NULL,
      suite TEXT, generator TEXT, checkpoint TEXT, step INTEGER, dataset TEXT, source TEXT, note TEXT,
      command TEXT, working_folder TEXT, git_commit TEXT, git_is_dirty INTEGER CHECK (git_is_dirty IN (0, 1)),
      version TEXT, host TEXT, os TEXT, processor TEXT, isa TEXT, decoder TEXT, threads INTEGER CHECK (threads > 0),
      total_seconds REAL, reading_seconds REAL, extraction_seconds REAL, distance_seconds REAL,
      clips_computed INTEGER, clips_cached INTEGER
    ) STRICT;
    CREATE INDEX run_by_date ON run (date);
    CREATE INDEX run_by_name ON run (name);
    CREATE TABLE generation (
      run_id TEXT PRIMARY KEY NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      command TEXT, samples INTEGER CHECK (samples >= 0), seconds REAL, peak_memory INTEGER, seed INTEGER
    ) STRICT;
    CREATE TABLE tag (
      run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      name TEXT NOT NULL CHECK (length(name) > 0),
      position INTEGER NOT NULL,
      PRIMARY KEY (run_id, name)
    ) STRICT;
    CREATE INDEX tag_by_name ON tag (name);
    CREATE TABLE score (
      id INTEGER PRIMARY KEY,
      run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      metric TEXT NOT NULL CHECK (length(metric) > 0),
      value REAL NOT NULL,
      direction TEXT NOT NULL CHECK (direction IN ('lower', 'higher')),
      std REAL,
      interval_low REAL, interval_high REAL, interval_level REAL CHECK (interval_level BETWEEN 0 AND 1),
      interval_resamples INTEGER, interval_method TEXT,
      protocol TEXT, protocol_version INTEGER, fingerprint TEXT,
      overrides TEXT CHECK (overrides IS NULL OR json_valid(overrides)),
      fields TEXT CHECK (fields IS NULL OR json_valid(fields)),
      sample TEXT, features INTEGER, prompts_digest TEXT,
      real_path TEXT, real_videos INTEGER, real_clips INTEGER, real_rank INTEGER, real_digest TEXT,
      fake_path TEXT, fake_videos INTEGER, fake_clips INTEGER, fake_rank INTEGER, fake_digest TEXT,
      floor REAL, floor_samples INTEGER, floor_score_at_samples REAL,
      repeats INTEGER, groups INTEGER, points INTEGER, curve_points INTEGER, videos INTEGER, distances INTEGER,
      UNIQUE (run_id, position),
      CHECK ((interval_low IS NULL) = (interval_high IS NULL) AND (interval_low IS NULL) = (interval_level IS NULL)
        AND (interval_low IS NULL) = (interval_method IS NULL)),
      CHECK (interval_low <= interval_high),
      CHECK ((fingerprint IS NULL) = (protocol IS NULL) AND (fingerprint IS NULL) = (protocol_version IS NULL)
        AND (fingerprint IS NULL) = (fields IS NULL) AND (fingerprint IS NULL) = (overrides IS NULL)),
      CHECK ((floor IS NULL) = (floor_samples IS NULL))
    ) STRICT;
    CREATE INDEX score_by_metric ON score (metric, fingerprint);
    \(parts)
    CREATE VIEW scores AS
      SELECT run.id AS run, run.date, run.origin, run.suite, run.dataset, run.name, run.generator, run.checkpoint, run.step,
        score.metric, score.value, score.std, score.interval_low, score.interval_high, score.direction,
        score.protocol, score.fingerprint, score.real_clips, score.fake_clips,
        (SELECT group_concat(tag.name, ' ') FROM tag WHERE tag.run_id = run.id) AS tags
      FROM run JOIN score ON score.run_id = run.id;
    """

  /// What belongs to a score or a run, of which there are several.
  private static let parts = """
    CREATE TABLE repeat_value (
      score_id INTEGER NOT NULL REFERENCES score (id) ON DELETE CASCADE,
      position INTEGER NOT NULL, value REAL NOT NULL,
      PRIMARY KEY (score_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE score_group (
      score_id INTEGER NOT NULL REFERENCES score (id) ON DELETE CASCADE,
      position INTEGER NOT NULL, label TEXT NOT NULL, value REAL NOT NULL,
      real_samples INTEGER NOT NULL, fake_samples INTEGER NOT NULL,
      PRIMARY KEY (score_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE series_point (
      score_id INTEGER NOT NULL REFERENCES score (id) ON DELETE CASCADE,
      position INTEGER NOT NULL, start INTEGER NOT NULL, frames INTEGER NOT NULL, value REAL NOT NULL,
      real_samples INTEGER NOT NULL, fake_samples INTEGER NOT NULL,
      PRIMARY KEY (score_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE curve_point (
      score_id INTEGER NOT NULL REFERENCES score (id) ON DELETE CASCADE,
      position INTEGER NOT NULL, samples INTEGER NOT NULL, value REAL NOT NULL,
      PRIMARY KEY (score_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE video_value (
      score_id INTEGER NOT NULL REFERENCES score (id) ON DELETE CASCADE,
      kind TEXT NOT NULL CHECK (kind IN ('value', 'distance')),
      position INTEGER NOT NULL, name TEXT NOT NULL, value REAL NOT NULL,
      PRIMARY KEY (score_id, kind, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE warning (
      score_id INTEGER NOT NULL REFERENCES score (id) ON DELETE CASCADE,
      position INTEGER NOT NULL, code TEXT NOT NULL, text TEXT NOT NULL,
      PRIMARY KEY (score_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE skipped_input (
      run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      position INTEGER NOT NULL, path TEXT NOT NULL, reason TEXT NOT NULL,
      PRIMARY KEY (run_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE artefact (
      run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      position INTEGER NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL, bytes INTEGER CHECK (bytes >= 0),
      PRIMARY KEY (run_id, position)
    ) STRICT, WITHOUT ROWID;
    """
}

extension HistoryStore {
  /// The tables as SQL, as the migrations make them.
  public static var schema: String { migrations.joined(separator: "\n") }

  /// What each migration does, oldest first.
  package static var migrations: [String] {
    HistorySchema.migrations.map { _, sql in
      sql.split(separator: "\n").filter { !$0.hasPrefix("PRAGMA") }.joined(separator: "\n")
    }
  }
}

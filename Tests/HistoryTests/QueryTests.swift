import Foundation
import History
import Testing

@Suite struct QueryTests {
  let folder: Folder
  let store: HistoryStore

  init() throws {
    folder = try Folder()
    store = try HistoryStore(path: folder.file("h.sqlite"))
    try store.record(.made("aa", "fvd", 151.25, date: "2026-11-21T00:00:00.000Z", settings: .made()))
  }

  @Test func reading() throws {
    #expect(
      try store.query("SELECT run, metric, value, std, x'00ff' AS b FROM scores;")
        == QueryResult(
          columns: ["run", "metric", "value", "std", "b"],
          rows: [[.text("aa"), .text("fvd"), .real(151.25), .null, .blob([0, 255])]]))
    for sql in [
      "SELECT json_extract(fields, '$.ddof') FROM score", "SELECT fields ->> 'ddof' FROM score",
      "SELECT json_each.value FROM score, json_each(fields) WHERE key = 'ddof'",
      "WITH a AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM a WHERE n < 0) SELECT n FROM a -- end",
    ] {
      #expect(try store.query(sql).rows.count == 1, "\(sql)")
    }
    #expect(try store.query("SELECT count(*) FROM pragma_table_info('run')").rows == [[.integer(28)]])
    #expect(try store.query("PRAGMA integrity_check").rows == [[.text("ok")]])
    #expect(try store.query("SELECT value FROM score ORDER BY random()").rows.count == 1)
  }

  /// Whatever the SQL says: no byte of any file changes, and no file appears.
  @Test(arguments: [
    "INSERT INTO tag VALUES ('aa', 'x', 0)", "UPDATE score SET value = 0", "DELETE FROM run", "DROP TABLE run",
    "REPLACE INTO tag VALUES ('aa', 'x', 0)", "CREATE TABLE x (y)", "CREATE TEMP TABLE x (y)",
    "CREATE INDEX x ON run (id)",
    "CREATE VIEW x AS SELECT 1", "CREATE TRIGGER x AFTER DELETE ON run BEGIN SELECT 1; END",
    "CREATE VIRTUAL TABLE x USING fts5 (y)", "ALTER TABLE run RENAME TO x", "REINDEX", "ANALYZE", "VACUUM",
    "VACUUM INTO 'FOLDER/new.sqlite'", "ATTACH 'FOLDER/new.sqlite' AS x", "ATTACH ':memory:' AS x", "DETACH main",
    "WITH a AS (SELECT 1) DELETE FROM run", "WITH a AS (SELECT 'aa') INSERT INTO tag SELECT 'aa', 'y', 0 FROM a",
    "DELETE FROM run RETURNING id", "EXPLAIN DELETE FROM run", "BEGIN", "BEGIN IMMEDIATE", "SAVEPOINT x", "COMMIT",
    "PRAGMA journal_mode = WAL", "PRAGMA journal_mode(WAL)", "PRAGMA writable_schema = 1", "PRAGMA user_version = 7",
    "PRAGMA application_id = 7", "PRAGMA query_only = 0", "PRAGMA foreign_keys = 0", "PRAGMA wal_checkpoint",
    "PRAGMA temp_store_directory = 'FOLDER'", "PRAGMA optimize", "PRAGMA incremental_vacuum",
    "PRAGMA schema_version = 1",
    "PRAGMA auto_vacuum = 1", "PRAGMA locking_mode = EXCLUSIVE", "SELECT load_extension('FOLDER/x')",
    "SELECT writefile('FOLDER/x', 'y')", "SELECT 1; DELETE FROM run", "SELECT 1; SELECT 2",
    "SELECT * FROM pragma_journal_mode('WAL')", "INSERT INTO sqlite_master DEFAULT VALUES", "", "-- nothing",
  ])
  func nothingIsWritten(sql: String) throws {
    let before = try folder.contents()
    #expect(throws: HistoryError.self) {
      try store.query(sql.replacingOccurrences(of: "FOLDER", with: folder.path))
    }
    #expect(try folder.contents() == before)
  }

  @Test func messages() throws {
    func words(_ sql: String) -> String? {
      #expect(throws: HistoryError.self) { try store.query(sql) }?.description
    }
    let hint = "\nhint: `tag`, `delete` and `import` change the history"
    #expect(words("DELETE FROM run") == "a query only reads, and this one would delete from run" + hint)
    #expect(words("ATTACH 'x' AS y") == "a query only reads, and this one would open another file" + hint)
    #expect(words("SELECT load_extension('x')") == "a query only reads, and this one would call load_extension" + hint)
    #expect(words("PRAGMA user_version = 1") == "a query only reads, and this one would use PRAGMA user_version" + hint)
    #expect(words("SELECT 1; SELECT 2") == "a query is one SQL statement, and these are several")
    #expect(words("") == "there is no SQL statement")
    #expect(words("SELECT metrc FROM score") == "SQL: no such column: metrc\nhint: did you mean `metric`?")
    #expect(words("SELECT 1 FROM scroe") == "SQL: no such table: scroe\nhint: did you mean `score`?")
    #expect(
      words("SELEC 1")
        == "SQL: near \"SELEC\": syntax error\nhint: `vidmetrics query --schema` lists tables and columns")
  }
}

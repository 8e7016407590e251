import Foundation
import GRDB
import History
import Scores
import Testing

@Suite struct FailureTests {
  let folder: Folder
  let path: String

  init() throws {
    folder = try Folder()
    path = folder.file("h.sqlite")
  }

  private func words(_ work: () throws -> Void) -> String? {
    #expect(throws: HistoryError.self) { try work() }?.description
  }

  @Test func noHistory() throws {
    let expected =
      "there is no history `\(path)`\nhint: the first score makes it; --db FILE or VIDMETRICS_DB names another"
    #expect(words { _ = try HistoryStore(path: path, mode: .reading) } == expected)
    #expect(words { _ = try HistoryStore(path: path, mode: .changing) } == expected)
    #expect(try folder.contents().isEmpty)
  }

  @Test(arguments: [HistoryStore.Mode.reading, .changing, .writing]) func foreignFiles(mode: HistoryStore.Mode) throws {
    try Data("no database, but long enough to be looked at as one: \(String(repeating: "x", count: 500))".utf8)
      .write(to: URL(fileURLWithPath: path))
    let before = try folder.contents()
    #expect(
      words { _ = try HistoryStore(path: path, mode: mode) }
        == "`\(path)` is not a history: it is not a SQLite database\nhint: --db FILE or VIDMETRICS_DB names another file"
    )
    #expect(try folder.contents() == before)
    try FileManager.default.removeItem(atPath: path)
    try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE run (id TEXT)") }
    let other = try folder.contents()
    #expect(
      words { _ = try HistoryStore(path: path, mode: mode) }
        == "`\(path)` is a SQLite database, but not a history of vidmetrics; it was left as it is\n"
        + "hint: --db FILE or VIDMETRICS_DB names another file")
    #expect(try folder.contents() == other)
  }

  @Test(arguments: [HistoryStore.Mode.reading, .changing, .writing]) func newerHistory(mode: HistoryStore.Mode) throws {
    let store = try HistoryStore(path: path)
    try store.record(.made("aa"))
    try store.queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('2 something new')") }
    let before = try folder.contents()
    #expect(
      words { _ = try HistoryStore(path: path, mode: mode) }
        == "`\(path)` was written by a newer vidmetrics (schema 2 something new), and was left as it is\n"
        + "hint: install that version, or name another file with --db")
    #expect(words { try HistoryStore.checkIsWritable(path: path) } != nil)
    #expect(try folder.contents() == before)
  }

  /// The database may not grow, as on a full disk.
  @Test func fullDisk() throws {
    let store = try HistoryStore(path: path)
    try store.record(.made("aa"))
    var big = RunRecord.made("bb")
    big.scores[0].videos = (0..<2000).map { .init(name: "video \($0)", value: 1) }
    try store.queue.writeWithoutTransaction { database in
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      try database.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
    }
    #expect(
      words { try store.record(big) }
        == "the history `\(path)` cannot be written: the disk is full; what it held before is unchanged\n"
        + "hint: make room, or keep it elsewhere with --db FILE")
    let again = try HistoryStore(path: path)
    #expect(try again.runs().map(\.id) == ["aa"])
    try again.record(big)
    #expect(try again.run("bb") == big)
  }

  /// Somebody else writes for longer than anybody waits.
  @Test func locked() throws {
    let holder = try HistoryStore(path: path)
    try holder.queue.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN EXCLUSIVE")
      #expect(
        words { _ = try HistoryStore(path: path, patience: 1) }
          == "`\(path)` has been locked by another process for 1 s\nhint: try again when that one is done")
      try database.execute(sql: "ROLLBACK")
    }
  }

  /// What a process leaves that is killed in mid-write: some pages changed, and the journal that undoes them.
  @Test func whatAKilledWriterLeaves() throws {
    let store = try HistoryStore(path: path)
    var kept = RunRecord.made("aa")
    kept.scores[0].videos = (0..<500).map { .init(name: "video \($0)", value: Double($0)) }
    try store.record(kept)
    let left = folder.file("left.sqlite")
    try store.queue.writeWithoutTransaction { database in
      try database.execute(
        sql: "PRAGMA cache_size = 4; BEGIN IMMEDIATE; UPDATE video_value SET value = -1, name = 'x' || name")
      for (from, to) in [("", ""), ("-journal", "-journal")] {
        try FileManager.default.copyItem(atPath: path + from, toPath: left + to)
      }
      try database.execute(sql: "ROLLBACK")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: left)) != Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(try HistoryStore(path: left, mode: .reading).runs() == [kept])
    #expect(!FileManager.default.fileExists(atPath: left + "-journal"))
    #expect(try HistoryStore(path: left).query("PRAGMA integrity_check").rows == [[.text("ok")]])
  }

  /// Whoever is second in making a file finds it made.
  @Test func makersAtOnce() async throws {
    let path = path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<8 {
        group.addTask { try HistoryStore(path: path).record(.made("run\(number)")) }
      }
      try await group.waitForAll()
    }
    #expect(try HistoryStore(path: path).count() == 8)
  }
}

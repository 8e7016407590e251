import Files
import Foundation
import GRDB
import History
import Scores
import Testing

@Suite struct SchemaTests {
  let folder: Folder
  let store: HistoryStore

  init() throws {
    folder = try Folder()
    store = try HistoryStore(path: folder.file("h.sqlite"))
  }

  private static let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Sources/History/README.md")

  private func texts(_ sql: String) throws -> [[String]] {
    try store.query(sql).rows.map { row in
      row.map { value in
        switch value {
        case .text(let text): text
        case .integer(let number): "\(number)"
        default: ""
        }
      }
    }
  }

  /// The README has every table and view with every column and its type, and no other.
  @Test func theReadmeSaysWhatIsThere() throws {
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    var documented: [String: [String]] = [:]
    var table = ""
    for line in text.split(separator: "\n") {
      if let heading = line.wholeMatch(of: /### (\w+)/) { table = String(heading.output.1) }
      if let row = line.wholeMatch(of: /\| `(\w+)` \| ([A-Z]* ?[A-Z ]*?) \| (.+) \|/) {
        documented[table, default: []].append("\(row.output.1) \(row.output.2)".trimmingCharacters(in: .whitespaces))
      }
    }
    let tables = try texts(
      "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'grdb%'")
    #expect(tables.count == 15)
    #expect(Set(documented.keys) == Set(tables.map { $0[0] }))
    for table in tables {
      let columns = try texts("SELECT name, type, \"notnull\" FROM pragma_table_info('\(table[0])')").map { column in
        let constraint = column[2] == "1" && table[1] == "table" ? " NOT NULL" : ""
        return "\(column[0]) \(column[1])\(constraint)".trimmingCharacters(in: .whitespaces)
      }
      #expect(documented[table[0]] == columns, "\(table[0])")
    }
  }

  /// What the README shows can be asked.
  @Test func theQueriesOfTheReadme() throws {
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    let block = try #require(text.firstMatch(of: /(?s)```sql\n(.*?)```/)).output.1
    let queries = block.split(separator: ";").filter { $0.contains("SELECT") }
    #expect(queries.count == 5)
    for query in queries { _ = try store.query(String(query)) }
  }

  /// A migration that was released is never changed; a change is another migration.
  @Test func migrationsStayAsTheyAre() {
    let digests = HistoryStore.migrations.map { SHA256.digest(of: $0).hex.prefix(12) }
    let known = [
      "024024477acb", "10364e531aad", "83218317d59a", "980e48ddfd60", "a41aa33c4684", "669c42034c83", "d65173731050",
    ]
    #expect(digests.map(String.init) == known)
  }

  /// What was kept before the seventh migration is there behind it.
  @Test func previewsAreBroughtUp() throws {
    var run = RunRecord.made("ab")
    run.previews = Preview.Kind.allCases.filter { $0 != .flow }.enumerated().map { place, kind in
      Preview(
        kind: kind, side: place.isMultiple(of: 2) ? .real : .fake, video: "v\(place)", title: "t\(place)",
        digest: "sha256:\(place)", bytes: place, frames: place == 0 ? nil : place,
        value: place == 1 ? nil : Double(place))
    }
    try store.record(run)
    let old = try #require(
      HistoryStore.migrations[4].firstMatch(of: /(?s)CREATE TABLE preview .*?WITHOUT ROWID;/)
    ).output
    try store.queue.write { database in
      try database.execute(
        sql: """
          ALTER TABLE preview RENAME TO newer;
          \(old)
          INSERT INTO preview SELECT run_id, position, kind, side, video, title, digest, bytes, frames, value FROM newer;
          DROP TABLE newer;
          DELETE FROM grdb_migrations WHERE identifier = '7 previews of flow';
          """)
    }
    let brought = try HistoryStore(path: store.path)
    #expect(try brought.run("ab") == run)
    run.id = "cd"
    run.previews?.append(Preview(kind: .flow, side: .fake, video: "v", title: "t", digest: "sha256:f", bytes: 1))
    try brought.record(run)
    #expect(try brought.run("cd") == run)
  }

  @Test func theSchemaThatIsPrinted() throws {
    for statement in HistoryStore.schema.matches(of: /CREATE (TABLE|VIEW|INDEX) (\w+)/) {
      #expect(try texts("SELECT 1 FROM sqlite_master WHERE name = '\(statement.output.2)'").count == 1)
    }
    #expect(try texts("PRAGMA application_id") == [["1986618477"]])
    #expect(try store.queue.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
  }
}

import Foundation
import GRDB
import History
import Scores
import Testing

/// A history that version 0.1 made.
@Suite struct GoldenHistoryTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/golden/documents").path

  let folder: Folder
  let store: HistoryStore

  init() throws {
    folder = try Folder()
    try FileManager.default.copyItem(atPath: Self.folder + "/history-1.db", toPath: folder.file("h.sqlite"))
    store = try HistoryStore(path: folder.file("h.sqlite"), mode: .reading)
  }

  /// The runs are those that version 0.1 exported, to the bit.
  @Test func sameRuns() throws {
    let exported = try String(contentsOfFile: Self.folder + "/history.run-1.jsonl", encoding: .utf8)
      .split(separator: "\n").map { try RunDocument.read(String($0), place: "") }
    #expect(try store.runs().reversed() == exported)
  }

  @Test func isBroughtUp() throws {
    let columns = try store.query("SELECT name FROM pragma_table_info('score')").rows
    #expect(columns.contains([.text("prompts_source")]) && columns.contains([.text("prompts_count")]))
    #expect(
      try store.query("SELECT prompts_digest, prompts_count FROM score WHERE prompts_digest IS NOT NULL").rows
        == [[.text("sha256:" + String(repeating: "5", count: 64)), .null]])
    // It takes new runs.
    var dice = Dice(seed: 11)
    let run = RunRecord.random(&dice)
    try HistoryStore(path: store.path).record(run)
    #expect(try store.run(run.id) == run && store.count() == 15)
  }

  /// What `export --csv` writes is what version 0.1 wrote, but for the one name of a protocol.
  @Test func sameTable() throws {
    let old = try String(contentsOfFile: Self.folder + "/history.export.csv", encoding: .utf8).split(separator: "\n")
    let table = try RunExport.table(store.runs().reversed())
    #expect(table.rows.count == old.count - 1)
    #expect(table.columns == old[0].split(separator: ",").map(String.init))
    let (value, name) = (try #require(table.columns.firstIndex(of: "value")), table.columns.firstIndex(of: "protocol"))
    for (row, line) in zip(table.rows, old.dropFirst()) {
      guard case .real(let number) = row[value] else {
        Issue.record("\(row)")
        continue
      }
      #expect(line.contains(",\(number),"), "\(line)")
      if let name, case .text(let text) = row[name] { #expect(!text.contains("fingerprint")) }
    }
  }
}

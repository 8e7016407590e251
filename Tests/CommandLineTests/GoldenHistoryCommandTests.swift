import Foundation
import Testing

/// A history that version 0.1 made, used from outside.
@Suite struct GoldenHistoryCommandTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/golden/documents").path

  let workplace: Workplace
  let history: String

  init() throws {
    workplace = try Workplace()
    history = workplace.file("h.sqlite")
    try FileManager.default.copyItem(atPath: Self.folder + "/history-1.db", toPath: history)
  }

  /// What the cells of a Markdown table say first, without marks of notes: `976.5` of `976.5 ± 3.0`.
  private func printed(_ report: String) -> [String] {
    report.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2).flatMap { row in
      row.replacing(#/<sup>[^<]*</sup>/#, with: "").split(separator: "|").dropFirst()
        .compactMap { $0.split(whereSeparator: { $0 == " " || $0 == "<" }).first.map(String.init) }.filter { $0 != "–" }
    }
  }

  /// The values of a history's report, exact, ascending.
  private func values(_ history: String) throws -> [Double] {
    let report = try workplace.program.run("report", "--db", history, "--csv", "-")
    #expect(report.status == 0)
    // Names may hold commas, in quotes.
    let rows = report.output.replacing(#/"[^"]*"/#, with: "").split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let column = try #require(rows.first?.firstIndex(of: "value"))
    return try rows.dropFirst().map { try #require(Double($0[column])) }.sorted()
  }

  /// Each number that version 0.1 printed is one of the report's, rounded to as many digits as it had there.
  @Test func sameNumbers() throws {
    let wanted = printed(try String(contentsOfFile: Self.folder + "/history.report.md", encoding: .utf8))
    let found = try values(history)
    #expect(wanted.count == 22 && found.count == 22)
    for (text, value) in zip(wanted.sorted { Double($0) ?? .nan < Double($1) ?? .nan }, found) {
      let digits = text.split(separator: ".").dropFirst().first?.count ?? 0
      #expect(String(format: "%.\(digits)f", value) == text)
    }
  }

  @Test func isQueriedAndExported() throws {
    let query = try workplace.program.run(
      "query", "--db", history, "--sql", "SELECT metric, value FROM scores WHERE metric = 'fvd' ORDER BY value", "--csv"
    )
    #expect(query.status == 0)
    #expect(
      query.output
        == "metric,value\nfvd,371.5\nfvd,806.2675396254036\nfvd,976.5299340401339\nfvd,2561.8339181713804\n")
    // What is exported makes a history with the same report.
    let (file, copy) = (workplace.file("runs.jsonl"), workplace.file("copy.sqlite"))
    let exported = try workplace.program.run("export", "--db", history)
    #expect(exported.status == 0)
    try Data(exported.output.utf8).write(to: URL(fileURLWithPath: file))
    #expect(try workplace.program.run("import", file, "--db", copy).status == 0)
    #expect(try values(copy) == values(history))
  }
}

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

  /// The cells of each method's row in a Markdown table that hold a number, without marks of notes.
  private func numbers(_ report: String) -> [String: [String]] {
    let rows = report.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2)
    var numbers: [String: [String]] = [:]
    for row in rows {
      let cells = row.replacing(#/<sup>[^<]*</sup>/#, with: "").split(separator: "|").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      numbers[cells[0]] = cells.dropFirst().filter { $0 != "–" }
    }
    return numbers
  }

  /// The report has the methods and the numbers that version 0.1 printed.
  @Test func sameReport() throws {
    let wanted = numbers(try String(contentsOfFile: Self.folder + "/history.report.md", encoding: .utf8))
    #expect(wanted.count == 11 && wanted.values.reduce(0) { $0 + $1.count } == 22)
    let report = try workplace.program.run("report", "--db", history)
    #expect(report.status == 0 && numbers(report.output) == wanted)
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
    let reports = try [history, copy].map { try numbers(workplace.program.run("report", "--db", $0).output) }
    #expect(reports[0] == reports[1])
  }
}

import History
import MetricCatalog
import ReportAssets
import Reporting
import Scores
import Testing

@Suite struct RankingTests {
  /// The marks of a column, from above.
  private func marks(_ scores: [ScoreRecord]) throws -> [String] {
    let table = try Sample.table(scores.enumerated().map { Sample.run("m\($0.offset)", [$0.element]) })
    return table.rows.map { row in row.cells[0]?.rank.map { $0 == .best ? "1" : "2" } ?? "-" }
  }

  @Test func lowerIsBetter() throws {
    #expect(try marks([3, 1, 2].map { Sample.score("fvd", $0) }) == ["-", "1", "2"])
  }

  @Test func higherIsBetter() throws {
    #expect(
      try marks([0.3, 0.1, 0.2].map { Sample.score("pic", $0, direction: .higher) }) == ["1", "-", "2"])
  }

  @Test func twoBestLeaveNoSecond() throws {
    #expect(try marks([1, 1, 2].map { Sample.score("fvd", $0) }) == ["1", "1", "-"])
  }

  @Test func twoSeconds() throws {
    #expect(try marks([1, 2, 2, 3].map { Sample.score("fvd", $0) }) == ["1", "2", "2", "-"])
  }

  @Test("what is written alike is equally good")
  func writtenAlike() throws {
    #expect(try marks([100.001, 100.002, 101].map { Sample.score("fvd", $0) }) == ["1", "1", "-"])
  }

  @Test func oneAloneAndAllEqualHaveNoRank() throws {
    #expect(try marks([Sample.score("fvd", 1)]) == ["-"])
    #expect(try marks([1, 1].map { Sample.score("fvd", $0) }) == ["-", "-"])
  }

  @Test func severalProtocolsAreNotRanked() throws {
    let runs = [
      Sample.run("a", [Sample.score("fvd", 1)]), Sample.run("b", [Sample.score("fvd", 2)]),
      Sample.run("c", [Sample.score("fvd", 3, "tats")]),
    ]
    let table = try Sample.table(runs)
    #expect(table.rows.allSatisfy { $0.cells[0]?.rank == nil })
    #expect(table.remarks == ["FVD on MUG: the numbers are of 2 evaluation protocols, so none is ranked"])
    #expect(table.rows.map { $0.cells[0]?.note } == [0, 0, 1])
    #expect(table.notes.count == 2)
  }

  @Test func severalRealSetsAreNotRanked() throws {
    let table = try Sample.table([
      Sample.run("a", [Sample.score("fvd", 1)]), Sample.run("b", [Sample.score("fvd", 2, real: "r2")]),
    ])
    #expect(table.rows.allSatisfy { $0.cells[0]?.rank == nil })
    #expect(table.remarks == ["FVD on MUG: the numbers are of 2 real sets, so none is ranked"])
  }

  @Test func publishedAndImportedRowsTakeNoPart() throws {
    var imported = Sample.run("imported", [ScoreRecord(metric: "fvd", value: 0.5, direction: .lower)])
    imported.origin = .imported
    imported.source = "scores.csv"
    let table = try Sample.table([
      imported, Sample.run("a", [Sample.score("fvd", 90)]), Sample.run("b", [Sample.score("fvd", 80)]),
    ]) { $0.baselines = [try! Baseline.named("lfdm")] }
    let ranks = Dictionary(uniqueKeysWithValues: table.rows.map { ($0.name, $0.cells[0]?.rank) })
    #expect(ranks["LFDM, 64x64"] == .some(nil) && ranks["imported"] == .some(nil))
    #expect(ranks["b"] == .some(.best) && ranks["a"] == .some(.second))
    #expect(table.rows.last?.origin == .measured)
    #expect(table.elsewhere.last == "scores.csv")
  }
}

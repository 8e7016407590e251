import History
import MetricCatalog
import ReportAssets
import Reporting
import Scores
import Testing

@Suite struct RankingTests {
  private func table(
    _ runs: [RunRecord], error: Double = 0.1, p: @escaping @Sendable (Comparison) -> Double = { _ in 0.001 }
  ) throws -> ReportTable {
    try Sample.table(runs) { $0.differences = KnownDifferences(error: error, p: p) }
  }

  private func marks(_ table: ReportTable) -> [String] {
    table.rows.map { row in row.cells[0]?.rank.map { $0 == .best ? "1" : "2" } ?? "-" }
  }

  /// The marks of a column, from above, where every difference is known to ± 0.196.
  private func marks(_ scores: [ScoreRecord]) throws -> [String] {
    marks(try table(scores.enumerated().map { Sample.run("m\($0.offset)", [$0.element]) }))
  }

  @Test func lowerIsBetter() throws {
    #expect(try marks([3, 1, 2].map { Sample.score("fvd", $0) }) == ["-", "1", "2"])
  }

  @Test func higherIsBetter() throws {
    #expect(
      try marks([3, 1, 2].map { Sample.score("pic", $0, direction: .higher) }) == ["1", "-", "2"])
  }

  /// A number that is not shown to be better than the next is not marked, however far it looks.
  @Test func whatIsNotShownIsNotMarked() throws {
    func run(_ name: String, _ value: Double) -> RunRecord { Sample.run(name, [Sample.score("kvd", value)]) }
    let close = try table([run("a", -26.9), run("b", 11.9)], error: 30)
    #expect(marks(close) == ["-", "-"])
    #expect(
      close.remarks.map(\.text) == [
        "KVD on MUG: no number is marked best, since `a` is not shown to be better than `b`: p = 0.001, 95 % of the "
          + "difference: [-19.99892, 97.59892]"
      ])
    // The best of three at 2.5 %, the second at 5 %.
    let three = [run("a", 1), run("b", 2), run("c", 3)]
    #expect(marks(try table(three, error: 0.45)) == ["-", "-", "-"])
    #expect(marks(try table(three, error: 0.44)) == ["1", "2", "-"])
    #expect(marks(try table(three) { $0.second.value < 3 ? 0.001 : 0.04 }) == ["-", "-", "-"])
    let second = try table([run("a", 1), run("b", 2), run("c", 2.1)])
    #expect(marks(second) == ["1", "-", "-"])
    #expect(second.remarks[0].text.hasPrefix("KVD on MUG: no number is marked second, since `b` is not shown"))
    // Without features nobody can tell.
    let missing = try Sample.table(three) { $0.differences = KnownDifferences(obstacle: "features missing") }
    #expect(
      marks(missing) == ["-", "-", "-"] && missing.remarks[0].text.hasSuffix("better than `b`: features missing"))
    #expect(marks(try Sample.table(three) { $0.differences = nil }) == ["-", "-", "-"])
  }

  /// Of two the worse one is better than none: it is not called second, and no key speaks of one.
  @Test func theLastIsNotSecond() throws {
    let two = try table([1, 2].map { Sample.run("m\($0)", [Sample.score("fvd", $0)]) })
    #expect(marks(two) == ["1", "-"])
    let text = MarkdownWriter().text(two)
    #expect(
      text.contains("**best**: shown to be better than the other numbers measured here.") && !text.contains("<u>"))
    #expect(
      LaTeXWriter().text(two).contains("\\textbf{best}: shown to be better than the other numbers measured here."))
    let page = try HTMLWriter().text(two, runs: [])
    #expect(page.contains("<b>best</b> is shown to be better than the other numbers measured here."))
    let three = try table([1, 2, 3].map { Sample.run("m\($0)", [Sample.score("fvd", $0)]) })
    #expect(
      try HTMLWriter().text(three, runs: []).contains("<b>best</b> and <span class=\"second-key\">second</span> are "))
    let key = "shown to be better than the numbers measured here that follow."
    let markdown = MarkdownWriter().text(three)
    #expect(markdown.contains("<u>2.000</u>") && markdown.contains("**best**, <u>second</u>: " + key))
    let latex = LaTeXWriter().text(three)
    #expect(latex.contains("{\\underline{2.000}}") && latex.contains("\\textbf{best}, \\underline{second}: " + key))
  }

  @Test func oneAloneAndAllEqualHaveNoRank() throws {
    #expect(try marks([Sample.score("fvd", 1)]) == ["-"])
    #expect(try marks([1, 1].map { Sample.score("fvd", $0) }) == ["-", "-"])
  }

  /// Each method's last step beside the one before, and about how many videos would show what is not shown.
  @Test func checkpointsAreHeldAgainstTheOneBefore() throws {
    func run(_ step: Int, _ value: Double) -> RunRecord { Sample.run("a", [Sample.score("fvd", value)], step: step) }
    let table = try table([run(1, 30), run(2, 20), run(3, 10)], error: 2)
    let (column, contest) = try #require(table.advances.first)
    #expect(table.advances.count == 1 && column == 0 && contest.verdict == .better)
    #expect([contest.first, contest.second].map { table.rows[$0].step } == [2, 3])
    // The error of 16 videos is as large as the difference: (1.96 + 0.84)² times as many are needed.
    let open = try self.table([run(1, 30), run(2, 20)], error: 10)
    #expect(open.standings.first?.open?.units == 16 && open.standings.first?.open?.neededUnits == 126)
    #expect(open.advances.first?.contest.verdict == .notShown)
  }

  // MARK: Seeds

  private func seeded(_ name: String, _ values: [Double], step: Int? = nil) -> [RunRecord] {
    values.enumerated().map { seed, value in
      var run = Sample.run(name, [Sample.score("fvd", value)], step: step)
      run.id = "\(name)\(seed)"
      run.generation = RunRecord.Generation()
      run.generation?.seed = seed
      return run
    }
  }

  @Test("seeds of one generator and checkpoint are one row: mean ± deviation (n)")
  func seedsAreOneRow() throws {
    let table = try table(seeded("a", [10, 12, 14]) + seeded("b", [20]))
    #expect(table.rows.map(\.name) == ["a", "b"] && table.rows[0].runs.count == 3)
    let cell = try #require(table.rows[0].cells[0])
    #expect(cell.value == 12 && cell.std == 2 && cell.seeds.map(\.seed) == [0, 1, 2])
    // Two digits of the deviation, and no more of the number. One number of seeds for all stands below.
    #expect(MarkdownWriter().text(table).contains("| a | 12.0 ± 2.0 |"))
    #expect(MarkdownWriter().text(table).contains("±: deviation over 3 seeds of one generator and checkpoint"))
    let mixed = MarkdownWriter().text(try self.table(seeded("a", [10, 12, 14]) + seeded("b", [20, 21])))
    #expect(mixed.contains("| a | 12.00 ± 2.00 (3) |") && mixed.contains("| b | 20.50 ± 0.71 (2) |"))
    #expect(mixed.contains("± deviation (n): over n seeds of one generator and checkpoint"))
    // Another checkpoint is another row, and so is a seed that was scored twice with two numbers.
    #expect(try self.table(seeded("a", [1, 2], step: 1) + seeded("a", [3, 4], step: 2)).rows.count == 2)
    var again = seeded("a", [1])[0]
    again.id = "again"
    again.scores[0].value = 3
    #expect(try self.table(seeded("a", [1, 2]) + [again]).rows.count == 2)
  }

  @Test("the best seed is not the generator's number: seeds are the units")
  func seedsAreUnits() throws {
    // One seed of `a` is best of all.
    let few = try table(seeded("a", [1, 30]) + seeded("b", [10, 11]))
    #expect(marks(few) == ["-", "-"])
    #expect(
      few.remarks[0].text.contains("`b` is not shown to be better than `a`: 2 seeds of one of them, and 3 are needed"))
    let many = try table(
      seeded("a", [10.1, 10.2, 10.3, 10.4, 10.1, 10.2]) + seeded("b", [20.1, 20.4, 20.2, 20.3, 20.1, 20.2]))
    #expect(marks(many) == ["1", "-"])
  }

  @Test func severalProtocolsAreNotRanked() throws {
    let runs = [
      Sample.run("a", [Sample.score("fvd", 1)]), Sample.run("b", [Sample.score("fvd", 2)]),
      Sample.run("c", [Sample.score("fvd", 3, "tats")]),
    ]
    let table = try table(runs)
    #expect(table.rows.allSatisfy { $0.cells[0]?.rank == nil })
    #expect(table.remarks.map(\.text) == ["FVD on MUG: the numbers are of 2 evaluation protocols, so none is ranked"])
    #expect(table.rows.map { $0.cells[0]?.note } == [0, 0, 1])
    #expect(table.notes.count == 2)
  }

  @Test func severalRealSetsAreNotRanked() throws {
    let table = try table([
      Sample.run("a", [Sample.score("fvd", 1)]), Sample.run("b", [Sample.score("fvd", 2, real: "r2")]),
    ])
    #expect(table.rows.allSatisfy { $0.cells[0]?.rank == nil })
    #expect(table.remarks.map(\.text) == ["FVD on MUG: the numbers are of 2 real sets, so none is ranked"])
  }

  @Test func publishedAndImportedRowsTakeNoPart() throws {
    var imported = Sample.run("imported", [ScoreRecord(metric: "fvd", value: 0.5, direction: .lower)])
    imported.origin = .imported
    imported.source = "scores.csv"
    let table = try Sample.table([
      imported, Sample.run("a", [Sample.score("fvd", 90)]), Sample.run("b", [Sample.score("fvd", 80)]),
    ]) {
      $0.baselines = [try! Baseline.named("lfdm")]
      $0.differences = KnownDifferences()
    }
    let ranks = Dictionary(uniqueKeysWithValues: table.rows.map { ($0.name, $0.cells[0]?.rank) })
    #expect(ranks["LFDM, 64x64"] == .some(nil) && ranks["imported"] == .some(nil))
    #expect(ranks["b"] == .some(.best) && ranks["a"] == .some(nil))
    #expect(table.rows.last?.origin == .measured)
    #expect(table.elsewhere.last?.full == "scores.csv")
  }
}

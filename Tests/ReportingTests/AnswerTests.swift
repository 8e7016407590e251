import History
import MetricCatalog
import Reporting
import Scores
import Testing

@Suite struct AnswerTests {
  private func said(_ table: ReportTable) -> [String] {
    Answer(table: table).parts.flatMap { part in
      (part.about.map { [$0] } ?? []) + part.sentences.map { "\($0.tone): \($0.text)" }
    }
  }

  private func table(
    _ runs: [RunRecord], error: Double = 0.1, _ change: (inout TableBuilder) -> Void = { _ in }
  ) throws -> ReportTable {
    try Sample.table(runs) {
      $0.differences = KnownDifferences(error: error)
      change(&$0)
    }
  }

  @Test func theAnswerIsWhatIsShown() throws {
    func run(_ name: String, _ fvd: Double, _ kvd: Double) -> RunRecord {
      Sample.run(name, [Sample.score("fvd", fvd), Sample.score("kvd", kvd)])
    }
    #expect(
      said(try table([run("a", 10, 5), run("b", 20, 5.05), run("c", 30, 9)])) == [
        "On MUG", "good: a is best on FVD: shown to be better than each of the 2 others",
        "open: KVD: no difference is shown between a, which has the best number, and b (16 videos are few: about 610 would "
          + "show a difference of this size)",
      ])
    #expect(
      said(try table([run("a", 10, 5), run("b", 20, 9)])) == ["On MUG", "good: a is better than b on FVD and KVD"])
    #expect(
      said(try table([run("a", 10, 5)])) == [
        "On MUG", "plain: a has FVD 10.00 and KVD 5.000; nothing here can be held against it",
      ])
    let missing = try Sample.table([run("a", 10, 5), run("b", 20, 9)]) {
      $0.differences = KnownDifferences(obstacle: "features missing")
    }
    #expect(
      said(missing) == [
        "On MUG", "open: FVD and KVD: no verdict between a, which has the best number, and b: features missing",
      ])
  }

  @Test func stepsBeatStepsBeforeThem() throws {
    func run(_ step: Int, _ fvd: Double, _ kvd: Double, _ fid: Double) -> RunRecord {
      Sample.run("a", [Sample.score("fvd", fvd), Sample.score("kvd", kvd), Sample.score("fid", fid)], step: step)
    }
    let lines = said(try table([run(10_000, 20, 5, 3), run(20_000, 10, 5.05, 4)]))
    #expect(
      lines.last
        == "bad: a: step 20000 beats step 10000 on FVD; is worse on FID; KVD does not show a difference (16 videos are few: "
        + "about 500 would show a difference of this size)")
  }

  @Test func whatIsNewIsHeldAgainstWhatWasThere() throws {
    let (old, other) = (Sample.run("a", [Sample.score("fvd", 20)], step: 1), Sample.run("b", [Sample.score("fvd", 15)]))
    let new = Sample.run("a", [Sample.score("fvd", 10)], step: 2)
    let since = Since(label: "the page of yesterday", known: [old.id, other.id])
    #expect(
      said(try table([old, new, other]) { $0.since = since }).suffix(2) == [
        "Since the page of yesterday", "good: new: a, step 2 beats a, step 1 on FVD",
      ])
    // A tag's run is what everything new is held against.
    let tagged = Since(other, called: "tag:main", among: [old, other])
    #expect(
      said(try table([old, new, other]) { $0.since = tagged }).suffix(2) == [
        "Since tag:main (b, 2026-11-21)", "good: new: a, step 2 beats b on FVD",
      ])
    #expect(
      said(try table([old, other]) { $0.since = since }).suffix(2) == [
        "Since the page of yesterday", "plain: no run is new",
      ])
  }

  @Test func numbersOfVideosAreRound() {
    #expect([5, 88, 126, 1261, 99_499].map(Words.rounded) == [5, 88, 130, 1300, 99_000])
    #expect(Words.list([]) == "" && Words.list(["a", "b", "c"]) == "a, b and c")
  }
}

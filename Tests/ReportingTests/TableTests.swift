import History
import ReportAssets
import Reporting
import Scores
import Testing

@Suite struct TableTests {
  @Test func runsOfOneMethodShareARow() throws {
    let table = try Sample.table([
      Sample.run("ours", [Sample.score("fvd", 1), Sample.score("kvd", 2, "tats")], dataset: "MUG"),
      Sample.run("ours", [Sample.score("fvd", 3)], dataset: "MHAD"),
      Sample.run("theirs", [Sample.score("fvd", 4)], dataset: "MHAD"),
    ])
    #expect(table.rows.map(\.name) == ["ours", "theirs"])
    #expect(table.columns.map(\.title) == ["FVD ↓", "KVD ↓", "FVD ↓"])
    #expect(table.datasets.map(\.name) == ["MUG", "MHAD"])
    #expect(table.datasets.map(\.columns) == [0..<2, 2..<3])
    #expect(table.rows[1].cells.map { $0?.value } == [nil, nil, 4])
  }

  @Test("two runs of one name and column are two rows")
  func nothingIsDropped() throws {
    var later = Sample.run("ours", [Sample.score("fvd", 2)])
    later.id = "0123456789ab"
    later.date = "2026-11-22T00:00:00.000Z"
    let table = try Sample.table([Sample.run("ours", [Sample.score("fvd", 1)]), later])
    #expect(table.rows.map(\.name) == ["ours", "ours (2026-11-22, 0123456789ab)"])
  }

  @Test("a number that was measured twice stands once, with its interval")
  func sameNumberTwice() throws {
    var withInterval = Sample.score("fvd", 1)
    withInterval.interval = ScoreInterval(low: 0.5, high: 2, level: 0.95, resamples: 100, method: "bootstrap")
    var later = Sample.run("ours", [withInterval, Sample.score("cfvd", 3, "lfdm/class")])
    later.id = "0123456789ab"
    later.date = "2026-11-22T00:00:00.000Z"
    let table = try Sample.table([Sample.run("ours", [Sample.score("fvd", 1)]), later])
    #expect(table.rows.map(\.runs.count) == [2])
    #expect(table.rows[0].cells.map { $0?.low } == [0.5, nil])
  }

  @Test("published rows stand on the data sets that the runs are of, and a remark says where that leaves none")
  func publishedRowsOfTheDataSetsPresent() throws {
    func table(_ dataset: String) throws -> ReportTable {
      try Sample.table([Sample.run("ours", [Sample.score("fvd", 1)], dataset: dataset)]) {
        $0.baselines = [try! Baseline.named("lfdm")]
      }
    }
    let known = try table("NATOPS")
    #expect(known.datasets.map(\.name) == ["NATOPS"] && known.rows.count > 1 && known.remarks.isEmpty)
    let other = try table("Sky")
    #expect(other.rows.map(\.name) == ["ours"])
    #expect(
      other.remarks.map(\.text) == [
        "LFDM, Table 1: no row is shown, since it has numbers on MUG, MHAD, NATOPS, and the runs are of Sky"
      ])
    // With a data set named, its published rows stand without any run.
    #expect(
      try Sample.table([]) { ($0.baselines, $0.datasets) = ([try! Baseline.named("lfdm")], ["MHAD"]) }
        .datasets.map(\.name) == ["MHAD"])
  }

  @Test func columnsAreInTheCatalogsOrder() throws {
    let scores =
      ["speed", "fid", "sfvd", "kvd", "cfvd"].map { Sample.score($0, 1, "p") } + [
        Sample.score("fvd", 2, "lvdm/over-time"), Sample.score("fvd", 1),
      ]
    #expect(
      try Sample.table([Sample.run("ours", scores)]).columns.map(\.label)
        == ["FVD", "FVD, over-time", "cFVD", "sFVD", "KVD", "FID", "speed"])
  }

  @Test func stepsAreInTheName() throws {
    let table = try Sample.table([20000, 9000].map { Sample.run("ours", [Sample.score("fvd", 1)], step: $0) })
    #expect(table.rows.map(\.name) == ["ours, step 9000", "ours, step 20000"])
    // A step that tells nothing apart is left out: the name is what its owner called it.
    #expect(try Sample.table([Sample.run("ours", [Sample.score("fvd", 1)], step: 9000)]).rows[0].name == "ours")
  }

  @Test("of a name the checkpoint that was scored last, with the newest run of each seed")
  func newestOfEachName() {
    func run(_ id: String, _ day: Int, step: Int, seed: Int) -> RunRecord {
      var run = Sample.run("ours", [], step: step)
      (run.id, run.date) = (id, "2026-11-0\(day)T00:00:00.000Z")
      run.generation = RunRecord.Generation()
      run.generation?.seed = seed
      return run
    }
    let runs = [
      run("old", 1, step: 1, seed: 1), run("first", 2, step: 2, seed: 1), run("other", 3, step: 2, seed: 2),
      run("again", 4, step: 2, seed: 1), Sample.run("theirs", [], step: 1),
    ]
    let newest = NewestRuns(of: runs)
    #expect(newest.kept.map(\.id) == ["other", "again", runs[4].id])
    #expect(newest.words == "--newest leaves out 2 earlier runs of `ours`" && newest.remarks.isEmpty)
    #expect(NewestRuns(of: newest.kept).words == nil)
  }

  @Test("a score that only an earlier run has is not left out in silence")
  func newestSaysWhatIsLost() throws {
    func run(_ id: String, _ day: Int, _ metrics: [String], dataset: String = "MUG") -> RunRecord {
      var run = Sample.run("ours", metrics.map { Sample.score($0, 1) }, dataset: dataset)
      (run.id, run.date) = (id, "2026-11-0\(day)T00:00:00.000Z")
      return run
    }
    let runs = [
      run("oldest", 1, ["fvd", "kvd"]), run("old", 2, ["fvd", "ssim"]), run("new", 3, ["fvd"]),
      run("other", 1, ["kvd"], dataset: "Sky"),
    ]
    #expect(
      NewestRuns(of: runs).words == """
        --newest leaves out 2 earlier runs of `ours`
          only there: KVD of `ours` on MUG (run oldest, 2026-11-01)
          only there: SSIM of `ours` on MUG (run old, 2026-11-02)
        """)
    var report = Report()
    report.isNewestOnly = true
    let table = try report.table(of: runs, by: nil)
    #expect(table.columns.indices.map(table.name(ofColumn:)).sorted() == ["FVD on MUG", "KVD on Sky"])
    let words = "KVD of `ours` on MUG (run oldest, 2026-11-01) is left out by --newest: a later run has no such score"
    #expect(table.remarks.map(\.text).contains(words))
    #expect(MarkdownWriter().text(table).contains("(run old, 2026-11-02) is left out by --newest"))
    // A paper does not speak of its history.
    #expect(!LaTeXWriter(style: TableStyle(notes: .short)).text(table).contains("newest"))
  }

  @Test("a name that is asked for and not there is an error, and a remark while more may come")
  func absentNames() throws {
    let runs = [Sample.run("a", [Sample.score("psnr", 1), Sample.score("pic[lpips-alex]", 2)])]
    func words(_ change: (inout TableBuilder) -> Void) -> String? { message { _ = try Sample.table(runs, change) } }
    #expect(words { $0.metrics = ["psnr", "psrn"] } == "the table has no score `psrn`\nhint: did you mean `psnr`?")
    #expect(words { $0.digits = ["psrn": 2] } == "the table has no score `psrn`\nhint: did you mean `psnr`?")
    #expect(
      words { ($0.metrics, $0.digits) = (["psnr"], ["pic": 2]) } == "the table has no score `pic`\nhint: there is psnr")
    #expect(words { $0.datasets = ["MUG", "Sky"] } == "the table has no data set `Sky`\nhint: there is MUG")
    // What a score is called, with or without what stands behind it.
    #expect(words { $0.digits = ["pic": 2, "pic[lpips-alex]": 1, "": 0] } == nil)
    let live = try Sample.table(runs) { ($0.metrics, $0.digits, $0.isLive) = (["psnr", "psrn"], ["psrn": 1], true) }
    #expect(live.columns.map(\.metric) == ["psnr"] && live.remarks.map(\.text) == ["no score `psrn` is there yet"])
  }

  @Test func nonePapersStandAlone() throws {
    var report = Report()
    report.baselines = ["none"]
    #expect(try report.published().isEmpty)
    report.baselines = ["lfdm", "none"]
    #expect(
      message { _ = try report.published() } == "`none` means no published rows, and `lfdm` stands beside it")
  }

  @Test func rowsAndDigitsAreAsAskedFor() throws {
    let runs = [
      Sample.run("a", [Sample.score("fvd", 1.26), Sample.score("kvd", 2)]), Sample.run("b", [Sample.score("fvd", 20)]),
    ]
    let table = try Sample.table(runs) { ($0.methods, $0.digits) = (["b", "a"], ["": 0, "fvd": 1]) }
    #expect(table.rows.map(\.name) == ["b", "a"])
    #expect(table.text(1.26, column: 0) == "1.3" && table.text(2, column: 1) == "2")
    // A column that the rows leave empty goes with them.
    #expect(try Sample.table(runs) { $0.methods = ["b"] }.columns.map(\.metric) == ["fvd"])
    #expect(
      message { _ = try Sample.table(runs) { $0.methods = ["bb"] } }
        == "the table has no row `bb`\nhint: did you mean `b`?")
  }

  @Test("a deviation that says nothing is left out")
  func deviationOfOnePart() throws {
    var score = Sample.score("kid", 5, fields: ["subsets": .integer(1), "subset-size": .integer(4)])
    score.std = 0.5
    #expect(score.deviation == nil)
    score.settings?.fields["subsets"] = .integer(10)
    #expect(score.deviation == 0.5)
    // Every subset is the whole set.
    score.settings?.fields["subset-size"] = .integer(16)
    #expect(score.deviation == nil && Words.value(score) == "5.000000")
    var videos = Sample.score("ssim", 1)
    (videos.std, videos.videos) = (0.1, [VideoValue(name: "a", value: 1)])
    #expect(videos.deviation == nil)
  }

  @Test func twoScoresOfAMetricHaveColumnsOfTheirOwn() throws {
    let table = try Sample.table([
      Sample.run(
        "ours",
        [Sample.score("fvd", 1, "generative-image-dynamics"), Sample.score("fvd", 2, "generative-image-dynamics/32")])
    ])
    #expect(table.columns.map(\.label) == ["FVD", "FVD, 32"])
  }

  @Test func columnsAndRowsCanBeChosen() throws {
    let runs = [Sample.run("ours", [Sample.score("fvd", 1), Sample.score("kvd", 2)])]
    #expect(try Sample.table(runs) { $0.metrics = ["kvd"] }.columns.map(\.metric) == ["kvd"])
    #expect(
      message { _ = try Sample.table(runs) { $0.datasets = ["Sky"] } }
        == "the table has no data set `Sky`\nhint: there is MUG")
    #expect(
      message { _ = try Sample.table([]) }
        == "no score fits what was asked for\nhint: `vidmetrics runs` lists what the history holds")
  }

  @Test("the layout of Generative Image Dynamics: order, KID times 100, clip lengths")
  func layout() throws {
    let baseline = try Baseline.named("generative-image-dynamics")
    let run = Sample.run(
      "ours",
      [
        Sample.score("fvd", 60, "stylegan-v", fields: ["frames": .integer(32)]), Sample.score("fvd", 50),
        Sample.score("kid", 0.25, "clean", fields: ["scale-factor": .integer(100)]),
        Sample.score("fid", 12.34, "clean"),
      ], dataset: "clips")
    let table = try Sample.table([run]) {
      $0.layout = baseline.layout
      $0.baselines = [baseline]
    }
    #expect(table.columns.map(\.label) == ["FID", "KID", "FVD", "FVD32", "DTFVD", "DTFVD32"])
    #expect(!table.namesDatasets)
    let ours = try #require(table.rows.last)
    #expect(ours.cells.map { $0?.value } == [12.34, 0.25, 50, 60, nil, nil])
    #expect(table.text(12.34, column: 0) == "12.3" && table.text(4.03, column: 0) == "4.03")
    let paper = try #require(table.rows.first { $0.name == "Generative Image Dynamics" })
    let texts = paper.cells.enumerated().map { column, cell in cell.map { table.text($0.value, column: column) } }
    #expect(texts == ["4.03", "0.08", "47.1", "62.9", "2.53", "6.75"])
    #expect(table.rows.count == 9)
  }

  @Test("two scores of a run for one column of a layout: the second is spoken of")
  func severalScoresForAColumn() throws {
    let baseline = try Baseline.named("lvdm")
    let run = Sample.run("ours", [Sample.score("fvd", 1, "tats"), Sample.score("fvd", 2, "cd-fvd")], dataset: "Sky")
    let table = try Sample.table([run]) { $0.layout = baseline.layout }
    #expect(table.rows[0].cells.map { $0?.value } == [1])
    #expect(
      table.remarks.map(\.text) == ["FVD on Sky: `ours` has several scores that fit the column; shown is that of tats"])
  }

  @Test(arguments: Baseline.names) func everyLayoutTakesItsOwnRows(name: String) throws {
    let baseline = try Baseline.named(name)
    let table = try Sample.table([]) {
      $0.layout = baseline.layout
      $0.baselines = [baseline]
    }
    let own = Set(baseline.layout.columns.map(\.metric))
    let numbers = baseline.rows.flatMap(\.scores).count { own.contains($0.metric) }
    #expect(table.rows.reduce(0) { $0 + $1.cells.count { $0 != nil } } == numbers)
    #expect(table.rows.allSatisfy { $0.mark != nil && $0.cells.allSatisfy { $0?.rank == nil } })
  }
}

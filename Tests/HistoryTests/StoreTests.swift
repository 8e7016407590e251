import Foundation
import GRDB
import History
import MetricCatalog
import Scores
import Testing

@Suite struct StoreTests {
  let folder: Folder
  let store: HistoryStore

  init() throws {
    folder = try Folder()
    store = try HistoryStore(path: folder.file("h.sqlite"))
  }

  /// Every field, every number to the bit: through the tables, and through a line of `export`.
  @Test func runsComeBackAsTheyWere() throws {
    var dice = Dice(seed: 7)
    let runs = (0..<100).map { _ in RunRecord.random(&dice) }
    for run in runs { try store.record(run) }
    for run in runs {
      #expect(try store.run(run.id) == run)
      #expect(try RunDocument.read(RunDocument.json(run).line, place: "") == run)
    }
    #expect(Set(try store.runs().map(\.id)) == Set(runs.map(\.id)))
  }

  @Test func whatIsNoNumberIsRefused() throws {
    #expect(throws: HistoryError.notFinite(metric: "fvd", name: "value")) { try store.record(.made("a", "fvd", .nan)) }
    var run = RunRecord.made("a")
    run.scores[0].groups = [.init(label: "g", value: .infinity, realSamples: 1, fakeSamples: 1)]
    let error = #expect(throws: HistoryError.self) { try store.record(run) }
    #expect(
      error?.description
        == "the value of a group of `fvd` is not a finite number, and only finite ones are recorded")
    #expect(try store.count() == 0)
  }

  @Test func aRunIsThereOnce() throws {
    try store.record(.made("aa"))
    let error = #expect(throws: HistoryError.self) { try store.record([.made("bb"), .made("aa")]) }
    #expect(error?.description == "`\(store.path)` has a run `aa` already")
    #expect(try store.count() == 1, "all of them or none")
    #expect(try store.merge([.made("bb"), .made("aa")]) == 1)
  }

  @Test func references() throws {
    for (place, id) in ["ab12", "ab34", "cd56"].enumerated() {
      try store.record(.made(id, date: "2026-11-2\(place)T00:00:00.000Z"))
    }
    try store.tag("ab12", "main")
    try store.tag("ab34", "main")
    #expect(try store.run("cd").id == "cd56")
    #expect(try store.run("AB12").id == "ab12")
    #expect(try store.run("latest").id == "cd56")
    #expect(try store.run("tag:main").id == "ab34")
    #expect(try store.run("name:model").id == "cd56")
    #expect(throws: HistoryError.severalRuns(reference: "ab", ids: ["ab34", "ab12"])) { try store.run("ab") }
    func words(_ reference: String) -> String? {
      #expect(throws: HistoryError.self) { try store.run(reference) }?.description
    }
    #expect(words("ab") == "`ab` begins the ids of 2 runs: ab34, ab12\nhint: give more digits")
    #expect(words("tag:mian") == "no run `tag:mian` in `\(store.path)`\nhint: did you mean `tag:main`?")
    #expect(words("main") == "no run `main` in `\(store.path)`\nhint: did you mean `tag:main`?")
    #expect(words("ff") == "no run `ff` in `\(store.path)`\nhint: `vidmetrics runs` lists them")
    #expect(
      words("tga:main")
        == "`tga:main` does not name a run\nhint: a run is an id or its first digits, latest, tag:NAME or name:NAME")
    try store.untag("ab34", "main")
    #expect(try store.run("tag:main").id == "ab12")
    #expect(throws: HistoryError.noTag(run: "ab34", tag: "main", tags: [])) { try store.untag("ab34", "main") }
  }

  @Test func filters() throws {
    try store.record(.made("a1", "fvd", date: "2026-11-20T23:59:59.999Z"))
    try store.record(.made("b2", "kvd", date: "2026-11-21T00:00:00.000Z"))
    var third = RunRecord.made("c3", "fvd", date: "2026-11-22T12:00:00.000Z")
    (third.dataset, third.generator, third.suite, third.tags) = ("MUG", "lvdm", "nightly", ["main"])
    try store.record(third)
    func ids(_ change: (inout RunFilter) -> Void) throws -> [String] {
      var filter = RunFilter()
      change(&filter)
      return try store.runs(filter).map(\.id)
    }
    #expect(try ids { _ in } == ["c3", "b2", "a1"])
    #expect(try ids { $0.limit = 2 } == ["c3", "b2"])
    #expect(try ids { $0.metric = "fvd" } == ["c3", "a1"])
    #expect(try ids { $0.since = "2026-11-21" } == ["c3", "b2"])
    #expect(try ids { $0.until = "2026-11-21" } == ["b2", "a1"])
    #expect(try ids { ($0.since, $0.until) = ("2026-11-21", "2026-11-21") } == ["b2"])
    #expect(try ids { ($0.dataset, $0.generator, $0.suite, $0.tag) = ("MUG", "lvdm", "nightly", "main") } == ["c3"])
    #expect(try ids { ($0.tag, $0.metric) = ("main", "kvd") } == [])
    #expect(try ids { $0.names = ["' OR 1 --"] } == [])
  }

  @Test func whatBelongsToARunGoesWithIt() throws {
    var dice = Dice(seed: 3)
    for _ in 0..<20 { try store.record(RunRecord.random(&dice)) }
    #expect(throws: HistoryError.noRun(reference: "none", path: store.path, instead: nil)) {
      try store.delete([store.run("latest").id, "none"])
    }
    #expect(try store.count() == 20)
    try store.delete(store.runs().map(\.id))
    let tables = try store.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'grdb%'").rows
    #expect(tables.count == 14)
    for case .text(let table) in tables.map({ $0[0] }) {
      #expect(try store.query("SELECT count(*) FROM \(table)").rows == [[.integer(0)]], "\(table)")
    }
  }

  /// What the program does not do is not possible either.
  @Test(arguments: [
    "INSERT INTO score (run_id, position, metric, value, direction) VALUES ('none', 0, 'fvd', 1, 'lower')",
    "UPDATE score SET direction = 'up'", "UPDATE score SET value = 'high'", "UPDATE score SET value = NULL",
    "UPDATE score SET interval_low = 1", "UPDATE score SET fields = '{'", "UPDATE run SET date = 'yesterday'",
    "UPDATE run SET origin = 'guessed'", "INSERT INTO tag VALUES ('aa', '', 0)",
  ])
  func constraints(sql: String) throws {
    try store.record(.made("aa"))
    let error = #expect(throws: DatabaseError.self) { try store.queue.write { try $0.execute(sql: sql) } }
    #expect(error?.resultCode == .SQLITE_CONSTRAINT)
  }
}

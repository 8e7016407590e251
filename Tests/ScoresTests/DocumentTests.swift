import Foundation
import MetricCatalog
import Scores
import Testing

/// Documents, old and new.
@Suite struct DocumentTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/golden/documents").path

  static func text(_ name: String) throws -> String { try String(contentsOfFile: folder + "/" + name, encoding: .utf8) }

  private func read(_ name: String) throws -> RunRecord { try RunDocument.read(Self.text(name), place: name) }

  /// Keys stand in the order of the properties, fields in the catalog's; what is not known is null.
  @Test func oneSpelling() throws {
    var run = RunRecord(id: "0123456789ab", date: "2026-11-21T14:05:09.250Z", name: "ours")
    var score = ScoreRecord(metric: "fvd", value: 4, direction: .lower)
    let settled = try EvaluationProtocol.named("stylegan-v", metric: "fvd").overriding([("frames", "4")])
    score.settings = Settings(settled)
    score.real = ScoredSet(path: "real", videos: 6)
    score.groups = [GroupScore(label: "a \"b\"", value: 0.1, realSamples: 1, fakeSamples: 2)]
    run.scores = [score]
    let json = try RunDocument.json(run)
    let keys = json.text().matches(of: /(?m)^ *"([a-z_-]+)":/).map { String($0.output.1) }
    let head = keys.prefix { $0 != "weights" }.joined(separator: " ")
    let about = "schema id date origin name suite generator checkpoint step dataset tags source note"
    let place =
      "circumstances command working_folder git_commit git_is_dirty version host os processor isa decoder threads "
      + "total_seconds reading_seconds extraction_seconds distance_seconds clips_computed clips_cached generation"
    let own = "scores metric value direction std interval settings name version fingerprint overrides frames fields"
    #expect(head == [about, place, own].joined(separator: " "))
    let tail = keys.drop { $0 != "sample" }.joined(separator: " ")
    let parts =
      "sample features real path videos clips rank digest features fake prompts floor repeats groups label value real_samples "
      + "fake_samples series curve spectrum videos distances warnings skipped artefacts previews"
    #expect(tail == parts)
    #expect(json["scores"]?.text == nil && json.line.contains("\"std\": null, \"interval\": null"))
    #expect(try RunDocument.read(json.text(), place: "") == run)
    #expect(try RunDocument.read(json.line, place: "") == run)
  }

  /// What version 0.1 printed is read, and every number of it.
  @Test func documentsOfVersion1() throws {
    let fvd = try read("fvd.scores-1.json")
    #expect(fvd.scores.map(\.metric) == ["fvd", "cfvd"] && fvd.origin == .measured && fvd.name == "fake-mild")
    #expect(fvd.scores[0].interval?.method == "bootstrap" && fvd.scores[0].interval?.resamples == 100)
    #expect(fvd.scores[0].floor != nil && fvd.scores[0].curve?.count == 4 && fvd.scores[0].distances?.count == 12)
    #expect(fvd.scores[1].groups?.map(\.label) == ["bounce", "pulse", "spin"])
    #expect(
      fvd.scores[1].settings?.displayName
        == "stylegan-v + skip-first=1 + max-videos-real=12 + max-videos-fake=12 + group-by=class")
    #expect(fvd.circumstances.host == "workstation" && fvd.circumstances.clipsComputed == 24)
    let several = try read("several.scores-1.json")
    #expect(several.scores.map(\.metric) == ["fvd", "kvd", "precision", "recall", "density", "coverage"])
    #expect(several.scores.allSatisfy { $0.repeats?.count == 3 })
    let series = try read("series.scores-1.json")
    #expect(series.scores[0].series?.map(\.start) == [0, 4, 8] && series.id.count == 12)
    #expect(try read("series.scores-1.json").id == series.id, "one that was not recorded is known by its content")
    #expect(try read("fid.scores-1.json").scores[0].sample == "frame")
    #expect(try read("pic.scores-1.json").scores[0].videos?.count == 2)
    // What `show` printed of the same run is the same.
    let shown = try read("several.show-1.json")
    #expect(shown.id == several.id && shown.scores == several.scores && shown.tags == ["main", "other"])
    let suite = try read("suite.show-1.json")
    #expect(suite.generation?.samples == 6 && suite.artefacts.count == 4 && suite.suite == "copies")
  }

  /// Each line of an old export is a run; those that a document was printed of are the same runs.
  @Test func exportsOfVersion1() throws {
    let runs = try Self.text("history.run-1.jsonl").split(separator: "\n").enumerated().map {
      try RunDocument.read(String($1), place: "line \($0 + 1)")
    }
    #expect(runs.count == 14 && runs.flatMap(\.scores).count == 22)
    for name in ["several.show-1.json", "suite.show-1.json"] {
      let shown = try read(name)
      #expect(runs.first { $0.id == shown.id } == shown)
    }
    #expect(runs.last?.scores[0].prompts?.digest == "sha256:" + String(repeating: "5", count: 64))
  }

  @Test(arguments: ["fvd.scores-1.json", "pic.scores-1.json", "fid.scores-1.json"])
  func oldIsNew(_ name: String) throws {
    let run = try read(name)
    #expect(try RunDocument.read(RunDocument.json(run).text(), place: "") == run)
  }

  /// One field that was changed by hand, one that is missing, and the version: each is noticed.
  @Test func fieldsThatDoNotGiveTheFingerprint() throws {
    let text = try Self.text("fid.scores-1.json")
    for (old, new) in [
      ("\"ddof\": 1,", "\"ddof\": 0,"), ("        \"stride\": 1,\n", ""),
      ("\"version\": 1,\n        \"over", "\"version\": 2,\n        \"over"),
    ] {
      let changed = text.replacingOccurrences(of: old, with: new)
      try #require(changed != text, "\(old)")
      let error = #expect(throws: ScoreError.self) { try RunDocument.read(changed, place: "`a.json`") }
      #expect(
        error?.description.hasPrefix("`a.json`: the fields of `fid` do not give its fingerprint sha256:") == true,
        "\(String(describing: error))")
    }
    #expect(try RunDocument.read(text, place: "").scores[0].settings != nil)
  }

  @Test func whatIsNotADocument() {
    func words(_ text: String) -> String? {
      (#expect(throws: ScoreError.self) { try RunDocument.read(text, place: "`a.json`") })?.description
        .split(separator: "\n").first.map(String.init)
    }
    #expect(words("{") == "`a.json` is not a document of scores: it is not JSON")
    #expect(
      words("{}") == "`a.json` is not a document of scores: its schema is missing, and `vidmetrics.run/2` is read here")
    #expect(
      words("{\"schema\": \"vidmetrics.run/3\"}")
        == "`a.json` is not a document of scores: its schema is `vidmetrics.run/3`, and `vidmetrics.run/2` is read here"
    )
    #expect(words("{\"schema\": \"vidmetrics.run/2\"}") == "`a.json` is not a document of scores: `id` is missing")
    #expect(
      words("{\"schema\": \"vidmetrics.run/1\", \"run\": {\"id\": 5}}")
        == "`a.json` is not a document of scores: `id` is not of the type that is expected")
  }
}

import Foundation
import Testing

/// `vidmetrics vbench`, from outside, with the dimension that needs no weights.
@Suite struct VBenchCommandTests {
  private let workplace: Workplace

  init() throws { workplace = try Workplace() }

  private func videos() throws -> String {
    for (name, step) in [("still", 0), ("moving", 3)] {
      _ = try workplace.write(
        "videos/\(name).npy", shape: [1, 4, 16, 16, 3],
        (0..<4).flatMap { Array(repeating: UInt8($0 * step), count: 16 * 16 * 3) })
    }
    return workplace.file("videos")
  }

  private func write(_ text: String, _ name: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: workplace.file(name)))
    return workplace.file(name)
  }

  @Test func namesWhatIsMissing() throws {
    let result = try workplace.program.run(
      "vbench", try videos(), "--dimensions", "temporal_flickering", "--no-record")
    #expect(result.status == 0, "\(result.errors)")
    let value = (1 + 252.0 / 255) / 2
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0] == "dimension            value      normalised  weight")
    #expect(lines[1].hasPrefix("temporal_flickering  0.9941176  "))
    #expect(lines.contains { $0.hasPrefix("quality score  none, since these are missing: subject_consistency, ") })
    #expect(lines.contains { $0.hasPrefix("temporal-flickering  0.9941176 ± ") })
    #expect(abs(value - 0.9941176) < 1e-7)
    #expect(lines.contains("normalised     temporal_flickering") && lines.contains("still.npy[0]   1.000000"))
  }

  /// A video that changes between its clips alone stands still in each.
  @Test func longVideosAreCutIntoClips() throws {
    let videos = workplace.file("long")
    _ = try workplace.write(
      "long/cut.npy", shape: [1, 4, 16, 16, 3],
      [0, 0, 9, 9].flatMap { Array(repeating: UInt8($0), count: 16 * 16 * 3) })
    func run(_ more: String...) throws -> Program.Result {
      try workplace.program.run(
        ["vbench", videos, "--long", "--dimensions", "temporal_flickering", "--no-record"] + more)
    }
    let result = try run("--set", "frame-rate=1", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let summary = try #require(document(result)["vbench"] as? [String: Any])
    let dimension = try #require((summary["dimensions"] as? [[String: Any]])?.first)
    #expect(dimension["value"] as? Double == 1)
    let without = try run()
    #expect(without.status == 2 && without.errors.contains("`cut.npy[0]` has no frame rate, and it is cut into clips"))
    let pictures = try run("--inputs", videos)
    #expect(
      pictures.errors.contains("VBench-Long has no dimensions of pictures: leave out --long, or --inputs and --input"))
  }

  /// Each dimension by one protocol, which is one score of a history: the consistencies ask for two networks.
  @Test func longConsistenciesHaveTwoNetworks() throws {
    let result = try workplace.program.run(
      "vbench", try videos(), "--long", "--dimensions", "subject_consistency", "--set", "frame-rate=1", "--no-record")
    #expect(result.status == 2)
    #expect(
      result.errors == """
        error: weights `dino-vitb16` are not on this machine
        hint: `vidmetrics weights fetch dino-vitb16` gets them, `vidmetrics weights import dino_vitbase16_pretrain.pth` takes \
        the published files
        hint: these are needed, too, and are not there: `dinov2-vitb14`; `vidmetrics weights list NAME` says how to get each

        """)
    let drift = try workplace.program.run(
      "subject-consistency", try videos(), "--protocol", "vbench-long", "--drift", "--no-record")
    #expect(
      drift.status == 2 && drift.errors.contains("a drift is of a whole video; say `fusion=none`"), "\(drift.errors)")
  }

  /// A setting of all dimensions is for those that it does something to, and an error where there is none.
  @Test func aSettingOfSomeDimensions() throws {
    func run(_ dimensions: String) throws -> String {
      try workplace.program.run(
        "vbench", try videos(), "--dimensions", dimensions, "--set", "frame-rate=8", "--no-record"
      ).errors
    }
    #expect(
      try run("temporal_flickering,dynamic_degree").hasPrefix("error: weights `raft-things` are not on this machine"))
    #expect(
      try run("temporal_flickering").hasPrefix("error: `frame-rate` = 8 has no effect beside the other settings\n"))
  }

  /// Videos of other lengths count for other numbers of clips, which no history holds.
  @Test func meansOverClipsAreNotTestedAsMeansOverVideos() throws {
    for (name, level) in [("a", 9), ("b", 90)] {
      _ = try workplace.write(
        "\(name)/long.npy", shape: [1, 8, 16, 16, 3],
        (0..<8).flatMap { Array(repeating: UInt8($0 % 2 * level), count: 16 * 16 * 3) })
      _ = try workplace.write(
        "\(name)/short.npy", shape: [1, 2, 16, 16, 3], Array(repeating: UInt8(0), count: 2 * 16 * 16 * 3))
      let scored = try workplace.program.run(
        "temporal-flickering", workplace.file(name), "--protocol", "vbench-long", "--set", "frame-rate=1", "--db",
        workplace.file("db.sqlite"), "--name", name)
      #expect(scored.status == 0, "\(scored.errors)")
    }
    let compared = try workplace.program.run("compare", "name:a", "name:b", "--db", workplace.file("db.sqlite"))
    #expect(
      compared.output.contains("a mean over clips of videos of different lengths: score them with `mean-over=videos`"),
      "\(compared.output) \(compared.errors)")
  }

  /// The others from VBench's file: a quality score, in JSON too, and VBench's own layout out again.
  @Test func takesTheOthersFromVBench() throws {
    let others = try write(
      #"{"subject_consistency": [0.9, []], "background_consistency": [0.87, []], "motion_smoothness": [0.81, []], "#
        + #""dynamic_degree": [0.78, []], "aesthetic_quality": [0.75, []], "imaging_quality": [0.72, []], "#
        + #""temporal_flickering": [0.1, []]}"#, "model_eval_results.json")
    let result = try workplace.program.run(
      "vbench", try videos(), "--dimensions", "temporal_flickering", "--with", others, "--json", "--no-record",
      "--results", workplace.file("mine_eval_results.json"))
    #expect(result.status == 0, "\(result.errors)")
    let summary = try #require(document(result)["vbench"] as? [String: Any])
    let totals = try #require(summary["totals"] as? [[String: Any]])
    let quality = try #require(totals[0]["value"] as? Double)
    // What is computed here stands for VBench's own value.
    let flickering = ((1 + 252.0 / 255) / 2 - 0.6293) / (1 - 0.6293)
    #expect(abs(quality - (0.6910774602872168 * 6.5 - (0.84 - 0.6293) / (1 - 0.6293) + flickering) / 6.5) < 1e-7)
    #expect(totals[2]["value"] is NSNull && (totals[2]["missing"] as? [String])?.count == 9)
    let videos = try #require(summary["videos"] as? [[String: Any]])
    let moving = try #require((videos[0]["dimensions"] as? [String: [String: Double]])?["temporal_flickering"])
    #expect(videos.count == 2 && videos[0]["name"] as? String == "moving.npy[0]")
    #expect(abs((moving["normalised"] ?? 0) - (252.0 / 255 - 0.6293) / (1 - 0.6293)) < 1e-6)
    let written = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: workplace.file("mine_eval_results.json"))))
    let own = try #require((written as? [String: [Any]])?["temporal_flickering"])
    #expect(abs((own[0] as? Double ?? 0) - 0.9941176) < 1e-7 && (own[1] as? [[String: Any]])?.count == 2)
    let again = try workplace.program.run("import", workplace.file("mine_eval_results.json"))
    #expect(again.status == 0, "\(again.errors)")
  }

  @Test func whatItRefuses() throws {
    let videos = try videos()
    func errors(_ arguments: String...) throws -> String {
      let result = try workplace.program.run(["vbench", videos, "--no-record"] + arguments)
      #expect(result.status == 2)
      return String(result.errors.split(separator: "\n").first ?? "")
    }
    let here =
      "those that are computed here are subject_consistency, background_consistency, temporal_flickering, "
      + "motion_smoothness, aesthetic_quality, imaging_quality, dynamic_degree, i2v_subject, i2v_background"
    #expect(try errors("--dimensions", "object_class") == "error: `object_class` is not computed here: \(here)")
    #expect(try errors("--dimensions", "beauty") == "error: VBench has no dimension `beauty`: \(here)")
    #expect(
      try errors("--dimensions", "temporal_flickering", "--inputs", videos)
        == "error: pictures are for i2v_subject and i2v_background, which --dimensions leaves out")
    for (text, words) in [
      (#"{"motion_smoothness": [98, []]}"#, "is 98.0: VBench's dimensions lie between 0 and 1"),
      (
        #"{"motion_smoothnes": [0.9, []]}"#,
        "`motion_smoothnes` of `\(workplace.file("w.json"))` is no dimension of VBench"
      ),
    ] {
      let file = try write(text, "w.json")
      #expect(try errors("--dimensions", "temporal_flickering", "--with", file).contains(words), "\(text)")
    }
    // What works without weights is named.
    let absent = try workplace.program.run("vbench", videos, "--no-record")
    #expect(absent.status == 2)
    #expect(
      absent.errors == """
        error: weights `dino-vitb16` are not on this machine
        hint: `vidmetrics weights fetch dino-vitb16` gets them, `vidmetrics weights import dino_vitbase16_pretrain.pth` takes the \
        published files
        hint: these are needed, too, and are not there: `clip-vit-b-32`, `amt-s`, `clip-vit-l-14`, `aesthetic-vit-l-14`, \
        `musiq-spaq`, `raft-things`; `vidmetrics weights list NAME` says how to get each
        hint: without them `temporal-flickering` can be computed: ask for these alone

        """)
  }
}

import Foundation
import Testing

/// What stands around the work: which run is meant, what is said and what is not.
@Suite struct TerminalTests {
  let place: Workplace
  let clips = Workplace.fixtures + "/clips"

  init() throws { place = try Workplace() }

  /// PSNR of both damaged sets on two data sets, the mild one with a tag; of one run SSIM, too, without.
  private func history() throws -> String {
    let database = place.file("h.sqlite")
    for (fake, dataset, metrics, tags) in [
      ("mild", "A", "psnr,ssim", ["--tag", "main"]), ("strong", "A", "psnr", ["--tag", "main"]),
      ("mild", "B", "psnr", []),
    ] {
      let result = try place.program.run(
        [
          "score", "\(clips)/real", "\(clips)/fake-\(fake)", "--metrics", metrics, "--db", database, "--dataset",
          dataset,
          "--name", fake, "--quiet",
        ] + tags)
      try #require(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    }
    return database
  }

  @Test func theRunThatIsMeant() throws {
    let database = try history()
    func run(_ words: String...) throws -> (status: Int32, output: String, errors: String) {
      let result = try place.program.run(words + ["--db", database])
      return (result.status, result.output, result.errors)
    }
    // The newest run with the tag has no SSIM: the newest that has it is meant.
    let explained = try run("explain", "tag:main", "--metric", "ssim")
    #expect(explained.status == 0 && explained.output.hasPrefix("SSIM "), "\(explained.errors)")
    let compared = try run("compare", "name:mild", "tag:main", "--metric", "psnr", "--dataset", "A")
    #expect(
      compared.status == 0 && compared.output.contains("not shown (higher)"), "\(compared.output)\(compared.errors)")
    let absent = try run("compare", "name:strong", "name:mild", "--dataset", "B")
    #expect(absent.errors == "error: `\(database)` holds no run `name:strong` on `B`\n" && absent.status == 2)
    let gate = try run("gate", "--metric", "psnr", "--dataset", "A", "--baseline", "name:mild", "--max-regress", "1%")
    #expect(
      gate.status == 0 && gate.output.contains("\npassed"), "\(gate.output)\(gate.errors)")
    #expect(try run("runs", "--since", "1h").output.split(separator: "\n").count == 4)
    #expect(try run("runs", "--since", "1x").errors.hasPrefix("error: --since 1x: a date such as"))
    #expect(try run("runs", "--name", "mild", "--name", "strong").output.split(separator: "\n").count == 4)
  }

  @Test func theBestOfEachDataSet() throws {
    let database = try history()
    let best = try place.program.run("best", "--metric", "psnr", "--per", "dataset", "--db", database)
    let lines = best.output.split(separator: "\n")
    #expect(best.status == 0 && lines.count == 3, "\(best.output)\(best.errors)")
    #expect(lines[1].contains(" A ") && lines[1].contains(" strong ") && lines[1].contains(" not beside "))
    #expect(lines[2].contains(" B ") && lines[2].hasSuffix("nothing to hold it against"))
    let none = try place.program.run("best", "--metric", "fvd", "--db", database)
    #expect(
      none.status == 2 && none.errors.hasPrefix("error: no run in `\(database)` has the score `fvd`\nhint: there is "))
    // One of several that is not there is not passed over.
    let one = try place.program.run("best", "--metric", "psnr,psrn", "--db", database)
    #expect(
      one.status == 2
        && one.errors == "error: no run in `\(database)` has the score `psrn`\nhint: did you mean `psnr`?\n")
  }

  /// What says how sets are read is not passed over where no set is of that kind.
  @Test(arguments: [
    (["--layout", "NTHWC"], "--layout NTHWC says what the axes of arrays are, and no set is or holds an array"),
    (
      ["--path-column", "clip"],
      "--path-column clip says where a manifest has its paths, and no set is or holds a manifest"
    ),
    (
      ["--value-range", "0..1"],
      "--value-range 0..1 says what the numbers of float arrays mean, and no set is or holds a float array"
    ),
  ])
  func optionsWithoutUse(words: [String], message: String) throws {
    let clips = SuitePlace.clips
    let result = try place.program.run(["psnr", "\(clips)/real", "\(clips)/fake-mild", "--no-record"] + words)
    #expect(result.status == 2 && result.errors == "error: \(message)\n", "\(result.errors)")
  }

  @Test(arguments: [
    (["best", "--metric", "psnr", "--since", "7x"], "--since 7x: a date such as"),
    (["runs", "--since", "2026-13-45"], "--since 2026-13-45: a date such as"),
    (["report", "--digits", "=2"], "--digits =2: a number from 0 to 9"),
    (["report", "--latex", "-", "--label", "a}b"], "--label a}b: a label of LaTeX has no `}`"),
  ])
  func valuesThatMeanNothing(words: [String], message: String) throws {
    let result = try place.program.run(words + ["--db", try history()])
    #expect(result.status == 2 && result.errors.hasPrefix("error: \(message)"), "\(result.errors)")
  }

  /// The parser would keep the last in silence.
  @Test func anOptionOfOneValueIsGivenOnce() throws {
    let result = try place.program.run("report", "--suite", "a", "--suite", "b")
    #expect(result.status == 2 && result.errors == "error: --suite is given 2 times, and takes one value\n")
    let several = try place.program.run("report", "--metric", "a", "--metric", "b", "--db", place.file("none"))
    #expect(several.errors.hasPrefix("error: there is no history"))
  }

  @Test func theListOfVideosIsShort() throws {
    let result = try place.program.run("psnr", "\(clips)/real", "\(clips)/fake-mild", "--no-record")
    let lines = result.output.split(separator: "\n")
    #expect(lines.contains("videos    16") && lines.contains { $0.hasPrefix("  ... 10 more, from best to worst") })
    let first = try #require(lines.firstIndex(of: "videos    16"))
    #expect(lines[(first + 1)...].prefix { $0.hasPrefix("  ") }.count == 7)
  }

  /// A project's file says what is the same for all work below it.
  @Test func theProjectsFile() throws {
    let below = place.file("deep/er")
    try FileManager.default.createDirectory(atPath: below, withIntermediateDirectories: true)
    try "real: \(clips)/real\ndataset: shapes\nmetrics: [psnr]\n".write(
      toFile: place.file("vidmetrics.yaml"), atomically: true, encoding: .utf8)
    let scored = try place.program.run("score", "\(clips)/fake-mild", in: below)
    #expect(scored.status == 0 && scored.output.contains("PSNR"), "\(scored.errors)")
    for told in ["the real set is \(clips)/real", "its name is shapes", "the metrics are "] {
      #expect(scored.errors.contains("\(told)"), "\(scored.errors)")
    }
    let runs = try place.program.run("runs", in: below)
    #expect(runs.output.contains(" shapes "))
    try "rael: x\n".write(toFile: place.file("vidmetrics.yaml"), atomically: true, encoding: .utf8)
    let wrong = try place.program.run("runs", in: below)
    #expect(wrong.status == 2 && wrong.errors.contains("vidmetrics.yaml:1: a project has no key `rael`"))
    try "metrics: [psrn]\n".write(toFile: place.file("vidmetrics.yaml"), atomically: true, encoding: .utf8)
    let metric = try place.program.run("runs", in: below)
    #expect(metric.status == 2 && metric.errors.contains("vidmetrics.yaml:1: "), "\(metric.errors)")
  }
}

import Foundation
import Testing

@Suite struct ReportTests {
  @Test("a score is recorded, reported and read back", .enabled(if: Workplace.hasWeights, Workplace.withoutWeights))
  func fromScoreToTable() throws {
    let place = try Workplace(weights: true)
    let (database, clips) = (place.file("h.sqlite"), Workplace.fixtures + "/clips")
    for fake in ["fake-mild", "fake-strong"] {
      let scored = try place.program.run(
        "fvd", clips + "/real", clips + "/" + fake, "--db", database, "--dataset", "clips")
      #expect(scored.status == 0, "\(scored.errors)")
    }
    let result = try place.program.run(
      "report", "--db", database, "--layout", "lfdm", "--csv", place.file("t.csv"), "--html", place.file("t.html"))
    #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result.errors)")
    let lines = try String(contentsOfFile: place.file("t.csv"), encoding: .utf8).split(separator: "\n")
    let measured = lines.filter { $0.contains(",measured,") }.map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let rank = try #require(lines[0].split(separator: ",").firstIndex(of: "rank"))
    #expect(measured.map { "\($0[0]) \($0[rank])" } == ["fake-mild best", "fake-strong "])
    #expect(abs((Double(measured[0][6]) ?? 0) - 618.8551) < 1e-3)
    let page = try String(contentsOfFile: place.file("t.html"), encoding: .utf8)
    // Distances were recorded, and the videos are there: both sheets stand in the page.
    #expect(page.contains("nearest and farthest") && page.contains("data:image/jpeg"))
  }

  @Test func messages() throws {
    let place = try Workplace()
    let missing = place.file("none.sqlite")
    let absent = try place.program.run("report", "--db", missing)
    #expect(absent.status == 2 && absent.output.isEmpty)
    #expect(absent.errors.hasPrefix("error: there is no history `\(missing)`\nhint: "))
    let unknown = try place.program.run("report", "--layout", "lvdn")
    #expect(unknown.errors == "error: there are no published rows `lvdn`\nhint: did you mean `lvdm`?\n")
    let both = try place.program.run("report", "latest", "--tag", "x")
    #expect(
      both.status == 2 && both.errors.hasPrefix("error: runs are named, and --tag chooses runs: give one of them\n"))
  }

  @Test("a name that nothing has is refused with what there is, and so is a value that says nothing")
  func namesAndValuesThatMeanNothing() throws {
    let place = try Workplace()
    let (database, clips) = (place.file("h.sqlite"), Workplace.fixtures + "/clips")
    let scored = try place.program.run(
      "score", clips + "/real", clips + "/fake-mild", "--metrics", "psnr,ssim", "--db", database, "--name", "ours",
      "--dataset", "clips")
    #expect(scored.status == 0, "\(scored.errors)")
    let cases: [(arguments: [String], words: String)] = [
      (["report", "--digits", "psrn=2"], "the table has no score `psrn`\nhint: did you mean `psnr`?"),
      (["report", "--metric", "psnr,ssmi"], "the table has no score `ssmi`\nhint: did you mean `ssim`?"),
      (["report", "--metric", ","], "--metric `,` holds no name"),
      (["report", "--dataset", "clip"], "the table has no data set `clip`\nhint: did you mean `clips`?"),
      (
        ["report", "--name", "ours", "--name", "theirs"],
        "no run in `\(database)` has the name `theirs`\nhint: there is ours"
      ),
      (["report", "--tag", "main"], "no run in `\(database)` has the tag `main`\nhint: none has a tag"),
      (["report", "--baselines", "lfdm,none"], "`none` means no published rows, and `lfdm` stands beside it"),
      (["report", "--csv", "-", "--title", "T"], "--title is of a table, and has no effect here"),
      (["report", "--csv", "-", "--digits", "2"], "--digits is of Markdown, LaTeX and HTML, and has no effect here"),
      (["report", "--name", ""], "--name is empty"),
      (
        ["best", "--metric", "psnr", "--name", "our"],
        "no run in `\(database)` has the name `our`\nhint: did you mean `ours`?"
      ),
      (["export", "--dataset", "Sky"], "no run in `\(database)` has the data set `Sky`\nhint: there is clips"),
      (["runs", "--since", "2026-02-29"], "--since 2026-02-29: a date"),
      (
        ["explain", "latest", "--metric", "psnr,fvd"],
        "`\(database)` holds no run that was measured here with a score `psnr` and `fvd`"
      ),
    ]
    for (arguments, words) in cases {
      let result = try place.program.run(arguments + ["--db", database])
      #expect(
        result.status == 2 && result.output.isEmpty && result.errors.hasPrefix("error: \(words)"),
        "\(arguments): \(result.errors)")
    }
    // A list of runs may be empty: the status is 0, and the name is spoken of.
    let none = try place.program.run("runs", "--db", database, "--name", "theirs", "--json")
    #expect(none.status == 0 && none.output == "[]\n", "\(none.output)")
    #expect(none.errors == "no run in `\(database)` has the name `theirs`\nhint: there is ours\n")
    #expect(
      try place.program.run("runs", "--db", database, "--since", "2028-02-29").errors == "no such run in \(database)\n")
    // Several scores of one run.
    let explained = try place.program.run("explain", "latest", "--metric", "ssim,psnr", "--db", database).output
    #expect(explained.contains("PSNR ") && explained.contains("SSIM "))
    let compared = try place.program.run("compare", "latest", "latest", "--metric", "ssim", "--db", database, "--json")
    #expect(compared.output.contains("\"ssim\"") && !compared.output.contains("\"psnr\""))
  }

  @Test func slices() throws {
    let place = try Workplace()
    let clips = Workplace.fixtures + "/clips"
    let (real, fake) = (clips + "/real/bounce/star.mp4", clips + "/fake-mild/bounce/star.mp4")
    let out = place.file("s.png")
    let result = try place.program.run("slice", real, fake, "--out", out, "--frame-width", "2", "--length", "48")
    // Twice 24 frames of 2 pixels, 6 between them.
    #expect(result.output == "\(out): 102x48\n  column 48 of \(real)\n  column 48 of \(fake)\n", "\(result.errors)")
    #expect(FileManager.default.contents(atPath: out)?.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]))
    let folder = try place.program.run("slice", clips + "/real", "--out", out)
    #expect(
      folder.errors
        == "error: `\(clips)/real` holds 16 videos, and one is wanted\nhint: name one of them, such as `\(clips)/real/bounce/cross.mp4`\n"
    )
    let outside = try place.program.run("slice", real, "--column", "96", "--out", out)
    #expect(
      outside.status == 2
        && outside.errors == "error: `star.mp4` has no column 96\nhint: 0 to 95 are inside of its pictures\n")
  }
}

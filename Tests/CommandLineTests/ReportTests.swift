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
    #expect(measured.map { "\($0[0]) \($0[rank])" } == ["fake-mild best", "fake-strong second"])
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
        == "error: `\(clips)/real` holds 16 videos, and a slice is of one\nhint: name one of them, such as `\(clips)/real/bounce/cross.mp4`\n"
    )
    let outside = try place.program.run("slice", real, "--column", "96", "--out", out)
    #expect(
      outside.status == 2
        && outside.errors == "error: `star.mp4` has no column 96\nhint: 0 to 95 are inside of its pictures\n")
  }
}

import Foundation
import Scores
import Testing

/// What people bring, through the program: what is unclear stops with the choices, and what was left out stays known.
@Suite struct InputTests {
  let workplace: Workplace
  let program: Program

  init() throws {
    workplace = try Workplace(weights: true)
    program = workplace.program
  }

  private func copy(_ fixture: String, _ name: String) throws {
    let target = URL(fileURLWithPath: workplace.file(name))
    try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: URL(fileURLWithPath: Workplace.fixtures + "/" + fixture), to: target)
  }

  private func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: workplace.file(name)))
    return workplace.file(name)
  }

  @Test func aFilterSaysWhatIsMeant() throws {
    for name in ["img_1", "img_2", "flow_1", "flow_2"] {
      try copy("golden/video/pictures/rgb.png", "set/v/\(name).png")
    }
    let set = workplace.file("set")
    let unclear = try program.run("inspect", set)
    #expect(unclear.status == 2 && unclear.errors.contains("holds 2 series of pictures"))
    #expect(try program.run("psnr", set, set).errors == unclear.errors)
    let chosen = try program.run("inspect", set, "--include", "img_*")
    #expect(chosen.status == 0 && chosen.output.contains("frames        2 in all"))
    #expect(chosen.output.contains("  v/flow_1.png: left out by --include or --exclude\n"))
    let unused = try program.run("psnr", set, set, "--include", "img_*", "--exclude", "*.mp4")
    #expect(unused.status == 2 && unused.errors.hasPrefix("error: `*.mp4` matches no file of the sets\nhint: "))
    let scored = try program.scores(["psnr", set, set, "--include", "img_*"])
    #expect(scored["psnr"] == 100 && !scored.scores[0].has("ignored-files"))
  }

  @Test func pairsByOtherNames() throws {
    for (index, name) in ["disc", "ring", "star"].enumerated() {
      try copy("clips/real/spin/\(name).mp4", "real/clip\(index).mp4")
      try copy("clips/real/spin/\(name).mp4", "fake/sample_\(index)_x.mp4")
    }
    let (real, fake) = (workplace.file("real"), workplace.file("fake"))
    #expect(try program.run("psnr", real, fake).errors.contains("--pair-by regex:PATTERN or order pairs otherwise"))
    for rule in ["order", "regex:[a-z]_?([0-9])"] {
      #expect(try program.scores(["psnr", real, fake, "--pair-by", rule])["psnr"] == 100)
    }
    #expect(
      try program.run("psnr", real, fake, "--pair-by", "regex:clip([0-9])").errors.hasPrefix(
        "error: `clip([0-9])` does not match `sample_0_x.mp4` of `\(fake)`, so it belongs to no pair\n"))
    // Two files are a pair whatever their names.
    #expect(try program.scores(["psnr", real + "/clip0.mp4", fake + "/sample_0_x.mp4"])["psnr"] == 100)
    #expect(
      try program.run("temporal-flickering", fake, "--pair-by", "order").errors.hasPrefix(
        "error: --pair-by is for metrics of pairs (psnr, ssim, lpips, flow-error, pic, "))
    try FileManager.default.removeItem(atPath: fake + "/sample_1_x.mp4")
    #expect(
      try program.run("psnr", real, fake, "--pair-by", "order").errors
        == "error: `\(real)` has 3 videos and `\(fake)` has 2: pairs by order need as many on both sides\n")
  }

  /// A warning that the cache does not swallow.
  @Test func valuesOfAnotherRange() throws {
    let real = try workplace.write("a.npy", shape: [1, 2, 4, 4, 3], (0..<96).map { UInt8($0 * 2) })
    let dark = try workplace.write("b.npy", shape: [1, 2, 4, 4, 3], (0..<96).map { UInt8($0 % 2) })
    for _ in 0..<2 {
      let warning = try program.scores(["psnr", real, dark]).scores[0].warnings.first { $0.code == "narrow-range" }
      #expect(
        warning?.text == """
          the arrays of the fake set, read as 0..255, hold 0.0..1.0: no value is above 1, as in 0..1
          --value-range says what black and white are in float arrays
          """)
    }
    let inspected = try program.run("inspect", dark)
    #expect(inspected.output.contains("values        0.0..1.0\n"))
    #expect(
      inspected.output.contains("  arrays that are read as 0..255 hold 0.0..1.0: no value is above 1, as in 0..1"))
  }

  /// Parts of a set: all of them, of an unchanged set; what was skipped stays known.
  @Test(.enabled(if: Workplace.hasWeights, Workplace.withoutWeights)) func partsOfASet() throws {
    for (index, name) in ["disc", "ring", "star"].enumerated() {
      try copy("clips/real/spin/\(name).mp4", "set/\(index).mp4")
    }
    try Data("no video".utf8).write(to: URL(fileURLWithPath: workplace.file("set/3.mp4")))
    func extract(_ part: Int, of parts: Int) throws -> Program.Result {
      try program.run(
        "features", "extract", workplace.file("set"), "--shard", "\(part)/\(parts)", "--on-error", "skip", "--force",
        "--out", workplace.file("\(part).safetensors"))
    }
    #expect(try extract(1, of: 2).status == 0)
    #expect(try extract(2, of: 2).status == 4)
    let (first, second, whole) = (
      workplace.file("1.safetensors"), workplace.file("2.safetensors"), workplace.file("all.safetensors")
    )
    let missing = try program.run("features", "merge", first, "--out", whole)
    #expect(
      missing.status == 2
        && missing.errors == """
          error: part 2 of 2 is missing
          hint: --allow-missing merges the others all the same, and every score of them says so

          """
    )
    #expect(try program.run("features", "merge", first, second, "--out", whole).status == 0)
    #expect(
      try program.run("features", "info", whole).output.contains(
        "  all of a set of 4 videos, 1 left out\n    3.mp4: `3.mp4` is a short text"))
    let scored = try program.run("fvd", whole, whole, "--offset", "random", "--json")
    let run = try RunDocument.read(scored.output, place: "stdout")
    #expect(scored.status == 4 && run.skipped.map(\.path) == [whole + "/3.mp4", whole + "/3.mp4"])
    #expect(run.scores[0].warnings.first { $0.code == "skipped-videos" }?.text == "1 real video left out, 3 scored")
    let part = try program.run("features", "merge", first, "--allow-missing", "--force", "--out", whole)
    #expect(part.status == 0)
    #expect(
      try program.scores(["fvd", whole, whole, "--offset", "random"]).scores[0].warnings.first {
        $0.code == "missing-parts"
      }?.text.hasPrefix(
        "`\(whole)` holds part 1 of 2 of a set of 4 videos: the others are not scored\n") == true)
    try copy("clips/real/spin/disc.mp4", "set/4.mp4")
    #expect(try extract(2, of: 2).status == 4)
    #expect(
      try program.run("features", "merge", first, second, "--force", "--out", whole).errors.hasPrefix(
        "error: `\(first)` is a part of 4 videos and `\(second)` of 5 others, by their names and sizes\n"))
    #expect(
      try program.run("features", "extract", workplace.file("set"), "--shard", "1/2", "--out", workplace.file("x.npz"))
        .errors.contains("means and covariances of parts cannot be put together"))
  }

  @Test func whatAnImportLeavesOut() throws {
    let table = try write("paper.csv", "Method,FVD,Venue\nA,10 ± 1,X\nB,-,Y\n")
    let found = try program.run("import", table)
    #expect(
      found.status == 0
        && found.errors.hasPrefix(
          "left out: column `Venue` holds no numbers\nleft out: line 3: `FVD` is `-`\nleft out: `B` has no score\n1 run added"
        ))
  }
}

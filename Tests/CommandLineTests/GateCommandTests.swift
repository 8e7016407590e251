import Foundation
import Testing

/// The gate as CI sees it: exit statuses and files. PSNR, so that no weights are needed.
@Suite struct GateCommandTests {
  let workplace: Workplace
  let program: Program
  let real: String
  let near: String
  let far: String

  init() throws {
    workplace = try Workplace()
    program = workplace.program
    // Eight videos: fewer than six say nothing of a mean over videos.
    real = try workplace.writeArray("real.npy", frames: 3, side: 16, values: [0, 20, 40, 60, 80, 100, 120, 140])
    near = try workplace.writeArray("near.npy", frames: 3, side: 16, values: [10, 29, 51, 70, 90, 111, 129, 150])
    far = try workplace.writeArray("far.npy", frames: 3, side: 16, values: [60, 82, 105, 110, 135, 165, 180, 190])
  }

  private func score(_ fake: String, _ more: String...) throws {
    let result = try program.run(["psnr", real, fake, "--generator", "mine"] + more)
    try #require(result.status == 0, "\(result.errors)")
  }

  private func gate(_ arguments: String...) throws -> Program.Result {
    try program.run(["gate", "--metric", "psnr"] + arguments)
  }

  @Test func aFileWithoutAName() throws {
    let result = try gate("--baseline", "tag:main", "--summary", "")
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.hasPrefix("error: --summary is empty\n"))
  }

  /// 28.1 dB, then 12.7 dB: worse by more than half.
  @Test func statuses() throws {
    try score(near)
    let first = try gate("--baseline", "tag:main")
    #expect(first.status == 3)
    #expect(
      first.output.contains(
        "no earlier run with the tag `main` has this score: `vidmetrics tag RUN main` gives the tag to one"))
    try #require(try program.run("tag", "latest", "main").status == 0)
    try score(near)
    #expect(try gate("--baseline", "tag:main").status == 0)
    try score(far)
    let (summary, junit) = (workplace.file("summary.md"), workplace.file("gate.xml"))
    try Data("before\n".utf8).write(to: URL(fileURLWithPath: summary))
    let worse = try gate(
      "--baseline", "tag:main", "--max-regress", "5%", "--min-absolute", "3", "--summary", summary, "--junit", junit)
    #expect(worse.status == 1 && worse.output.hasSuffix("\nworse: 1 of 1\n") && worse.errors.isEmpty)
    #expect(
      try String(contentsOfFile: summary, encoding: .utf8).hasPrefix("before\n### vidmetrics gate: worse: 1 of 1\n"))
    #expect(try String(contentsOfFile: junit, encoding: .utf8).contains("<failure type=\"worse\""))
    #expect(try gate("--baseline", "best", "--max-regress", "0.9").status == 0)
    #expect(try gate("--baseline", "tag:main", "--max-regress", "psnr=90%").status == 0)
    #expect(try gate("--baseline", "tag:main", "--min-absolute", "20").status == 0)
    // The worse run as the baseline of the better one.
    #expect(try program.run("gate", "tag:main", "--metric", "psnr", "--baseline", "latest").status == 0)
    // Another real set is no baseline, nor is another protocol.
    #expect(try program.run("psnr", near, far, "--tag", "other").status == 0)
    #expect(try gate("--baseline", "tag:main").output.contains("it differs in real set"))
    try score(far, "--skip-first", "1")
    let other = try gate("--baseline", "tag:main")
    #expect(other.status == 3 && other.output.contains("it differs in skip-first (1 against 0)"))
    #expect(try gate("--baseline", "best").status == 3)
  }

  /// One video of eight is worse, and much: the mean is, but nobody knows whether the next eight would be.
  @Test func notShown() throws {
    try score(near, "--tag", "main")
    let one = try workplace.writeArray("one.npy", frames: 3, side: 16, values: [10, 29, 51, 70, 90, 111, 129, 250])
    try score(one)
    let result = try gate("--baseline", "tag:main", "--max-regress", "1%")
    #expect(result.status == 5 && result.output.hasSuffix("\nnot shown: 1 of 1\n"), "\(result.output)")
    #expect(result.output.contains("beyond the 0.28"))
    #expect(try gate("--baseline", "tag:main", "--max-regress", "1%", "--allow-not-shown").status == 0)
    let within = try gate("--baseline", "tag:main", "--max-regress", "50%")
    #expect(within.status == 0 && within.output.contains("shown to be within the"))
    let control = try gate("--baseline", "tag:main", "--null", "latest")
    #expect(control.status == 2 && control.errors.contains("--null is the run itself"))
  }

  /// The baseline of a tag is the generator's own: another one's newer and better run is none.
  @Test func aBaselineIsOfTheSameGenerator() throws {
    try score(far, "--tag", "main")
    let other = try program.run("psnr", real, near, "--generator", "other", "--tag", "main")
    try #require(other.status == 0, "\(other.errors)")
    try score(far)
    let result = try gate("--baseline", "tag:main")
    #expect(result.status == 0, "\(result.output)")
  }

  /// A tag is given to several runs of one commit, one for each metric: the newest that has the score is the baseline.
  @Test func taggedRunsOfOtherMetrics() throws {
    try score(near, "--tag", "main")
    #expect(try program.run("ssim", real, near, "--generator", "mine", "--tag", "main").status == 0)
    try score(near)
    #expect(try gate("--baseline", "tag:main").status == 0)
  }

  @Test func whatIsAskedWrongly() throws {
    try score(near)
    func error(_ arguments: String...) throws -> String {
      let result = try program.run(["gate"] + arguments)
      #expect(result.status == 2 && result.output.isEmpty)
      return String(result.errors.split(separator: "\n").first ?? "")
    }
    #expect(
      try error("--metric", "psnr", "--baseline", "latest", "--max-regress", "much")
        == "error: --max-regress much: a number from 0 is expected, such as 5%, 0.05 or fvd=5%")
    // 5 is five percent to some people, and five times to others.
    #expect(
      try error("--metric", "psnr", "--baseline", "latest", "--max-regress", "5")
        == "error: --max-regress 5: a share above 1 needs its percent sign; 5 % is 5% or 0.05, and 5 times the baseline is 500%"
    )
    #expect(
      try error("--metric", "psnr", "--baseline", "latest", "--min-absolute", "5%")
        == "error: --min-absolute 5%: a number from 0 is expected, such as 3 or fvd=3")
    #expect(
      try error("--metric", "psnr", "--baseline", "latest", "--max-regress", "kvd=5%")
        == "error: a limit is given for `kvd`, which is not among --metric psnr")
    #expect(try error("--metric", "psnr", "--baseline", "latest").hasPrefix("error: run and baseline are the same: "))
    #expect(try error("--metric", "psnr", "--baseline", "name:nobody").hasPrefix("error: "))
  }
}

import Foundation
import Testing

@Suite struct WatchTests {
  private func place() throws -> SuitePlace {
    let suite = try SuitePlace(
      """
        - name: g
          command: "echo {step} >> calls; test -s {checkpoint} && cp '\(SuitePlace.clips)'/real/spin/disc.mp4 {output}"
      """)
    try FileManager.default.createDirectory(atPath: suite.place.file("ckpt"), withIntermediateDirectories: true)
    return suite
  }

  private func arguments(_ suite: SuitePlace, _ more: String...) -> [String] {
    [
      "watch", suite.place.file("ckpt"), "--suite", suite.place.file("suite.yaml"), "--generator", "g", "--db",
      suite.db,
    ]
      + ["--settle", "0.3", "--interval", "0.1"] + more
  }

  @Test func onceScoresWhatIsThereInNaturalOrder() throws {
    let suite = try place()
    let empty = try suite.place.program.run(arguments(suite, "--once"))
    #expect(empty.status == 2)
    #expect(suite.errors(empty).hasPrefix("error: `ckpt` holds no checkpoints\nhint: --pattern says"))
    // All have settled, however slow this machine is.
    for step in [1000, 200, 50] {
      try suite.write("ckpt/step-\(step).pt", "weights")
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: suite.place.file("ckpt/step-\(step).pt"))
    }
    try suite.write("ckpt/log.txt", "no checkpoint")
    try suite.write("ckpt/step-2000.pt", "")
    let result = try suite.place.program.run(arguments(suite, "--once", "--html", suite.place.file("page.html")))
    #expect(result.status == 0, "\(result.errors)")
    // The page was written several times, and is not held against itself.
    let page = suite.text("page.html")
    #expect(page.contains("ckpt") && !page.contains("no run is new") && !page.contains("http-equiv=\"refresh\""))
    #expect(suite.errors(result).contains("`ckpt/step-2000.pt` is empty, and is left alone until it is written\n"))
    #expect(suite.text("calls") == "50\n200\n1000\n")
    let runs = try suite.runs()
    #expect(runs.map { $0["step"] as? Int } == [50, 200, 1000])
    #expect(runs.map { $0["checkpoint"] as? String } == ["ckpt/step-50.pt", "ckpt/step-200.pt", "ckpt/step-1000.pt"])
    #expect(try suite.place.program.run(arguments(suite, "--once")).status == 0)
    #expect(suite.text("calls") == "50\n200\n1000\n")
    #expect(try suite.runs().count == 3)
  }

  /// A checkpoint counts when it has not changed for a while; ^C ends with status 0.
  @Test func checkpointsAreTakenAsTheyAppear() throws {
    let suite = try place()
    let started = try suite.place.program.start(arguments(suite))
    let path = suite.place.file("ckpt/step-7.pt")
    for part in 1...8 {
      try suite.write("ckpt/step-7.pt", String(repeating: "weights", count: part))
      #expect(suite.text("calls").isEmpty)
      usleep(100_000)
    }
    #expect(FileManager.default.fileExists(atPath: path))
    #expect(suite.wait { ((try? suite.runs().count) ?? 0) == 1 })
    kill(started.process.processIdentifier, SIGINT)
    started.process.waitUntilExit()
    #expect(started.process.terminationStatus == 0)
    #expect(suite.text("calls") == "7\n")
  }

  @Test func aCommandNeedsNoSuite() throws {
    let suite = try place()
    try suite.write("ckpt/model_30.pth", "weights")
    let result = try suite.place.program.run(
      "watch", suite.place.file("ckpt"), "--generate",
      "mkdir {output}/{step}; cp '\(SuitePlace.clips)'/real/spin/disc.mp4 {output}/{step}; test -e {checkpoint}",
      "--metrics", "temporal-flickering", "--name", "watched", "--once", "--settle", "0", "--no-record", "--score-only")
    #expect(result.status == 2)
    #expect(result.errors.contains("`runs/watched/model_30/seed-0` holds no finished outputs"))
    let wrong = try suite.place.program.run(
      "watch", suite.place.file("ckpt"), "--generate", "./g {output}", "--metrics", "fvd", "--once", "--no-record")
    #expect(
      wrong.errors
        == "error: --generate: the command has no `{checkpoint}`: every checkpoint would give the same videos\n"
    )
  }
}

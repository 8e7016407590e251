import Foundation
import Testing

/// A folder with a suite in it; metrics that need no weights.
final class SuitePlace {
  let place: Workplace
  var db: String { place.file("history.sqlite") }

  init(_ generators: String, metrics: String = "[temporal-flickering]", more: String = "") throws {
    place = try Workplace()
    try write("suite.yaml", "metrics: \(metrics)\n\(more)\ngenerators:\n\(generators)\n")
  }

  static let clips = Workplace.fixtures + "/clips"

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: place.file(name), atomically: true, encoding: .utf8)
  }

  func text(_ name: String) -> String {
    (try? String(contentsOfFile: place.file(name), encoding: .utf8)) ?? ""
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: place.file(name)) }

  var arguments: [String] { ["run", place.file("suite.yaml"), "--db", db] }

  func run(_ more: String...) throws -> Program.Result { try place.program.run(arguments + more) }

  /// Words of stderr without the folder.
  func errors(_ result: Program.Result) -> String {
    result.errors.replacingOccurrences(of: place.path + "/", with: "")
  }

  /// Whether a process is at work whose number a generator wrote.
  func isAtWork(_ file: String) -> Bool {
    guard let id = Int32(text(file).trimmingCharacters(in: .whitespacesAndNewlines)) else { return false }
    guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return false }
    return stat.split(separator: ")").last?.split(separator: " ").first != "Z"
  }

  func wait(_ seconds: Double = 20, until isTrue: () -> Bool) -> Bool {
    let end = Date() + seconds
    while Date() < end {
      if isTrue() { return true }
      usleep(20_000)
    }
    return isTrue()
  }

  func runs() throws -> [[String: Any]] {
    let result = try place.program.run(
      "query", "--db", db, "--json", "--sql", "SELECT generator, checkpoint, step, name FROM run ORDER BY rowid")
    return try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
  }
}

/// Suites, run by the program.
@Suite struct SuiteTests {
  private static func copying(_ name: String, _ set: String = "fake-mild", before: String = "") -> String {
    """
      - name: \(name)
        count: 4
        command: |
          \(before)cp '\(SuitePlace.clips)'/\(set)/spin/*.mp4 {output}; : {count}
    """
  }

  @Test func aFailureIsReportedAndTheOthersGoOn() throws {
    let suite = try SuitePlace(
      """
        - name: broken
          label: Broken & bare
          count: 4
          command: "cp '\(SuitePlace.clips)'/real/spin/disc.mp4 {output}; echo one >&2; echo 'no memory: \\x1b[31m4 GB' >&2; exit 7"
        - name: few
          count: 4
          command: "cp '\(SuitePlace.clips)'/real/spin/disc.mp4 {output}"
        - name: garbage
          command: "head -c 5000 /dev/zero > {output}/a.mp4; cp '\(SuitePlace.clips)'/real/spin/disc.mp4 {output}"
        - name: absent
          command: "./no-such-program {output}"
      \(Self.copying("good"))
      """, more: "reports: {html: page.html}")
    let result = try suite.run()
    #expect(result.status == 2)
    // When it happens a line, at the end all of it: once.
    #expect(result.errors.contains("\nbroken: failed: the command ended with status 7 after 1 of 4 videos\n"))
    #expect(result.errors.components(separatedBy: "stderr: one").count == 2, "\(result.errors)")
    // On the page the generator has its label, and why it failed.
    let page = suite.text("page.html")
    #expect(page.contains("<th scope=\"row\">Broken &amp; bare</th>"))
    #expect(page.contains("failed: the command ended with status 7 after 1 of 4 videos; stderr: no memory: "))
    #expect(page.contains("cannot be used; `a.mp4` is filled with zeros, not a video</span></td>"))
    #expect(!page.contains("logs: "))
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 6)
    #expect(lines[5].hasPrefix("good ") && lines.filter { $0.hasSuffix("failed") }.count == 4)
    let failures = suite.errors(result).components(separatedBy: "\nfailed: ").dropFirst()
    #expect(failures.count == 4)
    #expect(
      failures.first == """
        broken: the command ended with status 7 after 1 of 4 videos
          stderr: one
          stderr: no memory: [31m4 GB
          logs: runs/suite/broken/seed-0.failed/stderr.txt
        """)
    #expect(
      failures.dropFirst().first == """
        few: the command ended well, but wrote 1 of 4 videos to `runs/suite/few/seed-0.failed/samples`
          it wrote nothing to stderr
          logs: runs/suite/few/seed-0.failed/stderr.txt
        """)
    let garbage = try #require(failures.dropFirst(2).first)
    #expect(
      garbage.hasPrefix(
        """
        garbage: 1 of 2 videos in `runs/suite/garbage/seed-0.failed/samples` cannot be used
          `a.mp4` is filled with zeros, not a video
        """))
    #expect(garbage.hasSuffix("\n  logs: runs/suite/garbage/seed-0.failed/stderr.txt"))
    #expect(
      failures.dropFirst(3).first?.hasPrefix("absent: the command ended with status 127 after 0 videos\n") == true)
    #expect(try suite.runs().map { $0["name"] as? String } == ["good"])
  }

  /// The shell, what it started, and what it left in the background end with the time limit, also when they do not want to.
  @Test func aGeneratorThatHangsIsEndedWithItsChildren() throws {
    let suite = try SuitePlace(
      """
        - name: hangs
          time-limit: 1s
          command: "trap '' TERM; sleep 60 & echo $! > child; (trap '' TERM; echo $$ > shell; sleep 61); : {output}"
      """)
    let begin = Date()
    let result = try suite.run("--generate-only")
    #expect(result.status == 2 && Date().timeIntervalSince(begin) < 20)
    #expect(
      suite.errors(result).contains(
        "failed: hangs: the command was ended after its time limit of 1.00 s after 0 videos\n"))
    #expect(suite.exists("child") && suite.exists("shell"))
    #expect(suite.wait { !suite.isAtWork("child") && !suite.isAtWork("shell") })
  }

  @Test func whatIsThereIsNotMadeAgain() throws {
    let suite = try SuitePlace(Self.copying("good", before: "echo x >> calls; "))
    let first = try suite.run()
    #expect(first.status == 0, "\(first.errors)")
    #expect(try suite.run().output == first.output)
    #expect(suite.text("calls") == "x\n")
    #expect(try suite.runs().count == 1)
    #expect(try suite.run("--force").status == 0)
    #expect(suite.text("calls") == "x\nx\n")
    #expect(try suite.runs().count == 2)
    let file = suite.text("suite.yaml")
    try suite.write("suite.yaml", file.replacingOccurrences(of: "count: 4", with: "count: 3"))
    let other = try suite.run()
    #expect(other.status == 2 && suite.text("calls") == "x\nx\n")
    #expect(
      suite.errors(other).hasSuffix(
        """
        failed: good: `runs/suite/good/seed-0` was made otherwise: the count was `4` and is `3`
          hint: --force makes it again; another name or `outputs` keeps both

        """))
  }

  /// Killed while the second generator works, the suite goes on with that one, and ends it where it does not end when it is
  /// asked to.
  @Test func aKilledRunGoesOn() throws {
    let suite = try SuitePlace(
      """
      \(Self.copying("first", before: "echo first >> calls; "))
      \(Self.copying("second", before: "echo second >> calls; [ -e go ] || { trap '' TERM; echo $$ > shell; sleep 60; }; "))
      """)
    let started = try suite.place.program.start(suite.arguments)
    #expect(suite.wait { suite.exists("shell") && suite.isAtWork("shell") })
    kill(started.process.processIdentifier, SIGKILL)
    started.process.waitUntilExit()
    #expect(suite.exists("runs/suite/first/seed-0/generation.json"))
    #expect(!suite.exists("runs/suite/second/seed-0") && suite.isAtWork("shell"))
    try suite.write("go", "")
    let result = try suite.run()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("second: the generator of a run that was killed is still at work; it is ended\n"))
    #expect(suite.text("calls") == "first\nsecond\nsecond\n")
    #expect(!suite.isAtWork("shell"))
    #expect(try suite.runs().map { $0["name"] as? String } == ["first", "second"])
  }

  @Test func anInterruptedRunKeepsWhatIsFinished() throws {
    let suite = try SuitePlace(
      """
      \(Self.copying("first"))
        - name: second
          command: "echo $$ > shell; sleep 60; : {output}"
      """)
    let started = try suite.place.program.start(suite.arguments)
    #expect(suite.wait { suite.exists("shell") && suite.isAtWork("shell") })
    let busy = try suite.run("--only", "second")
    #expect(busy.status == 2 && suite.errors(busy).contains("`runs/suite/second` is in use by another vidmetrics"))
    kill(started.process.processIdentifier, SIGINT)
    started.process.waitUntilExit()
    #expect(started.process.terminationStatus == 130)
    #expect(suite.wait { !suite.isAtWork("shell") })
    #expect(try suite.runs().map { $0["name"] as? String } == ["first"])
    let words = String(decoding: started.errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(
      words.hasSuffix("error: interrupted\nhint: what is finished is kept, and the same command goes on from there\n"))
    let left = try FileManager.default.subpathsOfDirectory(atPath: suite.place.file("runs/suite/second"))
    #expect(left == [".lock"])
  }

  @Test func aDryRunMakesNothing() throws {
    let suite = try SuitePlace(Self.copying("good"), more: "data: {clips: '\(SuitePlace.clips)/real'}")
    let before = try FileManager.default.subpathsOfDirectory(atPath: suite.place.path).sorted()
    let result = try suite.run("--dry-run")
    #expect(result.status == 0 && result.errors.isEmpty)
    let lines = result.output.replacingOccurrences(of: suite.place.path + "/", with: "").split(separator: "\n")
    #expect(lines[3] == "  outputs  runs/suite/good/seed-0  (to be made)")
    #expect(lines[4] == "  calls    4 videos, 1 of the command")
    #expect(lines.last == "  scores   temporal-flickering (vbench) against clips")
    #expect(try FileManager.default.subpathsOfDirectory(atPath: suite.place.path).sorted() == before)
  }

  @Test func mistakesAreFoundBeforeAnyWork() throws {
    let suite = try SuitePlace(Self.copying("good", before: "echo x >> calls; ") + "\n    cuont: 3")
    let result = try suite.run()
    #expect(result.status == 2 && result.output.isEmpty && !suite.exists("calls"))
    #expect(
      suite.errors(result) == "error: suite.yaml:8: a generator has no key `cuont`\nhint: did you mean `count`?\n")
    try suite.write("suite.yaml", "metrics: fvd\ngenerators: {name: a, outputs: .}\ndata: {r: .}\n")
    #expect(
      suite.errors(try suite.run("--only", "aa")) == "error: the suite has no generator `aa`\nhint: did you mean `a`?\n"
    )
  }

  /// Generating and scoring apart; a limited run is kept apart; each prompt is a call and has its place in the manifest.
  @Test func stepsApart() throws {
    let suite = try SuitePlace(
      """
        - name: prompted
          prompts: [a red boat, "it's \\"two\\", $(touch never)"]
          command: "cp '\(SuitePlace.clips)'/real/spin/disc.mp4 {output}; printf '%s\\n' {prompt} >> said"
      """)
    let early = try suite.run("--score-only")
    #expect(early.status == 2)
    #expect(
      suite.errors(early).contains(
        "failed: prompted: `runs/suite/prompted/seed-0` holds no finished outputs: run without --score-only first\n"))
    #expect(try suite.run("--generate-only").status == 0)
    #expect(suite.text("said") == "a red boat\nit's \"two\", $(touch never)\n" && !suite.exists("never"))
    #expect(
      suite.text("runs/suite/prompted/seed-0/samples.csv") == """
        path,prompt
        samples/0001/disc.mp4,a red boat
        samples/0002/disc.mp4,"it's ""two"", $(touch never)"

        """)
    #expect(try suite.run("--score-only").status == 0)
    #expect(try suite.run("--limit", "1").status == 0)
    #expect(suite.exists("runs/suite/prompted/limit-1/seed-0/samples/0001/disc.mp4"))
    #expect(!suite.exists("runs/suite/prompted/limit-1/seed-0/samples/0002"))
  }

  /// Seconds of the wall clock, and the memory of the largest process, whichever of the two ways measures it.
  @Test func timeAndMemoryAreRecorded() throws {
    let suite = try SuitePlace(
      Self.copying("good", before: "sleep 0.5; head -c 400000000 /dev/zero | tail -c 300000000 | wc -c; "))
    let result = try suite.run()
    #expect(result.status == 0, "\(result.errors)")
    let query = try suite.place.program.run(
      "query", "--db", suite.db, "--json", "--sql",
      "SELECT seconds, peak_memory AS peak, samples, seed FROM generation")
    let rows = try #require(JSONSerialization.jsonObject(with: Data(query.output.utf8)) as? [[String: Any]])
    let seconds = try #require(rows[0]["seconds"] as? Double)
    let peak = try #require(rows[0]["peak"] as? Int)
    #expect(seconds > 0.5 && seconds < 20)
    // tail keeps what it will print.
    #expect(peak > 300_000_000 && peak < 450_000_000)
    #expect(rows[0]["samples"] as? Int == 4 && rows[0]["seed"] as? Int == 0)
  }
}

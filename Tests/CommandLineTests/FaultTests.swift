import Foundation
import Testing

/// Streams, signals and files that are not as a program would like them.
@Suite struct FaultTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  /// Runs a line of the shell in the place, in which `$V` is the program.
  private func shell(_ script: String) throws -> (status: Int32, output: String, seconds: Double) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(fileURLWithPath: place.path)
    process.environment = ProcessInfo.processInfo.environment.merging([
      "V": Program.path, "VIDMETRICS_DB": place.file("h.sqlite"), "VIDMETRICS_CACHE": place.file("cache"),
    ]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    let begin = Date()
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text, Date().timeIntervalSince(begin))
  }

  private func text(_ name: String) -> String {
    (try? String(contentsOfFile: place.file(name), encoding: .utf8)) ?? ""
  }

  private func twoRuns() throws {
    let real = try place.writeArray("real.npy", frames: 3, side: 16, values: [9, 8])
    let fake = try place.writeArray("fake.npy", frames: 3, side: 16, values: [99, 98])
    for name in ["a", "b"] { #expect(try shell("$V psnr \(real) \(fake) --name \(name)").status == 0) }
  }

  /// The status and the results are the same, whatever becomes of the messages.
  @Test(arguments: ["2>&-", "2>/dev/full", "2>&- <&-"]) func stderrThatTakesNothing(redirection: String) throws {
    #expect(try shell("$V inspect nosuch \(redirection)").status == 2)
    try "metrics: temporal-flickering\ngenerators: {name: g, outputs: g}\n".write(
      toFile: place.file("s.yaml"), atomically: true, encoding: .utf8)
    _ = try place.writeArray("g/a.npy", frames: 3, side: 16, values: [9])
    let run = try shell("$V run s.yaml \(redirection)")
    #expect(run.status == 0 && run.output.hasPrefix("generator "))
    #expect(try shell("$V runs").output.contains(" suite "))
    // Nothing was written into a file that got the number of the closed stream.
    #expect(try shell("$V query --sql 'PRAGMA integrity_check' --csv").output == "integrity_check\nok\n")
  }

  @Test func stdoutThatTakesNothing() throws {
    for words in ["--help", "--version", "protocols list", "guide"] {
      let full = try shell("$V \(words) >/dev/full")
      #expect(
        full.status == 2 && full.output == "error: the result cannot be written: No space left on device\n", "\(words)")
      let closed = try shell("$V \(words) >&-")
      #expect(closed.status == 2 && closed.output == "error: the result cannot be written: Bad file descriptor\n")
    }
    // Whoever read has gone: the end of every program there.
    let unread = try shell("{ $V manual; echo $? >status; } | (exec <&-; sleep 1); cat status")
    #expect(unread.output == "141\n")
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGQUIT, SIGINT]) func signalsKeepWhatIsFinished(number: Int32) throws {
    let suite = try SuitePlace(
      """
        - {name: first, command: "cp '\(SuitePlace.clips)'/real/spin/disc.mp4 {output}"}
        - {name: second, command: "sleep 61 & echo $! > child; echo $$ > shell; sleep 60; : {output}"}
      """)
    let started = try suite.place.program.start(suite.arguments)
    #expect(suite.wait { suite.exists("shell") && suite.isAtWork("shell") })
    kill(started.process.processIdentifier, number)
    started.process.waitUntilExit()
    #expect(started.process.terminationReason == .exit && started.process.terminationStatus == 128 + number)
    #expect(suite.wait { !suite.isAtWork("shell") && !suite.isAtWork("child") })
    #expect(try suite.runs().map { $0["name"] as? String } == ["first"])
  }

  /// `nohup` has the signal ignored.
  @Test func anIgnoredSignalStaysIgnored() throws {
    let suite = try SuitePlace(
      """
        - {name: g, command: "echo $PPID > parent; sleep 1; cp '\(SuitePlace.clips)'/real/spin/disc.mp4 {output}"}
      """)
    let line =
      "trap '' HUP; exec '\(Program.path)' run suite.yaml --no-record >out 2>&1 & "
      + "while ! [ -s parent ]; do sleep 0.05; done; kill -HUP $!; wait $!"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: suite.place.path)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(suite.text("out"))")
  }

  /// After kill -9 nobody is left to end the generator, but its guard; what left the shell is ended, too.
  @Test func aKilledProgramLeavesNoGenerator() throws {
    let suite = try SuitePlace(
      """
        - {name: g, command: "sleep 61 & echo $! > child; echo $$ > shell; sleep 60; : {output}"}
      """)
    let started = try suite.place.program.start(suite.arguments)
    #expect(suite.wait { suite.exists("shell") && suite.isAtWork("shell") && suite.isAtWork("child") })
    kill(started.process.processIdentifier, SIGKILL)
    started.process.waitUntilExit()
    #expect(suite.wait(10) { !suite.isAtWork("shell") && !suite.isAtWork("child") })
  }

  /// The beginning and the end are kept, and the work goes on.
  @Test func logsHaveALimit() throws {
    let suite = try SuitePlace(
      """
        - name: g
          command: "echo first; yes | head -c 40000000; echo last; cp '\(SuitePlace.clips)'/real/spin/disc.mp4 {output}"
      """)
    let result = try suite.run("--generate-only")
    #expect(result.status == 0, "\(result.errors)")
    let log = suite.text("runs/suite/g/seed-0/stdout.txt")
    #expect(log.hasPrefix("first\ny\n") && log.hasSuffix("y\nlast\n"))
    #expect((9 << 20..<(9 << 20) + 100).contains(log.utf8.count))
    // 8 MiB, 1 MiB, and what was written: "first", "last" and the lines between them.
    #expect(log.contains("\n[vidmetrics: \(40_000_011 - (9 << 20)) bytes are left out here]\n"))
  }

  /// stdout holds the file and nothing else; devices, pipes and links stay what they are.
  @Test func outputsGoThrough() throws {
    try twoRuns()
    #expect(try shell("$V report --csv - 2>/dev/null | head -n 1").output.hasPrefix("method,"))
    #expect(try shell("$V report --csv /dev/stdout >c.csv; $V report --csv d.csv; cmp c.csv d.csv").output.isEmpty)
    let png = try shell("$V slice real.npy[0] --out - 2>words | od -An -c | head -n 1; cat words")
    #expect(png.output.hasPrefix(" 211   P   N   G") && png.output.contains("-: 3x16\n"))
    let gate = try shell("$V gate name:b --metric psnr --baseline name:a --junit - 2>words; cat words")
    #expect(gate.output.hasPrefix("<?xml") && gate.output.contains("not comparable: "))
    #expect(try shell("mkfifo p; cat p >got & $V report --csv p; wait; cmp got d.csv; test -p p").status == 0)
    #expect(try shell("echo old >f; ln -s f l; $V report --csv l; cmp f d.csv; test -L l").status == 0)
    let none = try shell("$V report --html none/r.html")
    #expect(none.status == 2 && none.output == "error: `none/r.html` cannot be written: there is no folder `none`\n")
    #expect(!FileManager.default.fileExists(atPath: place.file("none")))
    let device = try shell("mknod d c 1 3 || exit 77; $V report --html d; $V report --latex d; test -c d && ! [ -s d ]")
    #expect(device.status == 0 || device.status == 77)
  }

  /// What is waited for at a pipe never comes.
  @Test(arguments: [
    "runs --db p", "psnr real.npy fake.npy --db p", "import p", "import p.csv", "run p", "inspect p", "inspect p.csv",
    "inspect p.npy", "diff p p", "features info p.npz", "features info p.safetensors", "weights import p.pt",
    "psnr p fake.npy", "clip-sim real.npy --prompts p.txt",
  ])
  func pipesAreNoFiles(words: String) throws {
    for name in ["p", "p.csv", "p.npy", "p.npz", "p.safetensors", "p.pt", "p.txt"] {
      #expect(mkfifo(place.file(name), 0o600) == 0)
    }
    for name in ["real.npy", "fake.npy"] { _ = try place.writeArray(name, frames: 3, side: 16, values: [9]) }
    let result = try shell("timeout -s KILL 20 $V \(words)")
    #expect(result.status == 2 && result.output.hasPrefix("error: "), "\(result.status) \(result.output)")
  }

  @Test func queriesEnd() throws {
    try twoRuns()
    let long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    let late = try shell("$V query --timeout 1 --sql '\(long) SELECT count(*) FROM n'")
    #expect(late.status == 2 && late.seconds < 20)
    #expect(
      late.output == "error: the query has taken 1 s and was ended\n"
        + "hint: --timeout SECONDS gives it more; WHERE and LIMIT make it less work\n")
    let large = try shell("$V query --sql '\(long) SELECT hex(zeroblob(1000000)) FROM n'")
    #expect(
      large.output
        == "error: the query takes more than 256 MiB: it was ended after 135 rows\nhint: LIMIT, or fewer columns\n")
    #expect(
      try shell("$V query --sql 'SELECT zeroblob(1000000000)'").output.hasPrefix(
        "error: the query takes more than 256 MiB\n"))
    let sorted = try shell("$V query --sql '\(long) SELECT i, hex(zeroblob(10000)) AS h FROM n ORDER BY h, i'")
    #expect(sorted.output.hasPrefix("error: the query takes more than 256 MiB\n"), "\(sorted.output)")
    #expect(try shell("$V query --timeout 0 --sql 'SELECT 1'").status == 2)
  }

  /// Neither what a repository's settings name is run, nor what lies in the working folder.
  @Test func nothingOfTheWorkingFolderIsRun() throws {
    let made = try shell(
      """
      command -v git >/dev/null || exit 77
      git init -q . && git config user.email a@b && git config user.name a && echo x >f && git add f && git commit -qm x
      git config core.fsmonitor "touch '$PWD/ran-monitor'; :"
      printf '#!/bin/sh\\ntouch "\(place.path)/ran-git"\\n' >git && chmod +x git
      mkdir hooks && printf '#!/bin/sh\\ntouch "\(place.path)/ran-hook"\\n' >hooks/post-index-change
      chmod +x hooks/post-index-change && git config core.hooksPath hooks
      """)
    try #require(made.status == 0 || made.status == 77, "\(made.output)")
    guard made.status == 0 else { return }
    let real = try place.writeArray("real.npy", frames: 3, side: 16, values: [9])
    let score = "PATH=.:$PATH:; $V psnr \(real) \(real) --json | grep -o '\"git_[a-z_]*\": *[^,]*'"
    let clean = try shell(score).output
    #expect(clean.contains("git_commit") && clean.contains("false"))
    #expect(try shell("echo y >f; \(score)").output.contains("true"))
    // A filter of the repository would have to be run to say it: nothing is said.
    let filtered = try shell(
      "git config filter.x.clean \"touch '$PWD/ran-filter'; cat\"; echo 'f filter=x' >.gitattributes; touch f; \(score)"
    )
    #expect(
      filtered.output.contains("git_commit") && !filtered.output.contains("true") && !filtered.output.contains("false"))
    let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
    #expect(names.filter { $0.hasPrefix("ran-") }.isEmpty)
  }

  /// A name cannot write over the screen.
  @Test func namesAreSpelled() throws {
    let result = try shell("$V inspect \"$(printf 'a\\033[2Jb\\007')\"")
    #expect(result.status == 2 && result.output.contains("a\\x1b[2Jb\\x07") && !result.output.contains("\u{1b}"))
  }

  /// One sentence in place of a stack trace.
  @Test func littleMemory() throws {
    try ("name,metric,value\n" + String(repeating: "A,fvd,1\n", count: 4_000_000)).write(
      toFile: place.file("large.csv"), atomically: true, encoding: .utf8)
    let result = try shell("ulimit -v 700000; $V import large.csv")
    #expect(result.status == 2 && result.output.hasSuffix("or give it fewer videos or --threads\n"), "\(result.output)")
    #expect(!result.output.contains("Backtrac") && result.output.split(separator: "\n").count <= 3, "\(result.output)")
  }
}

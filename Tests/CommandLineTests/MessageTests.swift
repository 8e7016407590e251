import Foundation
import Testing

/// Exact words and exit statuses. None of these needs weights.
@Suite struct MessageTests {
  let workplace: Workplace
  let program: Program

  init() throws {
    workplace = try Workplace()
    program = workplace.program
  }

  @Test func helpNamesEveryCommand() throws {
    let help = try program.run("--help")
    #expect(help.status == 0 && help.errors.isEmpty)
    for command in ["fvd", "inspect", "weights", "protocols", "cite", "bench"] {
      #expect(help.output.contains("\n  \(command) "))
      let own = try program.run(command, "--help")
      #expect(own.status == 0 && own.output.hasPrefix("OVERVIEW: "), "\(command)")
    }
    #expect(try program.run().output == help.output)
  }

  @Test func everyOptionOfFvdIsExplained() throws {
    let help = try program.run("fvd", "--help").output
    for option in [
      "--protocol", "--frames", "--stride", "--clips", "--offset", "--seed", "--skip-first", "--max-videos",
      "--value-range",
      "--on-error", "--json", "--threads", "--no-cache", "--weights", "--allow-other-weights", "--bn-eps", "--ddof",
      "--root",
      "--resize", "--crop", "--set",
    ] {
      #expect(help.firstRange(of: "\n  \(option)") != nil, "\(option)")
    }
  }

  /// A full disk must not end in status 0 and an empty file.
  @Test func aResultThatCannotBeWrittenIsAnError() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = ["protocols", "list"]
    let errors = Pipe()
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full"))
    process.standardError = errors
    try process.run()
    let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    #expect(words == "error: the result cannot be written: No space left on device\n")
  }

  @Test func unknownCommands() throws {
    let near = try program.run("fdv", "a", "b")
    #expect(near.status == 2 && near.output.isEmpty)
    #expect(near.errors.hasPrefix("error: there is no command `fdv`\nhint: did you mean `fvd`?\n"))
    let far = try program.run("xyzzy")
    #expect(
      far.errors.hasPrefix(
        "error: there is no command `xyzzy`\nhint: the commands are demo, inspect, weights, guide, fvd, kvd, fid, fd-dinov2, kid, "
      ))
    let nested = try program.run("weights", "fetc")
    #expect(nested.status == 2)
    #expect(nested.errors.hasPrefix("error: there is no command `fetc`\nhint: did you mean `fetch`?\n"))
    let help = try program.run("help", "weights", "fetc")
    #expect(help.status == 2 && help.output.isEmpty)
    #expect(help.errors == "error: there is no command `fetc`\nhint: did you mean `fetch`?\n")
    let known = try program.run("help", "weights", "fetch")
    #expect(known.status == 0 && known.output.hasPrefix("OVERVIEW: Get weights that are published\n"))
  }

  @Test func unknownOptions() throws {
    let result = try program.run("fvd", "a", "b", "--protocl", "tats")
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.hasPrefix("error: Unknown option '--protocl'. Did you mean '--protocol'?\n"))
  }

  @Test func unknownNames() throws {
    let unknownProtocol = try program.run("fvd", "a", "b", "--protocol", "stylegan-w")
    #expect(unknownProtocol.status == 2)
    #expect(
      unknownProtocol.errors == "error: there is no protocol `stylegan-w`\nhint: did you mean `stylegan-v`?\n")
    #expect(
      try program.run("cite", "tatz").errors == "error: there is no protocol `tatz`\nhint: did you mean `tats`?\n")
    #expect(
      try program.run("fvd", "a", "b", "--set", "framse=3").errors
        == "error: a protocol of fvd has no field `framse`\nhint: did you mean `frames`?\n")
    #expect(
      try program.run("fvd", "a", "b", "--set", "frames").errors
        == "error: `frames` does not set a field: write `field=value`\n")
    #expect(
      try program.run("fvd", "a", "b", "--offset", "middle").errors
        == "error: `middle` is not a value of `offset-real`: `start`, `center` or `random` is expected\n")
  }

  @Test func missingWeights() throws {
    let array = try workplace.writeArray("a.npy", frames: 9, side: 8, values: [0, 1])
    let none = workplace.file("none")
    for command in [["fvd"], ["features", "extract", "--out", workplace.file("o.npz"), "--metric", "fvd"]] {
      let sets = command[0] == "fvd" ? [array, none] : [none]
      #expect(
        try program.run(command + sets).errors == "error: no such file or folder: `\(none)`\n",
        "what is given is looked at first")
      #expect(
        try program.run(command + sets + ["--threads", "0"]).errors
          == "error: `0` is not a number of threads: 1 or more are expected\n")
    }
    let result = try program.run("fvd", array, array)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(
      result.errors == """
        error: weights `i3d-kinetics400` are not on this machine
        hint: `vidmetrics weights fetch i3d-kinetics400` gets them, `vidmetrics weights import FILE` takes a file you have

        """)
  }

  @Test func unknownInstructionSet() throws {
    var capped = program
    capped.isa = "sse"
    let result = try capped.run("fvd", "a", "b")
    #expect(result.status == 2)
    #expect(result.errors == "error: `VIDMETRICS_ISA` is `sse`; it can be `baseline`, `avx2`, `avx512`\n")
  }

  /// A word that is no file is looked up in the history, and where there is none, that is what is said.
  @Test func withoutAHistory() throws {
    for command in [["explain", "latest"], ["diff", "latest", "7"], ["show", "latest"]] {
      let result = try program.run(command)
      #expect(result.status == 2 && result.output.isEmpty)
      #expect(
        result.errors == """
          error: there is no history `\(program.history)`
          hint: the first score makes it; --db FILE or VIDMETRICS_DB names another

          """, "\(command)")
    }
    #expect(
      try program.run("explain", "score.json").errors == """
        error: `score.json` is not a document of scores: it cannot be opened
        hint: `vidmetrics fvd REAL FAKE --json > FILE` makes one

        """)
  }

  @Test func inspectWhatNothingCanRead() throws {
    try FileManager.default.createDirectory(atPath: workplace.file("set"), withIntermediateDirectories: true)
    for name in ["a", "b"] { try Data("hi\n".utf8).write(to: URL(fileURLWithPath: workplace.file("set/\(name).mp4"))) }
    let result = try program.run("inspect", workplace.file("set"))
    #expect(
      result.output.split(separator: "\n").prefix(5) == [
        "\(workplace.file("set"))  (videos)", "videos        2", "first, last   a.mp4, b.mp4", "readable      none",
        "problems      2",
      ], "\(result.output)")
  }

  @Test func inspectAnArray() throws {
    let array = try workplace.writeArray("a.npy", frames: 9, side: 8, values: [0, 1, 2])
    let text = try program.run("inspect", array)
    #expect(text.status == 0 && text.errors.isEmpty)
    #expect(text.output.contains("\nvideos        3\n") && text.output.contains("\nframes        27 in all; 9 (3)\n"))
    let json = try document(program.run("inspect", array, "--json"))
    #expect(json["schema"] as? String == "vidmetrics.inspection/1")
    #expect((json["videos"] as? [[String: Any]])?.map { $0["frames"] as? Int } == [9, 9, 9])
    let missing = try program.run("inspect", workplace.file("none"))
    #expect(missing.status == 2 && missing.errors == "error: no such file or folder: `\(workplace.file("none"))`\n")
  }

  @Test func protocolsAndCite() throws {
    let list = try program.run("protocols", "list")
    #expect(list.output.contains("\n  tats (lvdm) ") && list.output.contains("\nkvd\n  kvd/tats (lvdm) "))
    #expect(list.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let shown = try program.run("protocols", "show", "tats")
    #expect(shown.output.hasPrefix("tats  (fvd, version 1, lower is better)\nalso called lvdm\nsha256:"))
    let table = try program.run("protocols", "show", "lvdm")
    #expect(table.output.hasPrefix("lvdm  (a paper's table, version 1)\n"))
    #expect(table.output.contains("\nwhat the paper leaves open\n"))
    let json = try document(program.run("protocols", "show", "cd-fvd", "--json"))
    #expect((json["fields"] as? [String: Any])?["loader-resolution"] as? Int == 256)
    let cite = try program.run("cite", "tats")
    #expect(
      cite.output.contains("@inproceedings{ge2022long,") && cite.output.hasPrefix("FVD follows the TATS protocol"))
  }

  @Test func weightsThatAreNotThere() throws {
    let list = try program.run("weights", "list")
    #expect(list.status == 0)
    #expect(list.output.contains("absent; `vidmetrics weights fetch NAME` gets them:"))
    #expect(list.output.contains("\n  i3d-kinetics400  "))
    let verify = try program.run("weights", "verify", "i3d-kinetics400")
    #expect(verify.status == 2 && verify.errors.hasPrefix("error: weights `i3d-kinetics400` are not on this machine\n"))
  }
}

import Foundation
import Testing

/// Scores and their history, as a person sees them. None of these needs weights.
@Suite struct RecordingTests {
  let workplace: Workplace
  let program: Program
  let real: String
  let fake: String

  init() throws {
    workplace = try Workplace()
    program = workplace.program
    real = try workplace.writeArray("real.npy", frames: 3, side: 16, values: [0, 100])
    fake = try workplace.writeArray("fake.npy", frames: 3, side: 16, values: [10, 130])
  }

  private func json(_ arguments: String...) throws -> [String: Any] {
    let result = try program.run(arguments)
    try #require(result.status == 0, "\(result.errors)")
    return try document(result)
  }

  @Test func aScoreIsKept() throws {
    let score = try json(
      "psnr", real, fake, "--json", "--name", "ours", "--dataset", "MUG", "--generator", "lvdm", "--checkpoint", "c.pt",
      "--step", "5", "--tag", "main", "--tag", "nightly")
    let id = try #require(score["id"] as? String)
    #expect(id.wholeMatch(of: /[0-9a-f]{12}/) != nil)
    let shown = try json("show", "latest", "--json")
    #expect(shown["id"] as? String == id)
    for (key, value) in [("name", "ours"), ("dataset", "MUG"), ("generator", "lvdm"), ("checkpoint", "c.pt")] {
      #expect(shown[key] as? String == value)
    }
    #expect(shown["step"] as? Int == 5 && shown["tags"] as? [String] == ["main", "nightly"])
    let environment = try #require(shown["circumstances"] as? [String: Any])
    #expect(
      environment["command"] as? String
        == "vidmetrics psnr \(real) \(fake) --json --name ours --dataset MUG --generator lvdm --checkpoint c.pt --step 5 "
        + "--tag main --tag nightly")
    // All that the document of the score said.
    let (before, after) = (try #require(score["scores"] as? NSArray), try #require(shown["scores"] as? NSArray))
    #expect(try #require(before[0] as? NSDictionary) == after[0] as? NSDictionary)
    let words = try program.run("show", "tag:main").output
    #expect(words.hasPrefix("run         \(id)\ndate        2"))
    #expect(words.contains("\nPSNR  ") && words.contains("\ntags        main, nightly\n"))
  }

  @Test func notKept() throws {
    #expect(try json("psnr", real, fake, "--json", "--no-record")["schema"] as? String == "vidmetrics.run/2")
    #expect(!FileManager.default.fileExists(atPath: program.history))
    let both = try program.run("psnr", real, fake, "--no-record", "--tag", "main")
    #expect(both.status != 0 && both.errors.contains("--no-record keeps nothing"))
    // A score that cannot be given leaves no file behind.
    #expect(try program.run("psnr", real, workplace.file("none")).status == 2)
    #expect(!FileManager.default.fileExists(atPath: program.history))
  }

  /// Found out before the work; nothing is printed as if all were well.
  @Test func historiesThatCannotBeWritten() throws {
    let garbage = workplace.file("garbage.sqlite")
    try Data(String(repeating: "no database ", count: 100).utf8).write(to: URL(fileURLWithPath: garbage))
    let refused = try program.run("psnr", real, fake, "--db", garbage)
    #expect(refused.status == 2 && refused.output.isEmpty)
    #expect(
      refused.errors
        == "error: `\(garbage)` is not a history: it is not a SQLite database\nhint: --db FILE or VIDMETRICS_DB names another file\n"
    )
    let nowhere = workplace.file("no/such/h.sqlite")
    let absent = try program.run("psnr", real, fake, "--db", nowhere)
    #expect(absent.status == 2 && absent.output.isEmpty)
    #expect(
      absent.errors
        == "error: the history `\(nowhere)` cannot be written: No such file or directory\n"
        + "hint: --db FILE keeps it elsewhere, --no-record keeps nothing\n")
  }

  /// The working folder's commit, and whether there are changes beside it.
  @Test func theCommitOfTheWorkingFolder() throws {
    func git(_ arguments: String...) throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["git", "-C", workplace.path, "-c", "user.name=a", "-c", "user.email=a@b"] + arguments
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
    }
    try git("init", "-q")
    try git("add", "real.npy")
    try git("commit", "-qm", "one")
    func commit() throws -> (String?, Bool?) {
      let (process, output, _) = try program.start(["psnr", real, fake, "--json"], folder: workplace.path)
      _ = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      let environment = try json("show", "latest", "--json")["circumstances"] as? [String: Any]
      #expect(environment?["working_folder"] as? String == workplace.path)
      return (environment?["git_commit"] as? String, environment?["git_is_dirty"] as? Bool)
    }
    let clean = try commit()
    #expect(clean.0?.wholeMatch(of: /[0-9a-f]{40}/) != nil && clean.1 == false)
    _ = try workplace.writeArray("real.npy", frames: 3, side: 16, values: [1, 100])
    let dirty = try commit()
    #expect(dirty.0 == clean.0 && dirty.1 == true)
  }

  @Test func comparing() throws {
    let real = try workplace.writeArray("reals.npy", frames: 3, side: 16, values: [0, 20, 40, 60, 80, 100, 120, 140])
    let fake = try workplace.writeArray("fakes.npy", frames: 3, side: 16, values: [20, 42, 59, 81, 99, 121, 141, 160])
    _ = try json("score", real, fake, "--metrics", "psnr,ssim", "--json", "--tag", "a")
    let other = try workplace.writeArray("others.npy", frames: 3, side: 16, values: [5, 24, 46, 65, 84, 106, 125, 144])
    _ = try json("score", real, other, "--metrics", "psnr,ssim", "--json", "--tag", "b")
    let better = try program.run("compare", "tag:a", "tag:b")
    #expect(better.status == 0)
    let lines = better.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines[2].hasPrefix("metric A B B - A"))
    #expect(lines[3].hasPrefix("psnr ") && lines[3].hasSuffix(" better (higher)"))
    let parts = try #require(try json("compare", "tag:a", "tag:b", "--json")["scores"] as? [[String: Any]])
    #expect(parts.map { $0["verdict"] as? String } == ["better", "better"])

    _ = try json("psnr", fake, other, "--json", "--tag", "c")
    let apart = try program.run("compare", "tag:b", "tag:c")
    #expect(apart.status == 3)
    #expect(apart.output.contains("\nnot comparable:\n  real set  sha256:"))
    #expect(apart.output.hasSuffix("\nonly in A: ssim\n"))
    #expect(try program.run("diff", "tag:b", "tag:c", "--metric", "psnr").status == 3)
    #expect(try program.run("diff", "tag:a", "tag:b", "--metric", "psnr").output.contains("comparable: every field"))
    #expect(try program.run("explain", "tag:a", "--metric", "ssim").output.hasPrefix("SSIM "))
  }

  @Test func listsTagsAndDeletes() throws {
    let first = try #require(try json("psnr", real, fake, "--json", "--name", "one")["id"] as? String)
    let second = try #require(try json("ssim", real, fake, "--json", "--name", "two")["id"] as? String)
    #expect(try program.run("tag", "name:one", "main").status == 0)
    let rows = try program.run("runs").output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(rows[0] == ["run", "date", "name", "scores", "tags"])
    #expect(rows[1].first == second[...] && rows[2].first == first[...] && rows[2].last == "main")
    #expect(try program.run("runs", "--metric", "ssim").output.split(separator: "\n").count == 2)
    #expect(try program.run("runs", "--since", "soon").errors.contains("a date such as 2026-11-21"))
    let values = try program.run("query", "--sql", "SELECT name, metric FROM scores ORDER BY name", "--csv")
    #expect(values.output == "name,metric\none,psnr\ntwo,ssim\n")
    #expect(
      try program.run("query", "--sql", "SELECT name, NULL AS n FROM run ORDER BY name LIMIT 1", "--json").output
        == "[\n  {\n    \"name\": \"one\",\n    \"n\": null\n  }\n]\n")
    let refused = try program.run("query", "--sql", "DELETE FROM run")
    #expect(refused.status == 2)
    #expect(refused.errors.hasPrefix("error: a query only reads, and this one would delete from run\n"))

    let asked = try program.run("delete", "name:one")
    #expect(asked.status != 0 && asked.errors.contains("there is no terminal to ask on: --yes deletes without asking"))
    let half = try program.run("delete", "name:one", "nothing", "--yes")
    #expect(half.status == 2)
    #expect(try program.run("runs").output.split(separator: "\n").count == 3, "all of them or none")
    #expect(try program.run("delete", "name:one", String(first.prefix(6)), "--yes").errors == "1 run deleted\n")
    #expect(try program.run("runs").output.contains(second) && !(try program.run("runs").output.contains(first)))
  }

  @Test func outAndInAgain() throws {
    _ = try json("psnr", real, fake, "--json", "--tag", "main")
    let lines = try program.run("export").output
    let file = workplace.file("runs.jsonl")
    try lines.write(toFile: file, atomically: true, encoding: .utf8)
    let other = workplace.file("other.sqlite")
    #expect(try program.run("import", file, "--db", other).errors == "1 run added to \(other)\n")
    #expect(try program.run("import", file, "--db", other).errors == "0 runs added to \(other), 1 was there already\n")
    #expect(try program.run("export", "--db", other).output == lines)
    #expect(try program.run("import", other).errors == "0 runs added to \(program.history), 1 was there already\n")
    // A document that `show --json` printed is the run, too.
    try program.run("show", "latest", "--json").output.write(
      toFile: workplace.file("run.json"), atomically: true, encoding: .utf8)
    let third = workplace.file("third.sqlite")
    #expect(try program.run("import", workplace.file("run.json"), "--db", third).errors == "1 run added to \(third)\n")
    #expect(try program.run("export", "--db", third).output == lines)
    let table = try program.run("export", "--csv").output.split(separator: "\n")
    #expect(table.count == 2 && table[0].hasPrefix("run,date,origin,suite,dataset,name,"))
  }
}

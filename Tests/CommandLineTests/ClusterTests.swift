import Evaluation
import Files
import Foundation
import Scores
import Testing

/// A job of many tasks by the real program.
@Suite(.enabled(if: Workplace.hasWeights, Workplace.withoutWeights)) struct ClusterTests {
  private let place: Workplace
  private static let fixtures = Workplace.fixtures + "/clips"
  private var job: String { place.file("job") }

  init() throws { place = try Workplace(weights: true) }

  private func run(_ words: String, status: Int32 = 0) throws -> Program.Result {
    let result = try place.program.run(words.split(separator: " ").map(String.init), in: place.path)
    #expect(result.status == status, "\(words): \(result.errors)")
    return result
  }

  private func copySets() throws {
    for (set, name) in [("real", "real"), ("fake-mild", "fake")] {
      try FileManager.default.copyItem(atPath: "\(Self.fixtures)/\(set)", toPath: place.file(name))
    }
  }

  private func scores(_ document: String) throws -> [ScoreRecord] {
    try RunDocument.read(document, place: "document").scores.map { score in
      var score = score
      score.real?.features = nil
      score.fake?.features = nil
      return score
    }
  }

  private func text(_ name: String) throws -> String { try TextFile.read(place.file(name)) }

  /// Five tasks with other numbers of threads, one of them twice, one ended after its first clips: the document of one process.
  @Test func scoresAreThoseOfOneProcess() throws {
    try copySets()
    let metrics = "--metrics fvd,kvd --group-by class"
    let whole = try scores(run("score real fake \(metrics) --json --no-record --no-cache").output)
    let plan = try run("cluster plan real fake \(metrics) --shards 5 --out job --generator mild --tag x").output
    #expect(plan.contains("5 tasks") && plan.contains("16 videos"))
    let early = try run("cluster collect job", status: 2)
    #expect(
      early.errors == """
        error: parts real-0000, real-0001, real-0002, real-0003, real-0004, fake-0000, fake-0001, fake-0002, fake-0003, \
        fake-0004 of 10 are missing
          real-0000: nothing was said
          real-0001: nothing was said
          real-0002: nothing was said
          real-0003: nothing was said
          real-0004: nothing was said
          fake-0000: nothing was said
          fake-0001: nothing was said
          fake-0002: nothing was said
          fake-0003: nothing was said
          fake-0004: nothing was said
        hint: `vidmetrics cluster resume \(job)` (Slurm) or `local` (here) computes tasks 0-4; --allow-missing scores what is \
        there, and every score says so

        """)
    let (process, _, errors) = try place.program.start(["cluster", "work", job, "--shard", "1/5", "--threads", "1"])
    let partial = job + "/parts/real-0000.partial/packs"
    while process.isRunning, !hasClips(partial) { Thread.sleep(forTimeInterval: 0.01) }
    kill(process.processIdentifier, SIGUSR1)
    process.waitUntilExit()
    let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(process.terminationStatus == 75)
    #expect(words.hasPrefix("stopped: ") && words.hasSuffix("and the next start goes on from there\n"))
    let status = try run("cluster status job").output
    #expect(status.hasPrefix("0 of 10 parts done, 0 of 32 videos\nmissing  5\n"))
    #expect(status.contains("task 0  real-0000, fake-0000  stopped"))
    for (task, threads) in [(1, 2), (2, 1), (2, 1), (3, 2)] {
      _ = try run("cluster work job --shard \(task)/5 --threads \(threads)")
    }
    #expect(try run("cluster work job --shard 3/5").errors == "real-0002 is there\nfake-0002 is there\n")
    let left = try run("cluster status job --json").output
    #expect(left.contains("\"parts_done\": 6"))
    let collected = try run("cluster local job --json")
    #expect(try scores(collected.output) == whole)
    let kept = try RunDocument.read(text("job/score.json"), place: "score.json")
    #expect(kept.note == "computed in 10 parts of a plan of 5 tasks on 1 host")
    #expect(kept.generator == "mild" && kept.tags == ["x"])
    #expect(kept.circumstances.command?.hasPrefix("vidmetrics cluster plan real fake") == true)
    // 32 videos by two recipes; what the stopped task had done was not done again.
    #expect((kept.circumstances.clipsComputed ?? 0) + (kept.circumstances.clipsCached ?? 0) == 64)
    #expect(try run("show latest --json").output.contains(kept.id))
    // Again: the same run, and no second one in the history.
    #expect(try run("cluster collect job --json").output == collected.output)
    #expect(try run("runs").output.split(separator: "\n").count == 2)
    // The features are a set, equal to the bit to those that are extracted in one piece.
    _ = try run("features extract real --protocol stylegan-v --out whole.safetensors --no-cache")
    let merged = try FileManager.default.contentsOfDirectory(atPath: job + "/features").filter { $0.hasPrefix("real") }
    let own = try merged.map { try FeatureFile.read(job + "/features/" + $0) }
    #expect(own.contains(try FeatureFile.read(place.file("whole.safetensors"))))
  }

  private func hasClips(_ folder: String) -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.contains { (FileManager.default.contents(atPath: folder + "/" + $0)?.count ?? 0) > 4000 }
  }

  @Test func whatIsMissingOrChangedIsNamed() throws {
    try copySets()
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: place.file("fake/bounce/broken.mp4")))
    _ = try run("cluster plan real fake --metrics fvd --shards 3 --out job --on-error skip")
    #expect(
      try run("cluster plan real fake --metrics fvd --shards 3 --out job", status: 2).errors == """
        error: `\(job)` has a plan already, which is written once: its parts belong to it
        hint: `vidmetrics cluster resume \(job)` goes on with it; another --out holds another plan

        """)
    _ = try run("cluster work job --shard 1/3")
    let disc = place.file("fake/pulse/disc.mp4")
    let bytes = try #require(FileManager.default.contents(atPath: disc))
    try (bytes + Data([0])).write(to: URL(fileURLWithPath: disc))
    let changed = try run("cluster work job --shard 2/3", status: 2).errors
    #expect(
      changed.contains(
        "error: 1 video of `\(place.file("fake"))` is not as listed\n  `pulse/disc.mp4` has \(bytes.count + 1) bytes"))
    #expect(try run("cluster status job").output.contains("failed"))
    let part = try run("cluster collect job --allow-missing --no-record", status: 4)
    #expect(part.output.contains("its part, fake-0001, is missing"))
    try bytes.write(to: URL(fileURLWithPath: disc))
    let whole = try run("score real fake --metrics fvd --on-error skip --json --no-record --no-cache", status: 4)
    // What was collected of two parts in three is not the answer to all three, and was recorded nowhere.
    let local = try run("cluster local job --json", status: 4)
    #expect(!local.errors.contains("collected before") && local.errors.contains("recorded as run"))
    #expect(try run("cluster collect job", status: 4).errors.contains("collected before, as run"))
    #expect(try !run("cluster collect job --no-record", status: 4).errors.contains("collected before"))
    #expect(try scores(local.output) == scores(whole.output))
    #expect(try RunDocument.read(local.output, place: "").skipped == RunDocument.read(whole.output, place: "").skipped)
    // A part of another plan, and a damaged one.
    let record = job + "/parts/fake-0002.json"
    try text("job/parts/fake-0002.json").replacingOccurrences(of: "\"shard\": 2", with: "\"shard\": 1")
      .write(toFile: record, atomically: true, encoding: .utf8)
    #expect(
      try run("cluster collect job --force", status: 2).errors.hasPrefix(
        "error: `\(record)` is not of this plan: `shard` is 1 of 3, and the plan has 2 of 3\n"))
  }

  /// Columns of a manifest with their own names, and arrays of floats.
  @Test func listingsKeepWhatTheySay() throws {
    for (set, name) in [("real", "real"), ("fake-mild", "fake")] {
      let folder = "\(Self.fixtures)/\(set)"
      let videos = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".mp4") }.sorted()
      let lines = videos.prefix(8).enumerated().map { "\(folder)/\($1),\($0 % 2)" }
      try (["path,my_Kind"] + lines).joined(separator: "\n").write(
        toFile: place.file("\(name).csv"), atomically: true, encoding: .utf8)
    }
    let columns = "real.csv fake.csv --metrics fvd --group-by column:my_Kind"
    let bytes = (0..<4 * 10 * 16 * 16 * 3).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    _ = try place.write("bytes.npy", shape: [4, 10, 16, 16, 3], bytes)
    try floats(bytes.map { Float($0) / 400 }, shape: [4, 10, 16, 16, 3], to: "floats.npy")
    let arrays = "bytes.npy floats.npy --metrics fvd --value-range 0..1"
    for (index, words) in [columns, arrays].enumerated() {
      let whole = try scores(run("score \(words) --json --no-record --no-cache").output)
      _ = try run("cluster plan \(words) --shards 2 --out job\(index)")
      #expect(try scores(run("cluster local job\(index) --json --no-record").output) == whole)
    }
  }

  private func floats(_ values: [Float], shape: [Int], to name: String) throws {
    let list = shape.map { "\($0)," }.joined(separator: " ")
    var head = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(list)), }"
    while (10 + head.utf8.count + 1) % 64 != 0 { head += " " }
    head += "\n"
    let first: [UInt8] =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(head.utf8.count & 255), UInt8(head.utf8.count >> 8)]
    let content = values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
    try Data(first + Array(head.utf8) + content).write(to: URL(fileURLWithPath: place.file(name)))
  }

  @Test func plansRefuseWhatIsNotOfParts() throws {
    try copySets()
    #expect(
      try run("cluster plan real fake --metrics fvd --shards 2 --out fake/job", status: 2).errors == """
        error: the job `\(place.file("fake/job"))` would lie in the set `fake`, which must not change
        hint: --out names a folder beside it

        """)
    #expect(
      try run("cluster plan real fake --metrics fvd,psnr --shards 2 --out job", status: 2).errors
        == "error: psnr has no features to extract: it reads the videos, or their camera poses, themselves\n")
    #expect(
      try run("cluster plan real fake --metrics fvd --shards 0 --out job", status: 2).errors
        == "error: --shards 0: 1 to 1000000 are possible\n")
    #expect(
      try run("cluster status job", status: 2).errors == """
        error: `\(job)` has no plan
        hint: `vidmetrics cluster plan REAL FAKE --metrics fvd --shards 8 --out \(job)` writes one

        """)
  }

  /// Scripts that bash takes, in a folder with a space; a manifest that YAML readers take.
  @Test func scriptsOfSchedulers() throws {
    try copySets()
    let arguments = [
      "cluster", "plan", "real", "fake", "--metrics", "fvd", "--shards", "4", "--out", "my job",
    ]
    #expect(try place.program.run(arguments, in: place.path).status == 0)
    let dry = try place.program.run(
      ["cluster", "slurm", "my job", "--time", "90m", "--cpus", "4", "--sbatch", "--account=x", "--dry-run"],
      in: place.path)
    #expect(dry.status == 0, "\(dry.errors)")
    for line in [
      "#SBATCH --array=0-3", "#SBATCH --requeue", "#SBATCH --open-mode=append", "#SBATCH --signal=B:USR1@120",
      "#SBATCH --time=01:30:00", "#SBATCH --cpus-per-task=4", "#SBATCH --account=x",
      "#SBATCH --output=\"\(place.path)/my job/logs/work-%a.log\"",
      "# sbatch --parsable --dependency=afterany:ARRAY '\(place.path)/my job/slurm/collect.sh'",
    ] { #expect(dry.output.contains(line + "\n"), "\(line)") }
    let script = place.file("work.sh")
    try dry.output.components(separatedBy: "\n# /")[0].write(toFile: script, atomically: true, encoding: .utf8)
    let bash = Process()
    bash.executableURL = URL(fileURLWithPath: "/bin/bash")
    bash.arguments = ["-n", script]
    try bash.run()
    bash.waitUntilExit()
    #expect(bash.terminationStatus == 0)
    #expect(
      try place.program.run(["cluster", "slurm", "my job", "--time", "soon"], in: place.path).errors.hasPrefix(
        "error: --time soon: a time such as 2h, 90m or 02:00:00 is expected"))
    let manifest = try place.program.run(
      ["cluster", "kubernetes", "my job", "--image", "x", "--mount", place.path, "--cache", place.path], in: place.path
    ).output
    #expect(
      try place.program.run(
        ["cluster", "kubernetes", "my job", "--image", "x", "--mount", "/data"], in: place.path
      ).errors.hasPrefix("error: pods see `/data` alone, and `\(place.path)/my job` is not below it\n"))
    for line in [
      "  completionMode: Indexed", "  completions: 4", "  backoffLimitPerIndex: 3",
      "          - type: DisruptionTarget",
      "      restartPolicy: Never", "      terminationGracePeriodSeconds: 120",
      "          command: [vidmetrics, cluster, work, \"\(place.path)/my job\"]",
    ] { #expect(manifest.contains(line + "\n"), "\(line)") }
  }

  /// A plan of moments: the score of the moments that `features extract` makes; what needs rows is refused.
  @Test func momentsArePlanned() throws {
    try copySets()
    let all = "--set max-videos-real=all --set max-videos-fake=all"
    let refused = try run("cluster plan real fake --metrics fvd,kvd --shards 2 --out job --moments", status: 2)
    #expect(
      refused.errors == """
        error: kvd by `tats` needs every row of features, and --moments keeps their mean and their scatter alone
        hint: plan what needs rows by itself, without --moments

        """)
    #expect(
      try run("cluster plan real fake --metrics fvd --shards 2 --out job --moments --floor", status: 2).errors
        .hasPrefix(
          "error: the floor needs every row of features, "))
    _ = try run("cluster plan real fake --metrics fvd \(all) --shards 2 --out job --moments")
    let collected = try scores(run("cluster local job --json --no-record").output)
    for set in ["real", "fake"] {
      _ = try run(
        "features extract \(set) --protocol stylegan-v --moments --as \(set) --out \(set).safetensors --no-cache")
      let merged = try FileManager.default.contentsOfDirectory(atPath: job + "/features").filter { $0.hasPrefix(set) }
      let own = try FeatureFile.read(job + "/features/" + (merged.first ?? ""))
      #expect(own == (try FeatureFile.read(place.file("\(set).safetensors"))))
    }
    let direct = try scores(run("fvd real.safetensors fake.safetensors \(all) --json --no-record").output)
    #expect(collected.map(\.value) == direct.map(\.value))
    #expect(collected.first?.real?.videos == 16 && collected.first?.fake?.clips == 16)
  }

  /// A part whose files were changed is named by `status`, beside what the others are at, and by `collect` with the way out.
  @Test func aDamagedPartIsNamed() throws {
    try copySets()
    _ = try run("cluster plan real fake --metrics fvd --shards 2 --out job")
    _ = try run("cluster work job --shard 1/2")
    _ = try run("cluster work job --shard 2/2")
    let facts = job + "/parts/fake-0001.videos.jsonl"
    try TextFile.read(facts).replacingOccurrences(of: "\"height\":", with: "\"height\": ").write(
      toFile: facts, atomically: false, encoding: .utf8)
    #expect(
      try run("cluster collect job", status: 2).errors == """
        error: `\(facts)` is damaged: it does not hold what its part says
        hint: remove `\(job)/parts/fake-0001.json`, and `vidmetrics cluster resume` (Slurm) or `local` (here) computes the \
        part again

        """)
    try FileManager.default.removeItem(atPath: facts)
    let status = try run("cluster status job").output
    #expect(
      status.hasPrefix(
        "3 of 4 parts done, 24 of 32 videos\ndamaged  1\n  fake-0001  `\(facts)` is damaged: it is not there\n"))
    // A changed value of features, and a record that is cut, have the same way out.
    let features = try #require(
      try FileManager.default.contentsOfDirectory(atPath: job + "/parts").first {
        $0.hasPrefix("real-0000.") && $0.hasSuffix(".safetensors")
      })
    try FileManager.default.removeItem(atPath: job + "/parts/fake-0001.json")
    _ = try run("cluster work job --shard 2/2")
    var bytes = try #require(FileManager.default.contents(atPath: job + "/parts/" + features))
    bytes[bytes.count - 9] ^= 1
    try bytes.write(to: URL(fileURLWithPath: job + "/parts/" + features))
    let way = "\nhint: remove `\(job)/parts/real-0000.json`, and `vidmetrics cluster resume` (Slurm) or `local` (here)"
    let flipped = try run("cluster collect job", status: 2).errors
    #expect(flipped.hasPrefix("error: `\(job)/parts/\(features)` is damaged: ") && flipped.contains(way))
    try "{".write(toFile: job + "/parts/real-0000.json", atomically: false, encoding: .utf8)
    let cut = try run("cluster collect job", status: 2).errors
    #expect(cut.hasPrefix("error: `\(job)/parts/real-0000.json` is damaged: it is not JSON") && cut.contains(way))
    try FileManager.default.removeItem(atPath: job + "/parts/real-0000.json")
    _ = try run("cluster local job")
    // Parts of the same sets, in another plan.
    _ = try run("cluster plan real fake --metrics fvd --shards 2 --out second --tag x")
    try FileManager.default.removeItem(atPath: place.file("second/parts"))
    try FileManager.default.copyItem(atPath: job + "/parts", toPath: place.file("second/parts"))
    #expect(
      try run("cluster collect second", status: 2).errors.hasPrefix(
        "error: `\(place.file("second/parts/real-0000.json"))` is not of this plan: `plan` is sha256:"))
  }

  /// A suite that cannot be planned leaves nothing in the way of its next planning; a command that fails is named, and the others have
  /// the scores of one process.
  @Test func suitesArePlannedAndCollected() throws {
    try copySets()
    try FileManager.default.createDirectory(atPath: place.file("other"), withIntermediateDirectories: true)
    try """
    name: toy
    data: {real: real, other: other}
    metrics: [fvd]
    generators:
      - name: ours
        command: cp fake/bounce/*.mp4 {output}
        count: 4
      - name: broken
        command: ls {output}; exit 3
        count: 4

    """.write(toFile: place.file("toy.yaml"), atomically: true, encoding: .utf8)
    let empty = try run("cluster plan toy.yaml --shards 2 --out job", status: 2)
    #expect(empty.errors.hasPrefix("error: no videos in `"))
    try FileManager.default.removeItem(atPath: place.file("other"))
    try FileManager.default.copyItem(atPath: place.file("fake"), toPath: place.file("other"))
    // What somebody has worked on is not a planning that came to no end.
    _ = try run("cluster plan real fake --metrics fvd --shards 2 --out own/real/real")
    try "x".write(toFile: place.file("own/real/real/parts/x"), atomically: true, encoding: .utf8)
    #expect(
      try run("cluster plan toy.yaml --shards 2 --out own", status: 2).errors.contains(
        "own/real/real` has a plan already"))
    let planned = try run("cluster plan toy.yaml --shards 2 --out job")
    #expect(planned.output.contains("real other") && planned.output.contains("0 of 2 parts"))
    #expect(try run("cluster plan toy.yaml --shards 2 --out job", status: 2).errors.contains("has a plan already"))
    let local = try run("cluster local job", status: 2)
    #expect(local.errors.contains("failed: broken: the outputs of broken are not there: "))
    let runs = try run("export").output.split(separator: "\n").map {
      try RunDocument.read(String($0), place: "run")
    }
    #expect(runs.count == 2 && runs.allSatisfy { $0.generator == "ours" && $0.suite == "toy" })
    for set in ["real", "other"] {
      let direct = try scores(run("fvd \(set) fake/bounce --json --no-record").output)
      let own = runs.first { $0.dataset == set }?.scores.first
      #expect(own?.value == direct.first?.value && own?.real?.digest == direct.first?.real?.digest, "\(set)")
    }
    let status = try run("cluster status job").output
    #expect(status.contains("ours against real") && status.contains("collected as run"))
  }
}

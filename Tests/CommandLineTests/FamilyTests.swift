import Evaluation
import Foundation
import Testing

/// `score`, `explain`, `diff`, `features` and `cite` with real networks on a few small clips.
@Suite(.serialized, .enabled(if: Workplace.hasWeights && Workplace.hasInception, Workplace.withoutWeights))
struct FamilyTests {
  let workplace: Workplace
  let program: Program
  let real: String
  let fake: String

  init() throws {
    workplace = try Workplace(weights: true)
    program = workplace.program
    real = try workplace.writeArray("real.npy", frames: 9, side: 32, values: [0, 40, 90])
    fake = try workplace.writeArray("fake.npy", frames: 9, side: 32, values: [200, 160, 255])
  }

  private func save(_ name: String, _ arguments: String...) throws -> String {
    let result = try program.run(arguments + ["--json"])
    try #require(result.status == 0, "\(result.errors)")
    try Data(result.output.utf8).write(to: URL(fileURLWithPath: workplace.file(name)))
    return workplace.file(name)
  }

  private func errors(_ arguments: String...) throws -> String {
    let result = try program.run(arguments)
    #expect(result.status == 2 && result.output.isEmpty)
    return result.errors
  }

  /// Metrics of one network and preprocessing cost what one of them does.
  @Test func onePassForAll() throws {
    let scores = try program.scores(
      "score", real, fake, "--metrics", "fvd,kvd:fvd-paper,fid,kid", "--set", "kvd.resize=half-pixel-bilinear",
      "--set", "fvd.ddof=1", "--set", "samples=1", "--set", "kid.subsets=0", "--no-cache")
    #expect(scores.scores.map(\.metric) == ["fvd", "kvd", "fid", "kid"])
    // Six clips for I3D and six frames for Inception.
    #expect(scores.circumstances.clipsComputed == 12)
    #expect(scores.scores.map(\.features) == [400, 400, 2048, 2048])
    #expect(scores.scores.map(\.sample) == ["clip", "clip", "frame", "frame"])
    let alone = try program.scores("fvd", real, fake, "--ddof", "1", "--no-cache")
    #expect(alone.circumstances.clipsComputed == 6)
    #expect(alone["fvd"] == scores["fvd"])
    #expect(alone.scores[0].settings?.fingerprint == scores.scores[0].settings?.fingerprint)
  }

  /// Nothing is computed for a command line that says nothing or two things.
  @Test func contradictionsAndUnknownFields() throws {
    func score(_ arguments: String...) throws -> String {
      let result = try program.run(["score", real, fake] + arguments)
      #expect(result.status == 2 && result.output.isEmpty)
      return result.errors
    }
    #expect(
      try errors("fvd", real, fake, "--frames", "9", "--set", "frames=10")
        == "error: `frames` is set to `9` and to `10`: which one is meant?\n")
    #expect(
      try errors("fvd", "none", "none", "--frames", "9", "--set", "frames=9")
        == "error: no such file or folder: `none`\n", "the same twice is no contradiction")
    let misspelt = try score("--metrics", "fvd,fid", "--set", "fvd.sampels=3")
    #expect(misspelt.hasPrefix("error: a protocol of fvd has no field `sampels`\nhint: "))
    #expect(!misspelt.contains("`samples`"))
    #expect(
      try score("--metrics", "fvd,fid", "--set", "fraems=3")
        == "error: a protocol of fvd, fid has no field `fraems`\nhint: did you mean `frames`?\n")
    let absent = try score("--metrics", "fvd,fid", "--set", "kid.subsets=3")
    #expect(!absent.contains("has no field `subsets`"))
    #expect(
      try score("--metrics", "fvd,fdi") == "error: there is no metric `fdi`\nhint: did you mean `fid`?\n")
    #expect(try score("--metrics", "fvd:clean").hasPrefix("error: there is no protocol `clean`"))
    #expect(
      try score().hasPrefix("error: --metrics or --table says what to score; metrics are fvd, kvd, dt-fvd, fid, "))
    #expect(
      try score("--metrics", "fvd", "--windows", "16", "--prefixes", "16").hasPrefix(
        "error: --windows and --prefixes are two series: give one"))
    #expect(
      try errors("fvd", real, fake, "--windows", "9", "--repeats", "3")
        == "error: `series` and `repeats` contradict each other: a series is computed once\n")
    #expect(
      try errors("fvd", real, fake, "--windows", "9", "--group-by", "class")
        == "error: `series` and `group-by` contradict each other: ask for one of them at a time\n")
  }

  @Test func explainAndDiff() throws {
    let one = try save("one.json", "fvd", real, fake)
    let words = try program.run("explain", one)
    #expect(words.status == 0 && words.errors.isEmpty)
    let fields = try #require(
      ((JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: one))) as? [String: Any])?["scores"]
        as? [[String: Any]])?.first?["settings"] as? [String: Any])
    let own = try #require(fields["fields"] as? [String: Any])
    #expect(own.count >= 25)
    for name in own.keys { #expect(words.output.contains("\n  \(name) "), "\(name)") }
    let told = try #require(
      (JSONSerialization.jsonObject(with: Data(program.run("explain", one, "--json").output.utf8)) as? [[String: Any]])?
        .first?["fields"] as? [[String: Any]])
    #expect(Set(told.compactMap { $0["name"] as? String }) == Set(own.keys))
    #expect(told.allSatisfy { ($0["meaning"] as? String)?.isEmpty == false })
    #expect(told.filter { $0["overridden"] as? Bool == true }.map { $0["name"] as? String } == ["frames"])

    let other = try save("other.json", "fvd", real, fake, "--ddof", "1", "--set", "batch-norm-eps=1e-5", "--seed", "3")
    let different = try program.run("diff", one, other, "--json")
    #expect(different.status == 3)
    let found = try #require(
      (JSONSerialization.jsonObject(with: Data(different.output.utf8)) as? [[String: Any]])?.first)
    #expect(found["comparable"] as? Bool == false)
    #expect((found["fields"] as? [[String: Any]])?.map { $0["name"] as? String } == ["batch-norm-eps", "seed", "ddof"])
    #expect((found["sets"] as? [Any])?.isEmpty == true && (found["circumstances"] as? [Any])?.isEmpty == true)
    #expect(try program.run("diff", one, other).output.contains("\nnot comparable: 3 fields differ\n"))

    let turned = try save("turned.json", "fvd", fake, real)
    let same = try program.run("diff", one, turned)
    #expect(
      same.status == 3
        && same.output.contains(
          "\nnot comparable: every field is the same, but the real set\nthe sets\n  real.digest  ")
    )
    let again = try program.run("diff", one, one)
    #expect(
      again.status == 0 && again.output.contains("\ncomparable: every field and the real set are the same\n"))
    let kvd = try save("kvd.json", "kvd", real, fake)
    #expect(try program.run("diff", one, kvd).status == 3)
    let broken = workplace.file("broken.json")
    try Data("{}".utf8).write(to: URL(fileURLWithPath: broken))
    #expect(
      try errors("explain", broken)
        == "error: `\(broken)` is not a document of scores: its schema is missing, and `vidmetrics.run/2` is read here\n"
        + "hint: `vidmetrics fvd REAL FAKE --json > FILE` makes one\n")
    #expect(
      try errors("explain", one, "--metric", "kid") == "error: `\(one)` has no score `kid`\nhint: it has fvd\n")
  }

  /// A score that the other document does not have is no comparison, and that must be said.
  @Test func scoresWithoutAPartner() throws {
    let two = try save(
      "two.json", "score", real, fake, "--metrics", "fvd,kvd:fvd-paper", "--set", "kvd.resize=half-pixel-bilinear")
    let one = try save("one.json", "score", real, fake, "--metrics", "fvd")
    let result = try program.run("diff", two, one, "--metric", "fvd")
    #expect(result.status == 0 && result.output.hasPrefix("FVD  "))
    let whole = try program.run("diff", two, one)
    #expect(whole.status != 0 || whole.output.lowercased().contains("kvd"), "\(whole.output)")
  }

  /// A row of a paper's table is explained as that paper's, also where another protocol has the name as an alias.
  @Test func aTableIsExplainedAsItself() throws {
    let real = try workplace.writeArray("real16.npy", frames: 16, side: 16, values: [0, 40])
    let fake = try workplace.writeArray("fake16.npy", frames: 16, side: 16, values: [200, 160])
    let table = try save("table.json", "score", real, fake, "--table", "lvdm", "--metrics", "fvd")
    let words = try program.run("explain", table).output
    #expect(words.contains("computed by the protocol `lvdm`, version 1: "))
    #expect(
      words.contains("Latent Video Diffusion Models") && !words.contains("Long Video Generation with Time-Agnostic"))
  }

  @Test func linesOfStyleGANV() throws {
    let file = workplace.file("metric.jsonl")
    let scores = try program.scores("score", real, fake, "--metrics", "fvd,kvd", "--append", file)
    _ = try program.scores("kvd", real, fake, "--append", file, "--set", "subsets=4", "--set", "subset-size=2")
    let records = try StyleGANVRecord.read(file)
    #expect(records.map(\.metric) == ["fvd", "kvd", "kvd"])
    #expect(records[0].results == ["fvd": scores["fvd"]] && records[1].results == ["kvd": scores["kvd"]])
    #expect(Set(records[2].results.keys) == ["kvd", "kvd_std"])
    #expect(records.allSatisfy { $0.snapshot == fake && ($0.totalTime ?? 0) > 0 && $0.gpus == 0 })
  }

  /// LFDM's table: FVD, cFVD and sFVD of 40 frames spread evenly, over folders subject/class.
  @Test func tableOfLFDM() throws {
    for (set, base) in [("gen", 0), ("true", 9)] {
      for (s, subject) in ["s1", "s2"].enumerated() {
        for (c, label) in ["up", "down"].enumerated() {
          let level = UInt8(base + 60 * s + 100 * c)
          _ = try workplace.writeArray("\(set)/\(subject)/\(label)/v.npy", frames: 5, side: 16, values: [level])
        }
      }
    }
    // Nine frames instead of 40, for time; the table has the rest.
    let scores = try program.scores(
      "score", workplace.file("true"), workplace.file("gen"), "--table", "lfdm", "--set", "frames=9")
    #expect(scores.scores.map(\.metric) == ["fvd", "cfvd", "sfvd"])
    #expect(scores.scores.map { $0.groups?.map(\.label) } == [nil, ["down", "up"], ["s1", "s2"]])
    #expect(scores.circumstances.clipsComputed == 8)
    for score in scores.scores.dropFirst() {
      let values = try #require(score.groups?.map(\.value))
      let mean = (values[0] + values[1]) / 2
      #expect(abs(score.value - mean) < 1e-9 * mean)
      #expect(abs(try #require(score.std) - abs(values[0] - values[1]) / 2) < 1e-9 * mean)
      #expect(score.has("small-groups"))
    }
    let cite = try program.run("cite", "lfdm").output
    for score in ["cFVD", "sFVD", "[table lfdm, version 1, fvd sha256:"] { #expect(cite.contains(score)) }
    let shown = try program.run("protocols", "show", "lfdm").output
    #expect(shown.contains("group-by") && shown.contains("even"))
    #expect(
      try errors("score", real, fake, "--table", "lfdn")
        == "error: there is no table `lfdn`\nhint: did you mean `lfdm`?\n")
  }

  /// Parts from several machines, merged, score as the set itself; another protocol's files are refused.
  @Test func shardsThroughTheProgram() throws {
    func extract(_ set: String, _ out: String, _ more: String...) throws -> String {
      let result = try program.run(["features", "extract", set, "--out", workplace.file(out)] + more)
      try #require(result.status == 0, "\(result.errors)")
      return workplace.file(out)
    }
    let whole = try extract(real, "whole.safetensors")
    let parts = try (1...3).map { try extract(real, "part-\($0).safetensors", "--shard", "\($0)/3", "--no-cache") }
    let merged = workplace.file("merged.safetensors")
    let result = try program.run(["features", "merge"] + parts.reversed() + ["--out", merged])
    #expect(result.status == 0 && result.output == "\(merged): 3 x 400\n")
    #expect(FileManager.default.contentsEqual(atPath: merged, andPath: whole))
    let fakes = try extract(fake, "fake.safetensors", "--as", "fake")
    let stored = try program.scores("fvd", merged, fakes, "--frames", "9", "--no-cache")
    #expect(stored.circumstances.clipsComputed == 0)
    #expect(try stored["fvd"] == program.scores("fvd", real, fake, "--frames", "9")["fvd"])
    #expect(
      try errors("fvd", merged, fakes, "--protocol", "tats", "--frames", "9").hasPrefix(
        "error: `\(merged)` was made with batch-norm-eps = 0.001, and the protocol asks for 1e-05\n"))
    #expect(
      try errors("fvd", fakes, merged, "--frames", "9").hasPrefix(
        "error: `\(fakes)` was made with offset = start, and the protocol asks for random\n"))
    #expect(
      try errors("features", "extract", real, "--out", whole).hasPrefix(
        "error: `\(whole)` exists already, and is replaced only"))
    #expect(
      try errors("features", "merge", parts[0], parts[0], "--out", workplace.file("twice.safetensors"))
        == "error: `\(parts[0])` and `\(parts[0])` both hold part 1 of 3\n")
  }

  /// Mean and covariance in a .npz score as the features that they are of.
  @Test func statisticsThroughTheProgram() throws {
    let npz = workplace.file("real.npz")
    let made = try program.run("features", "extract", real, "--metric", "fid", "--frames", "1", "--out", npz)
    #expect(made.status == 0 && made.output == "\(npz): 3 x 2048\n")
    let (direct, stored) = (
      try program.scores("fid", real, fake, "--frames", "1"), try program.scores("fid", npz, fake, "--frames", "1")
    )
    #expect(abs(stored["fid"] / direct["fid"] - 1) < 1e-9)
    #expect(stored.scores[0].real?.clips == 3 && stored.scores[0].has("from-statistics"))
    #expect(
      try errors("kid", npz, fake).hasPrefix(
        "error: `\(npz)` holds a mean and a covariance, from which kid by `clean` cannot be computed\n"))
  }
}

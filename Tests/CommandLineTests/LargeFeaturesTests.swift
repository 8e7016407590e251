import Files
import Foundation
import Testing

/// Features in files, moments and published sets as a person meets them.
@Suite struct LargeFeaturesTests {
  private let workplace: Workplace
  private var program: Program { workplace.program }

  init() throws { workplace = try Workplace(weights: true) }

  /// Made-up features of so many videos, in parts; their paths.
  private func make(_ name: String, _ more: String..., parts: Int = 1) throws -> [String] {
    let prefix = workplace.file(name)
    let result = try program.run(
      ["bench", "features", "--samples", "300", "--parts", "\(parts)", "--out", prefix] + more)
    try #require(result.status == 0, "\(result.errors)")
    let paths = (1...parts).map { "\(prefix)-\($0).safetensors" }
    #expect(result.output.hasSuffix(" x 400\n") && paths.allSatisfy(FileManager.default.fileExists))
    return paths
  }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  /// To a file, whose digest is written last, and to a pipe, which is written in one go.
  @Test func partsBecomeOneFile() throws {
    let (parts, whole) = (try make("part", parts: 4), try make("whole")[0])
    let merged = workplace.file("merged.safetensors")
    let result = try program.run(["features", "merge"] + parts.reversed() + ["--out", merged])
    #expect(result.output == "\(merged): 300 x 400\n" && result.status == 0)
    #expect(try bytes(merged) == bytes(whole))
    let (process, output, _) = try program.start(["features", "merge"] + parts + ["--out", "-"])
    let piped = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let wanted = try bytes(whole)
    #expect(process.terminationStatus == 0 && piped.starts(with: wanted))
  }

  @Test func momentsAndACard() throws {
    let (features, moments) = (try make("real")[0], workplace.file("moments.safetensors"))
    let made = try program.run("features", "moments", features, "--out", moments)
    #expect(made.output == "\(moments): moments of 300 x 400\n" && made.status == 0)
    #expect(
      try program.run("features", "moments", features, "--out", moments).errors
        == "error: `\(moments)` exists already, and is replaced only where that is asked for\n")
    #expect(
      try program.run("features", "moments", moments, "--out", workplace.file("x.safetensors")).errors
        == "error: `\(moments)` does not hold features, which moments are made of\n")
    #expect(
      try program.run("features", "moments", features, "--out", workplace.file("x.npz")).errors
        == "error: `\(workplace.file("x.npz"))`: moments are written to a .safetensors\n")
    #expect(
      try program.run("features", "merge", features, moments, "--out", workplace.file("x.safetensors")).errors == """
        error: `\(moments)` holds moments and `\(features)` does not
        hint: `features moments` makes moments of a file of features

        """)
    let published = workplace.file("published.safetensors")
    let card = ["--title", "Made up", "--url", "https://example.org", "--license", "CC0", "--note", "of nothing"]
    #expect(try program.run(["features", "publish", moments, "--out", published] + card).status == 0)
    let info = try program.run("features", "info", published).output
    for line in [
      "  moments of 300 samples x 400 features of 300 videos", "  all of a set of 300 videos, 0 left out",
      "  title  Made up", "  url  https://example.org", "  licence  CC0", "  note  of nothing",
      "  made by  vidmetrics features publish moments.safetensors --title 'Made up' --url https://example.org --licence CC0 "
        + "--note 'of nothing'  (version ", "  batch-norm-eps  0.001",
    ] {
      #expect(info.contains("\n" + line), "\(line)")
    }
    let json = try program.run("features", "info", published, "--json").output
    #expect(json.contains(#""kind": "moments""#) && json.contains(#""title": "Made up""#))
  }

  @Test(.enabled(if: Workplace.hasWeights, Workplace.withoutWeights)) func scoresOfThem() throws {
    let real = try make("real")[0]
    let fake = try make("fake", "--as", "fake", "--seed", "1", "--shift", "0.25")[0]
    let published = workplace.file("published.safetensors")
    #expect(try program.run("features", "publish", real, "--title", "Made up", "--out", published).status == 0)
    let (direct, score) = (try program.scores("fvd", real, fake), try program.scores("fvd", published, fake))
    let (wanted, found) = (try #require(direct["fvd"]), try #require(score["fvd"]))
    #expect(abs(found - wanted) <= 1e-10 * wanted)
    #expect(score.scores[0].has("published-set") && score.scores[0].real?.videos == 300)
    #expect(
      try program.run("prdc", published, fake).errors.hasPrefix(
        "error: `\(published)` holds a mean and a covariance, from which prdc by "))

    let sets = try [("r", "real"), ("f", "fake")].map { try make($0.0, "--metric", "kvd", "--as", $0.1)[0] }
    let blocks = try program.run("kvd", sets[0], sets[1], "--set", "block-size=50", "--no-record")
    #expect(blocks.output.split(separator: "\n")[0].contains(" over blocks"), "\(blocks.output) \(blocks.errors)")
    #expect(blocks.output.contains(" + block-size=50 "))
    #expect(
      try program.run("kvd", sets[0], sets[1], "--set", "block-size=50", "--set", "subsets=5").errors
        == "error: `block-size` and `subsets` contradict each other: a score is the mean over blocks or over subsets\n")
  }
}

import Distances
import Evaluation
import Foundation
import MetricCatalog
import Scores
import Synchronization
import Testing

/// A network of prompts: a few words and their features, in those of `FakeFrameNetwork`'s three colours.
private final class FakeTextNetwork: TextNetwork, Sendable {
  let identity = "fake text/1"
  let columns = 3
  let computed = Mutex<[String]>([])

  func isTruncated(_ prompt: String) -> Bool { prompt.count > 20 }

  func features(of prompts: [String]) -> [[Float]] {
    computed.withLock { $0 += prompts }
    return prompts.map { prompt in ["red", "green", "blue"].map { prompt.hasSuffix($0) ? -1 : 0.5 } }
  }
}

/// Metrics of embeddings with networks whose features are colours.
@Suite struct EmbeddingTests {
  private let folder: TemporaryFolder
  private let text = FakeTextNetwork()

  init() throws {
    folder = try TemporaryFolder()
    // Frames of pure colours: red, green, red; blue, blue.
    try writeVideo("a_red-1.npy", [[200, 0, 0], [0, 200, 0], [200, 0, 0]])
    try writeVideo("blue_2.npy", [[0, 0, 120], [0, 0, 240]])
  }

  private func writeVideo(_ name: String, _ colours: [[UInt8]]) throws {
    try folder.writeVideo("set/\(name)", colours.map { colour in (0..<64).flatMap { _ in colour } })
  }

  private func run(
    _ metric: String, _ name: String, _ settings: [(String, String)] = [], prompts: PromptSource = .stem,
    path: String? = nil, cache: String? = nil, honesty: Honesty = Honesty(), threads: Int = 1
  ) throws -> ScoreRecord {
    // The fake networks take what Inception does: frames as they are, -1...1.
    let preset = try EvaluationProtocol.named(name, metric: metric)
    let settled = try preset.overriding(settings.map { (field: $0.0, value: $0.1) })
    var request = ScoreRequest(real: nil, fake: path ?? folder.file("set"), scores: [RequestedScore(settled)])
    request.prompts = prompts
    request.honesty = honesty
    request.threads = threads
    var evaluation = Evaluation(request: request, cache: cache.map { CacheFolder(path: $0) }) { _ in FakeFrameNetwork()
    }
    evaluation.textNetwork = { [text] _ in text }
    return try evaluation.run().scores[0]
  }

  /// Pictures that videos were made from are no real set of the metrics beside.
  @Test func inputsAreNoRealSet() throws {
    for (name, size) in [("a_red-1.npy", 8), ("blue_2.npy", 8)] {
      try folder.writeVideo("pictures/\(name)", [(0..<size * size).flatMap { _ in [200, 0, 0] as [UInt8] }])
    }
    let scores = try [("temporal-flickering", "vbench"), ("pic", "dreamsim")].map { metric, name in
      RequestedScore(try EvaluationProtocol.named(name, metric: metric))
    }
    var request = ScoreRequest(real: folder.file("pictures"), fake: folder.file("set"), scores: scores)
    request.realIsInputs = true
    let run = try Evaluation(request: request, cache: nil) { _ in FakeFrameNetwork() }.run()
    #expect(run.scores[0].real == nil && run.scores[0].warnings.map(\.code).contains("real-value") == false)
    #expect(run.scores[1].real?.videos == 2 && run.scores[1].videos?.count == 2)
  }

  /// Frames in 0...1: [200/255, 0, 0] and so on. The prompt of the first video is -1 in red and 1/2 elsewhere.
  @Test func promptsAgainstFrames() throws {
    let score = try run("clip-sim", "clip-vit-b-32")
    // Cosines with (-1, 1/2, 1/2), of norm √1.5: red -1/√1.5, green 1/2/√1.5; with (1/2, 1/2, -1) blue -1/√1.5.
    let unit = 1 / 1.5.squareRoot()
    let values = try #require(score.videos)
    #expect(values.map(\.name) == ["a_red-1.npy[0]", "blue_2.npy[0]"])
    #expect(isClose(values[0].value, -unit / 2, 1e-7) && isClose(values[1].value, -unit, 1e-7))
    #expect(isClose(score.value, -0.75 * unit, 1e-7) && score.real == nil && score.metric == "clip-sim")
    #expect(text.computed.withLock { $0 } == ["a red", "blue"])
    #expect(score.prompts?.count == 2 && score.warnings.isEmpty)

    // 2.5·max(cos, 0) of each frame, after a prefix; 100·cos, of whose mean 0 is left.
    let each = try run("clip-sim", "clipscore")
    #expect(isClose(each.videos?[0].value ?? 0, 2.5 * unit / 2 / 3, 1e-7) && each.videos?[1].value == 0)
    #expect(text.computed.withLock { $0.suffix(2) } == ["A photo depicts a red", "A photo depicts blue"])
    #expect(each.warnings.map(\.code) == ["prompt-truncated"])
    #expect(each.prompts?.digest != score.prompts?.digest)
    let mean = try run("clip-sim", "torchmetrics")
    #expect(mean.value == 0 && isClose(mean.videos?[1].value ?? 0, -100 * unit, 1e-7))
  }

  /// Two videos that exchange their prompts are another score of other prompts.
  @Test func promptsCountInTheOrderOfTheirVideos() throws {
    func prompts(_ first: String, _ second: String) throws -> ScoreRecord {
      try folder.write(Array("path,prompt\na_red-1.npy,\(first)\nblue_2.npy,\(second)\n".utf8), "p.csv")
      return try run("clip-sim", "clip-vit-b-32", prompts: .file(folder.file("p.csv")))
    }
    let (one, other) = (try prompts("red", "blue"), try prompts("blue", "red"))
    #expect(one.value != other.value && one.prompts?.digest != other.prompts?.digest)
    #expect(try prompts("red", "blue").prompts == one.prompts)
    // Found out without decoding, it is the same.
    let settled = try EvaluationProtocol.named("clip-vit-b-32", metric: "clip-sim")
    var request = ScoreRequest(real: nil, fake: folder.file("set"), scores: [RequestedScore(settled)])
    request.prompts = .file(folder.file("p.csv"))
    let evaluation = Evaluation(request: request, cache: nil) { _ in FakeFrameNetwork() }
    #expect(try evaluation.expected().map(\.identity.prompts) == [one.prompts?.digest])
    // Each score has the prompts of its own videos, however many another one takes.
    request.scores.append(RequestedScore(try settled.overriding("max-videos-fake", with: "1")))
    var both = Evaluation(request: request, cache: nil) { _ in FakeFrameNetwork() }
    both.textNetwork = { [text] _ in text }
    let digests = try both.run().scores.map(\.prompts?.digest)
    #expect(try both.expected().map(\.identity.prompts) == digests && Set(digests).count == 2)
  }

  /// Ten frames: red until the fourth, then green. Against `red` the ends have -1/√1.5 and 1/2/√1.5.
  @Test func driftOfFrames() throws {
    let colours: [[UInt8]] = (0..<10).map { $0 < 4 ? [200, 0, 0] : [0, 200, 0] }
    try folder.writeVideo("long/a_red-1.npy", colours.map { colour in (0..<64).flatMap { _ in colour } })
    let unit = 1 / 1.5.squareRoot()
    let drift = try run("clip-sim", "clip-vit-b-32", [("drift", "yes")], path: folder.file("long"))
    #expect(isClose(drift.value, 1.5 * unit, 1e-7) && drift.metric == "clip-sim/drift" && drift.direction == .lower)
    #expect(drift.warnings.map(\.code) == ["drift-ends"])
    #expect(
      drift.warnings[0].text
        == "the first 15 % of the frames have -0.8164966, the last 0.4082483: with its sign the mean difference is 1.224745 "
        + "± 0.000000")
    // int(0.45 · 10) = 4 red ones, but int(0.5 · 10) = 5 with a green one among them.
    let four = try run(
      "clip-sim", "clip-vit-b-32", [("drift", "yes"), ("drift-share", "0.45")], path: folder.file("long"))
    #expect(isClose(four.value, 1.5 * unit, 1e-7))
    let five = try run(
      "clip-sim", "clip-vit-b-32", [("drift", "yes"), ("drift-share", "0.5")], path: folder.file("long"))
    #expect(isClose(five.value, 1.5 * unit * 4 / 5, 1e-7))
    // Within each end all frames are alike; one frame alone has no neighbour.
    let still = try run(
      "frame-consistency", "clip-vit-b-32", [("drift", "yes"), ("drift-share", "0.3")], path: folder.file("long"))
    #expect(still.value == 0 && still.metric == "frame-consistency/drift")
    #expect(
      message {
        _ = try run("frame-consistency", "clip-vit-b-32", [("drift", "yes")], path: folder.file("long"))
      } == """
        \(folder.file("long")): `a_red-1.npy[0]` has 10 frames, of which drift-share = 0.15 takes 1 at each end, and \
        frame-consistency needs 2: a larger share takes more (--set drift-share=0.5)
        hint: --on-error skip leaves such videos out, lists them and ends with status 4
        """)
  }

  /// Of a file of features no video can be left out: the first that is too short is named, with `--on-error skip` too.
  @Test func tooFewFramesInAFile() throws {
    let settled = try EvaluationProtocol.named("clip-vit-b-32", metric: "frame-consistency")
    var extraction = FeatureExtraction(path: folder.file("set"), wanted: RequestedScore(settled), cache: nil) { _ in
      FakeFrameNetwork()
    }
    extraction.isReal = false
    let features = try extraction.run().features
    let path = folder.file("short.safetensors")
    let row = try #require(features.rows.indices.first { features.rows[$0].video == "blue_2.npy[0]" })
    let columns = features.features.columns
    let one = FeatureMatrix(
      rows: 1, columns: columns, values: Array(features.features.values[row * columns..<(row + 1) * columns]))
    try FeatureFile.write(FeatureSet(features: one, rows: [features.rows[row]], recipe: features.recipe), to: path)
    var request = ScoreRequest(real: nil, fake: path, scores: [RequestedScore(settled)])
    for skips in [false, true] {
      request.skipsUnusable = skips
      let words = message { _ = try Evaluation(request: request, cache: nil) { _ in FakeFrameNetwork() }.run() }
      #expect(words == "`blue_2.npy[0]` has too few frames: 1, and at least 2 are needed")
    }
  }

  /// An embedding of 0 has no direction, and its cosine is not a number.
  @Test func embeddingsOfNothing() throws {
    try folder.writeVideo("dark/black_1.npy", [[UInt8](repeating: 0, count: 192), [UInt8](repeating: 9, count: 192)])
    try folder.writeVideo("grey/grey.npy", [[UInt8](repeating: 99, count: 192), [UInt8](repeating: 7, count: 192)])
    let way =
      ": it has no direction that could be compared\n"
      + "hint: another protocol, such as another `--distance`, may see something in these frames"
    #expect(
      message { _ = try run("clip-sim", "clip-vit-b-32", path: folder.file("dark")) }
        == "an embedding of `black_1.npy[0]` is 0" + way)
    #expect(
      message {
        _ = try run("pic", "dreamsim", [("input", "first-frame"), ("centre", "own-mean")], path: folder.file("grey"))
      }
        == "an embedding of `grey.npy[0]` is 0 once its own mean is subtracted" + way)
  }

  /// As of distances: by the protocol's seed, whatever the number of threads.
  @Test func intervalsOfMeansTakeTheSeed() throws {
    for video in 0..<9 { try folder.writeVideo("many/v\(video).npy", FakeVideos.frames(3, seed: video)) }
    var honesty = Honesty()
    honesty.bootstrap = 200
    func interval(_ seed: Int, threads: Int = 1) throws -> ScoreInterval {
      let score = try run(
        "frame-consistency", "clip-vit-b-32", [("seed", "\(seed)")], path: folder.file("many"), honesty: honesty,
        threads: threads)
      return try #require(score.interval)
    }
    let first = try interval(0)
    #expect(try interval(0, threads: 3) == first)
    #expect(try interval(1) != first && first.low < first.high)
  }

  @Test func promptsAreComputedOnce() throws {
    let cache = folder.file("cache")
    let first = try run("clip-sim", "clip-vit-b-32", cache: cache)
    let again = try run("clip-sim", "clip-vit-b-32", cache: cache)
    #expect(first.value == again.value && text.computed.withLock { $0.count } == 2)
  }

  @Test func promptsOfFiles() throws {
    let wanted = try run("clip-sim", "clip-vit-b-32")
    func write(_ text: String, _ name: String) throws -> PromptSource {
      try folder.write(Array(text.utf8), name)
      return .file(folder.file(name))
    }
    let files = [
      try write("name,prompt\nblue_2.mp4, blue \na_red-1,\"a, red\"\nmoon,yellow\n", "p.csv"),
      try write(
        "{\"video\": \"a_red-1.npy\", \"prompt\": \"red\"}\n{\"path\": \"blue_2\", \"prompt\": \"blue\"}\n", "p.jsonl"),
      try write("{\"a_red-1\": \"red\", \"blue_2.npy\": \"blue\"}", "p.json"), try write("red\r\nblue\n", "p.txt"),
    ]
    for (index, file) in files.enumerated() {
      let score = try run("clip-sim", "clip-vit-b-32", prompts: file)
      #expect(score.videos?.map(\.value) == wanted.videos?.map(\.value))
      #expect(score.warnings.map(\.code) == (index == 0 ? ["unused-prompts"] : []))
    }
    try folder.write(Array("path,prompt\nset/a_red-1.npy,red\nset/blue_2.npy,blue\n".utf8), "set.csv")
    let manifest = try run("clip-sim", "clip-vit-b-32", prompts: .column("prompt"), path: folder.file("set.csv"))
    #expect(manifest.videos?.map(\.value) == wanted.videos?.map(\.value))

    func error(_ prompts: PromptSource, path: String? = nil) -> String? {
      message { _ = try run("clip-sim", "clip-vit-b-32", prompts: prompts, path: path) }
    }
    #expect(
      error(.column("prompt"))?.hasPrefix("clip-sim needs the prompt that each video of `\(folder.file("set"))`")
        == true)
    #expect(
      error(try write("path,prompt\nblue_2,blue\na_red-1,\n", "p.csv")) == """
        `\(folder.file("p.csv"))` has no prompt for `a_red-1.npy[0]`
        hint: an entry has its video's path below the set, whatever its extension
        """)
    #expect(
      error(try write("red\n", "p.txt"))
        == "`\(folder.file("p.txt"))`: 1 line for 2 videos: a line is for one video, in natural order of their names")
    #expect(
      error(try write("path,prompt\nblue_2,blue\nblue_2.mp4,red\n", "p.csv"))
        == "`\(folder.file("p.csv"))`: `blue_2` has two prompts")
    #expect(error(.file(folder.file("p.yaml")))?.contains("prompts are in a .csv, .tsv, .jsonl, .json or .txt") == true)
    try folder.write(Array("path,prompt\nset/a_red-1.npy,red\nset/blue_2.npy,\n".utf8), "set.csv")
    #expect(
      error(.column("prompt"), path: folder.file("set.csv")) == """
        `\(folder.file("set.csv"))` has no prompt for `set/blue_2.npy`
        hint: the column `prompt` of its line is empty
        """)
  }

  /// Red, green, red: neighbours have nothing in common, the first and the third frame everything.
  @Test func framesAgainstFrames() throws {
    let previous = try run("frame-consistency", "clip-vit-b-32")
    #expect(previous.videos?.map(\.value) == [0, 1] && previous.value == 0.5 && previous.std == 0.5)
    let first = try run("frame-consistency", "clip-vit-b-32", [("compare-with", "first")])
    #expect(first.videos?.map(\.value) == [0.5, 1])
    let short = message { _ = try run("frame-consistency", "clip-vit-b-32", [("skip-first", "1")]) }
    #expect(
      short?.hasPrefix("\(folder.file("set")): `blue_2.npy[0]` has too few frames: 1, and at least 2 are needed\n")
        == true)
  }

  /// The mean of the three colours is subtracted: red and green then are (2, -1, -1) and (-1, 2, -1), of cosine -1/2.
  @Test func theirOwnMean() throws {
    let plain = try run("pic", "dreamsim", [("input", "first-frame")])
    #expect(plain.metric == "pic" && isClose(plain.videos?[0].value ?? 0, (1 - 0.5 + 1) / 3, 1e-7))
    #expect(isClose(plain.videos?[1].value ?? 0, 1, 1e-7))
    let other = try run("pic", "dreamsim-dino", [("input", "first-frame")])
    #expect(other.metric == "pic[dreamsim-dino]" && other.value == plain.value)
    let custom = try run("pic", "dreamsim", [("input", "first-frame"), ("weights", "mine")])
    #expect(custom.metric == "pic[mine]")
    #expect(
      message { _ = try run("pic", "dreamsim", [("centre", "none")]) }
        == "`endpoint` and `centre` contradict each other: the embedding of `dreamsim` is one without its own mean")
  }

  // MARK: VBench's formulas

  /// Red, green, red: 0 and 0, then 0 and 1. Blue, blue: 1 and 1. The longer video has two frames behind its first.
  @Test func previousAndFirstFrame() throws {
    let score = try run("subject-consistency", "vbench", honesty: bootstrap)
    #expect(try #require(score.videos).map(\.value) == [0.25, 1])
    #expect(isClose(score.value, 0.5) && score.settings?.text("mean-over") == "frames")
    let ofVideos = try run("subject-consistency", "vbench-distributed", honesty: bootstrap)
    #expect(isClose(ofVideos.value, 0.625))
    // Drawn are videos, each with all of its frames: (1 + 1) / 2 at the most, and 0.25 at the least.
    let (a, b) = (try #require(score.interval), try #require(ofVideos.interval))
    #expect(a.low < score.value && a.high > score.value && b.low < ofVideos.value)
    #expect(a.low != b.low)
    #expect(try isClose(run("subject-consistency", "vbench", [("compare-with", "previous")]).value, 1.0 / 3))
    #expect(try isClose(run("subject-consistency", "vbench", [("compare-with", "first")]).value, 2.0 / 3))
  }

  private var bootstrap: Honesty {
    var honesty = Honesty()
    honesty.bootstrap = 200
    return honesty
  }

  /// 0.4 of the largest likeness to the input, 0.3 of the mean and 0.3 of the least of consecutive frames.
  @Test func likeTheInputAndSmooth() throws {
    // Each video's own first frame: red, green, red has 1, and 0 and 0; blue, blue has 1, and 1.
    let own = try run("i2v-subject", "vbench", [("input", "first-frame")])
    #expect(zip(try #require(own.videos).map(\.value), [0.4, 1]).allSatisfy { isClose($0, $1) })
    #expect(isClose(own.value, 0.7))
    // A green picture for the one, a red one for the other.
    try folder.writeVideo("inputs/a_red-1.npy", [(0..<64).flatMap { _ in [0, 90, 0] as [UInt8] }])
    try folder.writeVideo("inputs/blue_2.npy", [(0..<64).flatMap { _ in [90, 0, 0] as [UInt8] }])
    let settled = try EvaluationProtocol.named("vbench", metric: "i2v-subject")
    let request = ScoreRequest(
      real: folder.file("inputs"), fake: folder.file("set"), scores: [RequestedScore(settled)])
    let score = try Evaluation(request: request, cache: nil) { _ in FakeFrameNetwork() }.run().scores[0]
    #expect(zip(try #require(score.videos).map(\.value), [0.4, 0.6]).allSatisfy { isClose($0, $1) })
  }
}

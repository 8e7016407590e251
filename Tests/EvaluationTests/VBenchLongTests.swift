import Evaluation
import Foundation
import MetricCatalog
import Networks
import Scores
import Testing
import Weights

/// VBench-Long from files to scores, against what its own functions made of the same videos with the same made-up weights
/// (`Fixtures/golden/vbench/recipe.py long`), and its clips.
@Suite struct VBenchLongTests {
  private struct Golden: Decodable {
    /// A value for each clip.
    struct Score: Decodable {
      let all: Double
      let videos: [Double]
      let inside: [Double]?
      let between: [Double]?

      enum CodingKeys: String, CodingKey {
        case all, videos
        case inside = "inclip_score"
        case between = "clip2clip_score"
      }
    }
    let clips: [[Int]]
    let rate: Double
    let scores: [String: Score]
  }

  private let folder: TemporaryFolder
  private let networks: MadeUpNetworks

  init() throws {
    folder = try TemporaryFolder()
    networks = MadeUpNetworks(store: WeightStore(folder: folder.file("weights")))
  }

  private func golden() throws -> Golden {
    try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: MadeUpNetworks.fixtures.appendingPathComponent("vbench/long.json")))
  }

  /// Videos of four clips, of two, of one, and of less than one.
  @Test(arguments: ["subject-consistency", "background-consistency", "aesthetic-quality", "temporal-flickering"])
  func parity(_ metric: String) throws {
    let golden = try golden()
    for (number, clip) in golden.clips.enumerated() {
      let (frames, height, width) = (clip[0], clip[1], clip[2])
      try folder.write(
        folder.npyHeader("|u1", [1, frames, height, width, 3]) + madeUpClip(number, frames, height, width),
        "videos/\(number).npy")
    }
    let expected = try #require(golden.scores[metric])
    let dimension = try #require(VBench.dimension(metric))
    let wanted = try VBenchLong.protocols(of: dimension).map { name in
      var wanted = try networks.wanted(metric)
      wanted.evaluationProtocol = try EvaluationProtocol.named(name, metric: metric)
        .overriding("frame-rate", with: "\(golden.rate)")
      return wanted
    }
    var request = ScoreRequest(real: nil, fake: folder.file("videos"), scores: wanted)
    request.threads = 2
    let scores = try Evaluation(request: request, cache: nil) { try networks.network($0, MadeUpNetworks.tables.last!) }
      .run().scores
    let found = try #require(VBenchLong.scored(scores).first)
    #expect(abs(found.value - expected.all) < 5e-6, "\(found.value) \(expected.all)")

    // The clips of a video stand one behind the other.
    let counts = [4, 2, 1, 1]
    #expect(found.videos.map(\.clips) == counts)
    func means(_ clips: [Double]) -> [Double] {
      var rest = clips[...]
      return counts.map { count in
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reduce(0, +) / Double(count)
      }
    }
    func agree(_ videos: [VideoValue], _ clips: [Double]) -> Bool {
      zip(videos.map(\.value), means(clips)).allSatisfy { abs($0 - $1) < 5e-6 }
    }
    #expect(agree(found.videos, expected.videos))
    if let inside = expected.inside, let between = expected.between {
      #expect(agree(scores[0].videos ?? [], inside))
      let fast = scores[1].videos ?? []
      #expect(fast.count == 2 && agree(fast, between))
      #expect(scores[1].warnings.contains { $0.code == "one-clip-videos" })
    }
  }

  private func clips(_ sets: [(String, String)]) throws -> ClipsOfVideo? {
    ClipsOfVideo(
      try EvaluationProtocol.named("vbench", metric: "temporal-flickering").overriding(
        sets.map { (field: $0.0, value: $0.1) }
      ).fields)
  }

  @Test func theLastClipEndsWithTheVideo() throws {
    #expect(try clips([]) == nil)
    let clips = try #require(try clips([("clip-seconds", "2")]))
    func starts(_ frames: Int, _ rate: Double) throws -> [Range<Int>] {
      try clips.ranges(of: "a.mp4", frames: frames, rate: rate)
    }
    #expect(try starts(16, 8) == [0..<16])
    #expect(try starts(32, 8) == [0..<16, 16..<32])
    #expect(try starts(33, 8) == [0..<16, 16..<32, 17..<33])
    #expect(try starts(5, 8) == [0..<5])
    // Frames a second are cut off: 23.976 are 23.
    #expect(try starts(100, 23.976) == [0..<46, 46..<92, 54..<100])
  }

  @Test func ratesThatAreMissing() throws {
    let clips = try #require(try clips([("clip-seconds", "2")]))
    #expect(throws: EvaluationError.noRateOfClips(name: "a", seconds: 2)) {
      try clips.ranges(of: "a", frames: 9, rate: nil)
    }
    #expect(throws: EvaluationError.slowClips(name: "a", rate: 0.5)) {
      try clips.ranges(of: "a", frames: 9, rate: 0.5)
    }
    #expect(
      "\(EvaluationError.noRateOfClips(name: "a", seconds: 2))"
        == "`a` has no frame rate, and it is cut into clips of 2 seconds: `--set frame-rate=24` says it for all videos "
        + "(files of features, arrays and folders of frames hold none)")
    let given = try #require(try self.clips([("clip-seconds", "2"), ("frame-rate", "3.7")]))
    #expect(try given.ranges(of: "a", frames: 9, rate: 100) == [0..<6, 3..<9])
  }

  @Test func whatContradictsClips() throws {
    func check(_ sets: [(String, String)], _ metric: String, _ name: String = "vbench") throws {
      try EvaluationProtocol.named(name, metric: metric).overriding(sets.map { (field: $0.0, value: $0.1) }).validate()
    }
    try check([("clip-seconds", "2")], "aesthetic-quality")
    #expect(throws: CatalogError.self) { try check([("clip-seconds", "2")], "subject-consistency") }
    try check([("clip-seconds", "2"), ("mean-over", "clips")], "subject-consistency")
    #expect(throws: CatalogError.self) { try check([("mean-over", "clips")], "subject-consistency") }
    #expect(throws: CatalogError.self) { try check([("drift", "yes")], "subject-consistency", "vbench-long-slow") }
    #expect(throws: CatalogError.self) { try check([("clip-frames", "first")], "subject-consistency") }
    #expect(throws: CatalogError.self) { try check([("samples", "4")], "subject-consistency", "vbench-long-slow") }
    #expect(throws: CatalogError.self) { try check([("stride", "2")], "aesthetic-quality", "vbench-long") }
    // Without clips nobody asks how long a second is.
    let whole = try EvaluationProtocol.named("vbench", metric: "temporal-flickering")
    #expect(try whole.overriding("frame-rate", with: "5").fingerprint == whole.fingerprint)
  }

  /// A long video counts for its clips, in the score and in the note of the real set alike.
  @Test func theRealSetIsMeasuredAlike() throws {
    let grey = { (level: Int) in Array(repeating: UInt8(level), count: 8 * 8 * 3) }
    for set in ["real", "fake"] {
      // Six clips of two frames that differ, one of two that do not.
      try folder.write(
        folder.npyHeader("|u1", [1, 12, 8, 8, 3]) + (0..<12).flatMap { grey($0 % 2 * 51) }, "\(set)/long.npy")
      try folder.write(folder.npyHeader("|u1", [1, 2, 8, 8, 3]) + grey(0) + grey(0), "\(set)/still.npy")
    }
    let wanted = RequestedScore(
      try EvaluationProtocol.named("vbench-long", metric: "temporal-flickering").overriding("frame-rate", with: "1"))
    let request = ScoreRequest(real: folder.file("real"), fake: folder.file("fake"), scores: [wanted])
    let score = try Evaluation(request: request, cache: nil) { try networks.network($0, MadeUpNetworks.tables[0]) }
      .run().scores[0]
    #expect(abs(score.value - (6 * 0.8 + 1) / 7) < 1e-8)
    #expect(score.warnings.contains { $0.text.hasPrefix("the real set's value is 0.8285714 ±") }, "\(score.warnings)")
  }

  /// No clip of a video stands beside another: the way out is named.
  @Test func shortVideosAlone() throws {
    try folder.write(folder.npyHeader("|u1", [1, 4, 16, 16, 3]) + madeUpClip(0, 4, 16, 16), "short/0.npy")
    var wanted = try networks.wanted("subject-consistency")
    wanted.evaluationProtocol = try EvaluationProtocol.named("vbench-long-fast", metric: "subject-consistency")
      .overriding("frame-rate", with: "24")
    let request = ScoreRequest(real: nil, fake: folder.file("short"), scores: [wanted])
    #expect(throws: EvaluationError.noLongVideo(path: folder.file("short"), seconds: 2)) {
      try Evaluation(request: request, cache: nil) { try networks.network($0, MadeUpNetworks.tables[0]) }.run()
    }
  }
}

import Engine
import Evaluation
import Foundation
import Kernels
import MetricCatalog
import Networks
import Scores
import Testing
import Weights

/// Imaging quality from files to scores, against what VBench's `technical_quality` with pyiqa's MUSIQ made of the same clips with
/// the same made-up weights (`Fixtures/golden/musiq/recipe.py small`), with every instruction set.
@Suite struct MUSIQParityTests {
  private struct Golden: Decodable {
    struct Score: Decodable {
      let all: Double
      let videos: [Double]
    }
    let clips: [[Int]]
    let scores: [String: Score]
  }

  private let folder: TemporaryFolder
  private let networks: MadeUpNetworks
  private let golden: Golden

  init() throws {
    folder = try TemporaryFolder()
    networks = MadeUpNetworks(store: WeightStore(folder: folder.file("weights")))
    golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: MadeUpNetworks.fixtures.appendingPathComponent("musiq/musiq.json")))
  }

  private func writeClips() throws {
    for (number, clip) in golden.clips.enumerated() {
      try folder.write(
        folder.npyHeader("|u1", [1] + clip + [3]) + madeUpClip(number, clip[0], clip[1], clip[2]),
        "videos/\(number).npy")
    }
  }

  private func score(_ wanted: RequestedScore, _ table: KernelTable) throws -> ScoreRecord {
    var request = ScoreRequest(real: nil, fake: folder.file("videos"), scores: [wanted])
    request.threads = 2
    return try Evaluation(request: request, cache: nil) { try networks.network($0, table) }.run().scores[0]
  }

  /// Clips of all shapes, from 7×9 to 600×338, by each of VBench's ways of preparing them. Measured: 8.6e-5 of 100.
  @Test(arguments: [
    ("longer", "long-side-at-most"), ("shorter", "short-side-at-most"),
    ("shorter_centercrop", "short-side-at-most-center"), ("None", "whole"),
  ])
  func ratings(_ mode: String, _ crop: String) throws {
    try writeClips()
    let expected = try #require(golden.scores[mode])
    var wanted = try networks.wanted("imaging-quality")
    wanted.evaluationProtocol = try wanted.evaluationProtocol.overriding("crop", with: crop)
    for table in MadeUpNetworks.tables {
      let score = try score(wanted, table)
      let found = try #require(score.videos).map { 100 * $0.value }
      #expect(found.count == expected.videos.count)
      for (video, (own, published)) in zip(found, expected.videos).enumerated() {
        #expect(abs(own - published) < 1e-3, "\(mode) \(table.name) \(video): \(own) \(published)")
      }
      #expect(abs(score.value - expected.all) < 1e-5, "\(table.name)")
    }
  }

  /// What is stored is read as the network that it is, and no other.
  @Test func weightsAreKept() throws {
    let weights = try networks.weights("musiq-spaq")
    #expect(weights.network == "musiq")
    let file = MadeUpNetworks.fixtures.appendingPathComponent("musiq/musiq_small.pth").path
    _ = try networks.store.importFiles([file], as: "made-up")
    #expect(try networks.store.load("made-up").fingerprint == weights.fingerprint)
    #expect(try NetworkKind(of: weights) == .musiq)
  }

  @Test func aFrameOfWhichAScaleHasNoPixels() {
    let frame = FrameShape(height: 1, width: 1000)
    #expect(
      #expect(throws: NetworkError.self) { try NetworkKind.musiq.patches(frame) }?.description
        == "MUSIQ cannot see frames of 1000x1: the longer side is brought to 224, and then nothing is left of the shorter one"
    )
  }

  /// A video that the network cannot see stops the set by its name, and is left out where that is asked for.
  @Test func aNarrowVideoIsTheVideosOwn() throws {
    for (name, height, width) in [("good", 32, 40), ("thin", 2, 1200)] {
      try folder.write(
        folder.npyHeader("|u1", [1, 2, height, width, 3]) + madeUpClip(0, 2, height, width), "videos/\(name).npy")
    }
    let reason =
      "MUSIQ cannot see frames of 512x1: the longer side is brought to 224, and then nothing is left of the shorter one"
    let wanted = try networks.wanted("imaging-quality")
    let error = #expect(throws: EvaluationError.self) { try score(wanted, MadeUpNetworks.tables[0]) }
    #expect("\(try #require(error))".contains("`thin.npy[0]`: \(reason)"), "\(String(describing: error))")
    var request = ScoreRequest(real: nil, fake: folder.file("videos"), scores: [wanted])
    request.skipsUnusable = true
    let result = try Evaluation(request: request, cache: nil) { try networks.network($0, MadeUpNetworks.tables[0]) }
      .run()
    #expect(result.scores[0].videos?.map(\.name) == ["good.npy[0]"])
    #expect(result.skipped.map(\.reason) == ["`thin.npy[0]`: \(reason)"])
  }

  /// Whatever a frame's size, there is a token for each patch.
  @Test(arguments: [(7, 9), (32, 32), (33, 31), (288, 512), (561, 540), (1080, 1920)])
  func tokensOfAFrame(_ height: Int, _ width: Int) throws {
    var options = NetworkKind.Options()
    options.frame = FrameShape(height: height, width: width)
    let graph = try NetworkKind.musiq.graph(nil, options)
    let patches = try #require(try NetworkKind.musiq.patches(FrameShape(height: height, width: width)))
    #expect(graph.inputShape.count == patches.values)
    #expect(graph.shape(graph.outputs[0]) == .vector(1))
  }
}

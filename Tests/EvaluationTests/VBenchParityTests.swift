import Evaluation
import Foundation
import Kernels
import MetricCatalog
import Networks
import Scores
import Testing
import Weights

/// VBench's dimensions from files to scores, against what VBench's own functions made of the same clips with the same made-up
/// weights (`Fixtures/golden/vbench/recipe.py small`), with every instruction set.
@Suite struct VBenchParityTests {
  private struct Golden: Decodable {
    struct Score: Decodable {
      let all: Double
      let videos: [Double]
    }
    let scores: [String: Score]
    let distributed: Double
    let features: [String: [[Double]]]
    let clips: [[Int]]
  }

  private static let golden: Golden? =
    (try? Data(contentsOf: MadeUpNetworks.fixtures.appendingPathComponent("vbench/vbench.json"))).flatMap {
      try? JSONDecoder().decode(Golden.self, from: $0)
    }

  private let folder: TemporaryFolder
  private let networks: MadeUpNetworks

  init() throws {
    folder = try TemporaryFolder()
    networks = MadeUpNetworks(store: WeightStore(folder: folder.file("weights")))
  }

  /// `videos/I.npy`, and the pictures that they were made from.
  private func writeClips(_ golden: Golden) throws {
    for (number, clip) in golden.clips.enumerated() {
      let (frames, height, width) = (clip[0], clip[1], clip[2])
      try folder.write(
        folder.npyHeader("|u1", [1, frames, height, width, 3]) + madeUpClip(number, frames, height, width),
        "videos/\(number).npy")
      try folder.write(
        folder.npyHeader("|u1", [1, 1, height, width, 3]) + madeUpClip(number + 100, 1, height, width),
        "pictures/\(number).npy")
    }
  }

  /// Clips of all shapes, from 7x9 to 300x256. Measured: scores 1.7e-6, features 2.2e-6 of the largest value.
  @Test(arguments: [
    "subject-consistency", "background-consistency", "aesthetic-quality", "i2v-subject", "i2v-subject-aliased",
    "i2v-background", "i2v-background-aliased",
  ])
  func scoresAndFeatures(_ name: String) throws {
    let golden = try #require(Self.golden)
    try writeClips(golden)
    let expected = try #require(golden.scores[name])
    let wanted = try networks.wanted(name)
    let takesInputs = wanted.evaluationProtocol.definition.reference == .inputs
    for table in MadeUpNetworks.tables {
      var request = ScoreRequest(
        real: takesInputs ? folder.file("pictures") : nil, fake: folder.file("videos"), scores: [wanted])
      request.threads = 2
      let score = try Evaluation(request: request, cache: nil) { try networks.network($0, table) }.run().scores[0]
      let found = try #require(score.videos).map(\.value)
      let worst = zip(found + [score.value], expected.videos + [expected.all]).map { abs($0 - $1) }.max() ?? .infinity
      #expect(found.count == expected.videos.count && worst < 5e-6, "\(name) \(table.name): \(worst)")

      guard let rows = golden.features[name] else { continue }
      var extraction = FeatureExtraction(path: folder.file("videos"), wanted: wanted, cache: nil) {
        try networks.network($0, table)
      }
      extraction.isReal = false
      let features = try extraction.run().features
      for (video, row) in rows.enumerated() {
        let place = try #require(features.rows.firstIndex { $0.video.hasPrefix("\(video).npy") })
        let own = features.features.values[place * 64..<(place + 1) * 64]
        let largest = row.map { abs($0) }.max() ?? 0
        let worst = zip(own, row).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(worst / largest < 1e-5, "\(name) \(table.name): \(worst / largest)")
      }
    }
  }

  /// What VBench prints with several processes is another number, since the videos differ in length.
  @Test func severalProcessesTakeTheMeanOverVideos() throws {
    let golden = try #require(Self.golden)
    try writeClips(golden)
    let settled = try EvaluationProtocol.named("vbench-distributed", metric: "subject-consistency")
    let request = ScoreRequest(real: nil, fake: folder.file("videos"), scores: [RequestedScore(settled)])
    let score = try Evaluation(request: request, cache: nil) { try networks.network($0, MadeUpNetworks.tables[0]) }
      .run().scores[0]
    #expect(abs(score.value - golden.distributed) < 5e-6)
    #expect(abs(golden.distributed - (golden.scores["subject-consistency"]?.all ?? 0)) > 1e-3)
  }
}

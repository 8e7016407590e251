import Evaluation
import Foundation
import MetricCatalog
import Scores
import Synchronization

/// A per-frame network of three features: the means of R, G and B. It counts its frames.
final class FakeFrameNetwork: FeatureNetwork, Sendable {
  let identity = "fake frames/1"
  let isa = "fake"
  let columns = 3
  let side = 8
  let minimumFrames = 1
  let isPerFrame = true
  let computed = Atomic<Int>(0)

  func memory(frames: Int) -> Int { 1 << 20 }

  func extractors(frames: Int, teams: ComputeTeams) throws -> [any FeatureExtractor] {
    (0..<teams.count).map { _ in FakeFrameExtractor(self) }
  }
}

private final class FakeFrameExtractor: FeatureExtractor {
  private let network: FakeFrameNetwork
  init(_ network: FakeFrameNetwork) { self.network = network }

  func features(of clip: UnsafePointer<Float>, frames: Int, whenRead: () -> Void) -> [Float] {
    defer { whenRead() }
    network.computed.add(frames, ordering: .relaxed)
    let values = network.side * network.side * 3
    return (0..<frames).flatMap { frame in
      var sums: [Float] = [0, 0, 0]
      for index in 0..<values { sums[index % 3] += clip[frame * values + index] }
      return sums.map { $0 / Float(values / 3) }
    }
  }
}

/// Both fake networks: clips for metrics of clips, frames for those of frames.
final class FakeNetworks: Sendable {
  let clips: FakeNetwork
  let frames: FakeFrameNetwork

  init() { (clips, frames) = (FakeNetwork(), FakeFrameNetwork()) }

  func callAsFunction(_ settled: EvaluationProtocol) throws -> any FeatureNetwork {
    settled.definition.sample == .frame ? frames : clips
  }
}

/// A protocol with fields set; rows of arrays are cut like videos.
func wanted(_ metric: String, _ name: String? = nil, _ settings: [(String, String)] = []) throws -> RequestedScore {
  let preset = try EvaluationProtocol.named(name ?? Metric.named(metric).defaultProtocol, metric: metric)
  var wanted = RequestedScore(try preset.overriding(settings.map { (field: $0.0, value: $0.1) }))
  wanted.framesAreGiven = true
  return wanted
}

/// The scores of two sets by one protocol each.
func scores(
  _ real: String, _ fake: String, _ wanted: [RequestedScore], networks: FakeNetworks = FakeNetworks(), threads: Int = 1,
  honesty: Honesty = Honesty()
) throws -> [ScoreRecord] {
  var request = ScoreRequest(real: real, fake: fake, scores: wanted)
  request.threads = threads
  request.honesty = honesty
  return try Evaluation(request: request, cache: nil) { try networks($0) }.run().scores
}

/// Videos of 8x8 pixels whose frames do not depend on how many there are.
struct FakeVideos {
  /// Levels of a video's frames: a seeded walk of three colours with noise of the pixels.
  static func frames(_ count: Int, seed: Int) -> [[UInt8]] {
    var state = UInt32(truncatingIfNeeded: seed &* 2_654_435_761 &+ 12345)
    func next() -> Double {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Double(state >> 8) / Double(1 << 24)
    }
    var level = (0..<3).map { _ in 60 + 120 * next() }
    return (0..<count).map { _ in
      level = level.map { min(max($0 + 50 * (next() - 0.5), 10), 235) }
      return (0..<64).flatMap { _ in level.map { UInt8($0 + 20 * (next() - 0.5)) } }
    }
  }
}

extension TemporaryFolder {
  /// One video as an array [1][T][8][8][3].
  func writeVideo(_ name: String, _ frames: [[UInt8]]) throws {
    try write(npyHeader("|u1", [1, frames.count, 8, 8, 3]) + Array(frames.joined()), name)
  }

  /// `SET/vI.npy`, with frames cut to a range where one is given. Returns the set's path.
  @discardableResult
  func writeSet(_ set: String, videos: Range<Int>, lengths: (Int) -> Int, cut: Range<Int>? = nil) throws -> String {
    for video in videos {
      let frames = FakeVideos.frames(lengths(video), seed: video)
      try writeVideo("\(set)/v\(video).npy", cut.map { Array(frames[$0.clamped(to: 0..<frames.count)]) } ?? frames)
    }
    return file(set)
  }
}

func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
  abs(a - b) <= tolerance * max(abs(a), abs(b))
}

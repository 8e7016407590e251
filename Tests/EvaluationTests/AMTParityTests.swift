import Engine
import Evaluation
import Files
import Foundation
import Kernels
import MetricCatalog
import Networks
import Scores
import Synchronization
import Testing
import Video
import Weights

/// AMT-S and motion smoothness against what the published code made of the same frames with the same made-up weights
/// (`Fixtures/golden/amt/recipe.py golden`), with every instruction set.
@Suite(.serialized) struct AMTParityTests {
  private struct Golden: Decodable {
    struct Sampled: Decodable {
      let first: Int
      let step: Int
      let count: Int
      let values: [Float]

      /// The largest difference; infinite for values of another number.
      func distance(to found: [Float]) -> Float {
        guard found.count == count else { return .infinity }
        return values.enumerated().map { abs(found[first + $0 * step] - $1) }.max() ?? .infinity
      }
    }
    struct Pair: Decodable {
      let size: [Int]
      let frame: Sampled
      let flows: [Sampled]
    }
    struct Clip: Decodable {
      let clip: [Int]
      let moves: Bool
      let value: Double
    }
    let frames: [Pair]
    let smoothness: [Clip]
  }

  private static let golden: Golden? =
    (try? Data(contentsOf: MadeUpNetworks.fixtures.appendingPathComponent("amt/amt.json"))).flatMap {
      try? JSONDecoder().decode(Golden.self, from: $0)
    }

  private func clip(_ number: Int, _ clip: [Int], moves: Bool = true) -> [UInt8] {
    let bytes = madeUpClip(number, clip[0], clip[1], clip[2])
    let frame = Array(bytes[..<(bytes.count / clip[0])])
    return moves ? bytes : (0..<clip[0]).flatMap { _ in frame }
  }

  private func frames(_ number: Int, _ size: [Int]) -> (first: [Float], second: [Float]) {
    let bytes = clip(number, [2] + size).map { Float($0) }
    return (Array(bytes[..<(bytes.count / 2)]), Array(bytes[(bytes.count / 2)...]))
  }

  // MARK: The network

  /// Sizes that are padded and sizes that are not. Measured: 3.1e-5 of 1.
  @Test(arguments: MadeUpNetworks.tables.indices) func interpolatedFrames(_ index: Int) throws {
    let (golden, table) = (try #require(Self.golden), MadeUpNetworks.tables[index])
    for (number, wanted) in golden.frames.enumerated() {
      let (first, second) = frames(number, wanted.size)
      let network = try FrameInterpolation(
        MadeUpAMT.weights.get(), height: wanted.size[0], width: wanted.size[1], on: CPUDevice(table, threads: 2))
      let frame = network.middle(of: first, and: second)
      let worst = wanted.frame.distance(to: frame)
      #expect(worst < 6e-5, "\(table.name) \(wanted.size): \(worst)")
      let levels = wanted.frame.values.enumerated().map { place, value in
        abs(Int(frame[wanted.frame.first + place * wanted.frame.step] * 255) - Int(value * 255))
      }
      #expect(levels.max() ?? 9 <= 1 && levels.count { $0 > 0 } <= levels.count / 500, "\(table.name) \(wanted.size)")
    }
  }

  /// Of the sizes that are not padded: flows to both frames, in the first channels of the states.
  @Test(arguments: MadeUpNetworks.tables.indices) func flows(_ index: Int) throws {
    let (golden, table) = (try #require(Self.golden), MadeUpNetworks.tables[index])
    for (number, wanted) in golden.frames.enumerated() where wanted.size.allSatisfy({ $0 % 16 == 0 }) {
      var graph = try AMT.graph(height: wanted.size[0], width: wanted.size[1])
      let states = [2, 3, 4].compactMap { level in
        graph.nodes.first { $0.name == "update\(level)/sum" }?.outputs[0]
      }
      graph.finish(states)
      let (first, second) = frames(number, wanted.size)
      let program = try CPUDevice(table, threads: 2).compile(graph, MadeUpAMT.weights.get(), batch: 1)
      for (state, (found, wanted)) in zip(states, zip(program.run(first + second, count: 1), wanted.flows)) {
        let channels = graph.shape(state).channels ?? 4
        let flows = stride(from: 0, to: found.count, by: channels).flatMap { found[$0..<$0 + 4] }
        let worst = wanted.distance(to: flows)
        #expect(worst < 1e-4, "\(table.name) \(graph.shape(state)): \(worst) pixels")
      }
    }
  }

  @Test func theSameBitsForAnyTeamAndTwin() throws {
    let (first, second) = frames(1, [113, 150])
    func network(_ threads: Int) throws -> FrameInterpolation {
      try FrameInterpolation(
        MadeUpAMT.weights.get(), height: 113, width: 150, on: CPUDevice(KernelTable(.widest), threads: threads))
    }
    let one = try network(1)
    let frame = one.middle(of: first, and: second)
    #expect(frame.count == 113 * 150 * 3 && frame.allSatisfy { (0...1).contains($0) })
    #expect(frame == one.middle(of: first, and: second), "a second pair in the same memory")
    #expect(frame == (try one.twin().middle(of: first, and: second)))
    #expect(frame == (try network(3).middle(of: first, and: second)))
  }

  @Test func framesThatAreTooSmall() throws {
    #expect(FrameInterpolation.takes(height: 113, width: 113) && !FrameInterpolation.takes(height: 112, width: 832))
    let error = #expect(throws: NetworkError.self) {
      try FrameInterpolation(
        MadeUpAMT.weights.get(), height: 112, width: 832, on: CPUDevice(KernelTable(.widest), threads: 1))
    }
    #expect(
      error?.description
        == "frames of 832x112 are too small for optical flow: width and height must be at least 113")
    let other = #expect(throws: NetworkError.self) { try AMT.graph(height: 136, width: 128) }
    #expect(
      other?.description
        == "frames of 128x136 cannot be computed: width and height must be multiples of 16, and at least 128")
  }

  // MARK: Weights

  @Test func theFileOfTheMakers() throws {
    let weights = try MadeUpAMT.weights.get()
    #expect(weights.name == "amt-s" && weights.network == "amt")
    #expect(
      weights.source.contains("by the file's name and by 84 features and 3 fields of flows"), "\(weights.source)")
    let folder = try TemporaryFolder()
    try MadeUpAMT.write(to: folder.file("less.pth"), leaving: "decoder2.convblock.1.conv2.1.weight")
    #expect(throws: WeightsError.self) {
      try WeightStore(folder: folder.file("weights")).importFiles([folder.file("less.pth")], as: nil)
    }
  }

  // MARK: Motion smoothness

  private func request(
    _ videos: [(name: String, frames: Int, height: Int, width: Int, bytes: [UInt8])],
    _ folder: borrowing TemporaryFolder,
    _ settings: [(field: String, value: String)] = []
  ) throws -> ScoreRequest {
    for video in videos {
      try folder.write(
        folder.npyHeader("|u1", [1, video.frames, video.height, video.width, 3]) + video.bytes,
        "clips/\(video.name).npy")
    }
    var wanted = RequestedScore(
      try EvaluationProtocol.named("vbench", metric: "motion-smoothness").overriding(settings))
    let weights = try MadeUpAMT.weights.get()
    wanted.interpolation = InterpolationNetwork(table: KernelTable(.widest)) { weights }
    var request = ScoreRequest(real: nil, fake: folder.file("clips"), scores: [wanted])
    request.threads = 2
    return request
  }

  private func run(_ request: ScoreRequest) throws -> ScoreRecord {
    try Evaluation(request: request, cache: nil) { _ in throw CocoaError(.featureUnsupported) }.run().scores[0]
  }

  private func video(_ number: Int, _ clip: Golden.Clip) -> (String, Int, Int, Int, [UInt8]) {
    ("\(number)", clip.clip[0], clip.clip[1], clip.clip[2], self.clip(number, clip.clip, moves: clip.moves))
  }

  /// Odd and even numbers of frames, and a still video. Truncated levels are a matter of one in a thousand. Measured: 4.6e-7.
  @Test func smoothness() throws {
    let (golden, folder) = (try #require(Self.golden), try TemporaryFolder())
    let score = try run(try request(golden.smoothness.enumerated().map { video($0, $1) }, folder))
    let values = (score.videos ?? []).sorted { $0.name < $1.name }.map(\.value)
    #expect(values.count == golden.smoothness.count)
    for (value, wanted) in zip(values, golden.smoothness) {
      #expect(abs(value - wanted.value) < 1e-6, "\(wanted.clip): \(value) \(wanted.value)")
    }
    let mean = golden.smoothness.reduce(0) { $0 + $1.value } / Double(golden.smoothness.count)
    #expect(abs(score.value - mean) < 1e-6)
  }

  /// Truncating makes frames half a level darker than rounding does; the exact values lie between.
  @Test func levels() throws {
    let golden = try #require(Self.golden)
    var values: [String: Double] = [:]
    for kind in ["truncated", "rounded", "exact"] {
      let folder = try TemporaryFolder()
      let score = try run(try request([video(0, golden.smoothness[0])], folder, [("interpolated-levels", kind)]))
      values[kind] = score.value
    }
    #expect(Set(values.values).count == 3, "\(values)")
    for value in values.values { #expect(abs(value - (values["exact"] ?? 0)) < 0.5 / 255) }
  }

  /// The first and the last frames as videos of their own.
  @Test func drift() throws {
    let folder = try TemporaryFolder()
    let bytes = clip(1, [7, 128, 128])
    let frame = bytes.count / 7
    func video(_ frames: Range<Int>) -> [(String, Int, Int, Int, [UInt8])] {
      [("a", frames.count, 128, 128, Array(bytes[frames.lowerBound * frame..<frames.upperBound * frame]))]
    }
    let drift = try run(
      try request(video(0..<7), folder, [("drift", "yes"), ("drift-share", "0.45")]))
    let (first, last) = (try TemporaryFolder(), try TemporaryFolder())
    let ends = (try run(try request(video(0..<3), first)).value, try run(try request(video(4..<7), last)).value)
    #expect(drift.value == abs(ends.0 - ends.1) && drift.value > 0)
  }

  /// Each clip of a long video as a video of its own; the last one begins within the one before.
  @Test func clips() throws {
    let folder = try TemporaryFolder()
    let bytes = clip(1, [10, 128, 128])
    let frame = bytes.count / 10
    func video(_ frames: Range<Int>) -> [(String, Int, Int, Int, [UInt8])] {
      [("a", frames.count, 128, 128, Array(bytes[frames.lowerBound * frame..<frames.upperBound * frame]))]
    }
    let long = try run(try request(video(0..<10), folder, [("clip-seconds", "1"), ("frame-rate", "4.5")]))
    let parts = try [0..<4, 4..<8, 6..<10].map { frames in
      let own = try TemporaryFolder()
      return try run(try request(video(frames), own)).value
    }
    #expect(abs(long.value - parts.reduce(0, +) / 3) < 1e-12 && Set(parts).count == 3)
  }

  /// What names the video and the way out; with `skipsUnusable` all of them at once.
  @Test func videosThatItCannotTake() throws {
    func message(_ frames: Int, _ height: Int, _ width: Int, skip: Int = 0) throws -> String {
      let folder = try TemporaryFolder()
      let bytes = [UInt8](repeating: 0, count: frames * height * width * 3)
      let request = try request([("a", frames, height, width, bytes)], folder, [("skip-first", "\(skip)")])
      do {
        _ = try run(request)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(
      try message(3, 112, 128).contains(
        "`a.npy[0]` is 128x112, and motion-smoothness needs frames of 113x113 at least"))
    #expect(try message(2, 128, 128).contains("`a.npy[0]` has too few frames: 2, and at least 3 are needed"))
    #expect(try message(4, 128, 128, skip: 2).contains("`a.npy[0]` has too few frames: 2, and at least 3 are needed"))
    #expect(try message(3, 128, 128) == "no error")
  }

  /// Where memory is for one video, they are computed one after the other; where it is for none, that is told before.
  @Test func videosSideBySideFitIntoMemory() throws {
    let folder = try TemporaryFolder()
    var request = try request(
      (0..<2).map { ("\($0)", 3, 128, 128, clip($0, [3, 128, 128])) }, folder)
    let one = try #require(request.scores[0].interpolation).memory(height: 128, width: 128)
    request.memory = MemoryAllowance(bytes: 3 * one / 2)
    _ = try run(request)
    request.memory = MemoryAllowance(bytes: one / 2)
    #expect(throws: EvaluationError.self) { try run(request) }
  }

  /// Asked before the first check, before the video, and before each frame.
  @Test func interruptsBetweenPairs() throws {
    let folder = try TemporaryFolder()
    let request = try request([("a", 5, 128, 128, clip(0, [5, 128, 128]))], folder)
    let asked = Mutex(0)
    var evaluation = Evaluation(request: request, cache: nil) { _ in throw CocoaError(.featureUnsupported) }
    evaluation.isInterrupted = {
      asked.withLock {
        $0 += 1
        return $0 > 5
      }
    }
    let error = #expect(throws: EvaluationError.self) { try evaluation.run() }
    #expect(error == .interruptedComputing && asked.withLock { $0 } < 10)
  }
}

import Engine
import Evaluation
import Files
import Foundation
import Kernels
import MetricCatalog
import Networks
import Scores
import Testing
import Video
import Weights

/// RAFT and dynamic degree against what the published code made of the same frames with the same made-up weights
/// (`Fixtures/golden/raft/recipe.py golden`), with every instruction set.
@Suite(.serialized) struct RAFTParityTests {
  private struct Golden: Decodable {
    struct Flow: Decodable {
      let size: [Int]
      let iterations: Int
      let first: Int
      let step: Int
      let count: Int
      let values: [Float]
    }
    struct Clip: Decodable {
      let clip: [Int]
      let rate: Double
      let moves: Bool
      let lengths: [Double]
    }
    struct Still: Decodable {
      let clip: [Int]
      let rate: Double
      let scale: Float
      let moves: Bool
      let lengths: [Double]
    }
    let flows: [Flow]
    let dynamics: [Clip]
    let still: Still
    let colours: [String: [UInt8]]
  }

  private static let golden: Golden? =
    (try? Data(contentsOf: MadeUpNetworks.fixtures.appendingPathComponent("raft/raft.json"))).flatMap {
      try? JSONDecoder().decode(Golden.self, from: $0)
    }

  private static let weights = MadeUpRAFT.weights

  private func network(_ size: [Int], iterations: Int, _ table: KernelTable, threads: Int = 2) throws -> OpticalFlow {
    try OpticalFlow(
      Self.weights.get(), height: size[0], width: size[1], iterations: iterations,
      on: CPUDevice(table, threads: threads))
  }

  private func frames(_ number: Int, _ size: [Int]) -> (first: [Float], second: [Float]) {
    let bytes = madeUpClip(number, 2, size[0], size[1]).map { Float($0) }
    return (Array(bytes[..<(bytes.count / 2)]), Array(bytes[(bytes.count / 2)...]))
  }

  /// After 1 and after 20 iterations, sizes that are padded and sizes that are not. Measured: 1.3e-4 pixels of 28.
  @Test(arguments: MadeUpNetworks.tables.indices) func flows(_ index: Int) throws {
    let (golden, table) = (try #require(Self.golden), MadeUpNetworks.tables[index])
    for (number, wanted) in golden.flows.enumerated() {
      let (first, second) = frames(number, wanted.size)
      let network = try network(wanted.size, iterations: wanted.iterations, table)
      let flow = network.paddedFlow(from: first, to: second).values
      #expect(flow.count == wanted.count && flow.allSatisfy(\.isFinite))
      let worst =
        wanted.values.enumerated().map { place, value in
          abs(flow[wanted.first + place * wanted.step] - value)
        }.max() ?? .infinity
      #expect(worst < 1e-3, "\(table.name) \(wanted.size), \(wanted.iterations) iterations: \(worst) pixels")
    }
  }

  @Test func theSameBitsForAnyTeamAndTwinAndSize() throws {
    let size = [121, 150]
    let (first, second) = frames(2, size)
    let one = try network(size, iterations: 2, KernelTable(.widest), threads: 1)
    let flow = one.flow(from: first, to: second)
    #expect(flow == one.flow(from: first, to: second), "a second pair in the same memory")
    #expect(flow == (try one.twin().flow(from: first, to: second)))
    #expect(flow == (try network(size, iterations: 2, KernelTable(.widest), threads: 3).flow(from: first, to: second)))
    // What is cut out is what lies in the middle.
    let whole = one.paddedFlow(from: first, to: second)
    #expect((flow.height, flow.width, whole.height, whole.width) == (121, 150, 128, 152))
    #expect(flow.values[..<300] == whole.values[(2 * (3 * 152 + 1))..<(2 * (3 * 152 + 1) + 300)])
  }

  @Test func framesThatAreTooSmall() throws {
    #expect(OpticalFlow.takes(height: 121, width: 121) && !OpticalFlow.takes(height: 120, width: 832))
    let error = #expect(throws: NetworkError.self) { try network([120, 832], iterations: 1, KernelTable(.widest)) }
    #expect(
      error?.description
        == "frames of 832x120 are too small for optical flow: width and height must be at least 121")
    let other = #expect(throws: NetworkError.self) { try RAFT.graph(height: 132, width: 136, iterations: 1) }
    #expect(
      other?.description
        == "frames of 136x132 cannot be computed: width and height must be multiples of 8, and at least 128")
  }

  // MARK: Weights

  /// With `module.` and without: the same weights, known by the file's name and by their sizes.
  @Test func theFileOfTheMakers() throws {
    let weights = try Self.weights.get()
    #expect(weights.name == "raft-things" && weights.network == "raft")
    #expect(weights.source.contains("by the file's name and by 256 features and a state of 128"), "\(weights.source)")
    let folder = try TemporaryFolder()
    let store = WeightStore(folder: folder.file("weights"))
    try MadeUpRAFT.write(to: folder.file("raft-things.pth"), prefix: "")
    guard case .network(let bare) = try store.importFiles([folder.file("raft-things.pth")], as: nil) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    #expect(bare.fingerprint == weights.fingerprint)
    let left = "cnet.layer2.0.downsample.1.running_var"
    try MadeUpRAFT.write(to: folder.file("less.pth"), prefix: "module.", leaving: left)
    #expect(throws: WeightsError.self) { try store.importFiles([folder.file("less.pth")], as: nil) }
  }

  // MARK: Files

  /// As RAFT's flow_viz.py draws a flow, to the level: scaled by its longest, and by a length that some are beyond.
  @Test func colours() throws {
    let golden = try #require(Self.golden)
    let flow = FlowField(height: 12, width: 18, values: madeUpNumbers("colours", 432) { 20 * $0 - 10 })
    for (largest, name) in [(Float?.none, "of itself"), (5, "of 5 pixels")] {
      let wanted = try #require(golden.colours[name])
      let found = Picture(flow, largest: largest).pixels
      let worst = zip(found, wanted).map { abs(Int($0) - Int($1)) }
      #expect(found.count == wanted.count && worst.max() ?? 9 <= 1 && worst.count { $0 > 0 } <= 3, "\(name)")
    }
    #expect(Picture(FlowField(height: 1, width: 1, values: [0, 0])).pixels == [255, 255, 255])
  }

  @Test func floFiles() {
    let bytes = FlowFile.bytes(FlowField(height: 1, width: 2, values: [1, -2, 0.5, 0]))
    #expect(
      bytes == [0x50, 0x49, 0x45, 0x48, 2, 0, 0, 0, 1, 0, 0, 0] + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F]
        + [0, 0, 0, 0])
    #expect(bytes[..<4].reversed().reduce(0) { $0 << 8 | UInt32($1) } == Float(202021.25).bitPattern)
  }

  // MARK: Dynamic degree

  private func request(_ clip: Golden.Clip, _ number: Int, _ folder: borrowing TemporaryFolder, _ table: KernelTable)
    throws
    -> ScoreRequest
  {
    let (frames, height, width) = (clip.clip[0], clip.clip[1], clip.clip[2])
    let path = "clips-\(number)/clip.npy"
    try folder.write(
      folder.npyHeader("|u1", [1, frames, height, width, 3]) + madeUpClip(number, frames, height, width), path)
    var wanted = RequestedScore(
      try EvaluationProtocol.named("vbench", metric: "dynamic-degree").overriding("frame-rate", with: "\(clip.rate)"))
    let weights = try Self.weights.get()
    wanted.flow = FlowNetwork(table: table, iterations: 20) { weights }
    var request = ScoreRequest(real: nil, fake: folder.file("clips-\(number)"), scores: [wanted])
    request.threads = 2
    return request
  }

  /// Frame rates that Python rounds down and up, clips of two frames, which always move, and the lengths that are compared.
  @Test func dynamicDegree() throws {
    let (golden, folder, table) = (try #require(Self.golden), try TemporaryFolder(), KernelTable(.widest))
    for (number, clip) in golden.dynamics.enumerated() {
      var request = try request(clip, number, folder, table)
      let score = try Evaluation(request: request, cache: nil) { _ in throw CocoaError(.featureUnsupported) }.run()
        .scores[0]
      #expect(score.value == (clip.moves ? 1 : 0) && score.videos?.count == 1, "\(clip)")
      #expect(
        score.warnings.contains { $0.code == "dynamic-without-motion" } == (clip.lengths.count == 1),
        "\(score.warnings)")
      // A threshold between two lengths is passed by as many pairs as are longer.
      let sorted = clip.lengths.sorted()
      guard sorted.count > 2 else { continue }
      let (side, taken) = (Double(min(clip.clip[1], clip.clip[2])), Double(clip.lengths.count + 1))
      let between = (sorted[sorted.count - 2] + sorted[sorted.count - 1]) / 2
      for (pairs, moves) in [(1.0, 1.0), (2, 0)] {
        request.scores[0].evaluationProtocol = try request.scores[0].evaluationProtocol.overriding([
          ("flow-threshold", "\(between * 256 / side)"), ("flow-pairs", "\(16 * pairs / taken)"),
        ])
        let score = try Evaluation(request: request, cache: nil) { _ in throw CocoaError(.featureUnsupported) }.run()
          .scores[0]
        #expect(score.value == moves, "\(clip): \(pairs) pairs beyond \(between)")
      }
    }
  }

  /// A video that stands: its flows are numbers, and too short to count.
  @Test func aStillIsNotDynamic() throws {
    let (still, folder) = (try #require(Self.golden).still, try TemporaryFolder())
    let (frames, height, width) = (still.clip[0], still.clip[1], still.clip[2])
    let first = madeUpClip(4, 1, height, width)
    try folder.write(
      folder.npyHeader("|u1", [1, frames, height, width, 3]) + (0..<frames).flatMap { _ in first }, "clips/still.npy")
    var wanted = RequestedScore(
      try EvaluationProtocol.named("vbench", metric: "dynamic-degree").overriding("frame-rate", with: "\(still.rate)"))
    let weights = try MadeUpRAFT.scaled(still.scale)
    wanted.flow = FlowNetwork(table: KernelTable(.widest), iterations: 20) { weights }
    let request = ScoreRequest(real: nil, fake: folder.file("clips"), scores: [wanted])
    let score = try Evaluation(request: request, cache: nil) { _ in throw CocoaError(.featureUnsupported) }.run()
      .scores[0]
    #expect(!still.moves && score.value == 0 && score.warnings.allSatisfy { $0.code != "dynamic-without-motion" })
    let network = try OpticalFlow(
      weights, height: height, width: width, iterations: 20, on: CPUDevice(KernelTable(.widest), threads: 2))
    let levels = first.map { Float($0) }
    let length = network.paddedFlow(from: levels, to: levels).fastest(share: 0.05)
    #expect(still.lengths.allSatisfy { abs($0 - length) < 1e-3 && $0 > 0.05 }, "\(length) \(still.lengths)")
  }

  /// Where memory is for one video, they are computed one after the other; where it is for none, that is told before.
  @Test func videosSideBySideFitIntoMemory() throws {
    let (weights, folder) = (try Self.weights.get(), try TemporaryFolder())
    for number in 0..<2 {
      try folder.write(
        folder.npyHeader("|u1", [1, 3, 128, 128, 3]) + madeUpClip(number, 3, 128, 128), "clips/\(number).npy")
    }
    let network = FlowNetwork(table: KernelTable(.widest), iterations: 1) { weights }
    var wanted = RequestedScore(
      try EvaluationProtocol.named("vbench", metric: "dynamic-degree").overriding([
        ("frame-rate", "8"), ("skip-first", "1"), ("flow-pairs", "16"),
      ]))
    wanted.flow = network
    var request = ScoreRequest(real: nil, fake: folder.file("clips"), scores: [wanted])
    request.threads = 2
    let one = network.memory(height: 128, width: 128)
    func run(_ bytes: Int) throws {
      request.memory = MemoryAllowance(bytes: bytes)
      _ = try Evaluation(request: request, cache: nil) { _ in throw CocoaError(.featureUnsupported) }.run()
    }
    try run(3 * one / 2)
    #expect(throws: EvaluationError.self) { try run(one / 2) }
  }

  /// What names the video and the way out.
  @Test func videosThatItCannotTake() throws {
    let weights = try Self.weights.get()
    func message(_ frames: Int, _ height: Int, _ width: Int, rate: String? = nil, skip: Int = 0) throws -> String {
      let folder = try TemporaryFolder()
      try folder.write(
        folder.npyHeader("|u1", [1, frames, height, width, 3])
          + [UInt8](repeating: 0, count: frames * height * width * 3),
        "clips/a.npy")
      var wanted = RequestedScore(try EvaluationProtocol.named("vbench", metric: "dynamic-degree"))
      if let rate {
        wanted.evaluationProtocol = try wanted.evaluationProtocol.overriding([
          ("frame-rate", rate), ("skip-first", "\(skip)"),
        ])
      }
      wanted.flow = FlowNetwork(table: KernelTable(.widest), iterations: 20) { weights }
      let request = ScoreRequest(real: nil, fake: folder.file("clips"), scores: [wanted])
      do {
        _ = try Evaluation(request: request, cache: nil) { _ in throw CocoaError(.featureUnsupported) }.run()
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(
      try message(4, 128, 128).contains(
        "`a.npy[0]` has no frame rate, and dynamic-degree looks at 8 frames a second: "
          + "`--set frame-rate=24` says it for all videos, `frame-rate=8` takes every frame"))
    #expect(
      try message(4, 120, 128, rate: "8").contains(
        "`a.npy[0]` is 128x120, and dynamic-degree needs frames of 121x121 at least"))
    #expect(
      try message(3, 128, 128, rate: "24").contains(
        "`a.npy[0]` has too few frames: 3, of which one in 3 is taken, and at least 2 are needed"))
    #expect(
      try message(3, 128, 128, rate: "8", skip: 2).contains(
        "`a.npy[0]` has too few frames: 3, of which one in 1 is taken behind the first 2, and at least 2 are needed"))
    // Frames without anything to see give a flow all the same.
    #expect(try message(2, 128, 128, rate: "8") == "no error")
  }

  @Test func lengthsOfTheFastest() throws {
    let golden = try #require(Self.golden)
    let clip = golden.dynamics[1]
    let (height, width) = (clip.clip[1], clip.clip[2])
    let bytes = madeUpClip(1, clip.clip[0], height, width).map { Float($0) }
    let size = height * width * 3
    func frame(_ index: Int) -> [Float] { Array(bytes[index * size..<(index + 1) * size]) }
    let network = try network([height, width], iterations: 20, KernelTable(.widest))
    // 20 frames a second are every second one: 2.5 is rounded to the even number.
    for (index, wanted) in clip.lengths.enumerated() {
      let found = network.paddedFlow(from: frame(2 * index), to: frame(2 * index + 2)).fastest(share: 0.05)
      #expect(abs(found - wanted) < 1e-3, "\(found) \(wanted)")
    }
    let flow = FlowField(height: 1, width: 4, values: [3, 4, 0, 1, 0, 0, 6, 8])
    #expect(flow.fastest(share: 0.5) == 7.5 && flow.fastest(share: 0.01) == 10 && flow.fastest(share: 1) == 4)
    #expect(FlowField(height: 1, width: 2, values: [.nan, 0, 1, 1]).fastest(share: 0.5).isNaN)
  }
}

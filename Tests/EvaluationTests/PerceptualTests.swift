import Engine
import Evaluation
import Kernels
import MetricCatalog
import Networks
import Synchronization
import Testing
import Weights

/// LPIPS of pairs, with made-up weights: what is averaged, and what is refused. The distance itself has its parity test.
@Suite struct PerceptualTests {
  private let folder: TemporaryFolder
  private static let table = KernelTable(.widest)

  init() throws { folder = try TemporaryFolder() }

  private static func weights(_ shapes: [(String, [Int])]) -> NetworkWeights {
    var state: UInt32 = 1
    var tensors: [String: WeightTensor] = [:]
    for (name, shape) in shapes {
      let bound = (6 / Float(shape.dropLast().reduce(1, *))).squareRoot()
      let values = (0..<shape.reduce(1, *)).map { _ -> Float in
        state = state &* 1_664_525 &+ 1_013_904_223
        let value = Float(state >> 8) * 0x1p-24
        return shape.count == 1 ? value : (2 * value - 1) * bound
      }
      tensors[name] = WeightTensor(name: name, shape: shape, values: values)
    }
    return NetworkWeights(name: "made-up", network: "alexnet", tensors: tensors, source: "a test")
  }

  private static let layers = [(11, 3, 64), (5, 64, 192), (3, 192, 384), (3, 384, 256), (3, 256, 256)]
  private static let alexNet = weights(
    layers.enumerated().flatMap { index, layer in
      [
        ("conv_\(index + 1)/kernel", [layer.0, layer.0, layer.1, layer.2]), ("conv_\(index + 1)/bias", [layer.2]),
      ]
    })
  private static let heads = weights(layers.enumerated().map { ("head_\($0 + 1)/kernel", [$1.2]) })

  private func request(_ real: String, _ fake: String, threads: Int = 1, _ network: PerceptualNetwork?) throws
    -> ScoreRequest
  {
    var wanted = RequestedScore(try EvaluationProtocol.named("lpips-alex"))
    wanted.perceptual = network
    var request = ScoreRequest(real: folder.file(real), fake: folder.file(fake), scores: [wanted])
    request.threads = threads
    return request
  }

  private func network(_ loads: (@Sendable () -> Void)? = nil) -> PerceptualNetwork {
    PerceptualNetwork(table: Self.table) {
      loads?()
      return Self.alexNet
    } heads: {
      Self.heads
    }
  }

  /// The mean over frames, then over pairs of two sizes; the same bits for any number of threads; weights are read once.
  @Test func theMeanOverFramesAndPairs() throws {
    for (set, seed) in [("real", 1), ("fake", 7)] as [(String, UInt32)] {
      try folder.writeArray("\(set)/a.npy", [2, 31, 40, 3], seed: seed)
      try folder.writeArray("\(set)/b.npy", [3, 48, 33, 3], seed: seed + 1)
    }
    let loads = Mutex(0)
    let network = network { loads.withLock { $0 += 1 } }
    let score = try evaluate(request("real", "fake", network)).scores[0]
    let wanted = try [("a", 2, 31, 40, 1), ("b", 3, 48, 33, 2)].map {
      (name: String, count: Int, height: Int, width: Int, seed: UInt32) in
      let lpips = try LPIPS(
        alexNet: Self.alexNet, heads: Self.heads, height: height, width: width,
        on: CPUDevice(Self.table, threads: 1))
      let (real, fake) = (pixels(count * height * width * 3, seed), pixels(count * height * width * 3, seed + 6))
      let distances = (0..<count).map { frame in
        let range = frame * height * width * 3..<(frame + 1) * height * width * 3
        return lpips.distance(lpips.features(Array(real[range])), lpips.features(Array(fake[range])))
      }
      return distances.reduce(0, +) / Double(count)
    }
    #expect(score.videos?.map(\.value) == wanted)
    #expect(score.value == (wanted[0] + wanted[1]) / 2)
    #expect(score.direction == .lower)
    for threads in [2, 5] {
      #expect(try evaluate(request("real", "fake", threads: threads, network)).scores[0].value == score.value)
    }
    #expect(loads.withLock { $0 } == 1)
    #expect(try evaluate(request("real", "real", network)).scores[0].value == 0)
  }

  private func pixels(_ count: Int, _ seed: UInt32) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 24) / 255
    }
  }

  @Test func whatIsRefused() throws {
    for set in ["real", "fake"] { try folder.writeArray("\(set)/a.npy", [2, 30, 40, 3], seed: 1) }
    #expect(
      message { _ = try evaluate(request("real", "fake", network())) }
        == "`a` is 40x30, and lpips needs frames of 31x31 at least")
    #expect(message { _ = try evaluate(request("real", "fake", nil)) }?.contains("network unknown") == true)
  }
}

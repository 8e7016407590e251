import Evaluation
import Foundation
import MetricCatalog
import Synchronization

/// A network of four features: the means of R, G and B over a clip, and the last value. It counts its clips.
final class FakeNetwork: FeatureNetwork, Sendable {
  let identity: String
  let isa = "fake"
  let columns = 4
  let side = 8
  let minimumFrames = 2
  let computed = Atomic<Int>(0)
  /// Called before the first clip, after both sets were surveyed.
  let onStart: @Sendable () throws -> Void

  init(identity: String = "fake/1", onStart: @escaping @Sendable () throws -> Void = {}) {
    self.identity = identity
    self.onStart = onStart
  }

  func memory(frames: Int) -> Int { 1 << 20 }

  func extractors(frames: Int, teams: ComputeTeams) throws -> [any FeatureExtractor] {
    try onStart()
    return (0..<teams.count).map { _ in FakeExtractor(self, values: frames * side * side * 3) }
  }
}

private final class FakeExtractor: FeatureExtractor {
  private let network: FakeNetwork
  private let values: Int

  init(_ network: FakeNetwork, values: Int) {
    self.network = network
    self.values = values
  }

  func features(of clip: UnsafePointer<Float>, frames: Int, whenRead: () -> Void) -> [Float] {
    defer { whenRead() }
    network.computed.add(1, ordering: .relaxed)
    var sums: [Float] = [0, 0, 0]
    for index in 0..<values { sums[index % 3] += clip[index] }
    return sums.map { $0 / Float(values / 3) } + [clip[values - 1]]
  }
}

/// A temporary folder that goes with its holder.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/vidmetrics-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func write(_ bytes: [UInt8], _ name: String) throws {
    let url = URL(fileURLWithPath: file(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  /// A uint8 array [shape] from a seeded stream.
  func writeArray(_ name: String, _ shape: [Int], seed: UInt32) throws {
    var state = seed
    let values = (0..<shape.reduce(1, *)).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    try write(npyHeader("|u1", shape) + values, name)
  }

  /// A float32 array [shape], all of one value.
  func writeFloats(_ name: String, _ shape: [Int], value: Float) throws {
    let bytes = (0..<shape.reduce(1, *)).flatMap { _ in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) }
    try write(npyHeader("<f4", shape) + bytes, name)
  }

  func npyHeader(_ type: String, _ shape: [Int]) -> [UInt8] {
    let list = shape.map { "\($0)," }.joined(separator: " ")
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(list)), }"
    while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count & 255), UInt8(text.utf8.count >> 8)]
      + Array(text.utf8)
  }
}

/// Small settings: 4 frames, one thread.
func request(_ real: String, _ fake: String, _ settings: [(String, String)] = []) throws -> ScoreRequest {
  let preset = try EvaluationProtocol.named("stylegan-v", metric: "fvd")
  let settled = try preset.overriding([("frames", "4")] + settings.map { (field: $0.0, value: $0.1) })
  return ScoreRequest(real: real, fake: fake, scores: [RequestedScore(settled)])
}

func evaluate(_ request: ScoreRequest, _ network: FakeNetwork = FakeNetwork(), cache: String? = nil) throws
  -> EvaluationResult
{
  try Evaluation(request: request, cache: cache.map { CacheFolder(path: $0) }) { _ in network }.run()
}

/// The words of the error that `body` throws; nil if it throws none.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch { return "\(error)" }
}

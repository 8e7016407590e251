import Engine
import Foundation
import Kernels
import Networks
import Testing
import Weights

private let store = WeightStore(folder: WeightStore.defaultFolder(environment: ProcessInfo.processInfo.environment))

/// Whether the FVD weights were fetched on this machine. Damaged ones are there, and fail the tests.
private let areThere = FileManager.default.fileExists(atPath: store.path("i3d-kinetics400"))

private let weights = Result { try store.load("i3d-kinetics400") }

private let missing: Comment = "left out: the I3D weights are not here (`vidmetrics weights fetch i3d-kinetics400`)"

/// Golden values of `Fixtures/golden/networks/i3d.py` (PyTorch, float32).
private struct Golden: Decodable {
  let logits: [String: [Float]]
  let fvdBlackWhite: [String: Double]
  enum CodingKeys: String, CodingKey {
    case logits
    case fvdBlackWhite = "fvd_black_white"
  }

  static let values: Golden? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appendingPathComponent("Fixtures/golden/networks/i3d.json")
    return (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(Golden.self, from: $0) }
  }()
}

@Suite(.serialized, .enabled(if: areThere, missing)) struct I3DParityTests {
  /// uint8 from ((i · 1103515245 + 12345) mod 2^32 >> 16) & 255, scaled 2x/255 − 1.
  private func streamClip(frames: Int) -> [Float] {
    (0..<frames * I3D.side * I3D.side * 3).map { i in
      let word = (UInt64(i) &* 1_103_515_245 &+ 12345) & 0xFFFF_FFFF
      return Float((word >> 16) & 255) * 2 / 255 - 1
    }
  }

  private func network(frames: Int, threads: Int = 2, _ table: KernelTable = KernelTable(.widest)) throws -> any Program
  {
    try CPUDevice(table, threads: threads).compile(
      I3D.graph(frames: frames, epsilon: 1e-3), weights.get(), batch: 1)
  }

  private func difference(_ logits: [Float], _ golden: [Float]) -> Float {
    zip(logits, golden).map { abs($0 - $1) }.max() ?? .infinity
  }

  /// The largest difference measured is 2.5e-5, on every variant; 1e-4 leaves room for another order of sums.
  @Test(arguments: Variant.all) func logitsOnEveryInstructionSet(_ variant: Variant) throws {
    let golden = try #require(Golden.values?.logits["16"])
    let logits = try network(frames: 16, variant.table).run(streamClip(frames: 16), count: 1)[0]
    #expect(logits.count == 400)
    #expect(difference(logits, golden) <= 1e-4, "\(variant): max |difference| \(difference(logits, golden))")
  }

  /// Odd and even T, and the least; each has paddings of its own.
  @Test(arguments: [9, 17, 32]) func logitsAtOtherLengths(_ frames: Int) throws {
    let golden = try #require(Golden.values?.logits[String(frames)])
    let logits = try network(frames: frames).run(streamClip(frames: frames), count: 1)[0]
    #expect(difference(logits, golden) <= 1e-4, "T = \(frames): max |difference| \(difference(logits, golden))")
  }

  @Test func theSameBitsForOneThreadAndThree() throws {
    let clip = streamClip(frames: 9)
    let one = try network(frames: 9, threads: 1)
    let three = try network(frames: 9, threads: 3)
    let first = one.run(clip, count: 1)[0]
    #expect(first == three.run(clip, count: 1)[0])
    #expect(first == one.run(clip, count: 1)[0], "a second clip in the same memory")
  }

  /// All-black against all-white: the covariances vanish, so FVD is the squared distance of two logit vectors.
  @Test(arguments: [10, 13]) func blackAgainstWhite(_ frames: Int) throws {
    let golden = try #require(Golden.values?.fvdBlackWhite[String(frames)])
    let net = try network(frames: frames)
    let count = frames * I3D.side * I3D.side * 3
    let black = net.run([Float](repeating: -1, count: count), count: 1)[0]
    let white = net.run([Float](repeating: 1, count: count), count: 1)[0]
    let distance = zip(black, white).reduce(0.0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
    #expect(abs(distance / golden - 1) <= 1e-4, "T = \(frames): \(distance) instead of \(golden)")
  }
}

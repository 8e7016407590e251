import Engine
import Foundation
import Kernels
import Networks
import Testing
import Weights

private let store = WeightStore(folder: WeightStore.defaultFolder(environment: ProcessInfo.processInfo.environment))

/// Whether the FID weights were fetched on this machine. Damaged ones are there, and fail the tests.
private let areThere = FileManager.default.fileExists(atPath: store.path("inception-2015-12-05"))

private let weights = Result { try store.load("inception-2015-12-05") }

private let missing: Comment =
  "left out: the Inception weights are not here (`vidmetrics weights fetch inception-2015-12-05`)"

/// Golden values of `Fixtures/golden/networks/inception.py` (PyTorch, float32).
private struct Golden: Decodable {
  let features: [String: [Float]]

  static let values: Golden? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appendingPathComponent("Fixtures/golden/networks/inception.json")
    return (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(Golden.self, from: $0) }
  }()
}

@Suite(.serialized, .enabled(if: areThere, missing)) struct InceptionParityTests {
  private static let values = InceptionV3.side * InceptionV3.side * 3

  /// uint8 from ((j · 1103515245 + 12345) mod 2^32 >> 16) & 255 with j = i + 1000003·k, scaled (x − 128) / 128.
  private func stream(_ k: Int) -> [Float] {
    (0..<Self.values).map { i in
      let word = (UInt64(i + 1_000_003 * k) &* 1_103_515_245 &+ 12345) & 0xFFFF_FFFF
      return (Float((word >> 16) & 255) - 128) / 128
    }
  }

  private func network(batch: Int, threads: Int = 2, _ table: KernelTable = KernelTable(.widest)) throws -> any Program
  {
    try CPUDevice(table, threads: threads).compile(InceptionV3.graph(), weights.get(), batch: batch)
  }

  /// The largest difference, as a part of the largest feature.
  private func difference(_ features: some Collection<Float>, _ golden: [Float]) -> Float {
    (zip(features, golden).map { abs($0 - $1) }.max() ?? .infinity) / (golden.max() ?? 0)
  }

  /// The largest difference measured is 4.9e-6 of the largest feature (the white image with the baseline; 3.6e-6 with
  /// AVX2's tiles); 2e-5 leaves room for another order of sums.
  @Test(arguments: Variant.all) func featuresOnEveryInstructionSet(_ variant: Variant) throws {
    let golden = try #require(Golden.values?.features)
    let names = ["0", "1", "2", "black", "white"]
    let images =
      stream(0) + stream(1) + stream(2) + [Float](repeating: -1, count: Self.values)
      + [Float](repeating: 127.0 / 128, count: Self.values)
    let features = try network(batch: 5, variant.table).run(images, count: 5)[0]
    #expect(features.count == 5 * 2048)
    for (index, name) in names.enumerated() {
      let one = features[index * 2048..<(index + 1) * 2048]
      let difference = difference(one, try #require(golden[name]))
      #expect(difference <= 2e-5, "\(variant), image \(name): max |difference| \(difference) of the largest feature")
    }
  }

  @Test(arguments: Variant.all) func theSameBitsInAnyBatchAndPlace(_ variant: Variant) throws {
    let single = try network(batch: 1, variant.table)
    let images = [stream(0), stream(1), stream(2)]
    let alone = images.map { single.run($0, count: 1)[0] }
    #expect(alone[0] != alone[1])
    let several = try network(batch: 3, variant.table)
    #expect(several.run(images[0] + images[1] + images[2], count: 3)[0] == alone[0] + alone[1] + alone[2])
    #expect(several.run(images[2] + images[0], count: 2)[0] == alone[2] + alone[0], "fewer than the batch, moved")
  }

  @Test func theSameBitsForOneThreadAndThree() throws {
    let images = stream(0) + stream(1)
    let one = try network(batch: 2, threads: 1)
    let first = one.run(images, count: 2)[0]
    #expect(first == (try network(batch: 2, threads: 3).run(images, count: 2)[0]))
    #expect(first == one.run(images, count: 2)[0], "a second batch in the same memory")
  }

  /// What another frame of the batch holds is not seen, not even as a NaN.
  @Test func aNaNStaysInItsFrame() throws {
    let network = try network(batch: 2)
    let clean = network.run(stream(0) + stream(1), count: 2)[0]
    let broken = network.run([Float](repeating: .nan, count: Self.values) + stream(1), count: 2)[0]
    #expect(!broken[0..<2048].contains { !$0.isNaN })
    #expect(broken[2048...] == clean[2048...])
  }
}

import Engine
import Foundation
import Kernels
import Networks
import Testing
import Weights

/// Golden values of `Fixtures/golden/networks/dtdb.py` (PyTorch, float32), with weights that the recipe's formula makes.
private struct Golden: Decodable {
  let features: [String: [Float]]

  static let values: Golden? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appendingPathComponent("Fixtures/golden/networks/dtdb.json")
    return (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(Golden.self, from: $0) }
  }()
}

/// The made-up weights of the recipe, to the bit.
private enum MadeUp {
  static let weights = NetworkWeights(name: "made-up", network: "i3d", tensors: tensors(), source: "dtdb.py's formula")

  private static func tensors() -> [String: WeightTensor] {
    var tensors: [String: WeightTensor] = [:]
    func add(_ name: String, _ shape: [Int], _ value: (Double) -> Double) {
      let values = madeUpNumbers(name, shape.reduce(1, *), value)
      tensors[name] = WeightTensor(name: name, shape: shape, values: values)
    }
    func unit(_ name: String, _ side: Int, _ inputs: Int, _ outputs: Int) {
      let bound = (6 / Double(side * side * side * inputs)).squareRoot()
      add(name + "/kernel", [side, side, side, inputs, outputs]) { (2 * $0 - 1) * bound }
      for part in ["gamma", "moving_variance"] { add("\(name)/\(part)", [outputs]) { $0 + 0.5 } }
      for part in ["beta", "moving_mean"] { add("\(name)/\(part)", [outputs]) { ($0 - 0.5) / 2 } }
    }
    unit("Conv3d_1a_7x7", 7, 3, 64)
    unit("Conv3d_2b_1x1", 1, 64, 64)
    unit("Conv3d_2c_3x3", 3, 64, 192)
    for (block, inputs, c) in [
      ("3b", 192, [64, 96, 128, 16, 32, 32]), ("3c", 256, [128, 128, 192, 32, 96, 64]),
      ("4b", 480, [192, 96, 208, 16, 48, 64]), ("4c", 512, [160, 112, 224, 24, 64, 64]),
      ("4d", 512, [128, 128, 256, 24, 64, 64]), ("4e", 512, [112, 144, 288, 32, 64, 64]),
      ("4f", 528, [256, 160, 320, 32, 128, 128]), ("5b", 832, [256, 160, 320, 32, 128, 128]),
      ("5c", 832, [384, 192, 384, 48, 128, 128]),
    ] {
      unit("Mixed_\(block)/Branch_0/Conv3d_0a_1x1", 1, inputs, c[0])
      unit("Mixed_\(block)/Branch_1/Conv3d_0a_1x1", 1, inputs, c[1])
      unit("Mixed_\(block)/Branch_1/Conv3d_0b_3x3", 3, c[1], c[2])
      unit("Mixed_\(block)/Branch_2/Conv3d_0a_1x1", 1, inputs, c[3])
      unit("Mixed_\(block)/Branch_2/Conv3d_0b_3x3", 3, c[3], c[4])
      unit("Mixed_\(block)/Branch_3/Conv3d_0b_1x1", 1, inputs, c[5])
    }
    return tensors
  }
}

/// One after another: each of them uses every core.
@Suite(.serialized) struct DTDBParityTests {
  /// uint8 from ((i · 1103515245 + 12345) mod 2^32 >> 16) & 255, scaled 2x/255 − 1.
  private func streamClip(frames: Int) -> [Float] {
    (0..<frames * I3D.side * I3D.side * 3).map { i in
      let word = (UInt64(i) &* 1_103_515_245 &+ 12345) & 0xFFFF_FFFF
      return Float((word >> 16) & 255) * 2 / 255 - 1
    }
  }

  /// The 1024 features of DT-FVD, with a trained scale and without a head. The largest difference measured is 7.8e-7 of the
  /// largest feature, on every variant; 1e-5 leaves room for another order of sums.
  @Test(arguments: Variant.all, [16, 32]) func features(_ variant: Variant, _ frames: Int) throws {
    let golden = try #require(Golden.values?.features[String(frames)])
    let network = try CPUDevice(variant.table, threads: 2).compile(
      I3D.graph(frames: frames, epsilon: 1e-5, endpoint: .mixed5cMean), MadeUp.weights, batch: 1)
    let features = network.run(streamClip(frames: frames), count: 1)[0]
    #expect(features.count == 1024 && golden.count == 1024)
    let largest = try #require(golden.max())
    let difference = (zip(features, golden).map { abs($0 - $1) }.max() ?? .infinity) / largest
    #expect(difference <= 1e-5, "\(variant), T = \(frames): max |difference| is \(difference) of the largest feature")
  }

  @Test func theHeadIsNeededForLogitsOnly() throws {
    #expect(throws: WeightsError.noSuchTensor(weights: "made-up", tensor: "Logits/Conv3d_0c_1x1/kernel")) {
      try CPUDevice(KernelTable(.widest), threads: 1).compile(
        I3D.graph(frames: 9, epsilon: 1e-5), MadeUp.weights, batch: 1)
    }
  }
}

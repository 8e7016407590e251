import Engine
import Kernels
import Networks
import Random
import Testing
import Weights

@Suite struct VisionTransformerTests {
  /// A small tower of random numbers: width 64, one block, patches of 8×8, frames of 24×24.
  private func weights(network: String = "vit-dino", prefix: String = "", grid: Int = 3) -> NetworkWeights {
    let shapes: [(String, [Int])] = [
      ("patches/kernel", [8, 8, 3, 64]), ("class_token", [64]), ("positions", [1 + grid * grid, 64]),
      ("blocks/0/norm_1/scale", [64]), ("blocks/0/norm_1/offset", [64]), ("blocks/0/qkv/kernel", [64, 192]),
      ("blocks/0/qkv/bias", [192]), ("blocks/0/projection/kernel", [64, 64]), ("blocks/0/projection/bias", [64]),
      ("blocks/0/norm_2/scale", [64]), ("blocks/0/norm_2/offset", [64]), ("blocks/0/mlp_1/kernel", [64, 256]),
      ("blocks/0/mlp_1/bias", [256]), ("blocks/0/mlp_2/kernel", [256, 64]), ("blocks/0/mlp_2/bias", [64]),
      ("norm_post/scale", [64]), ("norm_post/offset", [64]),
    ]
    var random = SplitMix64(seed: 11)
    let tensors = shapes.map { name, shape in
      let count = shape.reduce(1, *)
      let bound = shape.count > 1 ? 1 / Float(count / shape[shape.count - 1]).squareRoot() : 0.5
      return WeightTensor(
        name: prefix + name, shape: shape,
        values: (0..<count).map { _ in Float.random(in: -bound...bound, using: &random) })
    }
    return NetworkWeights(
      name: "made-up", network: network, tensors: Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) }),
      source: "a test")
  }

  private func network(batch: Int, threads: Int = 1) throws -> any Program {
    let weights = weights()
    return try CPUDevice(KernelTable(.widest), threads: threads).compile(
      VisionTransformer.graph(weights: weights, configuration: .dino), weights, batch: batch)
  }

  private let frames: [Float] = {
    var random = SplitMix64(seed: 5)
    return (0..<5 * 24 * 24 * 3).map { _ in Float.random(in: 0...1, using: &random) }
  }()

  /// A frame's features do not depend on the batch, the threads, or which of two twins computes them.
  @Test func aFramesFeaturesAreItsOwn() throws {
    let together = try network(batch: 5, threads: 2)
    let all = together.run(frames, count: 5)[0]
    #expect(together.inputCount == 24 * 24 * 3 && all.count == 5 * 64 && Set(all).count > 300)
    let single = try network(batch: 1).twin()
    for frame in 0..<5 {
      let own = frames.withUnsafeBufferPointer {
        single.run($0.baseAddress! + frame * 24 * 24 * 3, count: 1)[0]
      }
      #expect(own == Array(all[frame * 64..<(frame + 1) * 64]))
    }
    #expect(together.run(frames, count: 2)[0] == Array(all[..<128]))
  }

  @Test func dreamSimsEmbeddingHasMeanZeroAndLengthOne() throws {
    let weights = weights(network: "dreamsim-dino", prefix: "dino/")
    let network = try CPUDevice(KernelTable(.widest), threads: 1).compile(
      DreamSim.graph(weights: weights, side: 24), weights, batch: 2)
    let values = network.run(frames, count: 1)[0]
    #expect(network.outputCounts == [64] && abs(values.reduce(0, +)) < 1e-5)
    #expect(abs(values.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
  }

  @Test func otherNetworksAreRefused() {
    let error = #expect(throws: NetworkError.self) {
      try DreamSim.graph(weights: weights())
    }
    #expect(
      error?.description == "the weights `made-up` are of the network vit-dino, and one of DreamSim's is needed")
  }

  @Test func aMissingTensorIsNamed() {
    let error = #expect(throws: WeightsError.self) {
      try VisionTransformer.graph(weights: weights(), prefix: "clip/", configuration: .dino)
    }
    #expect(error?.description.contains("`clip/norm_post/scale`") == true)
  }

  /// Weights of one name belong to networks of several sizes, and to none where the size is nobody's.
  @Test func theNetworkOfSomeWeights() throws {
    func kind(_ network: String, width: Int, hidden: Int) throws -> NetworkKind? {
      var shapes = [
        "patches/kernel": [14, 14, 3, width], "positions": [1370, width], "norm_post/scale": [width],
        "blocks/0/scale_1": [width],
      ]
      for block in 0..<2 { shapes["blocks/\(block)/mlp_1/kernel"] = [width, block == 0 ? hidden : 0] }
      let tensors = shapes.map { name, shape in
        (name, WeightTensor(name: name, shape: shape, values: [Float](repeating: 0, count: shape.reduce(1, *))))
      }
      return try NetworkKind(
        of: NetworkWeights(
          name: "made-up", network: network, tensors: Dictionary(uniqueKeysWithValues: tensors), source: "a test"))
    }
    #expect(try kind("vit-dinov2", width: 768, hidden: 3072) == .dinov2)
    #expect(try kind("vit-dinov2", width: 1024, hidden: 4096) == .dinov2Large)
    #expect(try kind("vit-dinov2", width: 64, hidden: 256) == nil)
    #expect(try kind("nothing", width: 768, hidden: 3072) == nil)
  }
}

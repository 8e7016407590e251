import Weights

extension I3D {
  /// Weights in I3D's shapes that mean nothing: for measuring time, which does not depend on them. They keep activations
  /// near 1, as trained ones do. The same on every call.
  package static func randomWeights() -> NetworkWeights {
    var random = RandomTensors()
    random.unit("Conv3d_1a_7x7", [7, 7, 7], from: 3, to: 64)
    random.unit("Conv3d_2b_1x1", [1, 1, 1], from: 64, to: 64)
    random.unit("Conv3d_2c_3x3", [3, 3, 3], from: 64, to: 192)
    var inputs = 192
    for block in I3DBuilder.stage3 + I3DBuilder.stage4 + I3DBuilder.stage5 {
      let name = block.name
      random.unit("\(name)/Branch_0/Conv3d_0a_1x1", [1, 1, 1], from: inputs, to: block.branch0)
      random.unit("\(name)/Branch_1/Conv3d_0a_1x1", [1, 1, 1], from: inputs, to: block.branch1.reduce)
      random.unit("\(name)/Branch_1/Conv3d_0b_3x3", [3, 3, 3], from: block.branch1.reduce, to: block.branch1.out)
      random.unit("\(name)/Branch_2/Conv3d_0a_1x1", [1, 1, 1], from: inputs, to: block.branch2.reduce)
      random.unit("\(name)/Branch_2/Conv3d_0b_3x3", [3, 3, 3], from: block.branch2.reduce, to: block.branch2.out)
      random.unit("\(name)/Branch_3/Conv3d_0b_1x1", [1, 1, 1], from: inputs, to: block.branch3)
      inputs = block.channels
    }
    random.head("Logits/Conv3d_0c_1x1", [1, 1, 1], from: inputs, to: 400)
    return NetworkWeights(name: "random", network: "i3d", tensors: random.tensors, source: "drawn at random")
  }
}

/// Tensors of random numbers under canonical names.
struct RandomTensors {
  private(set) var tensors: [String: WeightTensor] = [:]
  private var state: UInt64 = 1

  /// A convolution with a batch normalisation that changes nothing.
  mutating func unit(_ name: String, _ kernel: [Int], from inputs: Int, to outputs: Int) {
    add(name + "/kernel", kernel + [inputs, outputs])
    for (part, value) in [("beta", Float(0)), ("moving_mean", 0), ("moving_variance", 1)] {
      fill(name + "/" + part, outputs, with: value)
    }
  }

  mutating func head(_ name: String, _ kernel: [Int], from inputs: Int, to outputs: Int) {
    add(name + "/kernel", kernel + [inputs, outputs])
    fill(name + "/bias", outputs, with: 0)
  }

  /// Uniform, with the variance 2/inputs of a sum: behind a rectifier, sums stay as large as what goes in.
  private mutating func add(_ name: String, _ shape: [Int]) {
    let bound = (6 / Float(shape.dropLast().reduce(1, *))).squareRoot()
    let count = shape.reduce(1, *)
    var values: [Float] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      values.append((Float(state >> 40) * 0x1p-23 - 1) * bound)
    }
    tensors[name] = WeightTensor(name: name, shape: shape, values: values)
  }

  private mutating func fill(_ name: String, _ count: Int, with value: Float) {
    tensors[name] = WeightTensor(name: name, shape: [count], values: Array(repeating: value, count: count))
  }
}

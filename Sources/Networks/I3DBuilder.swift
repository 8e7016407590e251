import Kernels
import Tensors
import Weights

/// Builds the layers of I3D from its table.
struct I3DBuilder: NetworkBuilder {
  /// Output channels of a Mixed block: 1×1×1; 1×1×1 then 3×3×3; 1×1×1 then 3×3×3; pool then 1×1×1. Concatenated in that
  /// order.
  struct Mixed {
    let name: String
    let branch0: Int
    let branch1: (reduce: Int, out: Int)
    let branch2: (reduce: Int, out: Int)
    let branch3: Int
    var channels: Int { branch0 + branch1.out + branch2.out + branch3 }

    init(_ name: String, _ b0: Int, _ b1a: Int, _ b1b: Int, _ b2a: Int, _ b2b: Int, _ b3: Int) {
      self.name = name
      branch0 = b0
      branch1 = (b1a, b1b)
      branch2 = (b2a, b2b)
      branch3 = b3
    }
  }

  // kinetics-i3d `i3d.py`, from endpoint Mixed_3b on.
  static let stage3 = [
    Mixed("Mixed_3b", 64, 96, 128, 16, 32, 32),
    Mixed("Mixed_3c", 128, 128, 192, 32, 96, 64),
  ]
  static let stage4 = [
    Mixed("Mixed_4b", 192, 96, 208, 16, 48, 64),
    Mixed("Mixed_4c", 160, 112, 224, 24, 64, 64),
    Mixed("Mixed_4d", 128, 128, 256, 24, 64, 64),
    Mixed("Mixed_4e", 112, 144, 288, 32, 64, 64),
    Mixed("Mixed_4f", 256, 160, 320, 32, 128, 128),
  ]
  static let stage5 = [
    Mixed("Mixed_5b", 256, 160, 320, 32, 128, 128),
    Mixed("Mixed_5c", 384, 192, 384, 48, 128, 128),
  ]

  static let kernelAxes = 3
  /// Of the last block.
  static let channels = stage5[1].channels

  let weights: NetworkWeights?
  let epsilon: Float
  let table: KernelTable
  let workspace = Workspace()
  var steps: [NetworkStep] = []
  let twin: [NetworkStep]

  init(weights: NetworkWeights?, epsilon: Float, table: KernelTable, twin: [NetworkStep] = []) {
    self.weights = weights
    self.twin = twin
    self.epsilon = epsilon
    self.table = table
  }

  /// The first convolution has stride 2 over space: it sees each 2×2 square of the clip as one pixel of 12 channels.
  func squares(frames: Int) -> SpaceToDepth {
    let t = SamePadding(size: frames, kernel: 7, stride: 2)
    let side = SamePadding(size: I3D.side / 2, kernel: 4, stride: 1)
    return SpaceToDepth(
      Volume(frames, I3D.side, I3D.side), channels: 3, haloBefore: Volume(t.before, side.before, side.before),
      haloAfter: Volume(t.after, side.after, side.after))
  }

  /// All layers up to Mixed_5c.
  mutating func build(from squares: Activation) throws -> Activation {
    let conv1a = activation(64, after: squares, stride: Volume(2, 1, 1))
    let first = "Conv3d_1a_7x7"
    try add(
      first, { try $0.folded(first, Volume(cube: 7), from: 3, to: 64).spaceToDepth() },
      stride: Volume(2, 1, 1), squares, OutputBlock.blocks(of: conv1a, from: 0, count: conv1a.layout.blocks))
    let pool2a = activation(64, after: conv1a, stride: Volume(1, 2, 2))
    pool("MaxPool3d_2a_3x3", Volume(1, 3, 3), stride: Volume(1, 2, 2), conv1a, pool2a)
    let conv2b = activation(64, after: pool2a)
    try convolve("Conv3d_2b_1x1", .one, pool2a, conv2b)
    let conv2c = activation(192, after: conv2b)
    try convolve("Conv3d_2c_3x3", Volume(cube: 3), conv2b, conv2c)
    let pool3a = activation(Self.widest(Self.stage3, input: 192), after: conv2c, stride: Volume(1, 2, 2))
    let x3 = Activation(channels: 192, reusing: pool3a)
    pool("MaxPool3d_3a_3x3", Volume(1, 3, 3), stride: Volume(1, 2, 2), conv2c, x3)
    let mixed3 = try stage(Self.stage3, from: x3, memory: pool3a)
    let pool4a = activation(
      Self.widest(Self.stage4, input: mixed3.layout.channels), after: mixed3, stride: Volume(2, 2, 2))
    let x4 = Activation(channels: mixed3.layout.channels, reusing: pool4a)
    pool("MaxPool3d_4a_3x3", Volume(cube: 3), stride: Volume(cube: 2), mixed3, x4)
    let mixed4 = try stage(Self.stage4, from: x4, memory: pool4a)
    let pool5a = activation(
      Self.widest(Self.stage5, input: mixed4.layout.channels), after: mixed4, stride: Volume(2, 2, 2))
    let x5 = Activation(channels: mixed4.layout.channels, reusing: pool5a)
    pool("MaxPool3d_5a_2x2", Volume(cube: 2), stride: Volume(cube: 2), mixed4, x5)
    return try stage(Self.stage5, from: x5, memory: pool5a)
  }

  /// The Mixed blocks of one size. The blocks' outputs take turns in two pieces of memory, and the branches share theirs.
  private mutating func stage(_ blocks: [Mixed], from input: Activation, memory: Activation) throws -> Activation {
    let volume = memory.layout.volume
    let other = Activation(.blocked(channels: memory.layout.channels, volume))
    let reduced1 = Activation(.blocked(channels: blocks.map(\.branch1.reduce).max() ?? 0, volume))
    let reduced2 = Activation(.blocked(channels: blocks.map(\.branch2.reduce).max() ?? 0, volume))
    let pooled = Activation(.blocked(channels: memory.layout.channels, volume))
    var x = input
    for (index, block) in blocks.enumerated() {
      let output = Activation(channels: block.channels, reusing: index.isMultiple(of: 2) ? other : memory)
      try mixed(
        block, x, output, reduced1: Activation(channels: block.branch1.reduce, reusing: reduced1),
        reduced2: Activation(channels: block.branch2.reduce, reusing: reduced2),
        pooled: Activation(channels: x.layout.channels, reusing: pooled))
      x = output
    }
    return x
  }

  private mutating func mixed(
    _ block: Mixed, _ x: Activation, _ output: Activation, reduced1: Activation, reduced2: Activation,
    pooled: Activation
  ) throws {
    let inputs = x.layout.channels
    let lanes = ActivationLayout.block
    func pointwise(_ builder: I3DBuilder, _ unit: String, _ outputs: Int) throws -> ConvolutionWeights {
      try builder.folded(block.name + unit, .one, from: inputs, to: outputs)
    }
    func siblings(_ builder: I3DBuilder) throws -> ConvolutionWeights {
      .joined([
        try pointwise(builder, "/Branch_0/Conv3d_0a_1x1", block.branch0),
        try pointwise(builder, "/Branch_1/Conv3d_0a_1x1", block.branch1.reduce).paddedToBlocks(),
        try pointwise(builder, "/Branch_2/Conv3d_0a_1x1", block.branch2.reduce).paddedToBlocks(),
      ])
    }
    try add(
      block.name + "/Branch_0..2/Conv3d_0a_1x1", siblings, x,
      OutputBlock.blocks(of: output, from: 0, count: block.branch0 / lanes)
        + OutputBlock.blocks(of: reduced1, from: 0, count: reduced1.layout.blocks)
        + OutputBlock.blocks(of: reduced2, from: 0, count: reduced2.layout.blocks))
    var first = block.branch0 / lanes
    try convolve(
      block.name + "/Branch_1/Conv3d_0b_3x3", Volume(cube: 3), reduced1, output, from: first,
      channels: block.branch1.out)
    first += block.branch1.out / lanes
    try convolve(
      block.name + "/Branch_2/Conv3d_0b_3x3", Volume(cube: 3), reduced2, output, from: first,
      channels: block.branch2.out)
    first += block.branch2.out / lanes
    pool(block.name + "/Branch_3/MaxPool3d_0a_3x3", Volume(cube: 3), stride: .one, x, pooled)
    try convolve(block.name + "/Branch_3/Conv3d_0b_1x1", .one, pooled, output, from: first, channels: block.branch3)
  }

  private static func widest(_ blocks: [Mixed], input: Int) -> Int { max(input, blocks.map(\.channels).max() ?? 0) }

  private func activation(_ channels: Int, after input: Activation, stride: Volume = .one) -> Activation {
    let volume = input.layout.volume
    return Activation(
      .blocked(
        channels: channels,
        Volume(
          (volume.frames + stride.frames - 1) / stride.frames, (volume.height + stride.height - 1) / stride.height,
          (volume.width + stride.width - 1) / stride.width)))
  }
}

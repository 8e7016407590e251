import Kernels
import Tensors
import Weights

/// Builds the layers of Inception-v3, with the names of the graph of 2015-12-05. The images of a batch are frames, along
/// which no kernel reaches.
///
/// All channel counts are multiples of 16, so branches write whole blocks of their block's output.
struct InceptionV3Builder: NetworkBuilder {
  static let kernelAxes = 2

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

  /// [B][299][299][3]; the first convolution is not padded.
  func input(batch: Int) -> Activation {
    let none = Volume(cube: 0)
    return Activation(
      .image(
        channels: 3, Volume(batch, InceptionV3.side, InceptionV3.side), haloBefore: none, haloAfter: none))
  }

  /// All layers up to mixed_10.
  mutating func build(from image: Activation) throws -> Activation {
    let conv = try unit("conv", .plane(3, 3), stride: .plane(2, 2), .valid, image, 32)
    let conv1 = try unit("conv_1", .plane(3, 3), .valid, conv, 32)
    let conv2 = try unit("conv_2", .plane(3, 3), .same, conv1, 64)
    let pool0 = activation(64, .plane(3, 3), stride: .plane(2, 2), .valid, conv2)
    pool("pool", .plane(3, 3), stride: .plane(2, 2), padding: .valid, conv2, pool0)
    let conv3 = try unit("conv_3", .one, .valid, pool0, 80)
    let conv4 = try unit("conv_4", .plane(3, 3), .valid, conv3, 192)

    let batch = image.layout.volume.frames
    var size35 = BlockMemory(batch: batch, side: 35, halo: 2, widest: 288, branches: [96, 96])
    var x = size35.output(192)
    pool("pool_1", .plane(3, 3), stride: .plane(2, 2), padding: .valid, conv4, x)
    x = try blockA("mixed", projected: 32, x, &size35)
    x = try blockA("mixed_1", projected: 64, x, &size35)
    x = try blockA("mixed_2", projected: 64, x, &size35)

    var size17 = BlockMemory(batch: batch, side: 17, halo: 3, widest: 768, branches: [192, 192, 192])
    x = try blockB("mixed_3", x, size35, &size17)
    x = try blockC("mixed_4", reduced: 128, x, &size17)
    x = try blockC("mixed_5", reduced: 160, x, &size17)
    x = try blockC("mixed_6", reduced: 160, x, &size17)
    x = try blockC("mixed_7", reduced: 192, x, &size17)

    var size8 = BlockMemory(batch: batch, side: 8, halo: 1, widest: 2048, branches: [384, 2048])
    x = try blockD("mixed_8", x, size17, &size8)
    x = try blockE("mixed_9", .average, x, &size8)
    return try blockE("mixed_10", .max, x, &size8)
  }

  // MARK: Blocks

  /// 1×1; 1×1, 5×5; 1×1, 3×3, 3×3; average, 1×1. Concatenated in that order, as in the other blocks.
  private mutating func blockA(_ name: String, projected: Int, _ x: Activation, _ memory: inout BlockMemory) throws
    -> Activation
  {
    let output = memory.output(64 + 64 + 96 + projected)
    let tower = memory.branch(0, 48)
    let tower1 = memory.branch(1, 64)
    var places = Concatenation(output)
    try siblings(
      name, [("conv", places.next(64)), ("tower/conv", Place(all: tower)), ("tower_1/conv", Place(all: tower1))], x)
    try convolve(name + "/tower/conv_1", .plane(5, 5), tower, places.next(64))
    let twice = memory.branch(0, 96)
    try convolve(name + "/tower_1/conv_1", .plane(3, 3), tower1, twice)
    try convolve(name + "/tower_1/conv_2", .plane(3, 3), twice, places.next(96))
    try average(name + "/tower_2", x, memory.branch(1, projected), places.next(projected))
    return output
  }

  /// From 35×35 to 17×17. 3×3; 1×1, 3×3, 3×3; max.
  private mutating func blockB(
    _ name: String, _ x: Activation, _ memory: BlockMemory, _ next: inout BlockMemory
  ) throws -> Activation {
    let output = next.output(384 + 96 + 288)
    var places = Concatenation(output)
    try convolveHalving(name + "/conv", x, places.next(384))
    let tower = memory.branch(0, 64)
    try convolve(name + "/tower/conv", .one, x, tower)
    let twice = memory.branch(1, 96)
    try convolve(name + "/tower/conv_1", .plane(3, 3), tower, twice)
    try convolveHalving(name + "/tower/conv_2", twice, places.next(96))
    poolHalving(name + "/pool", x, places.next(288))
    return output
  }

  /// 1×1; 1×1, 1×7, 7×1; 1×1, 7×1, 1×7, 7×1, 1×7; average, 1×1.
  private mutating func blockC(_ name: String, reduced: Int, _ x: Activation, _ memory: inout BlockMemory) throws
    -> Activation
  {
    let output = memory.output(4 * 192)
    let tower = memory.branch(0, reduced)
    let tower1 = memory.branch(1, reduced)
    var places = Concatenation(output)
    try siblings(
      name, [("conv", places.next(192)), ("tower/conv", Place(all: tower)), ("tower_1/conv", Place(all: tower1))], x)
    let other = memory.branch(2, reduced)
    try convolve(name + "/tower/conv_1", .plane(1, 7), tower, other)
    try convolve(name + "/tower/conv_2", .plane(7, 1), other, places.next(192))
    try convolve(name + "/tower_1/conv_1", .plane(7, 1), tower1, other)
    try convolve(name + "/tower_1/conv_2", .plane(1, 7), other, tower1)
    try convolve(name + "/tower_1/conv_3", .plane(7, 1), tower1, other)
    try convolve(name + "/tower_1/conv_4", .plane(1, 7), other, places.next(192))
    try average(name + "/tower_2", x, memory.branch(0, 192), places.next(192))
    return output
  }

  /// From 17×17 to 8×8. 1×1, 3×3; 1×1, 1×7, 7×1, 3×3; max.
  private mutating func blockD(
    _ name: String, _ x: Activation, _ memory: BlockMemory, _ next: inout BlockMemory
  ) throws -> Activation {
    let output = next.output(320 + 192 + 768)
    let tower = memory.branch(0, 192)
    let tower1 = memory.branch(1, 192)
    var places = Concatenation(output)
    try siblings(name, [("tower/conv", Place(all: tower)), ("tower_1/conv", Place(all: tower1))], x)
    try convolveHalving(name + "/tower/conv_1", tower, places.next(320))
    let other = memory.branch(2, 192)
    try convolve(name + "/tower_1/conv_1", .plane(1, 7), tower1, other)
    try convolve(name + "/tower_1/conv_2", .plane(7, 1), other, tower1)
    try convolveHalving(name + "/tower_1/conv_3", tower1, places.next(192))
    poolHalving(name + "/pool", x, places.next(768))
    return output
  }

  private enum Pool { case average, max }

  /// 1×1; 1×1, then 1×3 and 3×1 side by side; 1×1, 3×3, then 1×3 and 3×1 side by side; a pool, 1×1.
  private mutating func blockE(_ name: String, _ kind: Pool, _ x: Activation, _ memory: inout BlockMemory) throws
    -> Activation
  {
    let output = memory.output(320 + 2 * 384 + 2 * 384 + 192)
    let tower = memory.branch(0, 384)
    let tower1 = memory.branch(1, 448)
    var places = Concatenation(output)
    try siblings(
      name, [("conv", places.next(320)), ("tower_conv", Place(all: tower)), ("tower_1_conv", Place(all: tower1))], x)
    try convolve(name + "/tower_mixed_conv", .plane(1, 3), tower, places.next(384))
    try convolve(name + "/tower_mixed_conv_1", .plane(3, 1), tower, places.next(384))
    try convolve(name + "/tower_1_conv_1", .plane(3, 3), tower1, tower)
    try convolve(name + "/tower_1_mixed_conv", .plane(1, 3), tower, places.next(384))
    try convolve(name + "/tower_1_mixed_conv_1", .plane(3, 1), tower, places.next(384))
    switch kind {
    case .average:
      try average(name + "/tower_2", separator: "_", x, memory.branch(1, 192), places.next(192))
    case .max:
      let pooled = memory.branch(1, x.layout.channels)
      pool(name + "/tower_2_pool", .plane(3, 3), stride: .one, x, pooled)
      try convolve(name + "/tower_2_conv", .one, pooled, places.next(192))
    }
    return output
  }

  // MARK: Layers

  /// The 1×1 convolutions that read a block's input, as one product.
  private mutating func siblings(_ block: String, _ units: [(name: String, place: Place)], _ x: Activation) throws {
    func joined(_ builder: InceptionV3Builder) throws -> ConvolutionWeights {
      .joined(
        try units.map {
          try builder.folded("\(block)/\($0.name)", .one, from: x.layout.channels, to: $0.place.channels)
        })
    }
    try add(
      "\(block)/\(units.map(\.name).joined(separator: "+"))", joined, x, units.flatMap(\.place.outputBlocks))
  }

  private mutating func convolve(_ unit: String, _ kernel: Volume, _ input: Activation, _ place: Place) throws {
    try convolve(unit, kernel, input, place.activation, from: place.first, channels: place.channels)
  }

  /// 3×3 with stride 2, not padded.
  private mutating func convolveHalving(_ unit: String, _ input: Activation, _ place: Place) throws {
    try convolve(
      unit, .plane(3, 3), stride: .plane(2, 2), padding: .valid, input, place.activation, from: place.first,
      channels: place.channels)
  }

  /// The maximum of 3×3 with stride 2, not padded.
  private mutating func poolHalving(_ name: String, _ input: Activation, _ place: Place) {
    pool(
      name, .plane(3, 3), stride: .plane(2, 2), padding: .valid, input, place.activation, from: place.first)
  }

  /// An average of 3×3 and the 1×1 convolution behind it, the other way round (see `AveragePooling`).
  private mutating func average(
    _ branch: String, separator: String = "/", _ x: Activation, _ projected: Activation, _ place: Place
  ) throws {
    try convolve(branch + separator + "conv", .one, rectify: false, x, projected)
    average(
      branch + separator + "pool", .plane(3, 3), rectify: true, projected, place.activation, from: place.first)
  }

  /// A unit of the stem, into an activation of its own.
  private mutating func unit(
    _ name: String, _ kernel: Volume, stride: Volume = .one, _ padding: Padding, _ input: Activation, _ channels: Int
  ) throws -> Activation {
    let output = activation(channels, kernel, stride: stride, padding, input)
    try convolve(name, kernel, stride: stride, padding: padding, input, output)
    return output
  }

  private func activation(
    _ channels: Int, _ kernel: Volume, stride: Volume, _ padding: Padding, _ input: Activation
  ) -> Activation {
    let volume = padding.volume(input.layout.volume, kernel: kernel, stride: stride).output
    return Activation(.blocked(channels: channels, volume, haloBefore: .halo(1), haloAfter: .halo(1)))
  }
}

/// The memory of the blocks of one size. Their outputs take turns in two pieces; each piece for branches is as wide as its
/// widest use.
private struct BlockMemory {
  private let outputs: [Activation]
  private let branches: [Activation]
  private var turn = 0

  init(batch: Int, side: Int, halo: Int, widest: Int, branches: [Int]) {
    func piece(_ channels: Int) -> Activation {
      Activation(
        .blocked(
          channels: channels, Volume(batch, side, side), haloBefore: .halo(halo), haloAfter: .halo(halo)))
    }
    outputs = [piece(widest), piece(widest)]
    self.branches = branches.map(piece)
  }

  /// Where the next block writes; the input of that block is kept.
  mutating func output(_ channels: Int) -> Activation {
    turn = 1 - turn
    return Activation(channels: channels, reusing: outputs[turn])
  }

  func branch(_ index: Int, _ channels: Int) -> Activation { Activation(channels: channels, reusing: branches[index]) }
}

/// Blocks of 16 channels, side by side, of one activation.
private struct Place {
  let activation: Activation
  let first: Int
  let channels: Int

  init(_ activation: Activation, first: Int, channels: Int) {
    self.activation = activation
    self.first = first
    self.channels = channels
  }

  init(all activation: Activation) { self.init(activation, first: 0, channels: activation.layout.channels) }

  var outputBlocks: [OutputBlock] {
    OutputBlock.blocks(of: activation, from: first, count: channels / ActivationLayout.block)
  }
}

/// Gives the branches of a block their places in its output, one behind the other.
private struct Concatenation {
  private let output: Activation
  private var first = 0

  init(_ output: Activation) { self.output = output }

  mutating func next(_ channels: Int) -> Place {
    precondition(channels.isMultiple(of: ActivationLayout.block), "Concatenation: branches are whole blocks")
    defer { first += channels / ActivationLayout.block }
    return Place(output, first: first, channels: channels)
  }
}

extension Volume {
  /// A kernel or stride over space.
  fileprivate static func plane(_ height: Int, _ width: Int) -> Volume { Volume(1, height, width) }

  /// A halo around each frame.
  fileprivate static func halo(_ width: Int) -> Volume { Volume(0, width, width) }
}

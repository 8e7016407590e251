import Kernels
import Tensors
import Weights

/// The vision transformer (Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021) of DINO, DINOv2 and CLIP, for
/// square frames. ViT-B/16 at 224×224: 35 GFLOP a frame.
///
/// Input [B][side][side][3] in 0...1, patches of p×p, tokens [1 + (side/p)²][C], heads of 64 channels. All sizes are those of
/// the weights' shapes.
///
/// One instance computes one batch at a time. A frame's features are the same bits whatever else is in the batch, whatever
/// its size, and for any number of threads.
///
/// `@unchecked Sendable`: an instance may go from thread to thread, used by one at a time.
public final class VisionTransformer: @unchecked Sendable {
  /// What the weights do not say of a family.
  public struct Configuration: Sendable {
    /// Which values are the features.
    public enum Endpoint: Sendable {
      /// The class token behind the last block, before the final normalisation: [C].
      case classToken
      /// The class token behind the final normalisation, times the head where there is one: [D] or [C].
      case embedding
    }

    public var activation: ValueFunction.Kind
    /// Of the layer normalisations.
    public var epsilon: Float
    public var endpoint: Endpoint
    /// What is subtracted from R, G and B in 0...1, and what they are divided by. Both are multiplied into the patch
    /// embedding, so that several networks can take one input.
    public var mean: [Float]
    public var deviation: [Float]
    /// Width and height of a frame; nil for as many patches as there are positions. For another number the positions are
    /// interpolated as DINOv2 does it.
    public var side: Int?

    public init(
      activation: ValueFunction.Kind, epsilon: Float, endpoint: Endpoint, mean: [Float], deviation: [Float],
      side: Int? = nil
    ) {
      self.activation = activation
      self.epsilon = epsilon
      self.endpoint = endpoint
      self.mean = mean
      self.deviation = deviation
      self.side = side
    }

    /// facebookresearch/dino, vision_transformer.py `vit_base`; the class token as DreamSim takes it
    /// (dreamsim/model.py, `_extract_cls`).
    public static let dino = Configuration(
      activation: .gelu, epsilon: 1e-6, endpoint: .classToken, mean: [0.485, 0.456, 0.406],
      deviation: [0.229, 0.224, 0.225])

    /// facebookresearch/dinov2, hub `dinov2_vitb14`, without registers, for frames of 224×224.
    public static func dinov2(side: Int = 224) -> Configuration {
      var configuration = dino
      configuration.side = side
      return configuration
    }

    /// openai/CLIP model.py `VisionTransformer` (QuickGELU) and open_clip (GELU).
    public static func clip(_ activation: ValueFunction.Kind) -> Configuration {
      Configuration(
        activation: activation, epsilon: 1e-5, endpoint: .embedding, mean: [0.48145466, 0.4578275, 0.40821073],
        deviation: [0.26862954, 0.26130258, 0.27577711])
    }
  }

  /// Width and height of a frame.
  public let side: Int
  /// Features of a frame.
  public let columns: Int
  /// The most frames of one call.
  public let batch: Int

  let steps: [NetworkStep]
  private let configuration: Configuration
  private let sizes: TransformerSizes
  private let input: Activation
  private let tokens: Activation
  private let final: FinalLayers
  private let team: ThreadTeam
  private let table: KernelTable

  /// - Parameters:
  ///   - prefix: before the weights' names: `dino/`, or empty.
  ///   - batch: the most frames of one call. Memory grows with it, some 8 MB a frame of ViT-B/16.
  ///   - table: which instruction set.
  /// - Throws: `NetworkError`, or an error that names the tensor that does not fit.
  public convenience init(
    weights: NetworkWeights, prefix: String = "", configuration: Configuration, batch: Int, threads: Int,
    table: KernelTable
  ) throws {
    let builder = TransformerBuilder(
      weights: weights, prefix: prefix, epsilon: configuration.epsilon, activation: configuration.activation,
      table: table)
    let sizes = try TransformerSizes(weights, prefix: prefix, side: configuration.side)
    try self.init(
      builder, configuration, sizes, batch: batch, threads: threads, final: FinalLayers(weights, prefix, configuration))
  }

  private init(
    _ builder: TransformerBuilder, _ configuration: Configuration, _ sizes: TransformerSizes, batch: Int, threads: Int,
    final: FinalLayers
  ) throws {
    precondition(batch >= 1, "VisionTransformer: a batch has at least one frame")
    self.configuration = configuration
    self.sizes = sizes
    self.batch = batch
    self.final = final
    side = sizes.grid * sizes.patch
    columns = final.columns
    team = ThreadTeam(threads: threads)
    table = builder.table
    var builder = builder
    let none = Volume(0, 0, 0)
    input = Activation(.image(channels: 3, Volume(batch, side, side), haloBefore: none, haloAfter: none))
    let patches = Activation(
      .blocked(
        channels: sizes.block.width, Volume(batch, sizes.grid, sizes.grid), haloBefore: none, haloAfter: none))
    tokens = Activation(.rows(batch * sizes.tokens, channels: sizes.block.width))
    try builder.patches(sizes, configuration, input, patches)
    try builder.tokens(sizes, patches, tokens)
    if sizes.hasFirstNorm { try builder.normalise("norm_pre", tokens, tokens) }
    try builder.blocks(sizes.block, on: tokens, tokens: sizes.tokens, isCausal: false)
    steps = builder.steps
  }

  /// ViT-B of a patch size with numbers that mean nothing, for measuring time.
  package static func random(patch: Int, batch: Int, threads: Int, table: KernelTable) throws -> VisionTransformer {
    let sizes = TransformerSizes(
      block: TransformerBuilder.Sizes(width: 768, blocks: 12, hidden: 3072), patch: patch, grid: 224 / patch)
    return try VisionTransformer(
      TransformerBuilder(weights: nil, prefix: "", epsilon: 1e-6, activation: .gelu, table: table), .dino, sizes,
      batch: batch, threads: threads, final: FinalLayers(classTokenOf: 768))
  }

  /// Another instance that computes the same beside this one: it shares the weights and has activations of its own.
  public func twin() throws -> VisionTransformer {
    try VisionTransformer(
      TransformerBuilder(
        weights: nil, prefix: "", epsilon: configuration.epsilon, activation: configuration.activation, table: table,
        twin: steps), configuration, sizes, batch: batch, threads: team.threads, final: final)
  }

  /// Bytes that a twin of ViT-B/16 at 224×224 takes for a batch, about; with larger patches less.
  public static func memory(batch: Int) -> Int { batch * 8 << 20 }

  /// The features of some frames, [count][columns].
  ///
  /// A call takes the time of a whole batch, however few the frames are.
  ///
  /// - Parameters:
  ///   - frames: [count][side][side][3], R, G, B in 0...1.
  ///   - count: 1...batch.
  public func features(_ frames: UnsafePointer<Float>, count: Int) -> [Float] {
    copy(frames, count: count)
    for step in steps { step.run(team) }
    return (0..<count).flatMap(feature)
  }

  private func copy(_ frames: UnsafePointer<Float>, count: Int) {
    precondition(count >= 1 && count <= batch, "VisionTransformer: this many frames do not fit into the batch")
    input.block(0).update(from: frames, count: count * input.layout.planeStride)
  }

  private func feature(_ frame: Int) -> [Float] { final.run(tokens.row(frame * sizes.tokens)) }

  /// What `profile` times, in order: the input's copy, the steps, the final layers.
  package var layers: [NetworkLayer] {
    [NetworkLayer(name: "input", plan: "copy")] + steps.map(\.layer) + [NetworkLayer(name: "head", plan: "head")]
  }

  /// The features of a whole batch, and how long each of `layers` took.
  package func profile(_ frames: UnsafePointer<Float>) -> (features: [Float], times: [Duration]) {
    let clock = ContinuousClock()
    var times = [clock.measure { copy(frames, count: batch) }]
    for step in steps { times.append(clock.measure { step.run(team) }) }
    var features: [Float] = []
    times.append(clock.measure { features = (0..<batch).flatMap(feature) })
    return (features, times)
  }
}

/// Sizes of a vision transformer.
struct TransformerSizes: Sendable {
  let block: TransformerBuilder.Sizes
  /// Pixels of a patch's side.
  let patch: Int
  /// Patches along a side.
  let grid: Int
  /// Whether the tokens are normalised before the first block.
  let hasFirstNorm: Bool
  var tokens: Int { 1 + grid * grid }

  init(block: TransformerBuilder.Sizes, patch: Int, grid: Int) {
    self.block = block
    self.patch = patch
    self.grid = grid
    hasFirstNorm = false
  }

  init(_ weights: NetworkWeights, prefix: String, side: Int?) throws {
    block = try TransformerBuilder.Sizes(weights, prefix: prefix)
    patch = try weights.shape(prefix + "patches/kernel", axes: 4)[0]
    grid = try side.map { [patch] in $0 / patch } ?? TransformerSizes.positionGrid(weights, prefix: prefix)
    hasFirstNorm = weights.tensors[prefix + "norm_pre/scale"] != nil
  }

  /// Patches along a side that the positions are for.
  static func positionGrid(_ weights: NetworkWeights, prefix: String) throws -> Int {
    let count = try weights.shape(prefix + "positions", axes: 2)[0]
    let grid = Int(Double(max(count - 1, 0)).squareRoot().rounded())
    guard grid > 0, 1 + grid * grid == count else {
      throw NetworkError.positions(tensor: prefix + "positions", count: count)
    }
    return grid
  }
}

/// What becomes of a class token behind the blocks. Computed in float64, a row at a time.
struct FinalLayers: Sendable {
  let columns: Int
  /// Nil where the token itself is wanted.
  private let norm: Norm?

  private struct Norm: Sendable {
    let scale: [Float]
    let offset: [Float]
    let epsilon: Double
    /// [C][D]; nil for none.
    let head: [Float]?
  }

  /// The token as it is.
  init(classTokenOf width: Int) {
    columns = width
    norm = nil
  }

  init(_ weights: NetworkWeights, _ prefix: String, _ configuration: VisionTransformer.Configuration) throws {
    let width = try weights.shape(prefix + "norm_post/scale", axes: 1)[0]
    guard configuration.endpoint == .embedding else {
      self.init(classTokenOf: width)
      return
    }
    try self.init(weights, prefix, width: width, epsilon: configuration.epsilon)
  }

  /// The final normalisation, and the head where there is one.
  init(_ weights: NetworkWeights, _ prefix: String, width: Int, epsilon: Float) throws {
    var head: [Float]?
    var columns = width
    if weights.tensors[prefix + "head/kernel"] != nil {
      columns = try weights.shape(prefix + "head/kernel", axes: 2)[1]
      head = try weights.tensor(prefix + "head/kernel", shape: [width, columns])
    }
    self.columns = columns
    norm = Norm(
      scale: try weights.tensor(prefix + "norm_post/scale", shape: [width]),
      offset: try weights.tensor(prefix + "norm_post/offset", shape: [width]), epsilon: Double(epsilon), head: head)
  }

  /// - Parameter token: [C].
  func run(_ token: [Float]) -> [Float] {
    guard let norm else { return token }
    let values = token.map(Double.init)
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let factor = 1 / (variance + norm.epsilon).squareRoot()
    let normalised = values.indices.map {
      (values[$0] - mean) * factor * Double(norm.scale[$0]) + Double(norm.offset[$0])
    }
    guard let head = norm.head else { return normalised.map(Float.init) }
    var result = [Double](repeating: 0, count: columns)
    head.withUnsafeBufferPointer { head in
      for (channel, value) in normalised.enumerated() {
        for column in 0..<columns { result[column] += value * Double(head[channel * columns + column]) }
      }
    }
    return result.map(Float.init)
  }
}

extension Activation {
  /// The channels of one row.
  func row(_ row: Int) -> [Float] {
    let lanes = ActivationLayout.block
    return [Float](unsafeUninitializedCapacity: layout.blocks * lanes) { values, count in
      for channel in 0..<layout.blocks * lanes {
        values[channel] = self.block(channel / lanes)[row * lanes + channel % lanes]
      }
      count = layout.blocks * lanes
    }
  }
}

extension TransformerBuilder {
  /// The patch embedding: a convolution whose stride is its kernel. The input's mean and deviation are multiplied in.
  mutating func patches(
    _ sizes: TransformerSizes, _ configuration: VisionTransformer.Configuration, _ input: Activation,
    _ output: Activation
  ) throws {
    let kernel = Volume(1, sizes.patch, sizes.patch)
    try add(
      prefix + "patches", { try $0.patchWeights(kernel, sizes.block.width, configuration) }, stride: kernel,
      padding: .valid, rectify: false, input,
      OutputBlock.blocks(of: output, from: 0, count: output.layout.blocks))
  }

  private func patchWeights(_ kernel: Volume, _ width: Int, _ configuration: VisionTransformer.Configuration) throws
    -> ConvolutionWeights
  {
    guard let weights else { return .random(kernel, from: 3, to: width) }
    var values = try weights.tensor(prefix + "patches/kernel", shape: [kernel.height, kernel.width, 3, width])
    var bias = [Double](repeating: 0, count: width)
    if weights.tensors[prefix + "patches/bias"] != nil {
      bias = try weights.tensor(prefix + "patches/bias", shape: [width]).map(Double.init)
    }
    for row in 0..<kernel.count * 3 {
      let (mean, deviation) = (Double(configuration.mean[row % 3]), Double(configuration.deviation[row % 3]))
      for channel in 0..<width {
        let scaled = Double(values[row * width + channel]) / deviation
        values[row * width + channel] = Float(scaled)
        bias[channel] -= scaled * mean
      }
    }
    return ConvolutionWeights(
      kernel: kernel, inputChannels: 3, outputChannels: width, values: values, bias: bias.map(Float.init))
  }

  /// The class token before the patches, and the positions.
  mutating func tokens(_ sizes: TransformerSizes, _ patches: Activation, _ output: Activation) throws {
    if case .tokens(let other)? = twin.isEmpty ? nil : twin[steps.count].operation {
      steps.append(
        NetworkStep(
          name: prefix + "tokens", operation: .tokens(TokenRows(like: other, patches: patches, output: output))))
      return
    }
    let width = sizes.block.width
    let classToken = try vector("class_token", width) ?? [Float](repeating: 0, count: width)
    var positions = [Float](repeating: 0, count: sizes.tokens * width)
    if let weights {
      let grid = try TransformerSizes.positionGrid(weights, prefix: prefix)
      let stored = try weights.tensor(prefix + "positions", shape: [1 + grid * grid, width])
      positions = grid == sizes.grid ? stored : stored.interpolated(from: grid, to: sizes.grid, width: width)
    }
    steps.append(
      NetworkStep(
        name: prefix + "tokens",
        operation: .tokens(
          TokenRows(classToken: classToken, positions: positions, patches: patches, output: output))))
  }
}

extension [Float] {
  /// Positions [1 + from²][C] for another grid, [1 + to²][C], as DINOv2 does it
  /// (dinov2/models/vision_transformer.py, `interpolate_pos_encoding`, offset 0.1, no antialiasing): bicubic with A = -0.75,
  /// pixel centres at one half, and a scale of (to + 0.1) / from.
  func interpolated(from: Int, to: Int, width: Int) -> [Float] {
    let step = Double(from) / (Double(to) + 0.1)
    let taps = (0..<to).map { index -> [(place: Int, weight: Double)] in
      let centre = (Double(index) + 0.5) * step - 0.5
      let first = centre.rounded(.down)
      let part = centre - first
      return (-1...2).map { tap in
        (Swift.min(Swift.max(Int(first) + tap, 0), from - 1), cubic(part - Double(tap)))
      }
    }
    var result = [Float](self[..<width])
    result.reserveCapacity((1 + to * to) * width)
    for y in taps {
      for x in taps {
        var sum = [Double](repeating: 0, count: width)
        for row in y {
          for column in x {
            let weight = row.weight * column.weight
            let start = (1 + row.place * from + column.place) * width
            for channel in 0..<width { sum[channel] += weight * Double(self[start + channel]) }
          }
        }
        result += sum.map(Float.init)
      }
    }
    return result
  }
}

/// Keys' cubic convolution kernel with A = -0.75.
private func cubic(_ x: Double) -> Double {
  let (a, t) = (-0.75, abs(x))
  if t <= 1 { return ((a + 2) * t - (a + 3)) * t * t + 1 }
  return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0
}

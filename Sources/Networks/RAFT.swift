import Engine
import Kernels
import Tensors
import Weights

/// RAFT (Teed and Deng, "RAFT: Recurrent All-Pairs Field Transforms for Optical Flow", ECCV 2020), the full one of 5.3 million
/// parameters: princeton-vl/RAFT, `core/raft.py` with `small=False`.
///
/// What goes in is a pair of frames, [2][H][W][3] in 0...255; what comes out the flow from the first to the second,
/// [H][W][2]: to the right and down, in pixels.
///
/// The program's sums are written here so that a turn of the loop computes what changes in it: the context's share of the
/// GRU's convolutions is computed once, and the flow is upsampled behind the last turn, where alone it is seen.
public enum RAFT {
  /// Channels of the GRU's state, and of the context beside it.
  static let hidden = 128
  static let features = 256
  static let levels = 4
  static let radius = 4
  /// How much smaller the features are than the frame.
  static let stride = 8

  /// The least height and width: the last level of the pyramid has two rows and two columns then. The published program divides
  /// by zero where it has one, and computes NaNs.
  public static let minimumSide = stride << levels

  /// The turns that VBench takes; the published program's own default is 12.
  public static let publishedIterations = 20

  private static let epsilon: Float = 1e-5

  private enum Normalisation { case instance, batch }

  /// - Throws: `NetworkError.flowSize` for frames that must be padded first, or that are too small.
  public static func graph(height: Int, width: Int, iterations: Int) throws -> Graph {
    guard height % stride == 0, width % stride == 0, min(height, width) >= minimumSide else {
      throw NetworkError.flowSize(height: height, width: width, multiple: stride, least: minimumSide)
    }
    var g = Graph("raft-things")
    let pair = g.input("Input", .maps(channels: 3, Volume(2, height, width)))
    // 2·(x / 255) − 1
    let half = [Float](repeating: 127.5, count: 3)
    let frames = g.standardisation("normalised", pair, Standardisation(mean: half, deviation: half))

    var maps = encoder(&g, "fnet", frames, .instance)
    maps = g.convolution("fnet/conv2", maps, to: features, axes: 2)
    let volume = g.correlation(
      "correlation", g.slice("frame_1", maps, frames: 0..<1), g.slice("frame_2", maps, frames: 1..<2))
    let pyramid = g.pyramid("level", volume, levels: levels)

    let seen = encoder(&g, "cnet", g.slice("first", frames, frames: 0..<1), .batch)
    func context(_ name: String, _ channels: Range<Int>) -> Graph.Value {
      g.convolution(
        name, seen, part: FilterPart(inputs: [0..<128], outputs: channels), of: "cnet/conv2", inputs: 128,
        outputs: 2 * hidden)
    }
    let begin = g.function("net", .tanh, context("cnet/conv2/net", 0..<hidden))
    let input = g.rectifier("inp", context("cnet/conv2/inp", hidden..<2 * hidden))
    let across = gru(&g, "1", Volume(1, 1, 5), of: input)
    let down = gru(&g, "2", Volume(1, 5, 1), of: input)

    let state = g.state("state", begin)
    let flow = g.state("flow", zeros: .maps(channels: 2, Volume(1, height / stride, width / stride)))
    g.loop(times: iterations) { g in
      let motion = motionEncoder(&g, flow, g.lookUp("lookup", flow, pyramid, radius: radius))
      var next = step(&g, "1", Volume(1, 1, 5), state, motion, across)
      next = step(&g, "2", Volume(1, 5, 1), next, motion, down)
      var delta = g.convolution("update/flow_head/conv1", next, to: 256, kernel: .init(1, 3, 3), axes: 2)
      delta = g.rectifier("update/flow_head/conv1", delta)
      delta = g.convolution("update/flow_head/conv2", delta, to: 2, kernel: .init(1, 3, 3), axes: 2)
      return [(state, next), (flow, g.sum("flow/next", flow, delta))]
    }
    var mask = g.convolution("update/mask/conv1", state, to: 256, kernel: .init(1, 3, 3), axes: 2)
    mask = g.rectifier("update/mask/conv1", mask)
    mask = g.convolution("update/mask/conv2", mask, to: 9 * stride * stride, axes: 2)
    g.finish(g.convexUpsampling("upsampled", flow, mask: mask, factor: stride, maskFactor: 0.25))
    return g
  }

  // MARK: Encoders

  /// To 128 channels at an eighth of the size.
  private static func encoder(_ g: inout Graph, _ name: String, _ x: Graph.Value, _ kind: Normalisation) -> Graph.Value
  {
    var x = unit(
      &g, name + "/conv1", x, to: 64, kernel: Volume(1, 7, 7), stride: 2, padding: .zeros(3), kind, rectifies: true)
    for (layer, channels) in [64, 96, 128].enumerated() {
      for block in 0..<2 {
        x = residual(
          &g, "\(name)/layer\(layer + 1)_\(block)", x, to: channels, stride: layer > 0 && block == 0 ? 2 : 1, kind)
      }
    }
    return x
  }

  private static func residual(
    _ g: inout Graph, _ name: String, _ x: Graph.Value, to channels: Int, stride: Int, _ kind: Normalisation
  ) -> Graph.Value {
    let kernel = Volume(1, 3, 3)
    var y = unit(
      &g, name + "/conv1", x, to: channels, kernel: kernel, stride: stride, padding: .zeros(1), kind, rectifies: true)
    y = unit(&g, name + "/conv2", y, to: channels, kernel: kernel, padding: .zeros(1), kind, rectifies: true)
    let skipped =
      stride == 1
      ? x : unit(&g, name + "/downsample", x, to: channels, kernel: .one, stride: stride, padding: .valid, kind)
    return g.rectifier(name, g.sum(name, skipped, y))
  }

  private static func unit(
    _ g: inout Graph, _ name: String, _ x: Graph.Value, to channels: Int, kernel: Volume, stride: Int = 1,
    padding: Padding, _ kind: Normalisation, rectifies: Bool = false
  ) -> Graph.Value {
    var x = g.convolution(
      name, x, to: channels, kernel: kernel, axes: 2, stride: Volume(1, stride, stride), padding: padding)
    switch kind {
    case .instance: x = g.instanceNormalisation(name, x, epsilon: epsilon)
    case .batch: x = g.batchNormalisation(name, x, epsilon: epsilon)
    }
    return rectifies ? g.rectifier(name, x) : x
  }

  // MARK: The update

  private static func motionEncoder(_ g: inout Graph, _ flow: Graph.Value, _ seen: Graph.Value) -> Graph.Value {
    func rectified(_ name: String, _ x: Graph.Value, to channels: Int, side: Int) -> Graph.Value {
      let name = "update/encoder/" + name
      return g.rectifier(name, g.convolution(name, x, to: channels, kernel: Volume(1, side, side), axes: 2))
    }
    let correlation = rectified("convc2", rectified("convc1", seen, to: 256, side: 1), to: 192, side: 3)
    let moved = rectified("convf2", rectified("convf1", flow, to: 128, side: 7), to: 64, side: 3)
    let both = g.concatenation("update/encoder/both", [correlation, moved])
    return g.concatenation("motion", [rectified("conv", both, to: hidden - 2, side: 3), flow])
  }

  /// What the context adds to the sums of z, r and q, bias included.
  private static func gru(_ g: inout Graph, _ half: String, _ kernel: Volume, of input: Graph.Value) -> [Graph.Value] {
    let names = ["z", "r", "q"].map { "update/gru/conv\($0)\(half)" }
    return g.joined(
      "update/gru/context\(half)", input, names.map { $0 + "/context" },
      part: FilterPart(inputs: [hidden..<2 * hidden], outputs: 0..<hidden), of: names, inputs: 3 * hidden,
      outputs: hidden, kernel: kernel)
  }

  /// Half of SepConvGRU: along rows or columns.
  private static func step(
    _ g: inout Graph, _ half: String, _ kernel: Volume, _ h: Graph.Value, _ motion: Graph.Value,
    _ context: [Graph.Value]
  ) -> Graph.Value {
    let part = FilterPart(inputs: [0..<hidden, 2 * hidden..<3 * hidden], outputs: 0..<hidden, hasBias: false)
    let name = "update/gru/"
    let both = g.concatenation("\(name)hx\(half)", [h, motion])
    let zr = g.joined(
      "\(name)convzr\(half)", both, ["\(name)convz\(half)", "\(name)convr\(half)"], part: part,
      of: ["\(name)convz\(half)", "\(name)convr\(half)"], inputs: 3 * hidden, outputs: hidden, kernel: kernel)
    let kept = g.resetGate("\(name)reset\(half)", h, zr[1], context[1])
    let q = g.convolution(
      "\(name)convq\(half)", g.concatenation("\(name)rhx\(half)", [kept, motion]), part: part,
      of: "\(name)convq\(half)",
      inputs: 3 * hidden, outputs: hidden, kernel: kernel)
    return g.updateGate("\(name)update\(half)", h, zr[0], context[0], q, context[2])
  }
}

/// RAFT for pairs of frames of one size, any size from some 120 pixels on: they are padded with copies of their edges to a
/// multiple of 8, as the published program's `InputPadder` does it, and the flow is cut out again.
///
/// One instance computes one pair at a time; the flow is the same bits for any number of threads.
///
/// `@unchecked Sendable`: an instance may go from thread to thread, used by one at a time.
public final class OpticalFlow: @unchecked Sendable {
  private let program: any Program
  private let padding: FramePadding
  public var height: Int { padding.height }
  public var width: Int { padding.width }
  /// Height and width of the padded frame.
  public var padded: (height: Int, width: Int) { (padding.paddedHeight, padding.paddedWidth) }

  /// Height and width after padding.
  public static func padded(_ side: Int) -> Int { FramePadding.padded(side, to: RAFT.stride) }

  /// Pixels of a side of what the network sees as one place.
  public static let cell = RAFT.stride

  /// Whether frames of this size are large enough.
  public static func takes(height: Int, width: Int) -> Bool {
    min(padded(height), padded(width)) >= RAFT.minimumSide
  }

  /// The least height and width of a frame.
  public static let minimumSide = RAFT.minimumSide - RAFT.stride + 1

  /// - Throws: an error that names the tensor that does not fit, and `NetworkError.flowSize`.
  public convenience init(
    _ weights: NetworkWeights, height: Int, width: Int, iterations: Int, on device: some Device
  ) throws {
    let graph = try Self.graph(height: height, width: width, iterations: iterations)
    self.init(
      try device.compile(graph, weights, batch: 1), FramePadding(height: height, width: width, multiple: RAFT.stride))
  }

  private init(_ program: any Program, _ padding: FramePadding) { (self.program, self.padding) = (program, padding) }

  private static func graph(height: Int, width: Int, iterations: Int) throws -> Graph {
    guard takes(height: height, width: width) else {
      throw NetworkError.framesTooSmall(height: height, width: width, least: minimumSide)
    }
    return try RAFT.graph(height: padded(height), width: padded(width), iterations: iterations)
  }

  /// Bytes that an instance takes beside the weights.
  public static func memory(height: Int, width: Int, on device: some Device) -> Int {
    guard let graph = try? graph(height: height, width: width, iterations: 1) else { return 0 }
    return device.memory(of: graph, batch: 1)
      + FramePadding(height: height, width: width, multiple: RAFT.stride).bytesOfPair
  }

  /// Another instance that computes the same beside this one: it shares the weights and has activations of its own.
  public func twin() throws -> OpticalFlow { OpticalFlow(try program.twin(), padding) }

  /// The flow from `first` to `second`, [H][W][3] each, in 0...255.
  public func flow(from first: [Float], to second: [Float]) -> FlowField { cut(paddedFlow(from: first, to: second)) }

  /// What of a padded flow is the frame's.
  public func cut(_ padded: FlowField) -> FlowField {
    FlowField(height: height, width: width, values: padding.cut(padded.values, channels: 2))
  }

  /// The same with that of the padding around it, which VBench leaves there.
  public func paddedFlow(from first: [Float], to second: [Float]) -> FlowField {
    FlowField(
      height: padding.paddedHeight, width: padding.paddedWidth,
      values: program.run(padding.pair(first, second), count: 1)[0])
  }

  /// A frame [H][W][3] with copies of its edges around it, as the network sees it.
  public func withEdges(_ frame: [Float]) -> [Float] { padding.withEdges(frame) }
}

import Engine
import Kernels
import Tensors
import Weights

/// AMT-S (Li et al., "AMT: All-Pairs Multi-Field Transforms for Efficient Frame Interpolation", CVPR 2023), the small one of 3
/// million parameters: MCG-NKU/AMT, `networks/AMT-S.py`.
///
/// What goes in is a pair of frames, [2][H][W][3] in 0...255; what comes out the frame in the middle between them, [H][W][3] in 0...1.
///
/// Flows from coarse to fine: at each level a decoder sees the features of both frames, warped, and makes flows and features of twice
/// the size; an update then corrects them by looking up correlations at an eighth of the size. Flows to both frames and features lie
/// in one map, the flows in its first four channels. The published order of a filter's inputs is another one; the weights are taken
/// in ours.
public enum AMT {
  /// Channels of the features at 1/2, 1/4, 1/8 and 1/16 of the size.
  static let channels = [20, 32, 44, 56]
  /// Channels of the residual blocks that have convolutions of their own.
  static let side = 20
  static let features = 84
  static let hidden = 76
  static let levels = 4
  static let radius = 3
  /// Flows to both frames.
  static let flows = 4
  /// Flows of the last level to each frame.
  static let fields = 3
  /// What height and width are multiples of.
  static let multiple = 16

  /// The least height and width: the last level of the pyramid has two rows and two columns then. The published program divides by
  /// zero where it has one, and makes frames that are not numbers.
  public static let minimumSide = 128

  private static let epsilon: Float = 1e-5

  /// - Throws: `NetworkError.flowSize` for frames that must be padded first, or that are too small.
  public static func graph(height: Int, width: Int) throws -> Graph {
    guard height % multiple == 0, width % multiple == 0, min(height, width) >= minimumSide else {
      throw NetworkError.flowSize(height: height, width: width, multiple: multiple, least: minimumSide)
    }
    var g = Graph("amt-s")
    let pair = g.input("Input", .maps(channels: 3, Volume(2, height, width)))
    let byte = [Float](repeating: 255, count: 3)
    let frames = g.standardisation(
      "frames", pair, Standardisation(mean: byte.map { _ in 0 }, deviation: byte))
    let centred = g.centred("centred", frames)

    var pyramid = [correlated(&g, centred)]
    for level in 1..<levels { pyramid.append(g.resampled("level_\(level)", pyramid[level - 1], .half)) }
    var seen: [Graph.Value] = []
    for (level, count) in channels.enumerated() {
      let name = "encoder/pyramid\(level + 1)/"
      let x = unit(
        &g, name + "conv1", seen.last ?? centred, to: count, stride: Volume(1, 2, 2), padding: .zeros(1))
      seen.append(unit(&g, name + "conv2", x, to: count))
    }

    let last = seen[3]
    let (first, second) = (g.slice("first", last, frames: 0..<1), g.slice("second", last, frames: 1..<2))
    var state = decoder(
      &g, "decoder4", g.concatenation("decoder4/input", [first, second, g.constant("time", 0.5, like: first)]),
      to: flows + channels[2])
    state = update(&g, "update4", state, pyramid, scale: 1)
    for level in [2, 1, 0] {
      let name = "decoder\(level + 1)"
      let warped = (0..<2).map { frame in
        g.warp(
          "\(name)/warped_\(frame)", seen[level], frame: frame, by: state, channel: 2 * frame, outside: .nearest)
      }
      let input = g.concatenation(name + "/input", [state] + warped)
      guard level > 0 else {
        let fine = decoder(&g, name, input, to: 8 * fields)
        g.finish(combined(&g, g.blendedFields("blended", frames, fine, state, count: fields)))
        return g
      }
      let next = decoder(&g, name, input, to: flows + channels[level - 1])
      state = g.resampled(name + "/state", state, .double, flows: flows, flowFactor: 2, factor: 0, addedTo: next)
      state = update(&g, "update\(level + 1)", state, pyramid, scale: 1 << (3 - level))
    }
    return g
  }

  // MARK: Parts

  /// A convolution of 3×3 taps and its PReLU.
  private static func unit(
    _ g: inout Graph, _ name: String, _ x: Graph.Value, to count: Int, stride: Volume = .one, padding: Padding = .same
  ) -> Graph.Value {
    let y = g.convolution(
      name, x, to: count, kernel: Volume(1, 3, 3), axes: 2, stride: stride, padding: padding)
    return g.slopes(name, y)
  }

  /// The features that are correlated, at an eighth of the size.
  private static func correlated(_ g: inout Graph, _ x: Graph.Value) -> Graph.Value {
    func part(
      _ name: String, _ x: Graph.Value, to count: Int, side: Int, stride: Int = 1, rectifies: Bool = true
    ) -> Graph.Value {
      var y = g.convolution(
        "features/" + name, x, to: count, kernel: Volume(1, side, side), axes: 2, stride: Volume(1, stride, stride),
        padding: .zeros(side / 2))
      y = g.instanceNormalisation("features/" + name, y, epsilon: epsilon)
      return rectifies ? g.rectifier("features/" + name, y) : y
    }
    var x = part("conv1", x, to: 32, side: 7, stride: 2)
    for (layer, count) in [32, 64, 96].enumerated() {
      for block in 0..<2 {
        let (name, stride) = ("layer\(layer + 1)_\(block)", layer > 0 && block == 0 ? 2 : 1)
        var y = part(name + "/conv1", x, to: count / 4, side: 1)
        y = part(name + "/conv2", y, to: count / 4, side: 3, stride: stride)
        y = part(name + "/conv3", y, to: count, side: 1)
        let skipped =
          stride == 1 ? x : part(name + "/downsample", x, to: count, side: 1, stride: stride, rectifies: false)
        x = g.rectifier("features/" + name, g.sum("features/" + name, skipped, y))
      }
    }
    return g.convolution("features/conv2", x, to: features, axes: 2)
  }

  /// To twice the size. Of the first one the input is features and the time; of the others flows, features and those of both frames,
  /// of which the published filter has the flows at the end.
  private static func decoder(_ g: inout Graph, _ name: String, _ x: Graph.Value, to count: Int) -> Graph.Value {
    let all = g.shape(x).channels ?? 0
    let inner = all - (name == "decoder4" ? 1 : flows)
    let filter = g.stored(name + "/conv", kernel: 3, inputs: all, outputs: inner)
    let order = name == "decoder4" ? [0..<all] : [inner..<all, 0..<inner]
    var y = g.convolution(name + "/conv", x, .part(filter, FilterPart(inputs: order, outputs: 0..<inner)))
    y = residual(&g, name + "/residual", g.slopes(name + "/conv", y))
    return g.transposedConvolution(name + "/up", y, to: count)
  }

  /// Convolutions, of which the second and the fourth are of the last channels alone. These and as many before them as fill their
  /// first block are a value of their own; those before stay as they are.
  private static func residual(_ g: inout Graph, _ name: String, _ x: Graph.Value) -> Graph.Value {
    let count = g.shape(x).channels ?? 0
    let split = (count - side) / ActivationLayout.block * ActivationLayout.block
    let kept = count - side - split
    var y = x
    for (whole, own) in [("conv1", "conv2"), ("conv3", "conv4")] {
      let (whole, own) = ("\(name)/\(whole)", "\(name)/\(own)")
      let filter = g.stored(whole, kernel: 3, inputs: count, outputs: count)
      let ranges = [0..<split, split..<count]
      var parts = g.convolutions(
        whole, y, ranges.map { .part(filter, FilterPart(inputs: [0..<count], outputs: $0)) })
      parts = zip(parts, ranges).map { g.slopes(whole, $0, part: $1, of: count) }
      let last = g.convolution(
        own, parts[1], .keeping(kept, .stored(g.stored(own, kernel: 3, inputs: side, outputs: side)), from: kept))
      y = g.concatenation(own + "/both", [parts[0], g.slopes(own, last, kept: kept)])
    }
    y = g.convolution(name + "/conv5", y, to: count, kernel: Volume(1, 3, 3), axes: 2)
    return g.slopes(name, g.sum(name + "/sum", x, y))
  }

  /// Flows and features with what correlations at an eighth of the size add to them, which is `scale` times smaller.
  private static func update(
    _ g: inout Graph, _ name: String, _ state: Graph.Value, _ pyramid: [Graph.Value], scale: Int
  ) -> Graph.Value {
    let slope: Float = 0.1
    func unit(_ part: String, _ x: Graph.Value, to count: Int, side: Int) -> Graph.Value {
      let part = "\(name)/\(part)"
      return g.slopes(
        part, g.convolution(part, x, to: count, kernel: Volume(1, side, side), axes: 2), slope)
    }
    let coarse =
      ResamplingScale(divided: scale).map {
        g.resampled(name + "/coarse", state, $0, flows: flows, flowFactor: 1 / Float(scale))
      } ?? state
    let count = g.shape(coarse).channels ?? 0
    let found = unit(
      "convc1", g.localCorrelation(name + "/correlation", coarse, pyramid, radius: radius, factor: 2), to: 64, side: 1)
    let flow = g.slice(name + "/flow", coarse, channels: 0..<flows)
    let moved = unit("convf2", unit("convf1", flow, to: 40, side: 7), to: 20, side: 3)
    let motion = unit("conv", g.concatenation(name + "/motion", [found, moved]), to: 68, side: 3)
    // The published filter has the motion first.
    let gru = g.stored(name + "/gru1", kernel: 3, inputs: 68 + count, outputs: hidden)
    var y = g.convolution(
      name + "/gru1", g.concatenation(name + "/input", [coarse, motion]),
      .part(gru, FilterPart(inputs: [68..<68 + count, 0..<68], outputs: 0..<hidden)))
    y = g.convolution(
      name + "/gru2", g.slopes(name + "/gru1", y, slope), to: hidden, kernel: Volume(1, 3, 3), axes: 2)
    // Both heads as one: what changes the flows, and what changes the features.
    let heads = [(name + "/flow_head", flows), (name + "/feature_head", count - flows)]
    let firsts = heads.map { Filter.stored(g.stored($0.0 + "1", kernel: 3, inputs: hidden, outputs: hidden)) }
    let seconds = heads.map { Filter.stored(g.stored($0.0 + "2", kernel: 3, inputs: hidden, outputs: $0.1)) }
    y = g.slopes(name + "/heads1", g.convolution(name + "/heads1", y, .stacked(firsts)), slope)
    y = g.convolution(name + "/heads2", y, .diagonal(seconds))
    guard let scale = ResamplingScale(times: scale) else { return g.sum(name + "/sum", state, y) }
    return g.resampled(
      name + "/sum", y, scale, flows: flows, flowFactor: Float(scale.rawValue), addedTo: state)
  }

  /// The mean of the frames that the fields gave, and what two convolutions add to it.
  private static func combined(_ g: inout Graph, _ frames: Graph.Value) -> Graph.Value {
    let y = unit(&g, "combined/conv1", frames, to: 6 * fields)
    return g.meanFrame("combined", frames, adding: g.squaredConvolution("combined/conv2", y, to: 3))
  }
}

/// AMT-S for pairs of frames of one size, any size from some 110 pixels on: they are padded with copies of their edges to a multiple
/// of 16, as the published program's `InputPadder` does it, and the frame is cut out again.
///
/// One instance computes one pair at a time; the frame is the same bits for any number of threads.
///
/// `@unchecked Sendable`: an instance may go from thread to thread, used by one at a time.
public final class FrameInterpolation: @unchecked Sendable {
  private let program: any Program
  private let padding: FramePadding

  /// The least height and width of a frame.
  public static let minimumSide = AMT.minimumSide - AMT.multiple + 1

  /// Whether frames of this size are large enough.
  public static func takes(height: Int, width: Int) -> Bool { min(height, width) >= minimumSide }

  /// - Throws: an error that names the tensor that does not fit, and `NetworkError.framesTooSmall`.
  public convenience init(_ weights: NetworkWeights, height: Int, width: Int, on device: some Device) throws {
    let padding = FramePadding(height: height, width: width, multiple: AMT.multiple)
    self.init(try device.compile(Self.graph(padding), weights, batch: 1), padding)
  }

  private init(_ program: any Program, _ padding: FramePadding) { (self.program, self.padding) = (program, padding) }

  private static func graph(_ padding: FramePadding) throws -> Graph {
    guard takes(height: padding.height, width: padding.width) else {
      throw NetworkError.framesTooSmall(height: padding.height, width: padding.width, least: minimumSide)
    }
    return try AMT.graph(height: padding.paddedHeight, width: padding.paddedWidth)
  }

  /// Bytes that an instance takes beside the weights.
  public static func memory(height: Int, width: Int, on device: some Device) -> Int {
    let padding = FramePadding(height: height, width: width, multiple: AMT.multiple)
    guard let graph = try? graph(padding) else { return 0 }
    return device.memory(of: graph, batch: 1) + padding.bytesOfPair
  }

  /// Another instance that computes the same beside this one: it shares the weights and has activations of its own.
  public func twin() throws -> FrameInterpolation { FrameInterpolation(try program.twin(), padding) }

  /// The frame in the middle between `first` and `second`, [H][W][3] in 0...1; these are [H][W][3] in 0...255.
  public func middle(of first: [Float], and second: [Float]) -> [Float] {
    padding.cut(program.run(padding.pair(first, second), count: 1)[0], channels: 3)
  }
}

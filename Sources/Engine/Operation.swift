import Kernels
import Tensors

/// What a node of a graph computes. Closed: whatever reads a graph says what it does with each.
public enum Operation: Hashable, Sendable {
  /// What goes in.
  case input
  /// (factor·x + offset − mean) / deviation of an image.
  case standardisation(Standardisation)
  /// Each 2×2 square of pixels as one pixel of four times the channels, (row, column, channel) within the square.
  case spaceToDepth
  /// Of maps; of rows and vectors with a kernel of one, which is a dense layer.
  case convolution(FilteredSum)
  /// Padding is left out.
  case maxPool(Window)
  /// Padding is not counted.
  case averagePool(Window, rectifies: Bool)
  case batchNormalisation(BatchNormalisation)
  /// max(x, 0)
  case rectifier
  /// x, or a factor times x where it is negative.
  case slopes(Slopes)
  case function(ValueFunction.Kind)
  /// A factor for each channel, the tensor of this name.
  case scale(String)
  /// Of two values of one shape; max(·, 0) of it where it rectifies.
  case sum(rectifies: Bool)
  /// Along the channels.
  case concatenation
  /// Maps or rows of patches as rows of tokens, with positions added.
  case tokens(Tokens)
  /// Ids as rows of the tensor `NAME/tokens`, with those of `NAME/positions` added.
  case embedding(Embedding)
  /// Over the channels of each row, with `NAME/scale` and `NAME/offset`.
  case layerNormalisation(String, epsilon: Float)
  /// Over the pixels and the channels of a group, in each frame by itself, with `NAME/scale` and `NAME/offset`; max(·, 0) of it
  /// where it rectifies.
  case groupNormalisation(String, groups: Int, epsilon: Float, rectifies: Bool)
  /// The pixels of each frame of maps, side by side, as one row.
  case flattenedFrames
  /// Rows of q, k and v.
  case attention(heads: Int, isCausal: Bool)
  /// One row of tokens.
  case row(TokenRow)
  /// The mean of each channel over all places. With windows of n > 1 frames: average pooling of n frames with stride 1,
  /// not padded, then the mean over what is left of time.
  case mean(windows: Int)
  /// Each place's channels divided by their length plus 1e-10.
  case unitLength
  /// A vector less its own mean, divided by its length.
  case centredUnit
  /// (x − mean) / sqrt(variance + epsilon) of each channel of each frame; max(·, 0) of it where it rectifies.
  case instanceNormalisation(epsilon: Float, rectifies: Bool)
  /// Some channels of some frames.
  case slice(Slice)
  /// What a loop carries from one turn to the next: in the first turn its input, or zeros where it has none.
  case state
  /// A gate of a GRU; its inputs are those of `GRUGate.Kind`.
  case gate(GRUGate.Kind)
  /// Of two maps of one frame: the products of all pixels with all pixels, over the root of the number of channels.
  case correlation
  /// Averages of 2×2 values of planes.
  case halvedPlanes
  /// Of a flow and the levels of a pyramid of planes: what lies around where each pixel has moved to.
  case lookUp(radius: Int)
  /// Of a coarse flow and a mask: the flow at a finer size.
  case convexUpsampling(factor: Int, maskFactor: Float)
  /// Of maps and a flow: each pixel from where the flow points to.
  case warp(WarpedFrame)
  /// Each pixel of 4·C channels, (row, column, channel), as a 2×2 square of C channels.
  case depthToSpace
  /// One value at all places.
  case constant(Float)
  /// An image less the mean of all of its values.
  case centred
  /// Maps at another scale, added to the second input where there is one.
  case resampled(Resampled)
  /// Of two flows and the levels of a pyramid of two frames' features: the products of each pixel with those around where it has
  /// moved to.
  case localCorrelation(radius: Int, factor: Float)
  /// Of two frames, fields of flows, masks and remainders, and two flows of half the size: a frame between the two for each field.
  case blendedFields(Int)
  /// The mean of frames of three channels each, plus the second input, in 0...1.
  case meanFrame
}

/// What negative values are multiplied with.
public enum Slopes: Hashable, Sendable {
  /// The same in all channels.
  case constant(Float)
  /// Some numbers of a tensor of `count`, one for each channel, behind `kept` channels that stay as they are.
  case stored(String, count: Int, part: Range<Int>, kept: Int = 0)

  /// For each of some channels.
  func values(_ channels: Int, _ parameters: some Parameters) throws -> [Float] {
    switch self {
    case .constant(let slope): [Float](repeating: slope, count: channels)
    case .stored(let name, let count, let part, let kept):
      [Float](repeating: 1, count: kept) + (try parameters.values(Parameter(name, [count], .slope)))[part]
    }
  }

  var parameters: [Parameter] {
    switch self {
    case .constant: []
    case .stored(let name, let count, _, _): [Parameter(name, [count], .slope)]
    }
  }
}

/// Which of some frames is warped, and by which channels of a flow.
public struct WarpedFrame: Hashable, Sendable {
  public let edge: Warp.Edge
  public let frame: Int
  /// The first of the two.
  public let channel: Int
}

/// How maps are resampled: the first `flows` channels are multiplied by `flowFactor`, the others by `factor`.
public struct Resampled: Hashable, Sendable {
  public let scale: ResamplingScale
  public let flows: Int
  public let flowFactor: Float
  public let factor: Float

  func factors(_ channels: Int) -> [Float] { (0..<channels).map { $0 < flows ? flowFactor : factor } }
}

/// Which channels of which frames.
public struct Slice: Hashable, Sendable {
  public let channels: Range<Int>
  public let frames: Range<Int>
}

/// Which row of tokens stands for all.
public enum TokenRow: Hashable, Sendable {
  /// The class token.
  case first
  /// That of the largest id, the end of a text; the ids are the second input.
  case ofLargestID
}

/// A convolution: y = x ∗ w + b, or max(·, 0) of that.
public struct FilteredSum: Hashable, Sendable {
  public var filter: Filter
  public let stride: Volume
  public let padding: Padding
  public var rectifies: Bool
  /// What its negative sums are multiplied with, for each output; none where they stay.
  public var slopes: [Slopes] = []

  public init(_ filter: Filter, stride: Volume = .one, padding: Padding = .same, rectifies: Bool = false) {
    self.filter = filter
    self.stride = stride
    self.padding = padding
    self.rectifies = rectifies
  }

  /// What it sees at once.
  public var window: Window { Window(filter.kernel, stride: stride, padding: padding) }
}

/// What a pool or a convolution sees at once.
public struct Window: Hashable, Sendable {
  public let size: Volume
  public let stride: Volume
  public let padding: Padding

  public init(_ size: Volume, stride: Volume = .one, padding: Padding = .same) {
    self.size = size
    self.stride = stride
    self.padding = padding
  }
}

/// How patches become tokens.
public struct Tokens: Hashable, Sendable {
  /// [C], before the patches; nil where there is none.
  public let classToken: String?
  public let positions: Positions

  public init(classToken: String?, positions: Positions) {
    self.classToken = classToken
    self.positions = positions
  }
}

/// Token and position tables.
public struct Embedding: Hashable, Sendable {
  /// Before `tokens` and `positions`.
  public let prefix: String
  public let vocabulary: Int
  public let channels: Int

  public init(prefix: String, vocabulary: Int, channels: Int) {
    self.prefix = prefix
    self.vocabulary = vocabulary
    self.channels = channels
  }

  func parameters(context: Int) -> [Parameter] {
    [
      Parameter(prefix + "tokens", [vocabulary, channels], .kernel),
      Parameter(prefix + "positions", [context, channels], .offset),
    ]
  }
}

extension Operation {
  /// Whether it looks at a frame as a whole, so that others cannot lie behind it.
  var seesWholeFrames: Bool {
    switch self {
    case .slice, .state, .correlation, .halvedPlanes, .lookUp, .convexUpsampling, .warp, .constant, .centred,
      .resampled, .localCorrelation, .blendedFields, .meanFrame:
      true
    case .input, .standardisation, .spaceToDepth, .convolution, .maxPool, .averagePool, .batchNormalisation, .rectifier,
      .function, .scale, .sum, .concatenation, .tokens, .embedding, .layerNormalisation, .attention, .row, .mean,
      .unitLength, .centredUnit, .instanceNormalisation, .gate, .groupNormalisation, .flattenedFrames, .slopes,
      .depthToSpace:
      false
    }
  }
}

import Kernels
import Tensors

/// Two layers that take turns over bands of frames, so that of the values between them one band lies in memory at a time.
/// The sums are the same, so are their bits.
struct CPUBands: Sendable {
  /// Output frames of the first of the two, and frames of a band, the last of which may be shorter.
  let frames: Int
  let bandFrames: Int

  /// nil where one band is enough, and where the second layer of the two sees more than one frame at once, is not the next
  /// one, or is not the only reader.
  ///
  /// - Parameters:
  ///   - items: of a framewise graph, which lie one behind the other.
  ///   - most: floats of a band, unless one frame has more.
  init?(_ graph: Graph, node index: Int, items: Int, most: Int) {
    let maker = graph.nodes[index]
    guard maker.outputs.count == 1, graph.onlyReader(of: maker.outputs[0]) == index + 1,
      case .maps(let channels, let volume) = graph.shape(maker.outputs[0]), maker.operation.frameWindow != nil,
      // What is done in each turn of a loop ends where the loop does.
      !maker.isRepeated, !graph.nodes[index + 1].isRepeated,
      let reader = graph.nodes[index + 1].operation.frameWindow, reader.size.frames == 1, reader.stride.frames == 1
    else { return nil }
    let lanes = ActivationLayout.block
    let frame = (channels + lanes - 1) / lanes * lanes * volume.height * volume.width
    let mostFrames = max(1, most / frame)
    frames = volume.frames * items
    guard frames > mostFrames else { return nil }
    let count = (frames + mostFrames - 1) / mostFrames
    bandFrames = (frames + count - 1) / count
  }

  /// The output frames of each band.
  var ranges: [Range<Int>] {
    stride(from: 0, to: frames, by: bandFrames).map { $0..<min($0 + bandFrames, frames) }
  }
}

/// What of its output frames a layer computes in one step.
enum CPUTurn {
  case all
  /// A band, as the first of two that take turns.
  case first(Range<Int>, of: CPUBands)
  /// The same band, as the second.
  case second(Range<Int>)

  var isFirst: Bool {
    switch self {
    case .all: true
    case .first(let band, _), .second(let band): band.lowerBound == 0
    }
  }
}

/// Input and outputs of a layer's step.
struct CPUShare {
  let input: Activation
  let outputs: [Activation]
  let padded: PaddedVolume
  /// Frames of input and halo that are not padding, counted from the input's first.
  let presentFrames: Range<Int>

  /// - Parameters:
  ///   - window: what the layer sees at once.
  ///   - input: of the whole layer.
  ///   - outputs: of the whole layer, or the memory of one band.
  init(_ window: Window, input: Activation, outputs: [Activation], _ turn: CPUTurn) {
    let frames = input.layout.volume.frames
    let padded = window.padding.volume(input.layout.volume, kernel: window.size, stride: window.stride)
    switch turn {
    case .all: (self.input, self.outputs, self.padded, presentFrames) = (input, outputs, padded, 0..<frames)
    case .first(let band, let bands):
      // A band sees some frames of the one before and of the one behind, too: they are its input's halo.
      let first = band.lowerBound * window.stride.frames
      let end = band.upperBound == bands.frames ? frames : min(frames, band.upperBound * window.stride.frames)
      self.input = input.frames(first..<end)
      self.outputs = outputs.map { $0.frames(0..<band.count) }
      self.padded = padded.frames(band.count)
      presentFrames = -first..<frames - first
    case .second(let band):
      self.input = input.frames(0..<band.count)
      self.outputs = outputs.map { $0.frames(band) }
      self.padded = padded.frames(band.count)
      presentFrames = 0..<band.count
    }
  }
}

extension Operation {
  /// What a layer that can be computed for some frames sees at once; nil for others.
  fileprivate var frameWindow: Window? {
    switch self {
    case .convolution(let sum): sum.window
    case .maxPool(let window): window
    case .input, .standardisation, .spaceToDepth, .averagePool, .batchNormalisation, .rectifier, .function, .scale,
      .sum, .concatenation, .tokens, .embedding, .layerNormalisation, .groupNormalisation, .flattenedFrames,
      .attention, .row, .mean, .unitLength,
      .centredUnit, .instanceNormalisation, .slice, .state, .gate, .correlation, .halvedPlanes, .lookUp,
      .convexUpsampling, .warp, .slopes, .depthToSpace, .constant, .centred, .resampled, .localCorrelation,
      .blendedFields, .meanFrame:
      nil
    }
  }
}

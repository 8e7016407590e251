/// What is wrong with what a network was asked for.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
  case tooFewFrames(frames: Int, least: Int)
  case epsilon(Float)
  /// A transformer of a size that the engine's blocks do not fit.
  case transformerWidth(width: Int, hidden: Int)
  /// Positions that are not those of a class token and a square of patches.
  case positions(tensor: String, count: Int)
  /// A frame of which a smaller scale has no pixels.
  case tooNarrow(FrameShape)
  /// Frames that a flow network cannot take as they are.
  case flowSize(height: Int, width: Int, multiple: Int, least: Int)
  case framesTooSmall(height: Int, width: Int, least: Int)
  case otherNetwork(weights: String, network: String, wanted: String)

  /// Whether other frames could be computed.
  public var isOfFrames: Bool {
    switch self {
    case .tooNarrow, .flowSize, .framesTooSmall, .tooFewFrames: true
    case .epsilon, .transformerWidth, .positions, .otherNetwork: false
    }
  }

  public var description: String {
    switch self {
    case .tooFewFrames(let frames, let least):
      "I3D cannot see a clip of \(frames) frames: its strides and its last pool need at least \(least)"
    case .epsilon(let value):
      "a batch-norm epsilon of \(value) is not a positive number"
    case .transformerWidth(let width, let hidden):
      "a transformer of width \(width) with \(hidden) hidden values cannot be computed: the width must be a multiple of 64"
        + " and the hidden values of 16"
    case .positions(let tensor, let count):
      "`\(tensor)` has \(count) rows: one for the class token and a square of patches are needed"
    case .tooNarrow(let frame):
      "MUSIQ cannot see frames of \(frame): the longer side is brought to 224, and then nothing is left of the shorter one"
    case .flowSize(let height, let width, let multiple, let least):
      "frames of \(width)x\(height) cannot be computed: width and height must be multiples of \(multiple), and at least "
        + "\(least)"
    case .framesTooSmall(let height, let width, let least):
      "frames of \(width)x\(height) are too small for optical flow: width and height must be at least \(least)"
    case .otherNetwork(let weights, let network, let wanted):
      "the weights `\(weights)` are of the network \(network), and \(wanted) is needed"
    }
  }
}

import Tensors
import Threads

extension ActivationLayout {
  /// Calls `body` once for each row of pixels of each block.
  func forEachRow(_ team: ThreadTeam, _ body: @Sendable (_ block: Int, _ frame: Int, _ row: Int) -> Void) {
    let part = 16
    let parts = (volume.height + part - 1) / part
    team.perform(chunks: blocks * volume.frames * parts) { chunk in
      let (plane, first) = chunk.quotientAndRemainder(dividingBy: parts)
      let (block, frame) = plane.quotientAndRemainder(dividingBy: volume.frames)
      for row in first * part..<min(volume.height, (first + 1) * part) { body(block, frame, row) }
    }
  }
}

extension Activation {
  /// The first pixel of a row of a block.
  func row(_ block: Int, _ frame: Int, _ row: Int) -> UnsafeMutablePointer<Float> {
    self.block(block) + layout.offset(0, frame, row, 0)
  }
}

/// Instance normalisation (Ulyanov, Vedaldi and Lempitsky, "Instance Normalization", 2016), without factors, bound to its input
/// and output: (x − mean) / sqrt(variance + epsilon) of each channel of each frame.
public struct InstanceNormalisation: Sendable {
  private let input: Activation
  private let output: Activation
  private let epsilon: Float
  private let rectify: Bool
  private let kernels: MicroKernels

  /// - Parameters:
  ///   - rectify: whether max(·, 0) is taken of what comes out.
  ///   - output: may be the input.
  public init(epsilon: Float, rectify: Bool, input: Activation, output: Activation, with table: KernelTable) {
    precondition(
      input.layout.isBlocked && output.layout.isBlocked && input.layout.volume == output.layout.volume
        && input.layout.channels == output.layout.channels, "InstanceNormalisation: maps of one shape are needed")
    self.input = input
    self.output = output
    self.epsilon = epsilon
    self.rectify = rectify
    kernels = table.kernels
  }

  public func run(_ team: ThreadTeam) {
    let volume = input.layout.volume
    team.perform(chunks: input.layout.blocks * volume.frames) { chunk in
      let (block, frame) = chunk.quotientAndRemainder(dividingBy: volume.frames)
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * ActivationLayout.block) { moments in
        guard let moments = moments.baseAddress else { return }
        kernels.planeMoments(
          input.row(block, frame, 0), volume.height, input.layout.rowStride, volume.width, moments)
        for row in 0..<volume.height {
          kernels.normaliseRow(
            input.row(block, frame, row), volume.width, moments, epsilon, output.row(block, frame, row), rectify)
        }
      }
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 2 * input.layout.channels * input.layout.volume.count }
}

/// Channels of some frames, copied to channels of another activation, of whatever layout.
public struct ChannelCopy: Sendable {
  private let input: Activation
  private let output: Activation
  private let channels: Range<Int>
  private let frames: Range<Int>
  private let first: Int

  /// - Parameters:
  ///   - channels: of the input; `frames` of it.
  ///   - first: the first of the output's channels that are written.
  public init(_ channels: Range<Int>, frames: Range<Int>, of input: Activation, into output: Activation, at first: Int)
  {
    let (from, to) = (input.layout, output.layout)
    precondition(
      frames.count == to.volume.frames && from.volume.height == to.volume.height
        && from.volume.width == to.volume.width, "ChannelCopy: planes of one size are needed")
    precondition(
      channels.lowerBound >= 0 && channels.upperBound <= from.channels && first + channels.count <= to.channels
        && frames.upperBound <= from.volume.frames, "ChannelCopy: there are no such channels")
    self.input = input
    self.output = output
    self.channels = channels
    self.frames = frames
    self.first = first
  }

  public func run(_ team: ThreadTeam) {
    let (lanes, volume) = (ActivationLayout.block, output.layout.volume)
    let (from, to) = (input.layout, output.layout)
    let isWhole =
      from.isBlocked && to.isBlocked && channels.lowerBound % lanes == 0 && first % lanes == 0
      && (channels.count % lanes == 0
        || first + channels.count == to.channels && channels.upperBound == from.channels)
    let isImage = !from.isBlocked && !to.isBlocked && channels.count == from.channels && from.channels == to.channels
    team.perform(chunks: volume.frames * volume.height) { chunk in
      let (frame, row) = chunk.quotientAndRemainder(dividingBy: volume.height)
      let (source, target) = (input.row(0, frames.lowerBound + frame, row), output.row(0, frame, row))
      if isImage {
        target.update(from: source, count: volume.width * from.channels)
      } else if isWhole {
        for block in 0..<(channels.count + lanes - 1) / lanes {
          (target + (first / lanes + block) * to.blockStride).update(
            from: source + (channels.lowerBound / lanes + block) * from.blockStride, count: volume.width * lanes)
        }
      } else {
        for channel in 0..<channels.count {
          let (a, b) = (from.offset(channels.lowerBound + channel, 0, 0, 0), to.offset(first + channel, 0, 0, 0))
          for x in 0..<volume.width { target[b + x * to.pixelStride] = source[a + x * from.pixelStride] }
        }
      }
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 2 * channels.count * output.layout.volume.count }
}

/// Where a state begins: zeros.
public struct Zeros: Sendable {
  private let output: Activation

  public init(_ output: Activation) { self.output = output }

  public func run(_ team: ThreadTeam) {
    let layout = output.layout
    layout.forEachRow(team) { block, frame, row in
      output.row(block, frame, row).update(repeating: 0, count: layout.volume.width * layout.pixelStride)
    }
  }

  package var bytes: Int { 4 * output.layout.channels * output.layout.volume.count }
}

/// The gates of a GRU (Cho et al., 2014) on maps, bound to their inputs and output.
public struct GRUGate: Sendable {
  public enum Kind: Sendable {
    /// σ(a + b) · h of h, a, b.
    case reset
    /// (1 − σ(z + a))·h + σ(z + a)·tanh(q + b) of h, z, a, q, b.
    case update

    public var inputs: Int {
      switch self {
      case .reset: 3
      case .update: 5
      }
    }
  }

  public let kind: Kind
  private let inputs: [Activation]
  private let output: Activation
  private let kernels: MicroKernels

  public init(_ kind: Kind, of inputs: [Activation], into output: Activation, with table: KernelTable) {
    precondition(inputs.count == kind.inputs, "GRUGate: it has other inputs")
    precondition(
      inputs.allSatisfy {
        $0.layout.isBlocked && $0.layout.volume == output.layout.volume && $0.layout.channels == output.layout.channels
      } && output.layout.isBlocked && output.layout.channels % ActivationLayout.block == 0,
      "GRUGate: maps of one shape and of whole blocks are needed")
    self.kind = kind
    self.inputs = inputs
    self.output = output
    kernels = table.kernels
  }

  public func run(_ team: ThreadTeam) {
    let values = output.layout.volume.width * ActivationLayout.block
    output.layout.forEachRow(team) { block, frame, row in
      func input(_ index: Int) -> UnsafePointer<Float> { UnsafePointer(inputs[index].row(block, frame, row)) }
      let target = output.row(block, frame, row)
      switch kind {
      case .reset: kernels.gateRow(input(0), input(1), input(2), values, target)
      case .update: kernels.blendRow(input(0), input(1), input(2), input(3), input(4), values, target)
      }
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * (inputs.count + 1) * output.layout.channels * output.layout.volume.count }
}

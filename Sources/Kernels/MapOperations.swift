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

/// Negative values of maps times a factor for each channel, bound to its input and output: a leaky rectifier, or a PReLU (He et
/// al., "Delving Deep into Rectifiers", ICCV 2015).
public struct NegativeSlopes: Sendable {
  private let input: Activation
  private let output: Activation
  private let slopes: SlopeValues
  private let kernel: MicroKernels.SlopeRowKernel

  /// - Parameters:
  ///   - output: may be the input.
  public init(_ slopes: SlopeValues, of input: Activation, into output: Activation, with table: KernelTable) {
    precondition(
      input.layout.isBlocked && output.layout.isBlocked && input.layout.volume == output.layout.volume
        && input.layout.channels == output.layout.channels && slopes.covers(input.layout.blocks),
      "NegativeSlopes: maps of one shape and a slope for each channel are needed")
    self.input = input
    self.output = output
    self.slopes = slopes
    kernel = table.kernels.slopeRow
  }

  public func run(_ team: ThreadTeam) {
    let (lanes, width) = (ActivationLayout.block, output.layout.volume.width)
    output.layout.forEachRow(team) { block, frame, row in
      let (source, target) = (input.row(block, frame, row), output.row(block, frame, row))
      if source != target { target.update(from: source, count: width * lanes) }
      kernel(target, width, slopes.block(block))
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 2 * output.layout.channels * output.layout.volume.count }
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
    let volume = output.layout.volume
    let (from, to) = (input.layout, output.layout)
    let isImage = !from.isBlocked && !to.isBlocked && channels.count == from.channels && from.channels == to.channels
    team.perform(chunks: volume.frames * volume.height) { chunk in
      let (frame, row) = chunk.quotientAndRemainder(dividingBy: volume.height)
      let (source, target) = (input.row(0, frames.lowerBound + frame, row), output.row(0, frame, row))
      if isImage {
        target.update(from: source, count: volume.width * from.channels)
      } else if from.isBlocked && to.isBlocked {
        LaneRows.copy(
          channels, source, blockStride: from.blockStride, into: target, at: first, blockStride: to.blockStride,
          pixels: volume.width)
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

/// One value at all places of all channels: where a state begins, a moment in time.
public struct Constant: Sendable {
  private let output: Activation
  private let value: Float

  public init(_ value: Float, into output: Activation) {
    self.output = output
    self.value = value
  }

  public func run(_ team: ThreadTeam) {
    let layout = output.layout
    layout.forEachRow(team) { block, frame, row in
      let target = output.row(block, frame, row)
      target.update(repeating: 0, count: layout.volume.width * layout.pixelStride)
      guard value != 0 else { return }
      let channels = min(layout.blockChannels, layout.channels - block * layout.blockChannels)
      for x in 0..<layout.volume.width {
        (target + x * layout.pixelStride).update(repeating: value, count: channels)
      }
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

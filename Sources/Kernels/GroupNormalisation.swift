import Tensors
import Threads

/// Group normalisation of each frame of maps by itself (Wu and He, "Group Normalization", ECCV 2018), bound to its input and
/// output: (x − mean) / sqrt(variance + epsilon) · scale + offset over the pixels and the channels of a group.
///
/// Blocked activations of the same volume, [C/16][T][H][W][16], C a multiple of 16, groups of 1, 2, 4, 8 or 16 channels.
public struct GroupNormalisation: Sendable {
  private let input: Activation
  private let output: Activation
  private let parameters: ScaleAndOffset
  private let lanes: Int
  private let epsilon: Float
  private let rectifies: Bool
  private let kernel: MicroKernels.NormaliseGroupsKernel

  /// - Parameters:
  ///   - scale: [C]; `offset`: [C].
  ///   - epsilon: added to the variance.
  ///   - rectifies: whether max(·, 0) is taken of the result.
  ///   - output: may be the input.
  public init(
    groups: Int, scale: [Float], offset: [Float], epsilon: Float, rectifies: Bool, input: Activation,
    output: Activation, with table: KernelTable
  ) {
    let channels = input.layout.channels
    precondition(scale.count == channels && offset.count == channels, "GroupNormalisation: [C] values are needed")
    precondition(Self.fits(channels: channels, groups: groups), "GroupNormalisation: groups lie within blocks")
    precondition(
      input.layout.isBlocked && output.layout.isBlocked && input.layout.volume == output.layout.volume
        && output.layout.channels == channels, "GroupNormalisation: maps of one shape are needed")
    self.input = input
    self.output = output
    self.epsilon = epsilon
    self.rectifies = rectifies
    lanes = channels / groups
    parameters = ScaleAndOffset(scale, offset)
    kernel = table.kernels.normaliseGroups
  }

  /// The same normalisation of other maps, with shared parameters.
  public init(like other: GroupNormalisation, input: Activation, output: Activation) {
    precondition(
      input.layout == other.input.layout && output.layout == other.output.layout,
      "GroupNormalisation: maps of the same shape are needed")
    self.input = input
    self.output = output
    parameters = other.parameters
    lanes = other.lanes
    epsilon = other.epsilon
    rectifies = other.rectifies
    kernel = other.kernel
  }

  /// Whether so many channels can be normalised in so many groups.
  public static func fits(channels: Int, groups: Int) -> Bool {
    let block = ActivationLayout.block
    return groups > 0 && channels % block == 0 && channels % groups == 0 && channels / groups <= block
      && block % (channels / groups) == 0
  }

  public func run(_ team: ThreadTeam) {
    let (from, to, block) = (input.layout, output.layout, ActivationLayout.block)
    let volume = from.volume
    team.perform(chunks: volume.frames) { frame in
      for index in 0..<from.blocks {
        kernel(
          input.block(index) + from.offset(0, frame, 0, 0), volume.height, volume.width, from.rowStride, lanes,
          parameters.buffer.pointer + block * index, parameters.buffer.pointer + from.channels + block * index, epsilon,
          rectifies, output.block(index) + to.offset(0, frame, 0, 0), to.rowStride)
      }
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 2 * input.layout.channels * input.layout.volume.count }
}

/// The pixels of each frame as one row: its channels are those of the first pixel, then those of the second, ...
///
/// Input: maps without a halo, [C/16][T][H][W][16], C a multiple of 16; output: rows, [H·W·C/16][T][16].
public struct FlattenedFrames: Sendable {
  private let input: Activation
  private let output: Activation

  public init(_ input: Activation, into output: Activation) {
    let (from, to) = (input.layout, output.layout)
    precondition(
      from.isBlocked && from.channels % ActivationLayout.block == 0, "FlattenedFrames: whole blocks are needed")
    precondition(
      to.isRows && to.rows == from.volume.frames
        && to.channels == from.channels * from.volume.height * from.volume.width,
      "FlattenedFrames: a row for each frame")
    self.input = input
    self.output = output
  }

  public func run(_ team: ThreadTeam) {
    let (from, to, block) = (input.layout, output.layout, ActivationLayout.block)
    let (frames, width) = (from.volume.frames, from.volume.width)
    team.perform(chunks: from.volume.height * width) { pixel in
      for index in 0..<from.blocks {
        let source = UnsafePointer(input.block(index) + from.offset(0, 0, pixel / width, pixel % width))
        let target = output.block(pixel * from.blocks + index)
        for frame in 0..<frames {
          (target + frame * block).update(from: source + frame * from.planeStride, count: block)
        }
      }
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 2 * output.layout.channels * output.layout.rows }
}

import Tensors

/// The tokens of a vision transformer, bound to its input and output: a class token before the patches of each frame, and
/// the positions added.
///
/// Input: patches, [C/16][frames][rows][columns][16]; output: rows, [C/16][frames·(1 + rows·columns)][16].
public struct TokenRows: Sendable {
  private let patches: Activation
  private let output: Activation
  private let positions: Positions

  /// [C/16][tokens][16]; the class token is added to its own.
  private final class Positions: @unchecked Sendable {
    let buffer: FloatBuffer
    init(_ count: Int) { buffer = FloatBuffer(zeros: count) }
  }

  /// - Parameters:
  ///   - classToken: [C].
  ///   - positions: [1 + rows·columns][C].
  public init(classToken: [Float], positions: [Float], patches: Activation, output: Activation) {
    let channels = patches.layout.channels
    let tokens = 1 + patches.layout.volume.height * patches.layout.volume.width
    precondition(classToken.count == channels && positions.count == tokens * channels, "TokenRows: values do not fit")
    precondition(patches.layout.isRows && output.layout.isRows, "TokenRows: no halo is wanted")
    precondition(
      output.layout.rows == patches.layout.volume.frames * tokens && output.layout.channels == channels,
      "TokenRows: a row for each token is needed")
    self.patches = patches
    self.output = output
    let lanes = ActivationLayout.block
    self.positions = Positions(tokens * channels)
    let target = self.positions.buffer.pointer
    for channel in 0..<channels {
      for token in 0..<tokens {
        target[(channel / lanes * tokens + token) * lanes + channel % lanes] =
          positions[token * channels + channel] + (token == 0 ? classToken[channel] : 0)
      }
    }
  }

  /// The same tokens of other patches, with shared positions.
  public init(like other: TokenRows, patches: Activation, output: Activation) {
    precondition(
      patches.layout == other.patches.layout && output.layout == other.output.layout,
      "TokenRows: patches and rows of the same shape are needed")
    self.patches = patches
    self.output = output
    positions = other.positions
  }

  public func run(_ team: ThreadTeam) {
    let lanes = ActivationLayout.block
    let patchFloats = patches.layout.volume.height * patches.layout.volume.width * lanes
    let tokenFloats = patchFloats + lanes
    let frames = patches.layout.volume.frames
    team.perform(chunks: patches.layout.blocks) { block in
      let added = UnsafePointer(positions.buffer.pointer + block * tokenFloats)
      for frame in 0..<frames {
        let source = UnsafePointer(patches.block(block) + frame * patchFloats)
        let target = output.block(block) + frame * tokenFloats
        target.update(from: added, count: lanes)
        for place in 0..<patchFloats { target[lanes + place] = source[place] + added[lanes + place] }
      }
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 2 * output.layout.channels * output.layout.rows }
}

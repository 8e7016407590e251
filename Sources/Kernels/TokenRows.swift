import Tensors
import Threads

/// The tokens of a vision transformer, bound to its input and output: the patches of each sequence (a frame, or a clip of
/// tubelets), a class token before them where there is one, and the positions added.
///
/// Input: patches, [C/16][sequences·frames][rows][columns][16]; output: rows,
/// [C/16][sequences·(frames·rows·columns, and 1 for a class token)][16].
public struct TokenRows: Sendable {
  private let sequences: Int
  private let hasClassToken: Bool
  private let patches: Activation
  private let output: Activation
  private let positions: Positions

  /// [C/16][tokens][16]; the class token is added to its own.
  private final class Positions: @unchecked Sendable {
    let buffer: FloatBuffer
    init(_ count: Int) { buffer = FloatBuffer(zeros: count) }
  }

  /// - Parameters:
  ///   - classToken: [C]; nil for none.
  ///   - positions: [tokens][C], tokens of one sequence.
  public init(
    classToken: [Float]?, positions: [Float], sequences: Int, patches: Activation, output: Activation
  ) {
    let channels = patches.layout.channels
    precondition(patches.layout.volume.frames % sequences == 0, "TokenRows: whole sequences are needed")
    let tokens = (classToken == nil ? 0 : 1) + patches.layout.rows / sequences
    precondition(
      classToken.map { $0.count == channels } ?? true && positions.count == tokens * channels,
      "TokenRows: values do not fit")
    precondition(patches.layout.isRows && output.layout.isRows, "TokenRows: no halo is wanted")
    precondition(
      output.layout.rows == sequences * tokens && output.layout.channels == channels,
      "TokenRows: a row for each token is needed")
    self.sequences = sequences
    hasClassToken = classToken != nil
    self.patches = patches
    self.output = output
    let lanes = ActivationLayout.block
    self.positions = Positions(tokens * output.layout.blocks * lanes)
    let target = self.positions.buffer.pointer
    for channel in 0..<channels {
      for token in 0..<tokens {
        target[(channel / lanes * tokens + token) * lanes + channel % lanes] =
          positions[token * channels + channel] + (token == 0 ? classToken?[channel] ?? 0 : 0)
      }
    }
  }

  /// The same tokens of other patches, with shared positions.
  public init(like other: TokenRows, patches: Activation, output: Activation) {
    precondition(
      patches.layout == other.patches.layout && output.layout == other.output.layout,
      "TokenRows: patches and rows of the same shape are needed")
    sequences = other.sequences
    hasClassToken = other.hasClassToken
    self.patches = patches
    self.output = output
    positions = other.positions
  }

  public func run(_ team: ThreadTeam) {
    let lanes = ActivationLayout.block
    let patchFloats = patches.layout.rows / sequences * lanes
    let first = hasClassToken ? lanes : 0
    let tokenFloats = first + patchFloats
    team.perform(chunks: patches.layout.blocks) { block in
      let added = UnsafePointer(positions.buffer.pointer + block * tokenFloats)
      for sequence in 0..<sequences {
        let source = UnsafePointer(patches.block(block) + sequence * patchFloats)
        let target = output.block(block) + sequence * tokenFloats
        target.update(from: added, count: first)
        for place in 0..<patchFloats { target[first + place] = source[place] + added[first + place] }
      }
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 2 * output.layout.channels * output.layout.rows }
}

import Kernels
import Tensors
import Threads

/// How what comes in reaches the first layers.
enum CPUInput: Sendable {
  /// Rearranged for a convolution with stride 1.
  case squares(SpaceToDepth)
  /// Copied, and each channel brought to another range.
  case image(Activation, Standardisation?)
  /// Rows of a table.
  case ids(Activation, EmbeddingTable)

  /// [V][C] and [context][C]
  final class EmbeddingTable: Sendable {
    let tokens: [Float]
    let positions: [Float]
    init(tokens: [Float], positions: [Float]) { (self.tokens, self.positions) = (tokens, positions) }
  }

  /// - Parameters:
  ///   - items: that there are; `capacity` is how many there is room for.
  func run(_ input: UnsafePointer<Float>, items: Int, of capacity: Int, _ team: ThreadTeam) {
    switch self {
    case .squares(let squares): squares.run(input, team)
    case .image(let image, let standardisation):
      // Fewer items than the batch leave the rest as it was.
      copy(input, into: image, frames: image.layout.volume.frames / capacity * items, standardisation, team)
    case .ids(let rows, let table): look(input, up: table, into: rows, items: items)
    }
  }

  private func copy(
    _ input: UnsafePointer<Float>, into image: Activation, frames: Int, _ standardisation: Standardisation?,
    _ team: ThreadTeam
  ) {
    let layout = image.layout
    let row = layout.volume.width * layout.channels
    if standardisation == nil, !layout.hasHalo {
      image.block(0).update(from: input, count: frames * layout.planeStride)
      return
    }
    let source = Source(pointer: input)
    team.perform(chunks: frames * layout.volume.height) { chunk in
      let (frame, y) = chunk.quotientAndRemainder(dividingBy: layout.volume.height)
      let source = source.pointer + chunk * row
      let target = image.block(0) + layout.offset(0, frame, y, 0)
      guard let standardisation else {
        target.update(from: source, count: row)
        return
      }
      for x in 0..<layout.volume.width {
        for c in 0..<layout.channels {
          let place = layout.channels * x + c
          target[place] =
            (standardisation.factor * source[place] + standardisation.offset - standardisation.mean[c])
            / standardisation.deviation[c]
        }
      }
    }
  }

  /// The threads of a team read it.
  private struct Source: @unchecked Sendable { let pointer: UnsafePointer<Float> }

  private func look(
    _ ids: UnsafePointer<Float>, up table: EmbeddingTable, into rows: Activation, items: Int
  ) {
    let (lanes, channels) = (ActivationLayout.block, rows.layout.channels)
    let context = table.positions.count / channels
    for row in 0..<items * context {
      let (id, place) = (Int(ids[row]), row % context)
      precondition(id >= 0 && (id + 1) * channels <= table.tokens.count, "CPUInput: no such token")
      for channel in 0..<channels {
        rows.block(channel / lanes)[row * lanes + channel % lanes] =
          table.tokens[id * channels + channel] + table.positions[place * channels + channel]
      }
    }
  }
}

import Synchronization
import Tensors

/// Scaled dot-product attention over several heads (Vaswani et al., "Attention Is All You Need", 2017), bound to its input
/// and output: softmax(q·kᵀ / sqrt(64)) · v for each sequence and each head of 64 channels.
///
/// Input rows hold q, k and v, C channels each: [3C/16][sequences·tokens][16]; output rows C: [C/16][sequences·tokens][16].
/// The products run through the convolution's tiles, with k and v in the place of the weights.
public struct Attention: Sendable {
  /// Channels of a head.
  public static let headChannels = 64

  private let input: Activation
  private let output: Activation
  private let sequences: Int
  private let tokens: Int
  private let heads: Int
  private let isCausal: Bool
  private let table: KernelTable
  private let scoreRows: TileRows
  private let valueRows: TileRows
  /// Floats of a row of scores: a whole number of panels.
  private let scoreStride: Int
  private let scratch: Scratch

  private static let lanes = ActivationLayout.block
  private static let headBlocks = headChannels / lanes

  /// - Parameters:
  ///   - tokens: rows of a sequence; the rows are a whole number of sequences.
  ///   - isCausal: whether a token sees only itself and those before it.
  public init(tokens: Int, isCausal: Bool = false, input: Activation, output: Activation, with table: KernelTable) {
    let channels = output.layout.channels
    precondition(input.layout.isRows && output.layout.isRows, "Attention: rows are needed")
    precondition(
      input.layout.channels == 3 * channels && channels % Self.headChannels == 0,
      "Attention: q, k and v of heads of 64 channels are needed")
    precondition(
      input.layout.rows == output.layout.rows && input.layout.rows % tokens == 0,
      "Attention: whole sequences are needed")
    self.input = input
    self.output = output
    self.tokens = tokens
    self.isCausal = isCausal
    self.table = table
    sequences = input.layout.rows / tokens
    heads = channels / Self.headChannels
    let panels = (tokens + table.tileChannels - 1) / table.tileChannels
    scoreStride = panels * table.tileChannels
    scoreRows = TileRows(tiles: tokens, outputStride: scoreStride, table: table)
    valueRows = TileRows(tiles: tokens, rowStride: scoreStride, table: table)
    // The last tile may read the rows that it has no room for, and does not write what comes of them.
    let slack = 14 * scoreStride
    scratch = Scratch(floats: scoreStride * (Self.headChannels + tokens) + tokens * Self.headChannels + slack)
  }

  /// Memory that is taken for one head and given back.
  private final class Scratch: Sendable {
    final class Piece: @unchecked Sendable {
      let buffer: FloatBuffer
      init(_ count: Int) { buffer = FloatBuffer(zeros: count) }
    }

    private let floats: Int
    private let free = Mutex<[Piece]>([])

    init(floats: Int) { self.floats = floats }

    func take() -> Piece { free.withLock { $0.popLast() } ?? Piece(floats) }
    func giveBack(_ piece: Piece) { free.withLock { $0.append(piece) } }
  }

  public func run(_ team: ThreadTeam) {
    team.perform(chunks: sequences * heads) { chunk in
      let piece = scratch.take()
      attend(sequence: chunk / heads, head: chunk % heads, piece.buffer.pointer)
      scratch.giveBack(piece)
    }
  }

  private func attend(sequence: Int, head: Int, _ memory: UnsafeMutablePointer<Float>) {
    let first = sequence * tokens * Self.lanes
    let blocks = heads * Self.headBlocks
    let keys = memory
    let values = keys + scoreStride * Self.headChannels
    let scores = values + tokens * Self.headChannels
    let query = UnsafePointer(input.block(head * Self.headBlocks) + first)
    packKeys(input.block(blocks + head * Self.headBlocks) + first, into: keys)
    packValues(input.block(2 * blocks + head * Self.headBlocks) + first, into: values)

    // q·kᵀ: the outputs are the keys' tokens.
    let stride = input.layout.blockStride
    let width = table.tileChannels
    withUnsafeTemporaryAllocation(of: Int.self, capacity: Self.headBlocks) { segments in
      for block in 0..<Self.headBlocks { segments[block] = block * stride }
      guard let segments = segments.baseAddress else { return }
      for panel in 0..<scoreStride / width {
        scoreRows.run(
          query, segments, Self.headBlocks, Self.lanes, keys + panel * width * Self.headChannels,
          scores + panel * width, blockStride: Self.lanes)
      }
    }
    let factor = 1 / Float(Self.headChannels).squareRoot()
    for row in 0..<tokens {
      let seen = isCausal ? row + 1 : tokens
      let line = scores + row * scoreStride
      table.kernels.softMaxRow(line, seen, factor)
      // The soft-max clears up to a whole number of sixteens; what a later product reads ends with the tokens.
      let cleared = (seen + Self.lanes - 1) / Self.lanes * Self.lanes
      if cleared < tokens { (line + cleared).update(repeating: 0, count: tokens - cleared) }
    }
    // scores·v: the outputs are the channels.
    var start = 0
    let panelBlocks = width / Self.lanes
    for panel in 0..<Self.headBlocks / panelBlocks {
      valueRows.run(
        scores, &start, 1, tokens, values + panel * width * tokens,
        output.block(head * Self.headBlocks + panel * panelBlocks) + first, blockStride: output.layout.blockStride)
    }
  }

  /// From [4][tokens][16] to [panel][64][tile channels], the tokens being the channels of tiles.
  private func packKeys(_ source: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>) {
    let width = table.tileChannels
    let stride = input.layout.blockStride
    for panel in 0..<scoreStride / width {
      let base = packed + panel * width * Self.headChannels
      let count = min(width, tokens - panel * width)
      for block in 0..<Self.headBlocks {
        let line = source + block * stride + panel * width * Self.lanes
        for lane in 0..<Self.lanes {
          let target = base + (block * Self.lanes + lane) * width
          for token in 0..<count { target[token] = line[token * Self.lanes + lane] }
        }
      }
    }
  }

  /// From [4][tokens][16] to [panel][tokens][tile channels].
  private func packValues(_ source: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>) {
    let width = table.tileChannels
    let stride = input.layout.blockStride
    for block in 0..<Self.headBlocks {
      let (panel, part) = (block * Self.lanes).quotientAndRemainder(dividingBy: width)
      let base = packed + panel * width * tokens + part
      let line = source + block * stride
      for token in 0..<tokens { (base + token * width).update(from: line + token * Self.lanes, count: Self.lanes) }
    }
  }

  /// Multiplications and additions of the two products.
  package var operations: Int { 2 * 2 * sequences * heads * tokens * tokens * Self.headChannels }
  /// Bytes of the input's values and the output's, each once.
  package var bytes: Int { 4 * 4 * output.layout.channels * output.layout.rows }
}

import Synchronization
import Tensors
import Threads

/// Scaled dot-product attention over several heads (Vaswani et al., "Attention Is All You Need", 2017), bound to its input
/// and output: softmax(q·kᵀ / sqrt(w)) · v for each sequence and each head of w channels, any w.
///
/// Input rows hold q, k and v, C channels each: [3C/16][sequences·tokens][16]; output rows C: [C/16][sequences·tokens][16].
/// The products run through the convolution's tiles, with k and v in the place of the weights.
public struct Attention: Sendable {
  private let input: Activation
  private let output: Activation
  private let sequences: Int
  private let tokens: Int
  private let heads: Int
  /// Channels of a head.
  private let width: Int
  private let isCausal: Bool
  private let table: KernelTable
  private let scoreRows: TileRows
  private let valueRows: TileRows
  /// Floats of a row of scores: a whole number of panels.
  private let scoreStride: Int
  private let scratch: Scratch

  private static let lanes = ActivationLayout.block
  /// Blocks of 16 channels that a head fills, and panels of v.
  private var headBlocks: Int { (width + Self.lanes - 1) / Self.lanes }
  private var valuePanels: Int { (width + table.tileChannels - 1) / table.tileChannels }
  /// Whether heads begin with a block: q is then read where it lies.
  private var hasWholeBlocks: Bool { width % Self.lanes == 0 }
  /// Whether heads fill panels: what comes of v is then written where it belongs.
  private var hasWholePanels: Bool { width % table.tileChannels == 0 }

  /// - Parameters:
  ///   - tokens: rows of a sequence; the rows are a whole number of sequences.
  ///   - isCausal: whether a token sees only itself and those before it.
  public init(
    tokens: Int, heads: Int, isCausal: Bool = false, input: Activation, output: Activation, with table: KernelTable
  ) {
    let channels = output.layout.channels
    precondition(input.layout.isRows && output.layout.isRows, "Attention: rows are needed")
    precondition(
      input.layout.channels == 3 * channels && heads > 0 && channels % heads == 0,
      "Attention: q, k and v of whole heads are needed")
    precondition(
      input.layout.rows == output.layout.rows && input.layout.rows % tokens == 0,
      "Attention: whole sequences are needed")
    self.input = input
    self.output = output
    self.tokens = tokens
    self.heads = heads
    self.isCausal = isCausal
    self.table = table
    width = channels / heads
    sequences = input.layout.rows / tokens
    let panels = (tokens + table.tileChannels - 1) / table.tileChannels
    scoreStride = panels * table.tileChannels
    scoreRows = TileRows(tiles: tokens, outputStride: scoreStride, table: table)
    valueRows = TileRows(tiles: tokens, rowStride: scoreStride, table: table)
    scratch = Scratch()
    scratch.floats = Parts(self).count
  }

  /// Where the parts of a head's memory begin. What a head does not fill of its last block or panel stays zero.
  private struct Parts {
    let values: Int
    let scores: Int
    let query: Int
    let mixed: Int
    let count: Int

    init(_ plan: Attention) {
      let panelChannels = plan.valuePanels * plan.table.tileChannels
      values = plan.scoreStride * plan.headBlocks * Attention.lanes
      scores = values + plan.tokens * panelChannels
      // The last tile may read the rows that it has no room for, and does not write what comes of them.
      let spareRows = 14
      query = scores + (plan.tokens + spareRows) * plan.scoreStride
      mixed = query + (plan.hasWholeBlocks ? 0 : (plan.tokens + spareRows) * plan.headBlocks * Attention.lanes)
      count = mixed + (plan.hasWholePanels ? 0 : plan.tokens * panelChannels)
    }
  }

  /// Memory that is taken for one head and given back.
  private final class Scratch: @unchecked Sendable {
    final class Piece: @unchecked Sendable {
      let buffer: FloatBuffer
      init(_ count: Int) { buffer = FloatBuffer(zeros: count) }
    }

    /// Set once, before the first is taken.
    var floats = 0
    private let free = Mutex<[Piece]>([])

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
    let channels = heads * width
    let parts = Parts(self)
    let (keys, values, scores) = (memory, memory + parts.values, memory + parts.scores)
    pack(keys: channels + head * width, first, into: keys)
    pack(values: 2 * channels + head * width, first, into: values)
    var query = UnsafePointer(input.block(head * width / Self.lanes) + first)
    var stride = input.layout.blockStride
    if !hasWholeBlocks {
      copy(query: head * width, first, into: memory + parts.query)
      (query, stride) = (UnsafePointer(memory + parts.query), tokens * Self.lanes)
    }

    // q·kᵀ: the outputs are the keys' tokens.
    let panel = table.tileChannels
    let paddedWidth = headBlocks * Self.lanes
    withUnsafeTemporaryAllocation(of: Int.self, capacity: headBlocks) { segments in
      for block in 0..<headBlocks { segments[block] = block * stride }
      guard let segments = segments.baseAddress else { return }
      for index in 0..<scoreStride / panel {
        scoreRows.run(
          query, segments, headBlocks, Self.lanes, keys + index * panel * paddedWidth, scores + index * panel,
          blockStride: Self.lanes)
      }
    }
    let factor = 1 / Float(width).squareRoot()
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
    let panelBlocks = panel / Self.lanes
    let mixed = memory + parts.mixed
    for index in 0..<valuePanels {
      let target =
        hasWholePanels
        ? output.block(head * width / Self.lanes + index * panelBlocks) + first
        : mixed + index * panel * tokens
      valueRows.run(
        scores, &start, 1, tokens, values + index * panel * tokens, target,
        blockStride: hasWholePanels ? output.layout.blockStride : tokens * Self.lanes)
    }
    if !hasWholePanels { copy(mixed, to: head * width, first) }
  }

  /// Channel `channel` of the first of a sequence's rows, `first` floats into its block.
  private func line(_ activation: Activation, _ channel: Int, _ first: Int) -> UnsafeMutablePointer<Float> {
    activation.block(channel / Self.lanes) + first + channel % Self.lanes
  }

  /// To [panel][channels][tile channels], the tokens being the channels of tiles.
  private func pack(keys channel: Int, _ first: Int, into packed: UnsafeMutablePointer<Float>) {
    let panel = table.tileChannels
    for index in 0..<scoreStride / panel {
      let base = packed + index * panel * headBlocks * Self.lanes
      let count = min(panel, tokens - index * panel)
      for c in 0..<width {
        let source = line(input, channel + c, first) + index * panel * Self.lanes
        let target = base + c * panel
        for token in 0..<count { target[token] = source[token * Self.lanes] }
      }
    }
  }

  /// To [panel][tokens][tile channels].
  private func pack(values channel: Int, _ first: Int, into packed: UnsafeMutablePointer<Float>) {
    let panel = table.tileChannels
    let step = hasWholeBlocks ? Self.lanes : 1
    for c in stride(from: 0, to: width, by: step) {
      let target = packed + c / panel * panel * tokens + c % panel
      let source = line(input, channel + c, first)
      for token in 0..<tokens { (target + token * panel).update(from: source + token * Self.lanes, count: step) }
    }
  }

  /// To [block][tokens][16].
  private func copy(query channel: Int, _ first: Int, into packed: UnsafeMutablePointer<Float>) {
    for c in 0..<width {
      let target = packed + c / Self.lanes * tokens * Self.lanes + c % Self.lanes
      let source = line(input, channel + c, first)
      for token in 0..<tokens { target[token * Self.lanes] = source[token * Self.lanes] }
    }
  }

  /// From [block][tokens][16].
  private func copy(_ mixed: UnsafeMutablePointer<Float>, to channel: Int, _ first: Int) {
    for c in 0..<width {
      let source = mixed + c / Self.lanes * tokens * Self.lanes + c % Self.lanes
      let target = line(output, channel + c, first)
      for token in 0..<tokens { target[token * Self.lanes] = source[token * Self.lanes] }
    }
  }

  /// Multiplications and additions of the two products.
  package var operations: Int { 2 * 2 * sequences * heads * tokens * tokens * width }
  /// Bytes of the input's values and the output's, each once.
  package var bytes: Int { 4 * 4 * output.layout.channels * output.layout.rows }
}

import Tensors

/// 3×3 taps over space by Winograd's F(4×4, 3×3): a quarter of the multiplications. Taps along time are summed in the
/// transform domain, so each frame is transformed once and each output once.
///
///     V[36][frame][C/16][tile][16] = Bᵀ d B of the input's overlapping 6×6 patches
///     M[36][frame][C/16][tile][16] = Σ over taps in time and channels of V · U: 36 products by the direct tile kernel
///     y = Aᵀ M A + b
package struct WinogradConvolution: ConvolutionPlan {
  package static let name = "winograd 4x4"

  private static let positions = WinogradWeights.positions
  private static let lanes = ActivationLayout.block
  /// Smaller planes waste too much of their last tiles.
  private static let leastSide = 14
  /// V and M of a group of frames, in floats: they should stay in the last-level cache.
  private static let groupFloats = 4 << 20

  private let problem: ConvolutionProblem
  private let table: KernelTable
  private let workspace: Workspace
  private let weights: WinogradWeights
  private let tiles: TileGrid
  private let rows: TileRows
  private let outputBlocks: Int
  private let groupFrames: Int
  /// Offsets of the segments: taps in time × blocks of 16 input channels.
  private let segments: [Int]
  private let bias: [Float]

  /// The 4×4 tiles of a plane.
  private struct TileGrid: Sendable {
    let rows: Int
    let columns: Int
    var count: Int { rows * columns }
    /// Floats of one block of 16 channels of one frame at one position.
    var blockStride: Int { count * ActivationLayout.block }
  }

  package static func refusal(of problem: ConvolutionProblem, with table: KernelTable) -> String? {
    let kernel = problem.weights.kernel
    let volume = problem.outputVolume
    guard problem.input.layout.isBlocked else { return "the input is an image" }
    guard kernel.height == 3, kernel.width == 3, problem.stride == .one else { return "not 3×3 with stride 1" }
    guard case .same = problem.padding else { return "not padded" }
    guard min(volume.height, volume.width) >= leastSide else { return "the plane is smaller than \(leastSide)" }
    guard problem.weights.inputChannels >= lanes else { return "fewer than \(lanes) channels" }
    return nil
  }

  package init(_ problem: ConvolutionProblem, with table: KernelTable, workspace: Workspace) {
    self.problem = problem
    self.table = table
    self.workspace = workspace
    let volume = problem.outputVolume
    weights = WinogradWeights(problem.weights, tileChannels: table.tileChannels)
    tiles = TileGrid(rows: (volume.height + 3) / 4, columns: (volume.width + 3) / 4)
    rows = TileRows(tiles: tiles.count, tile: table.tile)
    outputBlocks = weights.panels * table.tileChannels / Self.lanes
    let frame = Self.positions * tiles.blockStride
    let taps = problem.weights.kernel.frames
    let perFrame = frame * (weights.inputBlocks + outputBlocks)
    groupFrames = max(1, min(volume.frames, (Self.groupFloats - (taps - 1) * frame * weights.inputBlocks) / perFrame))
    workspace.reserve(
      frame * (weights.inputBlocks * (groupFrames + taps - 1) + outputBlocks * groupFrames))
    let inputBlocks = weights.inputBlocks
    let blockStride = tiles.blockStride
    segments = (0..<taps * inputBlocks).map { $0 * blockStride }
    var bias = problem.weights.bias
    bias += [Float](repeating: 0, count: outputBlocks * Self.lanes - bias.count)
    self.bias = bias
  }

  package func run(_ team: ThreadTeam) {
    let frames = problem.outputVolume.frames
    var first = 0
    while first < frames {
      run(first..<min(first + groupFrames, frames), team)
      first += groupFrames
    }
  }

  /// A group of output frames, and the input frames that they need.
  private struct Group: @unchecked Sendable {
    let output: Range<Int>
    let input: Range<Int>
    /// V and M, and the floats from one position to the next.
    let transformed: UnsafeMutablePointer<Float>
    let transformedStride: Int
    let products: UnsafeMutablePointer<Float>
    let productStride: Int
  }

  private func run(_ output: Range<Int>, _ team: ThreadTeam) {
    let before = problem.padBefore.frames
    let after = problem.weights.kernel.frames - 1 - before
    let input =
      max(0, output.lowerBound - before)..<min(problem.input.layout.volume.frames, output.upperBound + after)
    let transformedStride = input.count * weights.inputBlocks * tiles.blockStride
    let memory = workspace.pointer()
    let group = Group(
      output: output, input: input, transformed: memory, transformedStride: transformedStride,
      products: memory + Self.positions * transformedStride,
      productStride: output.count * outputBlocks * tiles.blockStride)
    team.perform(chunks: input.count * weights.inputBlocks) { transformInput(group, chunk: $0) }
    team.perform(chunks: Self.positions) { multiply(group, position: $0) }
    team.perform(chunks: output.count * problem.outputs.count) { transformOutput(group, chunk: $0) }
  }

  // MARK: V = Bᵀ d B

  private func transformInput(_ group: Group, chunk: Int) {
    let (frame, block) = chunk.quotientAndRemainder(dividingBy: weights.inputBlocks)
    let layout = problem.input.layout
    let plane = UnsafePointer(problem.input.block(block)) + layout.offset(0, group.input.lowerBound + frame, 0, 0)
    let output = group.transformed + chunk * tiles.blockStride
    withUnsafeTemporaryAllocation(byteCount: (36 * 16 + 36 * 8) * 4, alignment: 64) { memory in
      let scratch = memory.bindMemory(to: Float.self)
      guard let patch = scratch.baseAddress else { return }
      for row in 0..<tiles.rows {
        for column in 0..<tiles.columns {
          let y = 4 * row - 1
          let x = 4 * column - 1
          let source = plane + (y * layout.rowStride + x * Self.lanes)
          let place = output + (row * tiles.columns + column) * Self.lanes
          let present = (
            rows: min(6, layout.volume.height + 1 - y), columns: min(6, layout.volume.width + 1 - x)
          )
          if present.rows == 6 && present.columns == 6 {
            table.winogradInput(source, layout.rowStride, place, group.transformedStride, patch + 36 * 16)
          } else {
            Self.copy(source, layout.rowStride, present.rows, present.columns, patch)
            table.winogradInput(patch, 6 * Self.lanes, place, group.transformedStride, patch + 36 * 16)
          }
        }
      }
    }
  }

  /// A patch that reaches past the halo, zeros where nothing is.
  private static func copy(
    _ source: UnsafePointer<Float>, _ rowStride: Int, _ rows: Int, _ columns: Int, _ patch: UnsafeMutablePointer<Float>
  ) {
    patch.update(repeating: 0, count: 36 * lanes)
    for row in 0..<rows {
      (patch + row * 6 * lanes).update(from: source + row * rowStride, count: columns * lanes)
    }
  }

  // MARK: M = Σ V · U

  private func multiply(_ group: Group, position: Int) {
    let inputs = UnsafePointer(group.transformed + position * group.transformedStride)
    let products = group.products + position * group.productStride
    let before = problem.padBefore.frames
    let taps = problem.weights.kernel.frames
    let frameStride = weights.inputBlocks * tiles.blockStride
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 32) { zeros in
      zeros.initialize(repeating: 0)
      guard let zero = zeros.baseAddress else { return }
      segments.withUnsafeBufferPointer { segments in
        guard let segments = segments.baseAddress else { return }
        for panel in 0..<weights.panels {
          let panelWeights = weights.weights(position: position, panel: panel)
          for t in group.output {
            // Taps on frames that do not exist are left out.
            let firstTap = max(0, before - t)
            let lastTap = min(taps, problem.input.layout.volume.frames + before - t)
            let source = inputs + (t - before + firstTap - group.input.lowerBound) * frameStride
            let target =
              products + ((t - group.output.lowerBound) * outputBlocks + panel * outputBlocks / weights.panels)
              * tiles.blockStride
            rows.run(
              source, segments, (lastTap - firstTap) * weights.inputBlocks,
              panelWeights + firstTap * weights.tapStride, zero, target, blockStride: tiles.blockStride)
          }
        }
      }
    }
  }

  // MARK: y = Aᵀ M A + b

  private func transformOutput(_ group: Group, chunk: Int) {
    let (frame, block) = chunk.quotientAndRemainder(dividingBy: problem.outputs.count)
    let place = problem.outputs[block]
    let layout = place.activation.layout
    let plane = place.activation.block(place.block) + layout.offset(0, group.output.lowerBound + frame, 0, 0)
    let products = UnsafePointer(group.products + (frame * outputBlocks + block) * tiles.blockStride)
    let volume = problem.outputVolume
    withUnsafeTemporaryAllocation(byteCount: 24 * 8 * 4, alignment: 64) { memory in
      guard let scratch = memory.bindMemory(to: Float.self).baseAddress else { return }
      bias.withUnsafeBufferPointer { bias in
        guard let bias = bias.baseAddress else { return }
        for row in 0..<tiles.rows {
          for column in 0..<tiles.columns {
            table.winogradOutput(
              products + (row * tiles.columns + column) * Self.lanes, group.productStride, bias + block * Self.lanes,
              plane + (4 * row * layout.rowStride + 4 * column * Self.lanes), layout.rowStride,
              min(4, volume.height - 4 * row), min(4, volume.width - 4 * column), problem.rectify, scratch)
          }
        }
      }
    }
  }
}

import Tensors
import Threads

/// r×r taps over space by Winograd's F(m×m, r×r): with m = 4 and r = 3 a quarter of the multiplications. Taps along time
/// are summed in the transform domain, so each frame is transformed once and each output once.
///
///     V[position][frame][C/16][tile][16] = Bᵀ d B of the input's overlapping patches of (m + r − 1)² pixels
///     M[position][frame][C/16][tile][16] = Σ over taps in time and channels of V · U: products by the direct tile kernel
///     y = Aᵀ M A + b
package struct WinogradConvolution: ConvolutionPlan {
  private static let lanes = ActivationLayout.block
  /// Smaller planes waste too much of their last tiles.
  private static let leastSide = 7
  /// Of fewer the products are less work than the input's transform.
  private static let leastOutputs = 8
  /// V and M of a group, in floats: they should stay in the last-level cache, and each team has its own.
  private static let groupFloats = 2 << 20

  package let name: String

  private let problem: ConvolutionProblem
  private let workspace: Workspace
  private let variant: WinogradVariant
  private let weights: WinogradWeights
  private let outputBlocks: Int
  /// Tiles of a plane.
  private let tileRows: Int
  private let tileColumns: Int
  /// The work is done in groups: so many output frames × so many rows of tiles at most.
  private let groupFrames: Int
  private let groupRows: Int
  /// The products of a full group's band of tiles, and of the last one's.
  private let fullBand: Band
  private let lastBand: Band
  /// Panels that one chunk of work takes.
  private let chunkPanels: Int
  private let bias: [Float]
  private let slopeRow: MicroKernels.SlopeRowKernel

  package static let takesSlopes = true

  /// Rows of tiles that are computed together.
  private struct Band: Sendable {
    let rows: TileRows
    /// Floats of one block of 16 channels of one frame at one position.
    let blockStride: Int
    /// Offsets of the segments: taps in time × blocks of input channels.
    let segments: [Int]

    init(tiles: Int, segments count: Int, table: KernelTable) {
      rows = TileRows(tiles: tiles, table: table)
      let stride = tiles * WinogradConvolution.lanes
      blockStride = stride
      segments = (0..<count).map { $0 * stride }
    }
  }

  package static func refusal(of problem: ConvolutionProblem, with table: KernelTable) -> String? {
    let kernel = problem.weights.kernel
    let volume = problem.outputVolume
    guard problem.input.layout.isBlocked else { return "the input is an image" }
    guard problem.stride.height == 1, problem.stride.width == 1 else { return "stride over space" }
    guard problem.weights.outputChannels >= leastOutputs else { return "fewer than \(leastOutputs) outputs" }
    guard variant(for: problem, with: table) != nil else {
      return "kernels of \(kernel.height)×\(kernel.width) have no variant"
    }
    guard min(volume.height, volume.width) >= leastSide else { return "the plane is smaller than \(leastSide)" }
    return nil
  }

  /// The variant with the fewest products; of equal ones the smaller tile, which rounds less.
  private static func variant(for problem: ConvolutionProblem, with table: KernelTable) -> WinogradVariant? {
    let kernel = problem.weights.kernel
    let volume = problem.outputVolume
    return WinogradVariant.all(table.kernels).filter { $0.taps == kernel.height && $0.taps == kernel.width }
      .min { $0.products(of: volume) < $1.products(of: volume) }
  }

  package init(
    _ problem: ConvolutionProblem, with table: KernelTable, workspace: Workspace, twin: (any ConvolutionPlan)?
  ) {
    guard let variant = Self.variant(for: problem, with: table) else {
      preconditionFailure("WinogradConvolution: made for a problem that it refuses")
    }
    self.problem = problem.withoutValues
    self.workspace = workspace
    self.variant = variant
    name = variant.name
    let volume = problem.outputVolume
    let weights =
      (twin as? Self)?.weights
      ?? WinogradWeights(problem.weights, factors: variant.factors, tileChannels: table.tileChannels)
    self.weights = weights
    outputBlocks = weights.panels * table.tileChannels / Self.lanes
    tileRows = (volume.height + variant.outputs - 1) / variant.outputs
    tileColumns = (volume.width + variant.outputs - 1) / variant.outputs

    // Whole columns of frames in bands of tile rows: no frame is transformed twice. Only where a single band of all
    // frames is too large, the frames are cut too.
    let outputBlocks = outputBlocks
    let row = variant.positions * tileColumns * Self.lanes
    func floats(frames: Int, rows: Int) -> Int {
      let inputs = (frames - 1) * problem.stride.frames + problem.weights.kernel.frames
      return row * rows
        * (min(inputs, problem.presentFrames.count) * weights.inputBlocks + frames * outputBlocks)
    }
    var frames = volume.frames
    while frames > 1, floats(frames: frames, rows: 1) > Self.groupFloats { frames = (frames + 1) / 2 }
    let most = max(1, Self.groupFloats / floats(frames: frames, rows: 1))
    let bands = (tileRows + most - 1) / most
    groupFrames = frames
    groupRows = (tileRows + bands - 1) / bands
    workspace.reserve(floats(frames: groupFrames, rows: groupRows))
    let segments = problem.weights.kernel.frames * weights.inputBlocks
    fullBand = Band(tiles: groupRows * tileColumns, segments: segments, table: table)
    lastBand = Band(tiles: ((tileRows - 1) % groupRows + 1) * tileColumns, segments: segments, table: table)
    chunkPanels = (weights.panels + Self.panelParts - 1) / Self.panelParts
    var bias = problem.weights.bias
    bias += [Float](repeating: 0, count: outputBlocks * Self.lanes - bias.count)
    self.bias = bias
    slopeRow = table.kernels.slopeRow
  }

  /// The panels of one position are work for this many threads.
  private static let panelParts = 2

  package func run(_ team: ThreadTeam) {
    for firstFrame in stride(from: 0, to: problem.outputVolume.frames, by: groupFrames) {
      let frames = firstFrame..<min(firstFrame + groupFrames, problem.outputVolume.frames)
      for firstRow in stride(from: 0, to: tileRows, by: groupRows) {
        run(Group(self, frames: frames, rows: firstRow..<min(firstRow + groupRows, tileRows)), team)
      }
    }
  }

  /// A band of tiles of some output frames, and the input frames that they need.
  private struct Group: @unchecked Sendable {
    let output: Range<Int>
    let input: Range<Int>
    let rows: Range<Int>
    let band: Band
    var blockStride: Int { band.blockStride }
    /// V and M, and the floats from one position to the next.
    let transformed: UnsafeMutablePointer<Float>
    let transformedStride: Int
    let products: UnsafeMutablePointer<Float>
    let productStride: Int

    init(_ plan: WinogradConvolution, frames: Range<Int>, rows: Range<Int>) {
      let before = plan.problem.padBefore.frames
      let step = plan.problem.stride.frames
      let taps = plan.problem.weights.kernel.frames
      output = frames
      input = (frames.lowerBound * step - before..<(frames.upperBound - 1) * step - before + taps)
        .clamped(to: plan.problem.presentFrames)
      self.rows = rows
      band = rows.count == plan.groupRows ? plan.fullBand : plan.lastBand
      transformed = plan.workspace.pointer()
      transformedStride = input.count * plan.weights.inputBlocks * band.blockStride
      products = transformed + plan.variant.positions * transformedStride
      productStride = output.count * plan.outputBlocks * band.blockStride
    }
  }

  private func run(_ group: Group, _ team: ThreadTeam) {
    let panelChunks = (weights.panels + chunkPanels - 1) / chunkPanels
    team.perform(chunks: group.input.count * weights.inputBlocks) { transformInput(group, chunk: $0) }
    team.perform(chunks: variant.positions * panelChunks) { chunk in
      let first = chunk % panelChunks * chunkPanels
      multiply(group, position: chunk / panelChunks, panels: first..<min(first + chunkPanels, weights.panels))
    }
    team.perform(chunks: group.output.count * problem.outputs.count) { transformOutput(group, chunk: $0) }
  }

  // MARK: V = Bᵀ d B

  private func transformInput(_ group: Group, chunk: Int) {
    let (frame, block) = chunk.quotientAndRemainder(dividingBy: weights.inputBlocks)
    let layout = problem.input.layout
    let plane = UnsafePointer(problem.input.block(block)) + layout.offset(0, group.input.lowerBound + frame, 0, 0)
    let side = variant.patch
    var place = group.transformed + chunk * group.blockStride
    withScratch { patch, scratch in
      for row in group.rows {
        let y = variant.outputs * row - problem.padBefore.height
        let rows = min(side, layout.volume.height + layout.haloAfter.height - y)
        for column in 0..<tileColumns {
          let x = variant.outputs * column - problem.padBefore.width
          let columns = min(side, layout.volume.width + layout.haloAfter.width - x)
          let source = plane + (y * layout.rowStride + x * Self.lanes)
          if rows == side && columns == side {
            variant.input(source, layout.rowStride, place, group.transformedStride, scratch)
          } else {
            copy(source, layout.rowStride, rows, columns, patch)
            variant.input(patch, side * Self.lanes, place, group.transformedStride, scratch)
          }
          place += Self.lanes
        }
      }
    }
  }

  /// A patch that reaches past the halo, zeros where nothing is.
  private func copy(
    _ source: UnsafePointer<Float>, _ rowStride: Int, _ rows: Int, _ columns: Int, _ patch: UnsafeMutablePointer<Float>
  ) {
    patch.update(repeating: 0, count: variant.positions * Self.lanes)
    for row in 0..<rows {
      (patch + row * variant.patch * Self.lanes).update(from: source + row * rowStride, count: columns * Self.lanes)
    }
  }

  /// Room for a patch of 16 channels and for a transform, on the stack and on a 64-byte boundary.
  @inline(__always)
  private func withScratch(_ body: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void) {
    precondition(variant.positions <= 49, "WinogradConvolution: the patch has no room")
    var scratch = InlineArray<98, SIMD16<Float>>(repeating: SIMD16(repeating: 0))
    withUnsafeMutableBytes(of: &scratch) { memory in
      let first = memory.baseAddress!.assumingMemoryBound(to: Float.self)
      body(first, first + 49 * Self.lanes)
    }
  }

  // MARK: M = Σ V · U

  private func multiply(_ group: Group, position: Int, panels: Range<Int>) {
    let inputs = UnsafePointer(group.transformed + position * group.transformedStride)
    let products = group.products + position * group.productStride
    let taps = problem.weights.kernel.frames
    let frameStride = weights.inputBlocks * group.blockStride
    let blocksInPanel = outputBlocks / weights.panels
    group.band.segments.withUnsafeBufferPointer { segments in
      for panel in panels {
        let panelWeights = weights.weights(position: position, panel: panel)
        for t in group.output {
          // Taps on frames that do not exist are left out.
          let origin = t * problem.stride.frames - problem.padBefore.frames
          let firstTap = max(0, problem.presentFrames.lowerBound - origin)
          let lastTap = min(taps, problem.presentFrames.upperBound - origin)
          let frame = (t - group.output.lowerBound) * outputBlocks + panel * blocksInPanel
          group.band.rows.run(
            inputs + (origin + firstTap - group.input.lowerBound) * frameStride, segments.baseAddress!,
            (lastTap - firstTap) * weights.inputBlocks, weights.segmentLength,
            panelWeights + firstTap * weights.tapStride, products + frame * group.blockStride,
            blockStride: group.blockStride)
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
    var products = UnsafePointer(group.products + (frame * outputBlocks + block) * group.blockStride)
    let volume = problem.outputVolume
    let side = variant.outputs
    withScratch { _, scratch in
      bias.withUnsafeBufferPointer { bias in
        let bias = bias.baseAddress! + block * Self.lanes
        for row in group.rows {
          for column in 0..<tileColumns {
            variant.output(
              products, group.productStride, bias, plane + side * (row * layout.rowStride + column * Self.lanes),
              layout.rowStride, min(side, volume.height - side * row), min(side, volume.width - side * column),
              problem.rectify, scratch)
            products += Self.lanes
          }
          guard let slopes = problem.slopes else { continue }
          for y in side * row..<min(side * (row + 1), volume.height) {
            slopeRow(plane + y * layout.rowStride, volume.width, slopes.block(block))
          }
        }
      }
    }
  }
}

import Tensors
import Threads

/// Kernels of 5 to 8 taps along a row or a column by Winograd's F(4, 4): half of the multiplications of 1×7.
///
/// The taps are two parts of four; what the second part sees lies four pixels further on, which is the next tile:
///
///     V[7][frame][C/16][tile][line][16] = Bᵀ d of seven pixels, one tile more than there are outputs for
///     M[7][frame][C/16][tile][line][16] = V[tile] · U[first part] + V[tile + 1] · U[second part]
///     y = Aᵀ M + b
package struct WinogradLineConvolution: ConvolutionPlan {
  private static let lanes = ActivationLayout.block
  private static let positions = 7
  private static let tile = 4
  private static let parts = 2
  /// V and M of a group of frames, in floats: they should stay in the last-level cache.
  private static let groupFloats = 2 << 20

  package let name: String

  private let problem: ConvolutionProblem
  private let workspace: Workspace
  private let kernels: MicroKernels
  private let weights: WinogradWeights
  private let outputBlocks: Int
  /// Lines of a plane, tiles of a line.
  private let lines: Int
  private let tiles: Int
  private let rows: TileRows
  private let groupFrames: Int
  private let bias: [Float]
  /// Offsets of the segments: parts × blocks of input channels.
  private let segments: [Int]

  private static func isRow(_ kernel: Volume) -> Bool { kernel.height == 1 }

  package static func refusal(of problem: ConvolutionProblem, with table: KernelTable) -> String? {
    let kernel = problem.weights.kernel
    guard problem.input.layout.isBlocked else { return "the input is an image" }
    guard problem.stride == .one else { return "a stride" }
    guard kernel.frames == 1, min(kernel.height, kernel.width) == 1, (5...8).contains(max(kernel.height, kernel.width))
    else { return "not a line of 5 to 8 taps" }
    let volume = problem.outputVolume
    guard (isRow(kernel) ? volume.width : volume.height) >= 2 * tile else { return "the lines are short" }
    return nil
  }

  package init(
    _ problem: ConvolutionProblem, with table: KernelTable, workspace: Workspace, twin: (any ConvolutionPlan)?
  ) {
    self.problem = problem.withoutValues
    self.workspace = workspace
    kernels = table.kernels
    let volume = problem.outputVolume
    let isRow = Self.isRow(problem.weights.kernel)
    let taps = problem.weights.kernel.count
    name = "winograd 2·F(4,4)"
    weights =
      (twin as? Self)?.weights
      ?? WinogradWeights(
        problem.weights.inParts(Self.parts, of: Self.tile), factors: WinogradVariant.lineFactors,
        tileChannels: table.tileChannels)
    precondition(taps <= Self.parts * Self.tile, "WinogradLineConvolution: made for a problem that it refuses")
    outputBlocks = weights.panels * table.tileChannels / Self.lanes
    lines = isRow ? volume.height : volume.width
    tiles = ((isRow ? volume.width : volume.height) + Self.tile - 1) / Self.tile
    rows = TileRows(tiles: lines * tiles, table: table)
    let line = lines * Self.lanes
    let inputBlocks = weights.inputBlocks
    let block = line * (tiles + 1)
    segments = (0..<Self.parts).flatMap { part in (0..<inputBlocks).map { $0 * block + part * line } }
    let frame = Self.positions * line * ((tiles + 1) * inputBlocks + tiles * outputBlocks)
    groupFrames = max(1, min(volume.frames, Self.groupFloats / frame))
    workspace.reserve(groupFrames * frame)
    bias = problem.weights.bias + [Float](repeating: 0, count: outputBlocks * Self.lanes - problem.weights.bias.count)
  }

  package func run(_ team: ThreadTeam) {
    let frames = problem.outputVolume.frames
    for first in stride(from: 0, to: frames, by: groupFrames) {
      run(Group(self, frames: first..<min(first + groupFrames, frames)), team)
    }
  }

  /// Frames, and where their V and M lie.
  private struct Group: @unchecked Sendable {
    let frames: Range<Int>
    let transformed: UnsafeMutablePointer<Float>
    let products: UnsafeMutablePointer<Float>
    /// Floats of one block of 16 channels of one frame at one position, and from one position to the next.
    let transformedBlock: Int
    let transformedStride: Int
    let productBlock: Int
    let productStride: Int

    init(_ plan: WinogradLineConvolution, frames: Range<Int>) {
      self.frames = frames
      productBlock = plan.lines * plan.tiles * WinogradLineConvolution.lanes
      transformedBlock = productBlock + plan.lines * WinogradLineConvolution.lanes
      transformedStride = frames.count * plan.weights.inputBlocks * transformedBlock
      productStride = frames.count * plan.outputBlocks * productBlock
      transformed = plan.workspace.pointer()
      products = transformed + WinogradLineConvolution.positions * transformedStride
    }
  }

  private func run(_ group: Group, _ team: ThreadTeam) {
    team.perform(chunks: group.frames.count * weights.inputBlocks) { transformInput(group, chunk: $0) }
    team.perform(chunks: Self.positions * weights.panels) { multiply(group, chunk: $0) }
    team.perform(chunks: group.frames.count * problem.outputs.count) { transformOutput(group, chunk: $0) }
  }

  /// How far apart the pixels of a line lie, and the lines.
  private func strides(_ layout: ActivationLayout) -> (pixel: Int, line: Int) {
    Self.isRow(problem.weights.kernel) ? (layout.pixelStride, layout.rowStride) : (layout.rowStride, layout.pixelStride)
  }

  // MARK: V = Bᵀ d

  private func transformInput(_ group: Group, chunk: Int) {
    let (frame, block) = chunk.quotientAndRemainder(dividingBy: weights.inputBlocks)
    let layout = problem.input.layout
    let plane = UnsafePointer(problem.input.block(block)) + layout.offset(0, group.frames.lowerBound + frame, 0, 0)
    let isRow = Self.isRow(problem.weights.kernel)
    let before = isRow ? problem.padBefore.width : problem.padBefore.height
    let end = isRow ? layout.volume.width + layout.haloAfter.width : layout.volume.height + layout.haloAfter.height
    let strides = strides(layout)
    var place = group.transformed + chunk * group.transformedBlock
    var scratch = InlineArray<7, SIMD16<Float>>(repeating: SIMD16(repeating: 0))
    withUnsafeMutableBytes(of: &scratch) { memory in
      let copy = memory.baseAddress!.assumingMemoryBound(to: Float.self)
      for tile in 0...tiles {
        let first = Self.tile * tile - before
        let present = min(Self.positions, end - first)
        for line in 0..<lines {
          let source = plane + (first * strides.pixel + line * strides.line)
          if present == Self.positions {
            kernels.winogradInputLine7(source, strides.pixel, place, group.transformedStride)
          } else {
            // A tile that reaches past the halo, zeros where nothing is.
            copy.update(repeating: 0, count: Self.positions * Self.lanes)
            for pixel in 0..<max(0, present) {
              (copy + pixel * Self.lanes).update(from: source + pixel * strides.pixel, count: Self.lanes)
            }
            kernels.winogradInputLine7(copy, Self.lanes, place, group.transformedStride)
          }
          place += Self.lanes
        }
      }
    }
  }

  // MARK: M = Σ V · U

  private func multiply(_ group: Group, chunk: Int) {
    let (position, panel) = chunk.quotientAndRemainder(dividingBy: weights.panels)
    let inputs = UnsafePointer(group.transformed + position * group.transformedStride)
    let products = group.products + position * group.productStride
    let panelWeights = weights.weights(position: position, panel: panel)
    segments.withUnsafeBufferPointer { segments in
      for frame in 0..<group.frames.count {
        rows.run(
          inputs + frame * weights.inputBlocks * group.transformedBlock, segments.baseAddress!, segments.count,
          weights.segmentLength, panelWeights,
          products + (frame * outputBlocks + panel * outputBlocks / weights.panels) * group.productBlock,
          blockStride: group.productBlock)
      }
    }
  }

  // MARK: y = Aᵀ M + b

  private func transformOutput(_ group: Group, chunk: Int) {
    let (frame, block) = chunk.quotientAndRemainder(dividingBy: problem.outputs.count)
    let place = problem.outputs[block]
    let layout = place.activation.layout
    let plane = place.activation.block(place.block) + layout.offset(0, group.frames.lowerBound + frame, 0, 0)
    let strides = strides(layout)
    let volume = problem.outputVolume
    let length = Self.isRow(problem.weights.kernel) ? volume.width : volume.height
    var products = UnsafePointer(group.products + (frame * outputBlocks + block) * group.productBlock)
    bias.withUnsafeBufferPointer { bias in
      let bias = bias.baseAddress! + block * Self.lanes
      for tile in 0..<tiles {
        for line in 0..<lines {
          kernels.winogradOutputLine4of7(
            products, group.productStride, bias, plane + (Self.tile * tile * strides.pixel + line * strides.line),
            strides.pixel, min(Self.tile, length - Self.tile * tile), problem.rectify)
          products += Self.lanes
        }
      }
    }
  }
}

extension ConvolutionWeights {
  /// The taps of a line in parts of `taps`, as if the parts were taps in time; what is missing of the last is zero.
  fileprivate func inParts(_ parts: Int, of taps: Int) -> ConvolutionWeights {
    let missing = (parts * taps - kernel.count) * inputChannels * outputChannels
    return ConvolutionWeights(
      kernel: Volume(parts, 1, taps), inputChannels: inputChannels, outputChannels: outputChannels,
      values: values + [Float](repeating: 0, count: missing), bias: bias)
  }
}

import Tensors
import Threads

/// Convolution as a product of packed weights with the input where it lies: nothing is copied or gathered first.
///
/// Serves every kernel and stride, pointwise ones too (a segment is then a block of 16 channels of one pixel), for
/// blocked inputs and for images of few channels.
package struct DirectConvolution: ConvolutionPlan {
  package let name = "direct"

  private let problem: ConvolutionProblem
  private let tile: KernelTable.Tile
  private let packed: PackedWeights
  private let tiles: TileTable
  private let inputPlaneStride: Int
  private let outputPlaneStride: Int
  /// Where each block of 16 output channels begins; spare blocks of the last panel go to `spare`.
  private let outputs: [Place]
  private let spare: Activation?
  /// Tiles and panels of one chunk of work.
  private let chunk: ChunkSize
  /// Segments of one part.
  private let partSegments: Int
  private let slopeRow: MicroKernels.SlopeRowKernel

  package static let takesSlopes = true

  private struct Place: @unchecked Sendable { let pointer: UnsafeMutablePointer<Float> }

  package static func refusal(of problem: ConvolutionProblem, with table: KernelTable) -> String? {
    problem.input.layout.isBlocked || problem.input.layout.blocks == 1 ? nil : "the input is in several blocks"
  }

  package init(
    _ problem: ConvolutionProblem, with table: KernelTable, workspace: Workspace, twin: (any ConvolutionPlan)?
  ) {
    self.problem = problem.withoutValues
    tile = table.tile
    packed = (twin as? Self)?.packed ?? PackedWeights(problem, tileChannels: table.tileChannels)
    tiles = TileTable(problem, tile: table.tile)
    let input = problem.input.layout
    inputPlaneStride = problem.stride.frames * input.planeStride * tiles.planesInGroup
    let output = problem.outputs[0].activation.layout
    outputPlaneStride = output.planeStride * tiles.planesInGroup
    var places = problem.outputs.map { Place(pointer: $0.activation.block($0.block)) }
    if places.count * ActivationLayout.block < packed.panels * table.tileChannels {
      let spare = Activation(
        .blocked(
          channels: 16, problem.outputVolume, haloBefore: output.haloBefore, haloAfter: output.haloAfter))
      places.append(Place(pointer: spare.block(0)))
      self.spare = spare
    } else {
      spare = nil
    }
    outputs = places
    partSegments = table.partSegments(packed.segments.count, length: packed.segmentLength)
    chunk = ChunkSize(tileCount: tiles.entries.count * tiles.groups, panels: packed.panels)
    slopeRow = table.kernels.slopeRow
  }

  /// How a layer is cut into chunks of work. A panel of weights is read once for each chunk: enough tiles, so that it is
  /// used often; few enough chunks of them that every thread of a large team has work. Where a layer has few tiles (one
  /// frame of a transformer, the last planes of a convolutional network) its weights are most of what must move, so
  /// the chunks are ranges of panels, and each panel is read once for all tiles. It depends on the layer alone.
  private struct ChunkSize {
    let tiles: Int
    let panels: Int

    init(tileCount: Int, panels: Int) {
      let (wanted, often, most) = (16, 8, 32)
      if tileCount / wanted >= often || panels == 1 {
        tiles = max(1, min(most, tileCount / wanted))
        self.panels = panels
      } else {
        tiles = max(1, min(most, tileCount))
        let rows = (tileCount + tiles - 1) / tiles
        let columns = min(panels, (wanted + rows - 1) / rows)
        self.panels = (panels + columns - 1) / columns
      }
    }
  }

  package func run(_ team: ThreadTeam) {
    let tileCount = tiles.entries.count * tiles.groups
    let rows = (tileCount + chunk.tiles - 1) / chunk.tiles
    let columns = (packed.panels + chunk.panels - 1) / chunk.panels
    team.perform(chunks: rows * columns) { index in
      let (column, row) = index.quotientAndRemainder(dividingBy: rows)
      let range = row * chunk.tiles..<min(tileCount, (row + 1) * chunk.tiles)
      let panels = column * chunk.panels..<min(packed.panels, (column + 1) * chunk.panels)
      switch tile {
      case .pixels(_, let kernel): run(range, panels, kernel)
      case .runs(let kernel): run(range, panels, kernel)
      }
    }
  }

  private func run(_ range: Range<Int>, _ panels: Range<Int>, _ kernel: MicroKernels.PixelTileKernel) {
    forEachTile(in: range, of: panels, tileChannels: 16) { panel, part, input, place, tile in
      kernel(
        tile.pixels, input, place.inputs, part.segments, part.count, packed.segmentLength, part.weights, part.bias,
        outputs[panel].pointer + place.plane, place.outputs, part.rectify)
      slope(panel, part, place, tile)
    }
  }

  private func run(_ range: Range<Int>, _ panels: Range<Int>, _ kernel: MicroKernels.RunTileKernel) {
    let pixelStride = problem.stride.width * problem.input.layout.pixelStride
    forEachTile(in: range, of: panels, tileChannels: 32) { panel, part, input, place, tile in
      kernel(
        tile.pixels / 2, input, place.inputs, pixelStride, part.segments, part.count, packed.segmentLength,
        part.weights, part.bias, outputs[2 * panel].pointer + place.plane, outputs[2 * panel + 1].pointer + place.plane,
        place.outputs, part.rectify)
      for block in 2 * panel..<2 * panel + 2 { slope(block, part, place, tile) }
    }
  }

  /// Multiplies the negative ones of a block's finished sums.
  @inline(__always)
  private func slope(_ block: Int, _ part: PanelPart, _ place: TilePlace, _ tile: TileTable.Entry) {
    guard part.isLast, let slopes = problem.slopes else { return }
    for pixel in 0..<tile.pixels where place.outputs[pixel] >= 0 {
      slopeRow(outputs[block].pointer + place.plane + place.outputs[pixel], 1, slopes.block(block))
    }
  }

  /// Offsets of a tile's pixels, and of its group's planes in the output.
  private struct TilePlace {
    let inputs: UnsafePointer<Int>
    let outputs: UnsafePointer<Int>
    let plane: Int
  }

  /// Some of the segments of a panel: the sums begin with the bias, and go on from one part to the next.
  private struct PanelPart {
    let segments: UnsafePointer<Int>
    let count: Int
    let weights: UnsafePointer<Float>
    let bias: UnsafePointer<Float>?
    let isLast: Bool
    let rectify: Bool
  }

  /// Goes through the tiles of a chunk for each panel, and for each part of the segments: a part's weights stay in the
  /// first-level cache from tile to tile, its inputs in the second from panel to panel.
  @inline(__always)
  private func forEachTile(
    in range: Range<Int>, of panels: Range<Int>, tileChannels: Int,
    _ body: (Int, PanelPart, UnsafePointer<Float>, TilePlace, TileTable.Entry) -> Void
  ) {
    let base = UnsafePointer(problem.input.block(0))
    let segments = packed.segments.count
    packed.segments.withUnsafeBufferPointer { offsets in
      tiles.inputOffsets.withUnsafeBufferPointer { inputOffsets in
        tiles.outputOffsets.withUnsafeBufferPointer { outputOffsets in
          for first in stride(from: 0, to: segments, by: partSegments) {
            let last = min(first + partSegments, segments)
            for panel in panels {
              let part = PanelPart(
                segments: offsets.baseAddress! + first, count: last - first,
                weights: packed.weights(panel: panel) + first * packed.segmentLength * tileChannels,
                bias: first == 0 ? packed.bias(panel: panel, tileChannels: tileChannels) : nil,
                isLast: last == segments, rectify: problem.rectify && last == segments)
              for index in range {
                let (group, entry) = index.quotientAndRemainder(dividingBy: tiles.entries.count)
                let tile = tiles.entries[entry]
                let place = TilePlace(
                  inputs: inputOffsets.baseAddress! + tile.first, outputs: outputOffsets.baseAddress! + tile.first,
                  plane: group * outputPlaneStride)
                body(panel, part, base + group * inputPlaneStride, place, tile)
              }
            }
          }
        }
      }
    }
  }
}

import Tensors
import Threads

extension ActivationLayout {
  /// A plane of height × width values for each of `count` places, one behind the other, filled up to a whole number of panels.
  public static func planes(_ count: Int, height: Int, width: Int) -> ActivationLayout {
    let none = Volume(cube: 0)
    return .image(
      channels: (height * width + 31) / 32 * 32, Volume(1, 1, count), haloBefore: none, haloAfter: none)
  }
}

/// Planes, one for each place of another plane: [places][height][width].
public struct Planes: Sendable {
  let values: Activation
  let height: Int
  let width: Int

  var count: Int { values.layout.volume.count }

  public init(_ values: Activation, height: Int, width: Int) {
    precondition(
      values.layout == .planes(values.layout.volume.count, height: height, width: width),
      "Planes: they have another layout")
    self.values = values
    self.height = height
    self.width = width
  }

  func plane(_ place: Int) -> UnsafeMutablePointer<Float> { values.block(0) + place * values.layout.pixelStride }
}

/// The products of each pixel of one map with each of another, over the channels, divided by the root of their number: a plane
/// of the second map's size for each pixel of the first.
///
/// The products run through the convolution's tiles, with the second map in the place of the weights.
public struct Correlation: Sendable {
  private let first: Activation
  private let second: Activation
  private let output: Planes
  private let table: KernelTable
  private let workspace: Workspace
  private let segments: [Int]
  /// Of a chunk of rows, and of the last one.
  private let rows: TileRows
  private let lastRows: TileRows

  private static let lanes = ActivationLayout.block
  /// Rows that are multiplied with all panels before the next ones.
  private static let chunk = 84

  private var pixels: Int { first.layout.volume.count }
  private var panels: Int { (second.layout.volume.count + table.tileChannels - 1) / table.tileChannels }
  private var paddedChannels: Int { second.layout.blocks * Self.lanes }

  /// - Parameters:
  ///   - first: one frame; `second` another of as many channels.
  ///   - workspace: the second map is packed there.
  public init(
    _ first: Activation, _ second: Activation, into output: Planes, with table: KernelTable, workspace: Workspace
  ) {
    let (a, b) = (first.layout, second.layout)
    precondition(
      a.isRows && b.isBlocked && a.channels == b.channels && a.volume.frames == 1 && b.volume.frames == 1
        && a.channels % Self.lanes == 0, "Correlation: maps of one frame, one number of channels and no halo are needed"
    )
    precondition(
      output.count == a.volume.count && output.height == b.volume.height && output.width == b.volume.width,
      "Correlation: a plane for each pixel is needed")
    self.first = first
    self.second = second
    self.output = output
    self.table = table
    self.workspace = workspace
    segments = (0..<a.blocks).map { $0 * a.blockStride }
    let stride = output.values.layout.pixelStride
    let count = a.volume.count
    rows = TileRows(tiles: min(Self.chunk, count), outputStride: stride, table: table)
    lastRows = TileRows(
      tiles: count % Self.chunk == 0 ? min(Self.chunk, count) : count % Self.chunk, outputStride: stride, table: table)
    workspace.reserve(panels * table.tileChannels * paddedChannels)
  }

  public func run(_ team: ThreadTeam) {
    let packed = Packed(pointer: workspace.pointer())
    pack(packed, team)
    let panel = table.tileChannels
    let chunks = (pixels + Self.chunk - 1) / Self.chunk
    team.perform(chunks: chunks) { chunk in
      let start = chunk * Self.chunk
      let input = UnsafePointer(first.block(0) + start * Self.lanes)
      segments.withUnsafeBufferPointer { segments in
        guard let offsets = segments.baseAddress else { return }
        for index in 0..<panels {
          (chunk == chunks - 1 ? lastRows : rows).run(
            input, offsets, segments.count, Self.lanes, packed.pointer + index * panel * paddedChannels,
            output.plane(start) + index * panel, blockStride: Self.lanes)
        }
      }
    }
  }

  private struct Packed: @unchecked Sendable { let pointer: UnsafeMutablePointer<Float> }

  /// To [panel][channels][tile channels], the pixels being the channels of tiles, divided by the root.
  private func pack(_ packed: Packed, _ team: ThreadTeam) {
    let (layout, panel) = (second.layout, table.tileChannels)
    let (width, count) = (layout.volume.width, layout.volume.count)
    let factor = 1 / Float(layout.channels).squareRoot()
    team.perform(chunks: panels) { index in
      let base = packed.pointer + index * panel * paddedChannels
      for lane in 0..<panel {
        let pixel = index * panel + lane
        for block in 0..<layout.blocks {
          let target = base + block * Self.lanes * panel + lane
          guard pixel < count else {
            for channel in 0..<Self.lanes { target[channel * panel] = 0 }
            continue
          }
          let source = second.row(block, 0, pixel / width) + pixel % width * Self.lanes
          for channel in 0..<Self.lanes { target[channel * panel] = factor * source[channel] }
        }
      }
    }
  }

  /// Multiplications and additions.
  package var operations: Int { 2 * pixels * second.layout.volume.count * first.layout.channels }
  /// Bytes of the maps and the planes, each once.
  package var bytes: Int {
    4 * (first.layout.channels * (pixels + second.layout.volume.count) + pixels * second.layout.volume.count)
  }
}

/// Planes of half the height and width: averages of 2×2 values, an odd last row or column left out.
public struct HalvedPlanes: Sendable {
  private let input: Planes
  private let output: Planes
  private let kernel: MicroKernels.HalvePlaneKernel

  public init(_ input: Planes, into output: Planes, with table: KernelTable) {
    precondition(
      input.count == output.count && output.height == input.height / 2 && output.width == input.width / 2,
      "HalvedPlanes: planes of half the size are needed")
    self.input = input
    self.output = output
    kernel = table.kernels.halvePlane
  }

  public func run(_ team: ThreadTeam) {
    let part = 32
    team.perform(chunks: (input.count + part - 1) / part) { chunk in
      for place in chunk * part..<min(input.count, (chunk + 1) * part) {
        kernel(input.plane(place), input.height, input.width, output.plane(place))
      }
    }
  }

  package var bytes: Int { 4 * input.count * (input.height * input.width + output.height * output.width) }
}

/// What lies around the place that each pixel has moved to, in each level of a pyramid of planes: (2r + 1)² values a level,
/// [column][row], between values by bilinear interpolation, zeros outside. Level l is 2^l times smaller.
public struct LookUp: Sendable {
  private let flow: Activation
  private let levels: [Planes]
  private let radius: Int
  private let output: Activation
  private let kernel: MicroKernels.LookUpPlaneKernel

  /// - Parameters:
  ///   - flow: two channels, to the right and down, in pixels.
  ///   - levels: the first of one plane for each pixel.
  public init(flow: Activation, levels: [Planes], radius: Int, into output: Activation, with table: KernelTable) {
    let volume = flow.layout.volume
    precondition(flow.layout.channels == 2 && volume.frames == 1, "LookUp: a flow has two channels")
    precondition((1...7).contains(radius), "LookUp: a radius of 1 to 7")
    precondition(levels.allSatisfy { $0.count == volume.count }, "LookUp: a plane for each pixel")
    precondition(
      output.layout.isBlocked && output.layout.volume == volume
        && output.layout.channels == levels.count * Self.values(radius), "LookUp: the output has another shape")
    self.flow = flow
    self.levels = levels
    self.radius = radius
    self.output = output
    kernel = table.kernels.lookUpPlane
  }

  public static func values(_ radius: Int) -> Int { (2 * radius + 1) * (2 * radius + 1) }

  public func run(_ team: ThreadTeam) {
    let (lanes, layout) = (ActivationLayout.block, output.layout)
    let (step, values) = (flow.layout.pixelStride, Self.values(radius))
    team.perform(chunks: layout.volume.height) { row in
      let scratch = 17 * 32 + 16 * 16
      // What the last block has no channels for stays zero.
      withUnsafeTemporaryAllocation(of: Float.self, capacity: scratch + layout.blocks * lanes) { memory in
        guard let memory = memory.baseAddress else { return }
        let found = memory + scratch
        found.update(repeating: 0, count: layout.blocks * lanes)
        let (moved, target) = (flow.row(0, 0, row), output.row(0, 0, row))
        for column in 0..<layout.volume.width {
          var x = Float(column) + moved[column * step]
          var y = Float(row) + moved[column * step + 1]
          for (level, planes) in levels.enumerated() {
            kernel(
              planes.plane(row * layout.volume.width + column), planes.height, planes.width, x, y, radius, memory,
              found + level * values)
            x *= 0.5
            y *= 0.5
          }
          for block in 0..<layout.blocks {
            (target + block * layout.blockStride + column * lanes).update(from: found + block * lanes, count: lanes)
          }
        }
      }
    }
  }

  package var bytes: Int { 4 * 2 * output.layout.channels * output.layout.volume.count }
}

/// A coarse flow at a finer size: each value is the sum of nine neighbours' (zeros outside) in the shares of a soft-max, times
/// the factor (Teed and Deng, "RAFT", ECCV 2020, section 3.3).
public struct ConvexUpsampling: Sendable {
  private let flow: Activation
  private let mask: Activation
  private let factor: Int
  private let maskFactor: Float
  private let output: Activation
  private let kernel: MicroKernels.BlendNeighboursKernel

  /// - Parameters:
  ///   - flow: two channels.
  ///   - mask: 9·factor² channels, [neighbour][row][column]; `maskFactor` before the soft-max.
  ///   - factor: a multiple of 4.
  ///   - output: an image of two channels, factor times the size.
  public init(
    flow: Activation, mask: Activation, factor: Int, maskFactor: Float, into output: Activation, with table: KernelTable
  ) {
    let volume = flow.layout.volume
    precondition(flow.layout.channels == 2 && volume.frames == 1, "ConvexUpsampling: a flow has two channels")
    precondition(factor > 0 && factor % 4 == 0, "ConvexUpsampling: the factor is a multiple of 4")
    precondition(
      mask.layout.isBlocked && mask.layout.volume == volume && mask.layout.channels == 9 * factor * factor,
      "ConvexUpsampling: a share for each neighbour and place")
    precondition(
      !output.layout.isBlocked && output.layout.channels == 2
        && output.layout.volume == Volume(1, factor * volume.height, factor * volume.width),
      "ConvexUpsampling: the output has another shape")
    self.flow = flow
    self.mask = mask
    self.factor = factor
    self.maskFactor = maskFactor
    self.output = output
    kernel = table.kernels.blendNeighbours
  }

  public func run(_ team: ThreadTeam) {
    let volume = flow.layout.volume
    let places = factor * factor
    team.perform(chunks: volume.height) { row in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 18 + 2 * places) { memory in
        guard let memory = memory.baseAddress else { return }
        let (x, y, found) = (memory, memory + 9, memory + 18)
        let line = mask.row(0, 0, row)
        for column in 0..<volume.width {
          for neighbour in 0..<9 {
            let (r, c) = (row + neighbour / 3 - 1, column + neighbour % 3 - 1)
            let isInside = r >= 0 && r < volume.height && c >= 0 && c < volume.width
            let source = flow.row(0, 0, isInside ? r : row) + (isInside ? c : column) * flow.layout.pixelStride
            x[neighbour] = isInside ? Float(factor) * source[0] : 0
            y[neighbour] = isInside ? Float(factor) * source[1] : 0
          }
          kernel(
            line + column * ActivationLayout.block, mask.layout.blockStride, places / ActivationLayout.block,
            maskFactor, x, y, found)
          for place in 0..<places {
            let target = output.row(0, 0, row * factor + place / factor) + 2 * (column * factor + place % factor)
            target[0] = found[place]
            target[1] = found[places + place]
          }
        }
      }
    }
  }

  package var bytes: Int {
    4 * (mask.layout.channels * mask.layout.volume.count + 2 * output.layout.volume.count)
  }
}

/// Each pixel taken from where a flow points to, between pixels by bilinear interpolation.
public struct Warp: Sendable {
  /// What lies outside of the image.
  public enum Edge: String, Sendable {
    case zeros
    /// The nearest pixel of the image.
    case nearest
  }

  private let input: Activation
  private let flow: Activation
  /// Floats from a pixel's place in the flow's first channels to the two that are taken.
  private let flowStart: Int
  private let edge: Edge
  private let output: Activation
  private let kernel: MicroKernels.BlendPixelsKernel

  /// - Parameters:
  ///   - input: one frame.
  ///   - flow: of the same size: two channels from `channel` on, in one block, to the right and down, in pixels.
  public init(
    _ input: Activation, by flow: Activation, channel: Int = 0, edge: Edge, into output: Activation,
    with table: KernelTable
  ) {
    let lane = channel % flow.layout.blockChannels
    precondition(
      channel + 2 <= flow.layout.channels && lane + 2 <= flow.layout.blockChannels
        && flow.layout.volume == input.layout.volume && input.layout.volume.frames == 1,
      "Warp: a flow of the size of one frame is needed")
    precondition(
      output.layout.volume == input.layout.volume && output.layout.channels == input.layout.channels
        && output.layout.isBlocked == input.layout.isBlocked, "Warp: the output has another shape")
    self.input = input
    self.flow = flow
    flowStart = channel / flow.layout.blockChannels * flow.layout.blockStride + lane
    self.edge = edge
    self.output = output
    kernel = table.kernels.blendPixels
  }

  public func run(_ team: ThreadTeam) {
    let (from, to) = (input.layout, output.layout)
    let volume = from.volume
    team.perform(chunks: volume.height) { row in
      let (moved, target) = (flow.row(0, 0, row) + flowStart, output.row(0, 0, row))
      let source = UnsafePointer(input.block(0))
      withUnsafeTemporaryAllocation(of: Int.self, capacity: 4) { offsets in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 4) { weights in
          guard let offsets = offsets.baseAddress, let weights = weights.baseAddress else { return }
          for column in 0..<volume.width {
            let step = column * flow.layout.pixelStride
            place(
              x: Float(column) + moved[step], y: Float(row) + moved[step + 1], into: offsets, weights)
            if from.isBlocked {
              kernel(
                source, from.blocks, from.blockStride, offsets, weights, target + column * to.pixelStride,
                to.blockStride)
            } else {
              for channel in 0..<from.channels {
                target[column * to.pixelStride + channel] =
                  source[offsets[0] + channel] * weights[0] + source[offsets[1] + channel] * weights[1]
                  + source[offsets[2] + channel] * weights[2] + source[offsets[3] + channel] * weights[3]
              }
            }
          }
        }
      }
    }
  }

  /// The four pixels around a point, and their shares.
  private func place(
    x: Float, y: Float, into offsets: UnsafeMutablePointer<Int>, _ weights: UnsafeMutablePointer<Float>
  ) {
    let (height, width) = (input.layout.volume.height, input.layout.volume.width)
    var (x, y) = (x, y)
    guard x.isFinite, y.isFinite else {
      for corner in 0..<4 { (offsets[corner], weights[corner]) = (0, .nan) }
      return
    }
    switch edge {
    case .nearest: (x, y) = (min(max(x, 0), Float(width - 1)), min(max(y, 0), Float(height - 1)))
    // Farther outside is outside all the same; a whole number must fit into an Int.
    case .zeros: (x, y) = (min(max(x, -2), Float(width + 1)), min(max(y, -2), Float(height + 1)))
    }
    let (left, top) = (x.rounded(.down), y.rounded(.down))
    let (right, lower) = (x - left, y - top)
    for corner in 0..<4 {
      let (column, row) = (Int(left) + corner % 2, Int(top) + corner / 2)
      let isInside = column >= 0 && column < width && row >= 0 && row < height
      offsets[corner] = isInside ? input.layout.offset(0, 0, row, column) : 0
      weights[corner] = isInside ? (corner % 2 == 0 ? 1 - right : right) * (corner / 2 == 0 ? 1 - lower : lower) : 0
    }
  }

  package var bytes: Int { 4 * (2 * input.layout.channels + 2) * input.layout.volume.count }
}

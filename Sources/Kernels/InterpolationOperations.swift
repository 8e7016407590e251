import Tensors
import Threads

/// An image less the mean of all of its values.
public struct Centring: Sendable {
  private let input: Activation
  private let output: Activation

  public init(_ input: Activation, into output: Activation) {
    precondition(
      !input.layout.isBlocked && !output.layout.isBlocked && input.layout.volume == output.layout.volume
        && input.layout.channels == output.layout.channels, "Centring: images of one shape are needed")
    self.input = input
    self.output = output
  }

  public func run(_ team: ThreadTeam) {
    let volume = input.layout.volume
    let (rows, count) = (volume.frames * volume.height, volume.width * input.layout.channels)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: rows) { memory in
      guard let memory = memory.baseAddress else { return }
      let sums = Sums(pointer: memory)
      @Sendable func row(_ activation: Activation, _ row: Int) -> UnsafeMutablePointer<Float> {
        activation.row(0, row / volume.height, row % volume.height)
      }
      team.perform(chunks: rows) { index in
        let values = row(input, index)
        sums.pointer[index] = (0..<count).reduce(0.0) { $0 + Double(values[$1]) }
      }
      let mean = Float((0..<rows).reduce(0.0) { $0 + sums.pointer[$1] } / Double(rows * count))
      team.perform(chunks: rows) { index in
        let (source, target) = (row(input, index), row(output, index))
        for place in 0..<count { target[place] = source[place] - mean }
      }
    }
  }

  /// The threads of a team write places of their own.
  private struct Sums: @unchecked Sendable { let pointer: UnsafeMutablePointer<Double> }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 2 * input.layout.channels * input.layout.volume.count }
}

/// What a look-up finds in the products of all pixels of one frame with all of another, both ways, without the products that nobody
/// looks up: of each pixel those with the 8×8 pixels around the place that it has moved to, in each level of a pyramid of
/// features. The products with averages of features are the averages of the products, so it is what `LookUp` finds in halved planes.
///
/// A frame's features are packed with zeros around them, channel by channel, so that a row of products is a row of sums.
public struct LocalCorrelation: Sendable {
  private let flow: Activation
  private let levels: [Activation]
  private let radius: Int
  private let factor: Float
  private let output: Activation
  private let workspace: Workspace
  private let kernels: MicroKernels

  /// Pixels of zeros around a frame: a place that is farther outside finds as much.
  private static let border = 8
  private static let lanes = ActivationLayout.block

  /// - Parameters:
  ///   - flow: its first channels are the flows to the first and to the second frame, two each, in pixels of the first level.
  ///   - factor: of the flows. Pixels of the first frame are looked up where the second flow points to, those of the second where
  ///     the first does.
  ///   - levels: features of two frames, each level of half the size.
  ///   - radius: 1 to 3.
  ///   - output: (2·radius + 1)² values, [column][row], for each level: of the first frame's pixels, then of the second's.
  public init(
    flow: Activation, factor: Float, levels: [Activation], radius: Int, into output: Activation, with table: KernelTable,
    workspace: Workspace
  ) {
    let volume = levels[0].layout.volume
    precondition((1...3).contains(radius), "LocalCorrelation: a radius of 1 to 3")
    precondition(
      flow.layout.channels >= 4 && flow.layout.volume == Volume(1, volume.height, volume.width),
      "LocalCorrelation: two flows of the first level's size are needed")
    precondition(
      levels.allSatisfy {
        $0.layout.isBlocked && $0.layout.volume.frames == 2 && $0.layout.channels == levels[0].layout.channels
      }, "LocalCorrelation: features of two frames are needed")
    precondition(
      output.layout.isBlocked && output.layout.volume == flow.layout.volume
        && output.layout.channels == 2 * levels.count * LookUp.values(radius),
      "LocalCorrelation: the output has another shape")
    self.flow = flow
    self.factor = factor
    self.levels = levels
    self.radius = radius
    self.output = output
    self.workspace = workspace
    kernels = table.kernels
    workspace.reserve(levels.reduce(0) { $0 + 2 * Self.floats($1.layout) })
  }

  private static func plane(_ layout: ActivationLayout) -> (width: Int, count: Int) {
    let width = layout.volume.width + 2 * border
    return (width, width * (layout.volume.height + 2 * border))
  }

  /// Of a packed frame.
  private static func floats(_ layout: ActivationLayout) -> Int { layout.channels * plane(layout).count }

  public func run(_ team: ThreadTeam) {
    let packed = Packed(pointer: workspace.pointer())
    var starts: [Int] = []
    for level in levels { starts.append((starts.last ?? 0) + 2 * Self.floats(level.layout)) }
    starts.insert(0, at: 0)
    let places = starts
    for (level, start) in zip(levels, places) {
      team.perform(chunks: 2 * level.layout.blocks) { chunk in
        let (frame, block) = chunk.quotientAndRemainder(dividingBy: level.layout.blocks)
        pack(level, frame, block, packed.pointer + start + frame * Self.floats(level.layout))
      }
    }
    team.perform(chunks: output.layout.volume.height) { row in look(row, packed.pointer, places) }
  }

  private struct Packed: @unchecked Sendable { let pointer: UnsafeMutablePointer<Float> }

  private func pack(_ level: Activation, _ frame: Int, _ block: Int, _ target: UnsafeMutablePointer<Float>) {
    let layout = level.layout
    let (width, count) = Self.plane(layout)
    for lane in 0..<min(Self.lanes, layout.channels - block * Self.lanes) {
      let plane = target + (block * Self.lanes + lane) * count
      plane.update(repeating: 0, count: count)
      for y in 0..<layout.volume.height {
        let source = level.row(block, frame, y) + lane
        let row = plane + (y + Self.border) * width + Self.border
        for x in 0..<layout.volume.width { row[x] = source[x * Self.lanes] }
      }
    }
  }

  private func look(_ row: Int, _ packed: UnsafeMutablePointer<Float>, _ starts: [Int]) {
    let (layout, features) = (output.layout, levels[0].layout)
    let values = LookUp.values(radius)
    let scale = 1 / Float(features.channels).squareRoot()
    let (query, patch) = (features.blocks * Self.lanes, 9 * 16 + 16)
    let scratch = 17 * 32 + 16 * 16
    withUnsafeTemporaryAllocation(of: Float.self, capacity: query + patch + scratch + layout.blocks * Self.lanes) {
      memory in
      guard let memory = memory.baseAddress else { return }
      let (sums, room, found) = (memory + query, memory + query + patch, memory + query + patch + scratch)
      memory.update(repeating: 0, count: query + patch + scratch + layout.blocks * Self.lanes)
      let moved = flow.row(0, 0, row)
      for column in 0..<layout.volume.width {
        for frame in 0..<2 {
          for block in 0..<features.blocks {
            let source = levels[0].row(block, frame, row) + column * Self.lanes
            for lane in 0..<Self.lanes { memory[block * Self.lanes + lane] = scale * source[lane] }
          }
          let flow = moved + column * flow.layout.pixelStride + 2 * (1 - frame)
          var (x, y) = (Float(column) + factor * flow[0], Float(row) + factor * flow[1])
          for (index, level) in levels.enumerated() {
            look(
              memory, packed + starts[index] + (1 - frame) * Self.floats(level.layout), level.layout, x, y, sums, room,
              found + (frame * levels.count + index) * values)
            x *= 0.5
            y *= 0.5
          }
        }
        let target = output.row(0, 0, row) + column * Self.lanes
        for block in 0..<layout.blocks {
          (target + block * layout.blockStride).update(from: found + block * Self.lanes, count: Self.lanes)
        }
      }
    }
  }

  /// One pixel's products in one level.
  private func look(
    _ query: UnsafePointer<Float>, _ packed: UnsafePointer<Float>, _ layout: ActivationLayout, _ x: Float, _ y: Float,
    _ sums: UnsafeMutablePointer<Float>, _ room: UnsafeMutablePointer<Float>, _ found: UnsafeMutablePointer<Float>
  ) {
    guard x.isFinite, y.isFinite else {
      found.update(repeating: .nan, count: LookUp.values(radius))
      return
    }
    // Farther outside there are zeros, too; a whole number must fit into an Int.
    let (left, top) = (min(max(x, -1e6), 1e6), min(max(y, -1e6), 1e6))
    let (firstColumn, firstRow) = (left.rounded(.down), top.rounded(.down))
    let (width, count) = Self.plane(layout)
    func place(_ first: Float, _ side: Int) -> Int { min(max(Int(first) - radius, -Self.border), side) + Self.border }
    let start = place(firstRow, layout.volume.height) * width + place(firstColumn, layout.volume.width)
    kernels.correlatePatch(query, layout.channels, packed + start, count, width, sums)
    // The 8×8 as a plane of its own, whose rows are 16 long.
    kernels.lookUpPlane(
      sums, 9, 16, Float(radius) + (left - firstColumn), Float(radius) + (top - firstRow), radius, room, found)
  }

  /// Multiplications and additions.
  package var operations: Int { 2 * 2 * levels.count * 64 * levels[0].layout.channels * output.layout.volume.count }
  /// Bytes of the features and what is found, each once.
  package var bytes: Int {
    4
      * (levels.reduce(0) { $0 + $1.layout.channels * $1.layout.volume.count }
        + output.layout.channels * output.layout.volume.count)
  }
}

/// A frame between two others, several times: each as both frames, warped and blended by a mask, plus a remainder (Li et al.,
/// "AMT: All-Pairs Multi-Field Transforms for Efficient Frame Interpolation", CVPR 2023, section 3.4).
public struct FieldBlending: Sendable {
  private let frames: Activation
  private let fields: Activation
  private let flow: Activation
  private let count: Int
  private let output: Activation
  private let kernels: MicroKernels

  /// - Parameters:
  ///   - frames: an image of two frames, three channels.
  ///   - fields: of each of `count` fields two channels of the flow to the first frame, then those to the second, a channel each of
  ///     masks before the sigmoid, three each of remainders: 8·count channels, at most 32.
  ///   - flow: of half the size: its first channels are the flows to the first and to the second frame, to which all fields' are
  ///     added.
  ///   - output: three channels for each field.
  public init(
    _ frames: Activation, fields: Activation, addedTo flow: Activation, count: Int, into output: Activation,
    with table: KernelTable
  ) {
    let volume = fields.layout.volume
    precondition(
      !frames.layout.isBlocked && frames.layout.channels == 3
        && frames.layout.volume == Volume(2, volume.height, volume.width), "FieldBlending: two frames are needed")
    precondition(
      fields.layout.isBlocked && (1...4).contains(count) && fields.layout.channels == 8 * count,
      "FieldBlending: eight channels for each of 1 to 4 fields")
    precondition(
      flow.layout.isBlocked && flow.layout.channels >= 4
        && flow.layout.volume == Volume(1, volume.height / 2, volume.width / 2),
      "FieldBlending: flows of half the size are needed")
    precondition(
      output.layout.isBlocked && output.layout.channels == 3 * count && output.layout.volume == volume,
      "FieldBlending: the output has another shape")
    self.frames = frames
    self.fields = fields
    self.flow = flow
    self.count = count
    self.output = output
    kernels = table.kernels
  }

  public func run(_ team: ThreadTeam) {
    let (lanes, volume) = (ActivationLayout.block, output.layout.volume)
    team.perform(chunks: volume.height) { row in
      let down = ResamplingScale.double.neighbours(of: row, side: volume.height / 2)
      let (upper, lower) = (flow.row(0, 0, down.first), flow.row(0, 0, down.second))
      let target = output.row(0, 0, row)
      // A pixel's fields, its masks, and room for a block behind them.
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * lanes) { memory in
        guard let memory = memory.baseAddress else { return }
        memory.update(repeating: 0, count: 4 * lanes)
        let masks = memory + 2 * lanes
        for column in 0..<volume.width {
          for block in 0..<fields.layout.blocks {
            store(load16(fields.row(block, 0, row) + column * lanes), memory + block * lanes)
          }
          store(load16(memory + 4 * count), masks)
          kernels.sigmoidValues(masks, lanes)
          let across = ResamplingScale.double.neighbours(of: column, side: volume.width / 2)
          let (left, right) = (across.first * lanes, across.second * lanes)
          let above = load4(upper + left) + across.share * (load4(upper + right) - load4(upper + left))
          let below = load4(lower + left) + across.share * (load4(lower + right) - load4(lower + left))
          let middle = 2 * (above + down.share * (below - above))
          let pixel = target + column * lanes
          store(SIMD16(repeating: 0), pixel)
          for field in 0..<count {
            let (first, second) = (memory + 2 * field, memory + 2 * (count + field))
            let one = sample(0, Float(column) + (middle[0] + first[0]), Float(row) + (middle[1] + first[1]))
            let other = sample(1, Float(column) + (middle[2] + second[0]), Float(row) + (middle[3] + second[1]))
            let mask = masks[field]
            let blended = mask * one + (1 - mask) * other
            for channel in 0..<3 {
              pixel[3 * field + channel] = blended[channel] + memory[5 * count + 3 * field + channel]
            }
          }
        }
      }
    }
  }

  private func load4(_ pointer: UnsafePointer<Float>) -> SIMD4<Float> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Float>.self)
  }

  /// A frame at a place between four pixels, the nearest pixel outside: three channels, and one that means nothing.
  private func sample(_ frame: Int, _ x: Float, _ y: Float) -> SIMD4<Float> {
    guard x.isFinite, y.isFinite else { return SIMD4(repeating: .nan) }
    let (height, width) = (frames.layout.volume.height, frames.layout.volume.width)
    let (column, row) = (min(max(x, 0), Float(width - 1)), min(max(y, 0), Float(height - 1)))
    let (left, top) = (Int(column), Int(row))
    let (across, down) = (column - Float(left), row - Float(top))
    let step = left + 1 < width ? 3 : 0
    let upper = frames.row(0, frame, top) + 3 * left
    let lower = top + 1 < height ? upper + frames.layout.rowStride : upper
    let above = load4(upper) + across * (load4(upper + step) - load4(upper))
    let below = load4(lower) + across * (load4(lower + step) - load4(lower))
    return above + down * (below - above)
  }

  /// Bytes read and written, each once.
  package var bytes: Int {
    4
      * (frames.layout.channels * frames.layout.volume.count + fields.layout.channels * fields.layout.volume.count
        + 4 * flow.layout.volume.count + output.layout.channels * output.layout.volume.count)
  }
}

/// The mean of several frames of three channels plus another one, in 0...1.
public struct FrameMean: Sendable {
  private let frames: Activation
  private let added: Activation
  private let output: Activation

  /// - Parameters:
  ///   - frames: three channels each, one block in all.
  ///   - output: an image of three channels.
  public init(_ frames: Activation, adding added: Activation, into output: Activation) {
    precondition(
      frames.layout.isBlocked && frames.layout.channels % 3 == 0 && frames.layout.blocks == 1
        && added.layout.isBlocked && added.layout.channels == 3 && !output.layout.isBlocked
        && output.layout.channels == 3 && frames.layout.volume == output.layout.volume
        && added.layout.volume == output.layout.volume, "FrameMean: frames of one shape are needed")
    self.frames = frames
    self.added = added
    self.output = output
  }

  public func run(_ team: ThreadTeam) {
    let (lanes, volume, count) = (ActivationLayout.block, output.layout.volume, frames.layout.channels / 3)
    team.perform(chunks: volume.frames * volume.height) { chunk in
      let (frame, row) = chunk.quotientAndRemainder(dividingBy: volume.height)
      let (source, other, target) = (frames.row(0, frame, row), added.row(0, frame, row), output.row(0, frame, row))
      for x in 0..<volume.width {
        for channel in 0..<3 {
          var sum: Float = 0
          for index in 0..<count { sum += source[x * lanes + 3 * index + channel] }
          let value = sum / Float(count) + other[x * lanes + channel]
          // A NaN stays one.
          target[3 * x + channel] = value < 0 ? 0 : value > 1 ? 1 : value
        }
      }
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * (frames.layout.channels + 6) * output.layout.volume.count }
}

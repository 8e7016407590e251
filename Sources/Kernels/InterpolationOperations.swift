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
/// The last pixels of a row, and eight from there on where a row has fewer, are read past the row's end; they are not used.
public struct LocalCorrelation: Sendable {
  private let flow: Activation
  private let levels: [Activation]
  private let radius: Int
  private let factor: Float
  private let output: Activation
  private let kernels: MicroKernels

  /// Pixels along each side that a look-up of radius 3 sees.
  private static let side = 8
  private static let lanes = ActivationLayout.block

  /// - Parameters:
  ///   - flow: its first channels are the flows to the first and to the second frame, two each, in pixels of the first level.
  ///   - factor: of the flows. Pixels of the first frame are looked up where the second flow points to, those of the second where
  ///     the first does.
  ///   - levels: features of two frames, each level of half the size.
  ///   - radius: 1 to 3.
  ///   - output: (2·radius + 1)² values, [column][row], for each level: of the first frame's pixels, then of the second's.
  public init(
    flow: Activation, factor: Float, levels: [Activation], radius: Int, into output: Activation, with table: KernelTable
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
    kernels = table.kernels
  }

  public func run(_ team: ThreadTeam) {
    team.perform(chunks: output.layout.volume.height) { row in look(row) }
  }

  private func look(_ row: Int) {
    let (layout, features) = (output.layout, levels[0].layout)
    let values = LookUp.values(radius)
    let scale = SIMD16<Float>(repeating: 1 / Float(features.channels).squareRoot())
    // A pixel's channels, a patch with a row and a block behind it, what `lookUpPlane` needs, what is found.
    let (query, patch, scratch) = (features.blocks * Self.lanes, (Self.side + 2) * 16, 17 * 32 + 16 * 16)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: query + patch + scratch + layout.blocks * Self.lanes) {
      memory in
      guard let memory = memory.baseAddress else { return }
      memory.update(repeating: 0, count: query + patch + scratch + layout.blocks * Self.lanes)
      let (sums, room) = (memory + query, memory + query + patch)
      let found = room + scratch
      let moved = flow.row(0, 0, row)
      for column in 0..<layout.volume.width {
        for frame in 0..<2 {
          let own = levels[0].row(0, frame, row) + column * Self.lanes
          for block in 0..<features.blocks {
            store(load16(own + block * features.blockStride) * scale, memory + block * Self.lanes)
          }
          let flow = moved + column * flow.layout.pixelStride + 2 * (1 - frame)
          var (x, y) = (Float(column) + factor * flow[0], Float(row) + factor * flow[1])
          for (index, level) in levels.enumerated() {
            look(memory, level, 1 - frame, x, y, sums, room, found + (frame * levels.count + index) * values)
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

  /// One pixel's products in a frame of one level.
  private func look(
    _ query: UnsafePointer<Float>, _ level: Activation, _ frame: Int, _ x: Float, _ y: Float,
    _ sums: UnsafeMutablePointer<Float>, _ room: UnsafeMutablePointer<Float>, _ found: UnsafeMutablePointer<Float>
  ) {
    guard x.isFinite, y.isFinite else {
      found.update(repeating: .nan, count: LookUp.values(radius))
      return
    }
    let (layout, side) = (level.layout, Self.side)
    let (height, width) = (layout.volume.height, layout.volume.width)
    // Farther outside there are zeros, too; a whole number must fit into an Int.
    let (left, top) = (min(max(x, -1e6), 1e6), min(max(y, -1e6), 1e6))
    let (firstColumn, firstRow) = (left.rounded(.down), top.rounded(.down))
    let (column, row) = (Int(firstColumn) - radius, Int(firstRow) - radius)
    let rows = max(0, row)..<max(0, row, min(height, row + side))
    let columns = max(0, column)..<max(0, column, min(width, column + side))
    if rows.count < side || columns.count < side { sums.update(repeating: 0, count: side * 16) }
    if !rows.isEmpty, !columns.isEmpty {
      // Eight pixels within the row where it has as many.
      let start = min(columns.lowerBound, max(0, width - side))
      let target = sums + (rows.lowerBound - row) * 16
      kernels.correlatePatch(
        query, layout.blocks, level.row(0, frame, rows.lowerBound) + start * Self.lanes, layout.blockStride,
        layout.rowStride, rows.count, target)
      if start != column || columns.count < side {
        for line in 0..<rows.count { shift(target + line * 16, from: start, to: column, columns) }
      }
    }
    // The 8×8 as a plane of its own, whose rows are 16 long.
    kernels.lookUpPlane(
      sums, side + 1, 16, Float(radius) + (left - firstColumn), Float(radius) + (top - firstRow), radius, room, found)
  }

  /// Products of the eight pixels from `start` on as those of the eight from `column` on, zeros outside.
  private func shift(_ line: UnsafeMutablePointer<Float>, from start: Int, to column: Int, _ columns: Range<Int>) {
    let found = load8(line)
    for place in 0..<Self.side {
      let isInside = columns.contains(column + place)
      line[place] = isInside ? found[column + place - start] : 0
    }
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
  /// For each column the offsets of its neighbours in the flow, and the share of the second.
  private let places: [Int]
  private let shares: [Float]
  private let kernel: MicroKernels.ValuesKernel

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
    let columns = (0..<volume.width).map { ResamplingScale.double.neighbours(of: $0, side: volume.width / 2) }
    places = columns.flatMap { [$0.first * flow.layout.pixelStride, $0.second * flow.layout.pixelStride] }
    shares = columns.map(\.share)
    kernel = table.kernels.sigmoidValues
  }

  /// A frame as it is read: three channels side by side.
  private struct Picture {
    let pixels: UnsafePointer<Float>
    let rowStride: Int
    let lastRow: Int
    let lastColumn: Int

    /// The value at a place between four pixels, the nearest pixel outside: three channels, and one that means nothing.
    @inline(__always)
    func value(_ x: Float, _ y: Float) -> SIMD4<Float> {
      guard x.isFinite, y.isFinite else { return SIMD4(repeating: .nan) }
      let (column, row) = (min(max(x, 0), Float(lastColumn)), min(max(y, 0), Float(lastRow)))
      let (left, top) = (Int(column), Int(row))
      let (across, down) = (column - Float(left), row - Float(top))
      let upper = pixels + (top &* rowStride &+ 3 &* left)
      let lower = top < lastRow ? upper + rowStride : upper
      let step = left < lastColumn ? 3 : 0
      let above = load4(upper) + across * (load4(upper + step) - load4(upper))
      let below = load4(lower) + across * (load4(lower + step) - load4(lower))
      return above + down * (below - above)
    }
  }

  public func run(_ team: ThreadTeam) {
    let (lanes, volume) = (ActivationLayout.block, output.layout.volume)
    let pictures = (0..<2).map {
      Picture(
        pixels: frames.row(0, $0, 0), rowStride: frames.layout.rowStride, lastRow: volume.height - 1,
        lastColumn: volume.width - 1)
    }
    let pair = Pictures(first: pictures[0], second: pictures[1])
    team.perform(chunks: volume.height) { row in
      let down = ResamplingScale.double.neighbours(of: row, side: volume.height / 2)
      let (upper, lower) = (flow.row(0, 0, down.first), flow.row(0, 0, down.second))
      let (target, blocks) = (output.row(0, 0, row), fields.layout.blocks)
      let (source, stride) = (fields.row(0, 0, row), fields.layout.blockStride)
      // A pixel's fields with a block behind them; then the masks of the row.
      withUnsafeTemporaryAllocation(of: Float.self, capacity: (blocks + 1 + volume.width) * lanes) { memory in
        guard let own = memory.baseAddress else { return }
        let masks = own + (blocks + 1) * lanes
        own.update(repeating: 0, count: (blocks + 1) * lanes)
        for column in 0..<volume.width {
          for field in 0..<count {
            let channel = 4 * count + field
            masks[column * lanes + field] = source[channel / lanes * stride + column * lanes + channel % lanes]
          }
          for field in count..<lanes { masks[column * lanes + field] = 0 }
        }
        kernel(masks, volume.width * lanes)
        for column in 0..<volume.width {
          for block in 0..<blocks { store(load16(source + block * stride + column * lanes), own + block * lanes) }
          let (left, right, share) = (places[2 * column], places[2 * column + 1], shares[column])
          let above = load4(upper + left) + share * (load4(upper + right) - load4(upper + left))
          let below = load4(lower + left) + share * (load4(lower + right) - load4(lower + left))
          let middle =
            2 * (above + down.share * (below - above)) + SIMD4(Float(column), Float(row), Float(column), Float(row))
          let pixel = target + column * lanes
          store(SIMD16(repeating: 0), pixel)
          for field in 0..<count {
            let (first, second) = (own + 2 * field, own + 2 * (count + field))
            let one = pair.first.value(middle[0] + first[0], middle[1] + first[1])
            let other = pair.second.value(middle[2] + second[0], middle[3] + second[1])
            let mask = masks[column * lanes + field]
            let blended = mask * one + (1 - mask) * other + load4(own + (5 * count + 3 * field))
            for channel in 0..<3 { pixel[3 * field + channel] = blended[channel] }
          }
        }
      }
    }
  }

  /// The threads of a team read them.
  private struct Pictures: @unchecked Sendable {
    let first: Picture
    let second: Picture
  }

  /// Bytes read and written, each once.
  package var bytes: Int {
    4
      * (frames.layout.channels * frames.layout.volume.count + fields.layout.channels * fields.layout.volume.count
        + 4 * flow.layout.volume.count + output.layout.channels * output.layout.volume.count)
  }
}

private func load4(_ pointer: UnsafePointer<Float>) -> SIMD4<Float> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Float>.self)
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

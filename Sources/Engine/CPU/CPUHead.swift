import Kernels
import Tensors
import Threads

/// The vectors behind the last activations, computed in float64 for one item at a time, and what comes out.
struct CPUHead: Sendable {
  /// An operation on vectors; operands are places in the order of operations.
  enum Operation: Sendable {
    /// The mean of each channel of one item's frames, each frame counted as often as `weights` says.
    case mean(Activation, weights: [Double])
    /// One row of an item.
    case row(Activation, rows: Int, TokenRow)
    case normalisation(of: Int, scale: [Float], offset: [Float], epsilon: Double)
    /// [C][D] and [D]; rounded to float32.
    case dense(of: Int, kernel: [Float], bias: [Float])
    case concatenation([Int])
    case centredUnit(of: Int)
  }

  enum Output: Sendable {
    case vector(Int)
    /// [T][H][W][C], each place's channels divided by their length where `isUnit`.
    case values(Activation, isUnit: Bool)
  }

  var operations: [Operation] = []
  var outputs: [Output] = []

  /// Whether an operation looks at the network's input again.
  var readsInput: Bool {
    operations.contains { operation in
      switch operation {
      case .row(_, _, .ofLargestID): true
      case .row(_, _, .first), .mean, .normalisation, .dense, .concatenation, .centredUnit: false
      }
    }
  }

  /// The outputs of item `item` of a pass of `items`.
  func run(
    item: Int, of items: Int, input: UnsafePointer<Float>, into results: inout [[Float]], _ team: ThreadTeam
  ) {
    var vectors: [[Double]] = []
    vectors.reserveCapacity(operations.count)
    for operation in operations { vectors.append(value(operation, vectors, item, items, input)) }
    for (index, output) in outputs.enumerated() {
      switch output {
      case .vector(let place): for value in vectors[place] { results[index].append(Float(value)) }
      case .values(let activation, let isUnit):
        results[index] += Self.values(activation, item: item, of: items, isUnit: isUnit, team)
      }
    }
  }

  private func value(
    _ operation: Operation, _ vectors: [[Double]], _ item: Int, _ items: Int, _ input: UnsafePointer<Float>
  ) -> [Double] {
    switch operation {
    case .mean(let maps, let weights): Self.mean(maps, weights, item: item)
    case .row(let activation, let rows, .first): activation.row(item * rows)
    case .row(let activation, let rows, .ofLargestID):
      activation.row(item * rows + Self.placeOfLargest(input + item * rows, rows))
    case .normalisation(let place, let scale, let offset, let epsilon):
      Self.normalised(vectors[place], scale, offset, epsilon)
    case .dense(let place, let kernel, let bias): Self.product(vectors[place], kernel, bias)
    case .concatenation(let places): places.flatMap { vectors[$0].map { Double(Float($0)) } }
    case .centredUnit(let place): Self.centredUnit(vectors[place])
    }
  }

  private static func mean(_ maps: Activation, _ weights: [Double], item: Int) -> [Double] {
    let layout = maps.layout
    let count = weights.reduce(0, +) * Double(layout.volume.height * layout.volume.width)
    var means: [Double] = []
    means.reserveCapacity(layout.channels)
    for block in 0..<layout.blocks {
      var sum = SIMD16<Double>(repeating: 0)
      for (frame, weight) in weights.enumerated() {
        sum += weight * maps.planeSum(block: block, frame: item * weights.count + frame)
      }
      let mean = sum / count
      for lane in 0..<min(ActivationLayout.block, layout.channels - block * ActivationLayout.block) {
        means.append(mean[lane])
      }
    }
    return means
  }

  private static func placeOfLargest(_ ids: UnsafePointer<Float>, _ count: Int) -> Int {
    var place = 0
    for index in 0..<count where ids[index] > ids[place] { place = index }
    return place
  }

  private static func normalised(_ values: [Double], _ scale: [Float], _ offset: [Float], _ epsilon: Double)
    -> [Double]
  {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let factor = 1 / (variance + epsilon).squareRoot()
    return values.indices.map { (values[$0] - mean) * factor * Double(scale[$0]) + Double(offset[$0]) }
  }

  private static func product(_ values: [Double], _ kernel: [Float], _ bias: [Float]) -> [Double] {
    var sums = bias.map(Double.init)
    let columns = sums.count
    kernel.withUnsafeBufferPointer { kernel in
      for (channel, value) in values.enumerated() {
        for column in 0..<columns { sums[column] += value * Double(kernel[channel * columns + column]) }
      }
    }
    for column in 0..<columns { sums[column] = Double(Float(sums[column])) }
    return sums
  }

  private static func centredUnit(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    let length = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
    return values.map { ($0 - mean) / length }
  }

  /// [T][H][W][C] of one item.
  private static func values(_ map: Activation, item: Int, of items: Int, isUnit: Bool, _ team: ThreadTeam) -> [Float] {
    let layout = map.layout
    guard layout.isBlocked else { return image(map, item: item, of: items) }
    // Rows of items lie along the width, frames along the first axis.
    let isRows = layout.volume.frames == 1 && layout.volume.height == 1
    let volume =
      isRows
      ? Volume(1, 1, layout.volume.width / items)
      : Volume(layout.volume.frames / items, layout.volume.height, layout.volume.width)
    let origin = isRows ? layout.offset(0, 0, 0, item * volume.width) : layout.offset(0, item * volume.frames, 0, 0)
    return [Float](unsafeUninitializedCapacity: volume.count * layout.channels) { values, count in
      count = values.count
      guard let base = values.baseAddress else { return }
      let target = Target(pointer: base)
      team.perform(chunks: volume.frames * volume.height) { row in
        let (t, y) = row.quotientAndRemainder(dividingBy: volume.height)
        for x in 0..<volume.width {
          let pixel = UnsafeRawPointer(map.block(0) + origin + layout.offset(0, t, y, x))
          func channels(_ block: Int) -> SIMD16<Float> {
            pixel.loadUnaligned(fromByteOffset: 4 * block * layout.blockStride, as: SIMD16<Float>.self)
          }
          var length: Float = 1
          if isUnit {
            var squares = SIMD16<Float>(repeating: 0)
            for block in 0..<layout.blocks { squares += channels(block) * channels(block) }
            length = squares.sum().squareRoot() + 1e-10
          }
          let place = target.pointer + (row * volume.width + x) * layout.channels
          for block in 0..<layout.blocks {
            let values = channels(block) / length
            for lane in 0..<min(ActivationLayout.block, layout.channels - block * ActivationLayout.block) {
              place[block * ActivationLayout.block + lane] = values[lane]
            }
          }
        }
      }
    }
  }

  /// The same of an image, which is [T][H][W][C] already.
  private static func image(_ map: Activation, item: Int, of items: Int) -> [Float] {
    let layout = map.layout
    let (frames, row) = (layout.volume.frames / items, layout.volume.width * layout.channels)
    var values: [Float] = []
    values.reserveCapacity(frames * layout.volume.height * row)
    for frame in item * frames..<(item + 1) * frames {
      for y in 0..<layout.volume.height {
        values += UnsafeBufferPointer(start: map.block(0) + layout.offset(0, frame, y, 0), count: row)
      }
    }
    return values
  }

  /// The threads of a team write rows of their own.
  private struct Target: @unchecked Sendable { let pointer: UnsafeMutablePointer<Float> }
}

extension Activation {
  /// The channels of one row.
  fileprivate func row(_ row: Int) -> [Double] {
    let lanes = ActivationLayout.block
    return (0..<layout.channels).map { Double(block($0 / lanes)[row * lanes + $0 % lanes]) }
  }
}

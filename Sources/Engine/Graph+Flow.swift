import Kernels
import Tensors

/// The layers of networks that compute optical flow. A flow is a map of two channels: to the right and down, in pixels.
extension Graph {
  /// (x − mean) / sqrt(variance + epsilon) of each channel of each frame.
  public mutating func instanceNormalisation(_ unit: String, _ x: Value, epsilon: Float) -> Value {
    _ = map(x)
    return add(unit + "/instance_norm", .instanceNormalisation(epsilon: epsilon, rectifies: false), [x], shape(x))
  }

  /// Some channels of some frames; all of what is not said.
  public mutating func slice(_ name: String, _ x: Value, channels: Range<Int>? = nil, frames: Range<Int>? = nil)
    -> Value
  {
    let (all, volume) = map(x)
    let slice = Slice(channels: channels ?? 0..<all, frames: frames ?? 0..<volume.frames)
    precondition(
      slice.channels.upperBound <= all && slice.frames.upperBound <= volume.frames, "Graph: there is no such slice")
    return add(
      name, .slice(slice), [x],
      .maps(channels: slice.channels.count, Volume(slice.frames.count, volume.height, volume.width)))
  }

  /// A convolution with a part of its filter.
  ///
  /// - Parameters:
  ///   - filter: which channels of the tensors of `tensor`, whose kernel has two axes.
  ///   - inputs: all that the tensor has; `outputs` too.
  public mutating func convolution(
    _ name: String, _ x: Value, part: FilterPart, of tensor: String, inputs: Int, outputs: Int, kernel: Volume = .one,
    padding: Padding = .same
  ) -> Value {
    joined(
      name, x, [name], part: part, of: [tensor], inputs: inputs, outputs: outputs, kernel: kernel, padding: padding)[
        0]
  }

  /// Convolutions of one input with parts of their filters, computed together.
  public mutating func joined(
    _ name: String, _ x: Value, _ names: [String], part: FilterPart, of tensors: [String], inputs: Int, outputs: Int,
    kernel: Volume = .one, padding: Padding = .same
  ) -> [Value] {
    let (channels, volume) = map(x)
    precondition(
      channels == part.inputs.reduce(0) { $0 + $1.count } && names.count == tensors.count,
      "Graph: the part is for another input")
    let filters = tensors.map { tensor in
      Filter.part(
        StoredFilter(prefix + tensor, kernel: kernel, axes: 2, inputs: inputs, outputs: outputs, hasBias: true), part)
    }
    let after = padding.volume(volume, kernel: kernel, stride: .one).output
    let shape = Shape.maps(channels: part.outputs.count, after)
    let sum = FilteredSum(filters.count == 1 ? filters[0] : .joined(filters), padding: padding)
    return add(name, .convolution(sum), [x], filters.map { _ in shape })
  }

  /// What a loop carries from one turn to the next, which is `first` in the first turn.
  public mutating func state(_ name: String, _ first: Value) -> Value { add(name, .state, [first], shape(first)) }

  /// The same, zeros in the first turn.
  public mutating func state(_ name: String, zeros shape: Shape) -> Value { add(name, .state, [], shape) }

  /// A loop: the nodes that `body` adds are computed `times` times. A graph has one at most.
  ///
  /// - Parameter body: returns what each state is in the next turn. Behind the loop, a state is what the last turn made it.
  public mutating func loop(times: Int, _ body: (inout Graph) -> [(state: Value, next: Value)]) {
    precondition(times >= 1 && loop == nil, "Graph: one loop, of a turn at least")
    let first = nodes.count
    let next = body(&self)
    for index in first..<nodes.count { nodes[index].isRepeated = true }
    for (state, next) in next {
      precondition(
        shape(state) == shape(next) && nodes[first...].contains { $0.outputs.contains(next) },
        "Graph: a state becomes what the loop makes, of its own shape")
    }
    turns = times
    carried = next.map { Carried(state: $0.state, next: $0.next) }
  }

  /// σ(a + b) · h
  public mutating func resetGate(_ name: String, _ h: Value, _ a: Value, _ b: Value) -> Value {
    gate(name, .reset, [h, a, b])
  }

  /// (1 − σ(z + a))·h + σ(z + a)·tanh(q + b)
  public mutating func updateGate(_ name: String, _ h: Value, _ z: Value, _ a: Value, _ q: Value, _ b: Value) -> Value {
    gate(name, .update, [h, z, a, q, b])
  }

  private mutating func gate(_ name: String, _ kind: GRUGate.Kind, _ inputs: [Value]) -> Value {
    precondition(inputs.allSatisfy { shape($0) == shape(inputs[0]) }, "Graph: gates are of values of one shape")
    return add(name, .gate(kind), inputs, shape(inputs[0]))
  }

  /// A plane of the second map's size for each pixel of the first.
  public mutating func correlation(_ name: String, _ a: Value, _ b: Value) -> Value {
    let (first, second) = (map(a), map(b))
    precondition(
      first.channels == second.channels && first.volume.frames == 1 && second.volume.frames == 1,
      "Graph: single frames of one number of channels are correlated")
    return add(
      name, .correlation, [a, b],
      .planes(first.volume.count, height: second.volume.height, width: second.volume.width))
  }

  /// - Returns: `planes` and what averages of 2×2 make of it, level by level.
  public mutating func pyramid(_ name: String, _ planes: Value, levels: Int) -> [Value] {
    var all = [planes]
    while all.count < levels {
      guard case .planes(let count, let height, let width) = shape(all[all.count - 1]) else {
        preconditionFailure("Graph: a pyramid is of planes")
      }
      precondition(min(height, width) >= 2, "Graph: the planes are too small for another level")
      all.append(
        add(
          "\(name)_\(all.count)", .halvedPlanes, [all[all.count - 1]],
          .planes(count, height: height / 2, width: width / 2)))
    }
    return all
  }

  public mutating func lookUp(_ name: String, _ flow: Value, _ levels: [Value], radius: Int) -> Value {
    let volume = flowVolume(flow)
    return add(
      name, .lookUp(radius: radius), [flow] + levels,
      .maps(channels: levels.count * LookUp.values(radius), volume))
  }

  /// - Parameter mask: 9·factor² channels, multiplied by `maskFactor` before the soft-max.
  public mutating func convexUpsampling(_ name: String, _ flow: Value, mask: Value, factor: Int, maskFactor: Float)
    -> Value
  {
    let volume = flowVolume(flow)
    precondition(
      shape(mask) == .maps(channels: 9 * factor * factor, volume), "Graph: the mask has a share for each neighbour")
    return add(
      name, .convexUpsampling(factor: factor, maskFactor: maskFactor), [flow, mask],
      .maps(channels: 2, Volume(1, factor * volume.height, factor * volume.width)))
  }

  /// Each pixel of a frame from where the flow points to.
  ///
  /// - Parameters:
  ///   - frame: which one; `channel`: the first of the flow's two.
  public mutating func warp(
    _ name: String, _ x: Value, frame: Int = 0, by flow: Value, channel: Int = 0, outside edge: Warp.Edge
  ) -> Value {
    let ((channels, volume), (flows, size)) = (map(x), map(flow))
    let one = Volume(1, volume.height, volume.width)
    precondition(
      size == one && frame < volume.frames && channel + 2 <= flows, "Graph: a flow of the frame's size is needed")
    return add(
      name, .warp(WarpedFrame(edge: edge, frame: frame, channel: channel)), [x, flow],
      .maps(channels: channels, one))
  }

  // MARK: Interpolation of frames

  /// x, or a factor times x where it is negative.
  public mutating func slopes(_ unit: String, _ x: Value, _ slope: Float) -> Value {
    _ = map(x)
    return add(unit + "/slopes", .slopes(.constant(slope)), [x], shape(x))
  }

  /// The same with a factor for each channel, some of those of `UNIT/slopes` behind `kept` channels that stay as they are.
  public mutating func slopes(_ unit: String, _ x: Value, part: Range<Int>? = nil, of count: Int? = nil, kept: Int = 0)
    -> Value
  {
    let channels = map(x).channels - kept
    let part = part ?? 0..<channels
    precondition(part.count == channels, "Graph: a slope for each channel")
    return add(
      unit + "/slopes\(part.lowerBound > 0 ? "_\(part.lowerBound)" : "")",
      .slopes(.stored(prefix + unit + "/slopes", count: count ?? part.upperBound, part: part, kept: kept)), [x],
      shape(x))
  }

  /// A convolution of stride 1, padded, whose filter is put together of stored ones.
  public mutating func convolution(_ name: String, _ x: Value, _ filter: Filter) -> Value {
    convolutions(name, x, [filter])[0]
  }

  /// Several of one input, computed together.
  public mutating func convolutions(_ name: String, _ x: Value, _ filters: [Filter]) -> [Value] {
    let (channels, volume) = map(x)
    precondition(filters.allSatisfy { $0.inputs == channels }, "Graph: the filter is for another input")
    let sum = FilteredSum(filters.count == 1 ? filters[0] : .joined(filters))
    return add(
      name, .convolution(sum), [x], filters.map { .maps(channels: $0.outputs.reduce(0, +), volume) })
  }

  /// A filter of this graph's weights, over space.
  public func stored(_ name: String, kernel: Int, inputs: Int, outputs: Int) -> StoredFilter {
    StoredFilter(
      prefix + name, kernel: Volume(1, kernel, kernel), axes: 2, inputs: inputs, outputs: outputs, hasBias: true)
  }

  /// A transposed convolution of 4×4 taps with stride 2 and padding 1: twice the size.
  public mutating func transposedConvolution(_ name: String, _ x: Value, to outputs: Int) -> Value {
    let (channels, volume) = map(x)
    let phases = convolution(name, x, .transposed(stored(name, kernel: 4, inputs: channels, outputs: outputs)))
    return add(
      name + "/squares", .depthToSpace, [phases],
      .maps(channels: outputs, Volume(volume.frames, 2 * volume.height, 2 * volume.width)))
  }

  /// A convolution of 3×3 taps of maps of even sizes, whose few outputs are computed four pixels at a time.
  public mutating func squaredConvolution(_ name: String, _ x: Value, to outputs: Int) -> Value {
    let (channels, volume) = map(x)
    precondition(volume.height % 2 == 0 && volume.width % 2 == 0, "Graph: whole squares are needed")
    let filter = Filter.squared(stored(name, kernel: 3, inputs: channels, outputs: outputs))
    let squares = add(
      name, .convolution(FilteredSum(filter, stride: Volume(1, 2, 2), padding: .zeros(1))), [x],
      .maps(channels: 4 * outputs, Volume(volume.frames, volume.height / 2, volume.width / 2)))
    return add(name + "/squares", .depthToSpace, [squares], .maps(channels: outputs, volume))
  }

  public mutating func constant(_ name: String, _ value: Float, like x: Value) -> Value {
    add(name, .constant(value), [], .maps(channels: 1, map(x).volume))
  }

  /// - Parameter x: the input, or what is standardised of it.
  public mutating func centred(_ name: String, _ x: Value) -> Value {
    _ = map(x)
    return add(name, .centred, [x], shape(x))
  }

  /// - Parameters:
  ///   - flows: how many of the first channels are multiplied by `flowFactor`; the others are by `factor`.
  ///   - added: of the size that it becomes; channels that `x` has not are those of `added` alone.
  public mutating func resampled(
    _ name: String, _ x: Value, _ scale: ResamplingScale, flows: Int = 0, flowFactor: Float = 1, factor: Float = 1,
    addedTo added: Value? = nil
  ) -> Value {
    let (channels, volume) = map(x)
    let after = Shape.maps(
      channels: added.map { map($0).channels } ?? channels, scale.volume(volume))
    precondition(
      added.map { shape($0) == after && map($0).channels <= channels } ?? true,
      "Graph: it is added to maps of the size that it becomes")
    return add(
      name, .resampled(Resampled(scale: scale, flows: flows, flowFactor: flowFactor, factor: factor)),
      [x] + (added.map { [$0] } ?? []), after)
  }

  /// - Parameters:
  ///   - flow: its first channels are the flows to the first and the second frame.
  ///   - levels: features of both frames, each level of half the size.
  ///   - factor: of the flows.
  public mutating func localCorrelation(
    _ name: String, _ flow: Value, _ levels: [Value], radius: Int, factor: Float
  ) -> Value {
    let (flows, volume) = map(flow)
    precondition(
      flows >= 4 && volume.frames == 1
        && levels.enumerated().allSatisfy {
          map($1).volume == Volume(2, volume.height >> $0, volume.width >> $0)
        }, "Graph: two flows, and a pyramid of two frames")
    return add(
      name, .localCorrelation(radius: radius, factor: factor), [flow] + levels,
      .maps(channels: 2 * levels.count * LookUp.values(radius), volume))
  }

  /// - Parameters:
  ///   - fields: 8·count channels: flows, masks, remainders.
  ///   - flow: of half the size, to the first and the second frame.
  public mutating func blendedFields(_ name: String, _ frames: Value, _ fields: Value, _ flow: Value, count: Int)
    -> Value
  {
    let (channels, volume) = map(fields)
    precondition(
      channels == 8 * count && shape(frames) == .maps(channels: 3, Volume(2, volume.height, volume.width))
        && map(flow).volume == Volume(1, volume.height / 2, volume.width / 2) && map(flow).channels >= 4,
      "Graph: two frames, fields and flows of half the size")
    return add(
      name, .blendedFields(count), [frames, fields, flow], .maps(channels: 3 * count, volume))
  }

  public mutating func meanFrame(_ name: String, _ frames: Value, adding added: Value) -> Value {
    precondition(
      map(frames).channels % 3 == 0 && shape(added) == .maps(channels: 3, map(frames).volume),
      "Graph: frames of three channels")
    return add(name, .meanFrame, [frames, added], shape(added))
  }

  private func flowVolume(_ flow: Value) -> Volume {
    let (channels, volume) = map(flow)
    precondition(channels == 2 && volume.frames == 1, "Graph: a flow has two channels and one frame")
    return volume
  }

  private func map(_ x: Value) -> (channels: Int, volume: Volume) {
    guard case .maps(let channels, let volume) = shape(x) else { preconditionFailure("Graph: maps are needed") }
    return (channels, volume)
  }
}

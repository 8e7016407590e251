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
  public mutating func warp(_ name: String, _ x: Value, by flow: Value, outside edge: Warp.Edge) -> Value {
    precondition(map(x).volume == flowVolume(flow), "Graph: a flow of the frame's size is needed")
    return add(name, .warp(edge), [x, flow], shape(x))
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

import Kernels
import Tensors

// Correlations, look-ups and warps, which ONNX has no operators of: they are written as GridSample and sums.
extension ONNXExport {
  mutating func sum(_ a: Graph.Value, _ b: Graph.Value) -> String { model.node("Add", [self[a], self[b]]) }

  mutating func normalised(_ x: String, _ epsilon: Float, _ rectifies: Bool) -> String {
    let axes: [(String, ONNXModel.Attribute)] = [("axes", .integers([3, 4])), ("keepdims", .integer(1))]
    let centred = model.node("Sub", [x, model.node("ReduceMean", [x], axes)])
    let variance = model.node("ReduceMean", [model.node("Mul", [centred, centred])], axes)
    let deviation = model.node("Sqrt", [model.node("Add", [variance, model.constant([epsilon], [1])])])
    let result = model.node("Div", [centred, deviation])
    return rectifies ? model.node("Relu", [result]) : result
  }

  /// Planes are [N·places][1][H][W].
  mutating func correlation(_ x: String, _ node: Graph.Node) -> String {
    guard case .planes(_, let height, let width) = graph.shape(node.outputs[0]),
      let channels = graph.shape(node.inputs[0]).channels
    else { return x }
    let a = model.node("Reshape", [x, model.constant([0, channels, -1])])
    let b = model.node("Reshape", [self[node.inputs[1]], model.constant([0, channels, -1])])
    let products = model.node("MatMul", [model.node("Transpose", [a], [("perm", .integers([0, 2, 1]))]), b])
    let scaled = model.node("Mul", [products, model.constant([1 / Float(channels).squareRoot()], [1])])
    return model.node("Reshape", [scaled, model.constant([-1, 1, height, width])])
  }

  /// [N][H][W][2], x and y of where each pixel has moved to, in pixels.
  private mutating func places(_ flow: String, _ volume: Volume) -> String {
    let flat = model.node("Squeeze", [flow, model.constant([2])])
    let moved = model.node("Transpose", [flat], [("perm", .integers([0, 2, 3, 1]))])
    let grid = (0..<volume.height).flatMap { y in (0..<volume.width).flatMap { [Float($0), Float(y)] } }
    return model.node("Add", [moved, model.constant(grid, [1, volume.height, volume.width, 2])])
  }

  /// Places in pixels to those of GridSample with aligned corners.
  private mutating func sample(
    _ image: String, at places: String, height: Int, width: Int, edge: String
  ) -> String {
    let factors = model.constant([2 / Float(width - 1), 2 / Float(height - 1)], [2])
    let grid = model.node(
      "Sub", [model.node("Mul", [places, factors]), model.constant([Float(1)], [1])])
    return model.node(
      "GridSample", [image, grid],
      [("align_corners", .integer(1)), ("mode", .text("bilinear")), ("padding_mode", .text(edge))])
  }

  mutating func lookUp(_ flow: String, _ node: Graph.Node, _ radius: Int) -> String {
    guard case .maps(_, let volume) = graph.shape(node.outputs[0]) else { return flow }
    let levels = node.inputs.dropFirst().compactMap { planes -> (String, Int, Int)? in
      guard case .planes(_, let height, let width) = graph.shape(planes) else { return nil }
      return (self[planes], height, width)
    }
    return lookUp(flow, volume, radius, levels)
  }

  /// - Parameter levels: planes, [N·places][1][height][width], with their height and width.
  private mutating func lookUp(
    _ flow: String, _ volume: Volume, _ radius: Int, _ levels: [(planes: String, height: Int, width: Int)]
  ) -> String {
    let side = 2 * radius + 1
    let middle = model.node("Reshape", [places(flow, volume), model.constant([-1, 1, 1, 2])])
    // The window's first axis moves along x.
    let window = (-radius...radius).flatMap { x in (-radius...radius).flatMap { [Float(x), Float($0)] } }
    let offsets = model.constant(window, [1, side, side, 2])
    var found: [String] = []
    for (level, (planes, height, width)) in levels.enumerated() {
      let scaled = model.node("Mul", [middle, model.constant([1 / Float(1 << level)], [1])])
      let taken = sample(
        planes, at: model.node("Add", [scaled, offsets]), height: height, width: width, edge: "zeros")
      found.append(model.node("Reshape", [taken, model.constant([-1, volume.height, volume.width, side * side])]))
    }
    let all = found.count == 1 ? found[0] : model.node("Concat", found, [("axis", .integer(3))])
    let maps = model.node("Transpose", [all], [("perm", .integers([0, 3, 1, 2]))])
    return model.node("Unsqueeze", [maps, model.constant([2])])
  }

  mutating func upsampling(_ flow: String, _ node: Graph.Node, _ factor: Int, _ maskFactor: Float) -> String {
    guard case .maps(_, let volume) = graph.shape(node.inputs[0]) else { return flow }
    let (h, w) = (volume.height, volume.width)
    let scaled = model.node("Mul", [self[node.inputs[1]], model.constant([maskFactor], [1])])
    let mask = model.node("Reshape", [scaled, model.constant([0, 1, 9, factor, factor, h, w])])
    let shares = model.node("Softmax", [mask], [("axis", .integer(2))])
    let coarse = model.node(
      "Mul", [model.node("Squeeze", [flow, model.constant([2])]), model.constant([Float(factor)], [1])])
    let padded = model.node("Pad", [coarse, model.constant([0, 0, 1, 1, 0, 0, 1, 1])])
    let neighbours = (0..<9).map { place in
      let part = model.node(
        "Slice",
        [
          padded, model.constant([place / 3, place % 3]), model.constant([place / 3 + h, place % 3 + w]),
          model.constant([2, 3]),
        ])
      return model.node("Unsqueeze", [part, model.constant([2])])
    }
    let window = model.node("Concat", neighbours, [("axis", .integer(2))])
    let values = model.node("Reshape", [window, model.constant([0, 2, 9, 1, 1, h, w])])
    let blended = model.node(
      "ReduceSum", [model.node("Mul", [shares, values]), model.constant([2])], [("keepdims", .integer(0))])
    let fine = model.node("Transpose", [blended], [("perm", .integers([0, 1, 4, 2, 5, 3]))])
    return model.node("Reshape", [fine, model.constant([0, 2, 1, factor * h, factor * w])])
  }

  mutating func warp(_ x: String, _ node: Graph.Node, _ warped: WarpedFrame) -> String {
    guard case .maps(_, let volume) = graph.shape(node.outputs[0]) else { return x }
    let flow = part(self[node.inputs[1]], channels: warped.channel..<warped.channel + 2)
    return warp(part(x, frame: warped.frame), flow, volume, warped.edge)
  }

  /// - Parameter x: of one frame.
  private mutating func warp(_ x: String, _ flow: String, _ volume: Volume, _ edge: Warp.Edge) -> String {
    let taken = sample(
      model.node("Squeeze", [x, model.constant([2])]), at: places(flow, volume), height: volume.height,
      width: volume.width, edge: edge == .zeros ? "zeros" : "border")
    return model.node("Unsqueeze", [taken, model.constant([2])])
  }

  private mutating func part(_ x: String, channels: Range<Int>) -> String {
    model.node(
      "Slice", [x, model.constant([channels.lowerBound]), model.constant([channels.upperBound]), model.constant([1])])
  }

  private mutating func part(_ x: String, frame: Int) -> String {
    model.node("Slice", [x, model.constant([frame]), model.constant([frame + 1]), model.constant([2])])
  }

  // MARK: Interpolation of frames

  mutating func resampled(_ x: String, _ node: Graph.Node, _ resampled: Resampled) -> String {
    guard case .maps(let channels, let volume) = graph.shape(node.inputs[0]),
      case .maps(let taken, _) = graph.shape(node.outputs[0])
    else { return x }
    let scaled = self.scaled(x, channels, volume, resampled.scale)
    let factors = resampled.factors(channels)
    let result =
      factors.allSatisfy { $0 == 1 }
      ? scaled : model.node("Mul", [scaled, model.constant(factors, [channels, 1, 1, 1])])
    guard node.inputs.count == 2 else { return result }
    return model.node(
      "Add", [self[node.inputs[1]], taken == channels ? result : part(result, channels: 0..<taken)])
  }

  private mutating func scaled(_ x: String, _ channels: Int, _ volume: Volume, _ scale: ResamplingScale) -> String {
    let after = scale.volume(volume)
    let factor = scale.rawValue > 0 ? Float(scale.rawValue) : 1 / Float(-scale.rawValue)
    let flat = model.node("Reshape", [x, model.constant([0, channels * volume.frames, volume.height, volume.width])])
    let resized = model.node(
      "Resize", [flat, "", model.constant([1, 1, factor, factor], [4])],
      [("mode", .text("linear")), ("coordinate_transformation_mode", .text("half_pixel"))])
    return model.node("Reshape", [resized, model.constant([0, channels] + after.sides)])
  }

  /// The products of all pixels with all, once for each level of the pyramid.
  mutating func localCorrelation(_ flow: String, _ node: Graph.Node, _ radius: Int, _ factor: Float) -> String {
    guard case .maps(_, let volume) = graph.shape(node.outputs[0]) else { return flow }
    let levels = Array(node.inputs.dropFirst())
    let found = (0..<2).map { frame in
      let planes = levels.compactMap { level -> (String, Int, Int)? in
        guard case .maps(_, let size) = graph.shape(level) else { return nil }
        return (products(levels[0], frame, level), size.height, size.width)
      }
      let moved = part(flow, channels: 2 * (1 - frame)..<2 * (1 - frame) + 2)
      return lookUp(model.node("Mul", [moved, model.constant([factor], [1])]), volume, radius, planes)
    }
    return model.node("Concat", found, [("axis", .integer(1))])
  }

  /// Of the pixels of a frame of the first level with those of the other frame of a level.
  private mutating func products(_ first: Graph.Value, _ frame: Int, _ level: Graph.Value) -> String {
    guard let channels = graph.shape(first).channels, case .maps(_, let size) = graph.shape(level) else { return "" }
    let name = "\(self[first])/\(frame)/\(self[level])"
    if let known = planes[name] { return known }
    let a = model.node("Reshape", [part(self[first], frame: frame), model.constant([0, channels, -1])])
    let b = model.node("Reshape", [part(self[level], frame: 1 - frame), model.constant([0, channels, -1])])
    let products = model.node("MatMul", [model.node("Transpose", [a], [("perm", .integers([0, 2, 1]))]), b])
    let scaled = model.node("Mul", [products, model.constant([1 / Float(channels).squareRoot()], [1])])
    let result = model.node("Reshape", [scaled, model.constant([-1, 1, size.height, size.width])])
    planes[name] = result
    return result
  }

  mutating func blendedFields(_ frames: String, _ node: Graph.Node, _ count: Int) -> String {
    guard case .maps(_, let volume) = graph.shape(node.outputs[0]),
      case .maps(_, let half) = graph.shape(node.inputs[2])
    else { return frames }
    let fields = self[node.inputs[1]]
    let flow = model.node(
      "Mul", [scaled(part(self[node.inputs[2]], channels: 0..<4), 4, half, .double), model.constant([2], [1])])
    let masks = model.node("Sigmoid", [part(fields, channels: 4 * count..<5 * count)])
    let blended = (0..<count).map { field in
      let warped = (0..<2).map { frame in
        let first = 2 * (frame * count + field)
        let moved = model.node(
          "Add", [part(fields, channels: first..<first + 2), part(flow, channels: 2 * frame..<2 * frame + 2)])
        return warp(part(frames, frame: frame), moved, volume, .nearest)
      }
      let mask = part(masks, channels: field..<field + 1)
      let rest = model.node("Sub", [model.constant([1], [1]), mask])
      let sum = model.node(
        "Add", [model.node("Mul", [mask, warped[0]]), model.node("Mul", [rest, warped[1]])])
      return model.node("Add", [sum, part(fields, channels: 5 * count + 3 * field..<5 * count + 3 * field + 3)])
    }
    return model.node("Concat", blended, [("axis", .integer(1))])
  }

  mutating func meanFrame(_ frames: String, _ node: Graph.Node) -> String {
    guard case .maps(let channels, let volume) = graph.shape(node.inputs[0]) else { return frames }
    let apart = model.node("Reshape", [frames, model.constant([0, channels / 3, 3] + volume.sides)])
    let mean = model.node("ReduceMean", [apart], [("axes", .integers([1])), ("keepdims", .integer(0))])
    let sum = model.node("Add", [mean, self[node.inputs[1]]])
    return model.node("Clip", [sum, model.constant([0], []), model.constant([1], [])])
  }
}

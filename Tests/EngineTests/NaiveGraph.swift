import Engine
import Foundation
import Kernels
import Tensors

/// The definition of a graph's operations as loops in float64, maps as [T][H][W][C]: the oracle of passes and device.
struct NaiveGraph {
  let graph: Graph
  let parameters = RandomParameters()
  private var values: [Graph.Value: [Double]] = [:]

  init(_ graph: Graph) { self.graph = graph }

  static func outputs(_ graph: Graph, _ input: [Float]) throws -> [[Double]] {
    var naive = NaiveGraph(graph)
    let input = input.map(Double.init)
    for node in graph.nodes.prefix(while: { !$0.isRepeated }) { try naive.add(node, input) }
    if graph.nodes.contains(where: \.isRepeated) {
      for _ in 0..<graph.turns {
        for node in graph.nodes where node.isRepeated { try naive.add(node, input) }
        let next = graph.carried.map { naive.values[$0.next] }
        for (carried, value) in zip(graph.carried, next) { naive.values[carried.state] = value }
      }
      for node in graph.nodes.drop(while: { !$0.isRepeated }) where !node.isRepeated { try naive.add(node, input) }
    }
    return graph.outputs.map { naive.values[$0] ?? [] }
  }

  private mutating func add(_ node: Graph.Node, _ input: [Double]) throws {
    guard case .convolution(var sum) = node.operation, case .joined(let filters) = sum.filter else {
      values[node.outputs[0]] = try value(node, input)
      return
    }
    for (output, filter) in zip(node.outputs, filters) {
      var own = node
      sum.filter = filter
      (own.operation, own.outputs) = (.convolution(sum), [output])
      values[output] = try value(own, input)
    }
  }

  private func value(_ node: Graph.Node, _ input: [Double]) throws -> [Double] {
    let x = node.inputs.first.flatMap { values[$0] } ?? []
    let channels = graph.shape(node.outputs[0]).channels ?? 1
    switch node.operation {
    case .input: return input
    case .standardisation(let s):
      return x.enumerated().map { i, x in
        (Double(s.factor) * x + Double(s.offset) - Double(s.mean[i % channels])) / Double(s.deviation[i % channels])
      }
    case .convolution(let sum):
      let weights = try sum.filter.weights(parameters)
      let inputs = weights.inputChannels
      guard case .maps = graph.shape(node.inputs[0]) else {
        return (0..<channels).map { c in
          x.indices.reduce(Double(weights.bias[c])) { $0 + x[$1] * Double(weights.values[$1 * channels + c]) }
        }
      }
      return windows(node, Window(weights.kernel, stride: sum.stride, padding: sum.padding)) { taps in
        (0..<channels).map { c in
          taps.reduce(Double(weights.bias[c])) { total, tap in
            (0..<inputs).reduce(total) {
              $0 + x[tap.place * inputs + $1] * Double(weights.values[(tap.index * inputs + $1) * channels + c])
            }
          }
        }
      }
    case .maxPool(let window):
      return windows(node, window) { taps in
        (0..<channels).map { c in taps.map { x[$0.place * channels + c] }.max() ?? 0 }
      }
    case .averagePool(let window, _):
      return windows(node, window) { taps in
        (0..<channels).map { c in taps.reduce(0) { $0 + x[$1.place * channels + c] } / Double(taps.count) }
      }
    case .batchNormalisation(let normalisation):
      let (scale, offset) = try normalisation.factors(channels, parameters)
      return x.enumerated().map { $1 * scale[$0 % channels] + offset[$0 % channels] }
    case .rectifier: return x.map { max($0, 0) }
    case .concatenation:
      let parts = node.inputs.map { (values[$0] ?? [], graph.shape($0).channels ?? 1) }
      return (0..<parts[0].0.count / parts[0].1).flatMap { place in
        parts.flatMap { values, channels in values[place * channels..<(place + 1) * channels] }
      }
    case .mean(let windows):
      guard case .maps(_, let volume) = graph.shape(node.inputs[0]) else { return [] }
      let plane = volume.height * volume.width * channels
      let averages = (0...volume.frames - windows).map { first in
        (0..<channels).map { c in
          stride(from: first * plane + c, to: (first + windows) * plane, by: channels).reduce(0) { $0 + x[$1] }
            / Double(windows * plane / channels)
        }
      }
      return (0..<channels).map { c in averages.reduce(0) { $0 + $1[c] } / Double(averages.count) }
    case .unitLength:
      return stride(from: 0, to: x.count, by: channels).flatMap { place in
        let pixel = x[place..<place + channels]
        let length = pixel.reduce(0) { $0 + $1 * $1 }.squareRoot() + 1e-10
        return pixel.map { $0 / length }
      }
    case .centredUnit:
      let mean = x.reduce(0, +) / Double(x.count)
      let length = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
      return x.map { ($0 - mean) / length }
    case .sum(let rectifies):
      let sums = zip(x, others(node)[0]).map { $0 + $1 }
      return rectifies ? sums.map { max($0, 0) } : sums
    case .function(.tanh): return x.map { tanh($0) }
    case .function(.sigmoid): return x.map { 1 / (1 + exp(-$0)) }
    case .instanceNormalisation(let epsilon, let rectifies):
      return instanceNormalisation(node, x, Double(epsilon), rectifies)
    case .slice(let slice):
      let (all, pixels) = (graph.shape(node.inputs[0]).channels ?? 1, planes(node.inputs[0]).pixels)
      var result: [Double] = []
      for pixel in slice.frames.lowerBound * pixels..<slice.frames.upperBound * pixels {
        for channel in slice.channels { result.append(x[pixel * all + channel]) }
      }
      return result
    case .state: return node.inputs.isEmpty ? [Double](repeating: 0, count: graph.shape(node.outputs[0]).count) : x
    case .gate(let kind): return gate(kind, x, others(node))
    case .correlation: return correlation(x, others(node)[0], graph.shape(node.inputs[0]).channels ?? 1)
    case .halvedPlanes: return halved(node, x)
    case .lookUp(let radius): return lookUp(node, x, radius)
    case .convexUpsampling(let factor, let maskFactor):
      return upsampled(node, x, others(node)[0], factor, Double(maskFactor))
    case .warp(let warped):
      let size = planes(node.inputs[0]).pixels * channels
      let frame = Array(x[warped.frame * size..<(warped.frame + 1) * size])
      let flow = part(
        others(node)[0], of: graph.shape(node.inputs[1]).channels ?? 2, warped.channel..<warped.channel + 2)
      return self.warped(node, frame, flow, isClamped: warped.edge == .nearest)
    case .slopes(let slopes):
      let factors = try slopeValues(slopes, channels)
      return x.enumerated().map { $1 < 0 ? $1 * factors[$0 % channels] : $1 }
    case .depthToSpace: return squaresApart(node, x, channels)
    case .constant(let value): return [Double](repeating: Double(value), count: graph.shape(node.outputs[0]).count)
    case .centred:
      let mean = x.reduce(0, +) / Double(x.count)
      return x.map { $0 - mean }
    case .resampled(let resampled): return self.resampled(node, x, resampled)
    case .localCorrelation(let radius, let factor): return localCorrelation(node, x, radius, Double(factor))
    case .blendedFields(let count): return blended(node, x, count)
    case .meanFrame:
      let count = (graph.shape(node.inputs[0]).channels ?? 3) / 3
      return others(node)[0].enumerated().map { place, added in
        let first = place / 3 * 3 * count + place % 3
        let sum = (0..<count).reduce(0) { $0 + x[first + 3 * $1] }
        return min(max(sum / Double(count) + added, 0), 1)
      }
    case .spaceToDepth, .function, .scale, .tokens, .embedding, .layerNormalisation, .groupNormalisation,
      .flattenedFrames, .attention, .row:
      preconditionFailure("NaiveGraph: \(node.operation) has tests of its own")
    }
  }

  // MARK: Interpolation

  private func slopeValues(_ slopes: Slopes, _ channels: Int) throws -> [Double] {
    switch slopes {
    case .constant(let slope): [Double](repeating: Double(slope), count: channels)
    case .stored(let name, let count, let part, let kept):
      [Double](repeating: 1, count: kept)
        + (try parameters.values(Parameter(name, [count], .slope)))[part].map(Double.init)
    }
  }

  /// Some channels of each pixel.
  private func part(_ x: [Double], of channels: Int, _ taken: Range<Int>) -> [Double] {
    stride(from: 0, to: x.count, by: channels).flatMap { x[$0 + taken.lowerBound..<$0 + taken.upperBound] }
  }

  private func squaresApart(_ node: Graph.Node, _ x: [Double], _ channels: Int) -> [Double] {
    guard case .maps(_, let volume) = graph.shape(node.inputs[0]) else { return [] }
    let (height, width) = (volume.height, volume.width)
    var result: [Double] = []
    for frame in 0..<volume.frames {
      for row in 0..<2 * height {
        for column in 0..<2 * width {
          let pixel = (frame * height + row / 2) * width + column / 2
          let first = (pixel * 4 + row % 2 * 2 + column % 2) * channels
          result += x[first..<first + channels]
        }
      }
    }
    return result
  }

  /// By PyTorch's words: the source of a place is (place + 0.5) / scale - 0.5, not below 0.
  private func resampled(_ node: Graph.Node, _ x: [Double], _ resampled: Resampled) -> [Double] {
    guard case .maps(let channels, let from) = graph.shape(node.inputs[0]),
      case .maps(let taken, let to) = graph.shape(node.outputs[0])
    else { return [] }
    let by = Double(resampled.scale.rawValue)
    let scale = by > 0 ? by : -1 / by
    var result: [Double] = []
    for frame in 0..<to.frames {
      let size = from.height * from.width
      for row in 0..<to.height {
        for column in 0..<to.width {
          let (y, x0) = (max((Double(row) + 0.5) / scale - 0.5, 0), max((Double(column) + 0.5) / scale - 0.5, 0))
          for channel in 0..<taken {
            let value = sample(x0, y, from.height, from.width, isClamped: true) {
              x[(frame * size + $0 * from.width + $1) * channels + channel]
            }
            result.append(value * Double(channel < resampled.flows ? resampled.flowFactor : resampled.factor))
          }
        }
      }
    }
    return others(node).first.map { zip(result, $0).map { $0 + $1 } } ?? result
  }

  /// As all products of all pixels, averaged over 2×2 planes for each level, looked up between four.
  private func localCorrelation(_ node: Graph.Node, _ flow: [Double], _ radius: Int, _ factor: Double) -> [Double] {
    guard case .maps(let channels, let volume) = graph.shape(node.inputs[1]), let features = values[node.inputs[1]],
      let flows = graph.shape(node.inputs[0]).channels
    else { return [] }
    let (height, width) = (volume.height, volume.width)
    let size = height * width * channels
    var result: [Double] = []
    for pixel in 0..<height * width {
      for frame in 0..<2 {
        let query = features[frame * size + pixel * channels..<frame * size + (pixel + 1) * channels]
        let other = Array(features[(1 - frame) * size..<(2 - frame) * size])
        var plane = (0..<height * width).map { place in
          zip(query, other[place * channels..<(place + 1) * channels]).reduce(0) { $0 + $1.0 * $1.1 }
            / Double(channels).squareRoot()
        }
        var (h, w) = (height, width)
        var x = Double(pixel % width) + factor * flow[pixel * flows + 2 * (1 - frame)]
        var y = Double(pixel / width) + factor * flow[pixel * flows + 2 * (1 - frame) + 1]
        for level in 1..<node.inputs.count {
          if level > 1 {
            let finer = plane
            plane = (0..<h / 2 * (w / 2)).map { place in
              let first = place / (w / 2) * 2 * w + place % (w / 2) * 2
              return (finer[first] + finer[first + 1] + finer[first + w] + finer[first + w + 1]) / 4
            }
            (h, w, x, y) = (h / 2, w / 2, x / 2, y / 2)
          }
          for dx in -radius...radius {
            for dy in -radius...radius {
              result.append(
                sample(x + Double(dx), y + Double(dy), h, w, isClamped: false) { plane[$0 * w + $1] })
            }
          }
        }
      }
    }
    return result
  }

  private func blended(_ node: Graph.Node, _ frames: [Double], _ count: Int) -> [Double] {
    guard case .maps(_, let volume) = graph.shape(node.outputs[0]),
      case .maps(let channels, let half) = graph.shape(node.inputs[2])
    else { return [] }
    let (fields, flow) = (others(node)[0], others(node)[1])
    let (height, width) = (volume.height, volume.width)
    var result: [Double] = []
    for pixel in 0..<height * width {
      let (row, column) = (pixel / width, pixel % width)
      let own = fields[pixel * 8 * count..<(pixel + 1) * 8 * count]
      func field(_ channel: Int) -> Double { own[own.startIndex + channel] }
      let moved = (0..<4).map { channel in
        2
          * sample(
            max((Double(column) + 0.5) / 2 - 0.5, 0), max((Double(row) + 0.5) / 2 - 0.5, 0), half.height, half.width,
            isClamped: true
          ) { flow[($0 * half.width + $1) * channels + channel] }
      }
      for index in 0..<count {
        let mask = 1 / (1 + exp(-field(4 * count + index)))
        for channel in 0..<3 {
          let taken = (0..<2).map { frame in
            let first = 2 * (frame * count + index)
            return sample(
              Double(column) + moved[2 * frame] + field(first), Double(row) + moved[2 * frame + 1] + field(first + 1),
              height, width, isClamped: true
            ) { frames[((frame * height + $0) * width + $1) * 3 + channel] }
          }
          result.append(mask * taken[0] + (1 - mask) * taken[1] + field(5 * count + 3 * index + channel))
        }
      }
    }
    return result
  }

  // MARK: Flow

  private func instanceNormalisation(_ node: Graph.Node, _ x: [Double], _ epsilon: Double, _ rectifies: Bool)
    -> [Double]
  {
    let channels = graph.shape(node.outputs[0]).channels ?? 1
    let frame = planes(node.inputs[0]).pixels * channels
    var result = x
    for first in stride(from: 0, to: x.count, by: frame) {
      for channel in 0..<channels {
        let places = Array(stride(from: first + channel, to: first + frame, by: channels))
        let count = Double(places.count)
        var mean = 0.0
        for place in places { mean += x[place] / count }
        var variance = 0.0
        for place in places { variance += (x[place] - mean) * (x[place] - mean) / count }
        for place in places {
          let value = (x[place] - mean) / (variance + epsilon).squareRoot()
          result[place] = rectifies ? max(value, 0) : value
        }
      }
    }
    return result
  }

  private func gate(_ kind: GRUGate.Kind, _ h: [Double], _ others: [[Double]]) -> [Double] {
    var result = h
    for i in h.indices {
      let share = 1 / (1 + exp(-others[0][i] - others[1][i]))
      switch kind {
      case .reset: result[i] = share * h[i]
      case .update: result[i] = (1 - share) * h[i] + share * tanh(others[2][i] + others[3][i])
      }
    }
    return result
  }

  private func correlation(_ x: [Double], _ y: [Double], _ channels: Int) -> [Double] {
    var result: [Double] = []
    for a in stride(from: 0, to: x.count, by: channels) {
      for b in stride(from: 0, to: y.count, by: channels) {
        var sum = 0.0
        for channel in 0..<channels { sum += x[a + channel] * y[b + channel] }
        result.append(sum / Double(channels).squareRoot())
      }
    }
    return result
  }

  private func halved(_ node: Graph.Node, _ x: [Double]) -> [Double] {
    guard case .planes(let count, let height, let width) = graph.shape(node.inputs[0]) else { return [] }
    var result: [Double] = []
    for plane in 0..<count {
      for y in 0..<height / 2 {
        for column in 0..<width / 2 {
          let first = (plane * height + 2 * y) * width + 2 * column
          let sum = x[first] + x[first + 1] + x[first + width] + x[first + width + 1]
          result.append(sum / 4)
        }
      }
    }
    return result
  }

  private func lookUp(_ node: Graph.Node, _ flow: [Double], _ radius: Int) -> [Double] {
    let (width, pixels) = (planes(node.inputs[0]).width, planes(node.inputs[0]).pixels)
    var result: [Double] = []
    for pixel in 0..<pixels {
      var scale = 1.0
      for planes in node.inputs.dropFirst() {
        guard case .planes(_, let h, let w) = graph.shape(planes), let values = values[planes] else { continue }
        let x = (Double(pixel % width) + flow[2 * pixel]) / scale
        let y = (Double(pixel / width) + flow[2 * pixel + 1]) / scale
        for dx in -radius...radius {
          for dy in -radius...radius {
            result.append(
              sample(x + Double(dx), y + Double(dy), h, w, isClamped: false) { values[(pixel * h + $0) * w + $1] })
          }
        }
        scale *= 2
      }
    }
    return result
  }

  private func upsampled(_ node: Graph.Node, _ flow: [Double], _ mask: [Double], _ factor: Int, _ maskFactor: Double)
    -> [Double]
  {
    let (width, pixels) = (planes(node.inputs[0]).width, planes(node.inputs[0]).pixels)
    let height = pixels / width
    var result: [Double] = []
    for y in 0..<factor * height {
      for x in 0..<factor * width {
        let pixel = y / factor * width + x / factor
        let place = y % factor * factor + x % factor
        var (total, u, v) = (0.0, 0.0, 0.0)
        for neighbour in 0..<9 {
          let power = exp(maskFactor * mask[(pixel * 9 + neighbour) * factor * factor + place])
          total += power
          let (row, column) = (y / factor + neighbour / 3 - 1, x / factor + neighbour % 3 - 1)
          guard (0..<height).contains(row), (0..<width).contains(column) else { continue }
          u += power * Double(factor) * flow[2 * (row * width + column)]
          v += power * Double(factor) * flow[2 * (row * width + column) + 1]
        }
        result += [u / total, v / total]
      }
    }
    return result
  }

  private func warped(_ node: Graph.Node, _ x: [Double], _ flow: [Double], isClamped: Bool) -> [Double] {
    let (width, pixels) = (planes(node.inputs[0]).width, planes(node.inputs[0]).pixels)
    let channels = graph.shape(node.outputs[0]).channels ?? 1
    var result: [Double] = []
    for pixel in 0..<pixels {
      let column = Double(pixel % width) + flow[2 * pixel]
      let row = Double(pixel / width) + flow[2 * pixel + 1]
      for channel in 0..<channels {
        result.append(
          sample(column, row, pixels / width, width, isClamped: isClamped) { x[($0 * width + $1) * channels + channel] }
        )
      }
    }
    return result
  }

  private func others(_ node: Graph.Node) -> [[Double]] { node.inputs.dropFirst().map { values[$0] ?? [] } }

  /// Of maps.
  private func planes(_ value: Graph.Value) -> (pixels: Int, width: Int) {
    guard case .maps(_, let volume) = graph.shape(value) else { return (0, 0) }
    return (volume.height * volume.width, volume.width)
  }

  /// Between four values, zeros outside or the nearest value.
  private func sample(
    _ x: Double, _ y: Double, _ height: Int, _ width: Int, isClamped: Bool, _ value: (Int, Int) -> Double
  ) -> Double {
    let (x, y) = isClamped ? (min(max(x, 0), Double(width - 1)), min(max(y, 0), Double(height - 1))) : (x, y)
    let (left, top) = (x.rounded(.down), y.rounded(.down))
    let (a, b) = (x - left, y - top)
    var sum = 0.0
    for corner in 0..<4 {
      let (row, column) = (Int(top) + corner / 2, Int(left) + corner % 2)
      guard (0..<height).contains(row), (0..<width).contains(column) else { continue }
      let across = corner % 2 == 0 ? 1 - a : a
      let down = corner / 2 == 0 ? 1 - b : b
      sum += across * down * value(row, column)
    }
    return sum
  }

  /// For each output place, what `body` makes of the taps that are inside.
  private func windows(
    _ node: Graph.Node, _ window: Window, _ body: ([(index: Int, place: Int)]) -> [Double]
  ) -> [Double] {
    guard case .maps(_, let size) = graph.shape(node.inputs[0]) else { return [] }
    let padded = window.padding.volume(size, kernel: window.size, stride: window.stride)
    var result: [Double] = []
    for t in 0..<padded.output.frames {
      for y in 0..<padded.output.height {
        for x in 0..<padded.output.width {
          var taps: [(index: Int, place: Int)] = []
          for index in 0..<window.size.count {
            let (kt, rest) = index.quotientAndRemainder(dividingBy: window.size.height * window.size.width)
            let (ky, kx) = rest.quotientAndRemainder(dividingBy: window.size.width)
            let at = Volume(
              t * window.stride.frames + kt - padded.before.frames,
              y * window.stride.height + ky - padded.before.height,
              x * window.stride.width + kx - padded.before.width)
            let isInside =
              (0..<size.frames).contains(at.frames) && (0..<size.height).contains(at.height)
              && (0..<size.width).contains(at.width)
            if isInside { taps.append((index, (at.frames * size.height + at.height) * size.width + at.width)) }
          }
          result += body(taps)
        }
      }
    }
    return result
  }
}

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
      return zip(x, others(node)[0]).map { rectifies ? max($0 + $1, 0) : $0 + $1 }
    case .function(.tanh): return x.map { tanh($0) }
    case .function(.sigmoid): return x.map { 1 / (1 + exp(-$0)) }
    case .instanceNormalisation(let epsilon, let rectifies):
      let frame = planes(node.inputs[0]).pixels * channels
      return x.indices.map { place in
        let first = place / frame * frame + place % channels
        let own = stride(from: first, to: first + frame, by: channels).map { x[$0] }
        let mean = own.reduce(0, +) / Double(own.count)
        let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count)
        let value = (x[place] - mean) / (variance + Double(epsilon)).squareRoot()
        return rectifies ? max(value, 0) : value
      }
    case .slice(let slice):
      let (all, pixels) = (graph.shape(node.inputs[0]).channels ?? 1, planes(node.inputs[0]).pixels)
      return (slice.frames.lowerBound * pixels..<slice.frames.upperBound * pixels).flatMap { pixel in
        slice.channels.map { x[pixel * all + $0] }
      }
    case .state: return node.inputs.isEmpty ? [Double](repeating: 0, count: graph.shape(node.outputs[0]).count) : x
    case .gate(.reset):
      let more = others(node)
      return x.indices.map { x[$0] / (1 + exp(-more[0][$0] - more[1][$0])) }
    case .gate(.update):
      let more = others(node)
      return x.indices.map { i in
        let share = 1 / (1 + exp(-more[0][i] - more[1][i]))
        return (1 - share) * x[i] + share * tanh(more[2][i] + more[3][i])
      }
    case .correlation:
      let (y, width) = (others(node)[0], graph.shape(node.inputs[0]).channels ?? 1)
      return stride(from: 0, to: x.count, by: width).flatMap { a in
        stride(from: 0, to: y.count, by: width).map { b in
          (0..<width).reduce(0) { $0 + x[a + $1] * y[b + $1] } / Double(width).squareRoot()
        }
      }
    case .halvedPlanes:
      guard case .planes(let count, let height, let width) = graph.shape(node.inputs[0]) else { return [] }
      return (0..<count).flatMap { place in
        (0..<height / 2).flatMap { y in
          (0..<width / 2).map { column in
            let first = (place * height + 2 * y) * width + 2 * column
            return (x[first] + x[first + 1] + x[first + width] + x[first + width + 1]) / 4
          }
        }
      }
    case .lookUp(let radius):
      let (width, pixels) = (planes(node.inputs[0]).width, planes(node.inputs[0]).pixels)
      return (0..<pixels).flatMap { pixel in
        node.inputs.dropFirst().enumerated().flatMap { level, planes -> [Double] in
          guard case .planes(_, let h, let w) = graph.shape(planes), let values = values[planes] else { return [] }
          let scale = Double(1 << level)
          let (cx, cy) = (
            (Double(pixel % width) + x[2 * pixel]) / scale, (Double(pixel / width) + x[2 * pixel + 1]) / scale
          )
          return (-radius...radius).flatMap { dx in
            (-radius...radius).map { dy in
              sample(cx + Double(dx), cy + Double(dy), h, w, isClamped: false) { values[(pixel * h + $0) * w + $1] }
            }
          }
        }
      }
    case .convexUpsampling(let factor, let maskFactor):
      let (width, pixels) = (planes(node.inputs[0]).width, planes(node.inputs[0]).pixels)
      let (height, mask, squares) = (pixels / width, others(node)[0], factor * factor)
      return (0..<factor * height).flatMap { y in
        (0..<factor * width).flatMap { column -> [Double] in
          let pixel = y / factor * width + column / factor
          let place = y % factor * factor + column % factor
          let powers = (0..<9).map { exp(Double(maskFactor) * mask[(pixel * 9 + $0) * squares + place]) }
          return (0..<2).map { c in
            (0..<9).reduce(0) { sum, neighbour in
              let (r, q) = (y / factor + neighbour / 3 - 1, column / factor + neighbour % 3 - 1)
              guard (0..<height).contains(r), (0..<width).contains(q) else { return sum }
              return sum + powers[neighbour] * Double(factor) * x[2 * (r * width + q) + c]
            } / powers.reduce(0, +)
          }
        }
      }
    case .warp(let edge):
      let (flow, width, pixels) = (others(node)[0], planes(node.inputs[0]).width, planes(node.inputs[0]).pixels)
      return (0..<pixels).flatMap { pixel in
        (0..<channels).map { c in
          sample(
            Double(pixel % width) + flow[2 * pixel], Double(pixel / width) + flow[2 * pixel + 1], pixels / width, width,
            isClamped: edge == .nearest
          ) { x[($0 * width + $1) * channels + c] }
        }
      }
    case .spaceToDepth, .function, .scale, .tokens, .embedding, .layerNormalisation, .attention, .row:
      preconditionFailure("NaiveGraph: \(node.operation) has tests of its own")
    }
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
    return (0..<4).reduce(0) { sum, corner in
      let (row, column) = (Int(top) + corner / 2, Int(left) + corner % 2)
      guard (0..<height).contains(row), (0..<width).contains(column) else { return sum }
      let (a, b) = (x - left, y - top)
      return sum + (corner % 2 == 0 ? 1 - a : a) * (corner / 2 == 0 ? 1 - b : b) * value(row, column)
    }
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

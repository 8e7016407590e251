import Engine
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
    for node in graph.nodes { naive.values[node.outputs[0]] = try naive.value(node, input.map(Double.init)) }
    return graph.outputs.map { naive.values[$0] ?? [] }
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
    case .spaceToDepth, .function, .scale, .sum, .tokens, .embedding, .layerNormalisation, .groupNormalisation, .flattenedFrames, .attention,
      .row:
      preconditionFailure("NaiveGraph: \(node.operation) has tests of its own")
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

import Engine
import Kernels
import Tensors
import Testing

/// The operations of flow networks, as their definition and as the CPU computes them.
@Suite struct FlowGraphTests {
  private static let tables = GraphTests.tables

  /// All of them: two frames in, a loop, parts of filters, concatenations that are copied, a coarse flow made fine.
  static func flow(turns: Int) -> Graph {
    var g = Graph("flow")
    let pair = g.input("Input", .maps(channels: 3, Volume(2, 24, 40)))
    let frames = g.standardisation(
      "normalised", pair, Standardisation(mean: [0.1, 0, -0.1], deviation: [0.5, 0.6, 0.7]))
    var x = g.convolution(
      "features", frames, to: 32, kernel: Volume(1, 7, 7), axes: 2, stride: Volume(1, 2, 2), padding: .zeros(3))
    x = g.rectifier("features", g.instanceNormalisation("features", x, epsilon: 1e-5))
    let y = g.instanceNormalisation(
      "more", g.convolution("more", x, to: 32, kernel: Volume(1, 3, 3), axes: 2), epsilon: 1e-5)
    x = g.rectifier("both", g.sum("both", x, y))
    let (first, second) = (g.slice("first", x, frames: 0..<1), g.slice("second", x, frames: 1..<2))
    let levels = g.pyramid("level", g.correlation("correlation", first, second), levels: 3)
    let context = g.convolution(
      "context", g.slice("image", frames, frames: 0..<1), to: 48, kernel: Volume(1, 3, 3), axes: 2,
      stride: Volume(1, 2, 2), padding: .zeros(1))
    let begin = g.function("begin", .tanh, g.slice("context/h", context, channels: 0..<16))
    let input = g.function("input", .sigmoid, g.slice("context/x", context, channels: 16..<48))
    let inputs = FilterPart(inputs: [16..<48], outputs: 0..<16)
    let rest = FilterPart(inputs: [0..<16, 48..<80], outputs: 0..<16, hasBias: false)
    let kernel = Volume(1, 1, 5)
    let names = ["z", "r", "q"]
    let added = g.joined(
      "gates/context", input, names.map { $0 + "/context" }, part: inputs, of: names, inputs: 80, outputs: 16,
      kernel: kernel)
    let state = g.state("state", begin)
    let flow = g.state("flow", zeros: .maps(channels: 2, Volume(1, 12, 20)))
    g.loop(times: turns) { g in
      var seen = g.convolution("seen", g.lookUp("look-up", flow, levels, radius: 2), to: 30, axes: 2)
      seen = g.concatenation("motion", [g.rectifier("seen", seen), flow])
      let zr = g.joined(
        "zr", g.concatenation("hx", [state, seen]), ["z", "r"], part: rest, of: ["z", "r"], inputs: 80, outputs: 16,
        kernel: kernel)
      let kept = g.resetGate("reset", state, zr[1], added[1])
      let q = g.convolution(
        "q", g.concatenation("rhx", [kept, seen]), part: rest, of: "q", inputs: 80, outputs: 16, kernel: kernel)
      let next = g.updateGate("update", state, zr[0], added[0], q, added[2])
      let delta = g.convolution("delta", next, to: 2, kernel: Volume(1, 3, 3), axes: 2)
      return [(state, next), (flow, g.sum("moved", flow, delta))]
    }
    let mask = g.convolution("mask", state, to: 144, axes: 2)
    g.finish(
      g.convexUpsampling("fine", flow, mask: mask, factor: 4, maskFactor: 0.25),
      g.warp("zeros", first, by: flow, outside: .zeros), g.warp("nearest", second, by: flow, outside: .nearest),
      state)
    return g
  }

  /// All operations of a network that interpolates frames: slopes of one and of several outputs, filters that are put together,
  /// transposed convolutions, scales up and down, channels that begin inside of blocks.
  static func interpolation(height: Int = 16, width: Int = 24) -> Graph {
    var g = Graph("interpolation")
    let pair = g.input("Input", .maps(channels: 3, Volume(2, 4 * height, 4 * width)))
    let frames = g.standardisation("frames", pair, Standardisation(mean: [0, 0, 0], deviation: [2, 2, 2]))
    let centred = g.centred("centred", frames)
    var seen = g.slopes(
      "seen",
      g.convolution(
        "seen", centred, to: 20, kernel: Volume(1, 3, 3), axes: 2, stride: Volume(1, 2, 2), padding: .zeros(1)))
    let fine = seen
    seen = g.slopes(
      "deep",
      g.convolution(
        "deep", seen, to: 20, kernel: Volume(1, 3, 3), axes: 2, stride: Volume(1, 2, 2), padding: .zeros(1)), 0.1)
    let half = g.resampled("half", seen, .half)
    let levels = [seen, half, g.resampled("quarter_of_seen", half, .half)]
    let (a, b) = (g.slice("a", seen, frames: 0..<1), g.slice("b", seen, frames: 1..<2))
    let both = g.concatenation("both", [a, g.constant("time", 0.5, like: a), b])
    let filter = g.stored("state", kernel: 3, inputs: 41, outputs: 24)
    let coarse = g.convolution("state", both, .part(filter, FilterPart(inputs: [21..<41, 0..<21], outputs: 0..<24)))
    var found = g.localCorrelation("found", coarse, levels, radius: 3, factor: 2)
    found = g.convolution("small", found, to: 12, axes: 2)
    let small = g.slopes(
      "moved",
      g.convolution("moved", g.slice("flow", coarse, channels: 0..<4), to: 8, kernel: Volume(1, 7, 7), axes: 2), 0.1)
    let heads = [("one", 4), ("other", 20)]
    var delta = g.convolution(
      "heads", g.concatenation("motion", [found, small]),
      .stacked(heads.map { .stored(g.stored($0.0, kernel: 3, inputs: 20, outputs: 10)) }))
    delta = g.slopes("heads", delta, 0.1)
    delta = g.convolution(
      "tails", delta, .diagonal(heads.map { .stored(g.stored($0.0 + "/tail", kernel: 3, inputs: 10, outputs: $0.1)) }))
    let sum = g.sum("sum", coarse, delta)
    let up = g.transposedConvolution("up", sum, to: 24)
    let state = g.resampled("up/state", sum, .double, flows: 4, flowFactor: 2, factor: 0, addedTo: up)
    let quarter = g.resampled("quarter", state, .quarter, flows: 4, flowFactor: 0.25)
    let corrected = g.resampled("corrected", quarter, .quadruple, flows: 4, flowFactor: 4, addedTo: state)
    let warped = (0..<2).map {
      g.warp("warped_\($0)", fine, frame: $0, by: corrected, channel: 2 * $0, outside: .nearest)
    }
    let whole = g.concatenation("whole", [corrected] + warped)
    let large = g.stored("large", kernel: 3, inputs: 64, outputs: 60)
    var parts = g.convolutions(
      "large", whole, [0..<32, 32..<60].map { .part(large, FilterPart(inputs: [0..<64], outputs: $0)) })
    parts = zip(parts, [0..<32, 32..<60]).map { g.slopes("large", $0, part: $1, of: 60) }
    let side = g.convolution(
      "side", parts[1], .keeping(8, .stored(g.stored("side", kernel: 3, inputs: 20, outputs: 20)), from: 8))
    let joined = g.concatenation("joined", [parts[0], g.slopes("side", side, kept: 8)])
    let last = g.slopes("last", g.sum("last/sum", joined, joined))
    let fields = g.transposedConvolution("fields", last, to: 24)
    let blended = g.blendedFields("blended", frames, fields, corrected, count: 3)
    let rest = g.squaredConvolution("rest", blended, to: 3)
    g.finish(sum, corrected, last, blended, g.meanFrame("mean", blended, adding: rest))
    return g
  }

  /// Levels of whole and of odd sizes. The image is noise, so what flows round to is seen in the frames that they warp.
  @Test(arguments: [(16, 24), (18, 22)]) func interpolationIsTheDefinition(height: Int, width: Int) throws {
    let graph = Self.interpolation(height: height, width: width)
    let input = input(graph)
    let wanted = try NaiveGraph.outputs(graph, input)
    for table in Self.tables {
      let program = try CPUDevice(table, threads: 2).compile(graph, RandomParameters(), batch: 1)
      let outputs = program.run(input, count: 1)
      for (index, (found, wanted)) in zip(outputs, wanted).enumerated() {
        let largest = wanted.map { abs($0) }.max() ?? 0
        let worst = zip(found, wanted).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(
          found.count == wanted.count && found.allSatisfy(\.isFinite) && worst <= (index < 3 ? 1e-5 : 2e-4) * largest,
          "\(table.name), output \(index): \(worst / largest) of \(largest)")
      }
      #expect(outputs == program.run(input, count: 1), "a second pair in the same memory")
      #expect(outputs == (try program.twin().run(input, count: 1)))
      let three = try CPUDevice(table, threads: 3).compile(graph, RandomParameters(), batch: 1)
      #expect(outputs == three.run(input, count: 1))
    }
  }

  /// Slopes behind convolutions are a part of these, also where one has several outputs; behind a sum they are not.
  @Test func slopesAreFused() {
    let names = Self.interpolation().optimised.nodes.compactMap { node in
      if case .slopes = node.operation { node.name } else { nil }
    }
    #expect(names == ["last/slopes"])
  }

  private func input(_ graph: Graph) -> [Float] {
    (0..<graph.inputShape.count).map { Float(($0 &* 7919 &+ 104_729) % 1009) / 504 - 1 }
  }

  /// Flows leave the planes, so edges are seen too. Measured: 2e-6 of the largest value.
  @Test(arguments: [1, 3]) func theCPUComputesTheDefinition(turns: Int) throws {
    let graph = Self.flow(turns: turns)
    let input = input(graph)
    let wanted = try NaiveGraph.outputs(graph, input)
    for table in Self.tables {
      let program = try CPUDevice(table, threads: 2).compile(graph, RandomParameters(), batch: 1)
      for (index, (found, wanted)) in zip(program.run(input, count: 1), wanted).enumerated() {
        #expect(found.count == wanted.count)
        let largest = wanted.map { abs($0) }.max() ?? 0
        let worst = zip(found, wanted).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(
          found.allSatisfy(\.isFinite) && worst <= 1e-5 * largest,
          "\(table.name), \(turns) turns, output \(index): \(worst / largest)")
      }
    }
  }

  @Test func theSameBitsForAnyTeamAndTwinAndAgain() throws {
    let graph = Self.flow(turns: 2)
    let input = input(graph)
    for table in Self.tables {
      let one = try CPUDevice(table, threads: 1).compile(graph, RandomParameters(), batch: 1)
      let first = one.run(input, count: 1)
      #expect(first == one.run(input, count: 1), "a second pair in the same memory")
      #expect(first == (try one.twin().run(input, count: 1)))
      #expect(
        first == (try CPUDevice(table, threads: 3).compile(graph, RandomParameters(), batch: 1).run(input, count: 1)))
      #expect(first == one.profile(input).outputs)
    }
  }

  /// A flow that is not a number is seen in what is looked up, and one that is far too long finds zeros.
  @Test func flowsWithoutAPlace() throws {
    var g = Graph("look-up")
    let pair = g.input("Input", .maps(channels: 16, Volume(2, 4, 4)))
    let (a, b) = (g.slice("a", pair, frames: 0..<1), g.slice("b", pair, frames: 1..<2))
    let planes = g.correlation("correlation", a, b)
    let flow = g.convolution("flow", a, to: 2, axes: 2)
    g.finish(g.lookUp("look-up", flow, [planes], radius: 1), g.warp("warp", b, by: flow, outside: .zeros))
    for (value, isNumber) in [(Float.nan, false), (.infinity, false), (1e30, true), (-1e30, true)] {
      for table in Self.tables {
        let program = try CPUDevice(table, threads: 1).compile(g, RandomParameters(), batch: 1)
        let input = [Float](repeating: value, count: 16 * 16) + [Float](repeating: 1, count: 16 * 16)
        for found in program.run(input, count: 1) {
          #expect(isNumber ? found.allSatisfy { $0 == 0 } : found.allSatisfy(\.isNaN), "\(table.name) \(value)")
        }
      }
    }
  }

  /// A table of a loop's layers counts its turns, and weights that are used in parts once.
  @Test func rowsOfALoop() {
    let (one, three) = (Self.flow(turns: 1), Self.flow(turns: 3))
    func operations(_ graph: Graph, _ name: String) -> Int? { graph.rows.first { $0.name == name }?.operations }
    #expect(operations(three, "seen") == 3 * (operations(one, "seen") ?? 0))
    #expect(operations(three, "correlation") == 2 * 32 * 240 * 240)
    #expect(three.rows.map(\.parameters) == one.rows.map(\.parameters))
    let stored = 5 * 80 * 16 + 16
    let gates = three.rows.filter { ["gates/context", "zr", "q"].contains($0.name) }.reduce(0) { $0 + $1.parameters }
    #expect(gates == 3 * stored)
    #expect(three.parameters.filter { $0.name == "z/kernel" }.count == 1)
  }
}

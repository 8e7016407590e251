import Engine
import Kernels
import Tensors
import Testing

/// Graphs that every pass finds something in, as their definition and as the CPU computes them.
@Suite struct GraphTests {
  /// A clip: stride 2 on the input, siblings, an average pool before a pointwise convolution, a concatenation, a head.
  static let clip = clip(frames: 5)

  static func clip(frames: Int) -> Graph {
    var g = Graph("clip")
    var x = g.input("Input", .maps(channels: 3, Volume(frames, 12, 16)))
    x = g.unit("first", x, to: 24, kernel: Volume(cube: 7), axes: 3, stride: Volume(cube: 2), epsilon: 1e-3)
    x = g.maxPool("pool", x, Volume(1, 3, 3), stride: Volume(1, 2, 2))
    let a = g.unit("block/a", x, to: 16, kernel: .one, axes: 3, epsilon: 1e-3)
    var b = g.unit("block/b", x, to: 20, kernel: .one, axes: 3, epsilon: 1e-3)
    b = g.unit("block/b_1", b, to: 32, kernel: Volume(cube: 3), axes: 3, epsilon: 1e-3)
    var c = g.averagePool("block/c/pool", x, Volume(1, 3, 3))
    c = g.unit("block/c/conv", c, to: 16, kernel: .one, axes: 3, epsilon: 1e-3)
    var d = g.maxPool("block/d/pool", x, Volume(cube: 3))
    d = g.unit("block/d/conv", d, to: 17, kernel: .one, axes: 3, epsilon: 1e-3)
    x = g.concatenation("block", [a, b, c, d])
    x = g.unit("last", x, to: 16, kernel: Volume(1, 3, 3), axes: 3, epsilon: 1e-3)
    x = g.mean("Logits/pool", x, windows: 2)
    g.finish(g.dense("Logits/conv", x, to: 7, axes: 3))
    return g
  }

  /// A frame: a standardisation that can be folded, maps and a vector that come out.
  static let frame: Graph = {
    var g = Graph("frame")
    let image = g.input("input", .maps(channels: 3, Volume(1, 12, 12)))
    var x = g.standardisation(
      "standardisation", image, Standardisation(mean: [0.4, 0.5, 0.6], deviation: [0.2, 0.3, 0.25]))
    x = g.convolution(
      "patches", x, to: 32, kernel: Volume(1, 4, 4), axes: 2, stride: Volume(1, 4, 4), padding: .valid)
    x = g.rectifier("patches", x)
    g.finish(g.unitLength("unit", x), g.centredUnit("embedding", g.mean("mean", x)))
    return g
  }()

  static let tables: [KernelTable] = InstructionSet.allCases.filter { $0 <= .widest }.map(KernelTable.init)

  private func input(_ graph: Graph, items: Int = 1, seed: Int = 1) -> [Float] {
    (0..<items * graph.inputShape.count).map { Float(($0 &* 7919 &+ seed &* 104_729) % 1009) / 504 - 1 }
  }

  /// Measured: 3e-7 of the largest value.
  @Test(arguments: [clip, frame]) func theCPUComputesTheDefinition(_ graph: Graph) throws {
    let input = input(graph)
    let wanted = try NaiveGraph.outputs(graph, input)
    for table in Self.tables {
      let program = try CPUDevice(table, threads: 2).compile(graph, RandomParameters(), batch: 1)
      for (found, wanted) in zip(program.run(input, count: 1), wanted) {
        #expect(found.count == wanted.count)
        let largest = wanted.map { abs($0) }.max() ?? 0
        let worst = zip(found, wanted).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(worst <= 3e-6 * largest, "\(table.name) \(graph.name): \(worst / largest)")
      }
    }
  }

  @Test func whatPassesLeave() {
    let clip = Self.clip.optimised
    #expect(
      clip.nodes.map(\.name) == [
        "Input", "space-to-depth", "first", "pool", "block/a..b", "block/b_1", "block/c/conv", "block/c/pool",
        "block/d/pool", "block/d/conv", "block", "last", "Logits/pool", "Logits/conv",
      ])
    guard case .averagePool(_, let rectifies) = clip.nodes[7].operation else {
      Issue.record("the average pool is behind its convolution")
      return
    }
    #expect(rectifies)
    #expect(clip.nodes[4].outputs.map { clip.shape($0).channels } == [16, 20])
    #expect(Self.frame.optimised.nodes.map(\.name) == ["input", "patches", "unit", "mean", "embedding"])
    // Nothing is lost: all numbers of the graph as it was built, and the work of the direct convolutions.
    for graph in [Self.clip, Self.frame] {
      #expect(Set(graph.optimised.parameters) == Set(graph.parameters))
      func operations(_ graph: Graph) -> Int { graph.nodes.compactMap(graph.operations).reduce(0, +) }
      #expect(operations(graph.optimised) == operations(graph))
    }
  }

  /// Zeros around an image are not zeros of the standardised one.
  @Test func aPaddedConvolutionKeepsItsStandardisation() {
    var g = Graph("padded")
    let image = g.input("input", .maps(channels: 1, Volume(1, 8, 8)))
    let x = g.standardisation("standardisation", image, Standardisation(mean: [0.5], deviation: [2]))
    g.finish(g.mean("mean", g.convolution("conv", x, to: 16, kernel: Volume(1, 3, 3), axes: 2)))
    #expect(g.foldingStandardisation() == g)
  }

  /// Activations share memory, and nothing of one clip is in the next: neither in halos nor in spare channels.
  @Test(arguments: [clip, frame]) func nothingIsLeftOfTheClipBefore(_ graph: Graph) throws {
    for table in Self.tables {
      let device = CPUDevice(table, threads: 1)
      let program = try device.compile(graph, RandomParameters(), batch: 2)
      let (first, second) = (input(graph), input(graph, seed: 2))
      let wanted = try device.compile(graph, RandomParameters(), batch: 1).run(second, count: 1)
      _ = program.run([Float](repeating: .nan, count: 2 * graph.inputShape.count), count: 2)
      #expect(program.run(second, count: 1) == wanted, "\(table.name) \(graph.name)")
      let both = program.run(first + second, count: 2)
      #expect(both.map { Array($0.suffix($0.count / 2)) } == wanted)
      #expect(try program.twin().run(second, count: 1) == wanted)
    }
  }

  /// A text, whose head looks at the ids again.
  static let text: Graph = {
    var g = Graph("text")
    let ids = g.input("ids", .ids(5))
    let x = g.embedding("embedding", ids, vocabulary: 64, channels: 16)
    g.finish(g.rowOfLargestID("end", x, ids: ids))
    return g
  }()

  /// Whoever gave the input may change it as soon as the program says that it has read it.
  @Test(arguments: [clip, frame, text]) func theInputIsFreeOnceItIsRead(_ graph: Graph) throws {
    let isText = graph == Self.text
    let values = isText ? [3, 9, 63, 1, 0, 5, 62, 7, 2, 4] : input(graph, items: 2)
    for table in Self.tables {
      let program = try CPUDevice(table, threads: 1).compile(graph, RandomParameters(), batch: 2)
      let wanted = program.run(values, count: 2)
      var (own, calls) = (values, 0)
      let found = own.withUnsafeMutableBufferPointer { own in
        program.run(own.baseAddress!, count: 2) {
          own.update(repeating: isText ? 8 : .nan)
          calls += 1
        }
      }
      #expect(found == wanted && calls == 1, "\(table.name) \(graph.name)")
    }
  }

  /// Two layers that take turns over bands of one frame, of two, of all: the same bits, the same work, less memory. Of five
  /// frames the last band is shorter, and the stride does not divide their number.
  @Test(arguments: 5...9) func layersTakeTurnsOverBandsOfFrames(_ frames: Int) throws {
    let graph = Self.clip(frames: frames)
    let input = input(graph)
    let frame = 32 * 6 * 8
    for table in Self.tables {
      var device = CPUDevice(table, threads: 2)
      device.bandFloats = .max
      let whole = try device.compile(graph, RandomParameters(), batch: 1)
      let wanted = whole.run(input, count: 1)
      for bandFloats in [1, 2 * frame, 3 * frame] {
        device.bandFloats = bandFloats
        let banded = try device.compile(graph, RandomParameters(), batch: 1)
        _ = banded.run([Float](repeating: .nan, count: input.count), count: 1)
        #expect(banded.run(input, count: 1) == wanted, "\(table.name), bands of \(bandFloats)")
        #expect(try banded.twin().run(input, count: 1) == wanted)
        #expect(banded.profile(input).outputs == wanted)
        #expect(banded.layers == whole.layers && banded.profile(input).times.count == whole.layers.count)
        #expect(bandFloats > frame || banded.memory < whole.memory)
      }
    }
  }

  @Test func memoryIsToldBefore() throws {
    let device = CPUDevice(Self.tables[0], threads: 1)
    let program = try device.compile(Self.clip, RandomParameters(), batch: 1)
    #expect(program.memory <= device.memory(of: Self.clip, batch: 1))
    let layout = CPULayout(Self.clip.optimised, items: 1, bandFloats: .max)
    #expect(layout.plan.count < layout.storages.reduce(0) { $0 + $1.layout.count })
  }

  @Test func anOperationWithoutAKernelIsNamed() {
    var g = Graph("lone")
    let x = g.input("input", .maps(channels: 16, Volume(1, 8, 8)))
    g.finish(g.mean("mean", g.rectifier("lone", x)))
    #expect(
      throws: EngineError.unsupported(
        device: "baseline 2x16", node: "lone/relu", reason: "no convolution stands before it")
    ) { try CPUDevice(Self.tables[0], threads: 1).compile(g, RandomParameters(), batch: 1) }
  }
}

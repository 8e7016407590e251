import ArgumentParser
import Engine
import Evaluation
import Files
import Foundation
import Kernels
import Networks
import Scores
import Weights

struct NetworksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "networks", abstract: "The networks that scores are computed with, layer by layer",
    subcommands: [List.self, Show.self, Export.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The networks, and what they are taken from")

    func run() throws {
      let rows = try NetworkKind.allCases.map { kind in
        let (row, graph) = (kind.row, try kind.graph(nil))
        let parameters = graph.parameters.reduce(0) { $0 + $1.count }
        let operations = graph.nodes.compactMap(graph.operations).reduce(0, +)
        return [
          kind.rawValue, row.title, "\(graph.inputShape)", fixed(Double(parameters) / 1e6, digits: 1),
          fixed(Double(operations) / 1e9, digits: 1), row.source,
        ]
      }
      Output.print(
        TextTable.text([["name", "network", "input", "M weights", "GFLOP", "source"]] + rows, numbers: [3, 4]))
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Every layer of a network: what it computes, its output, weights and GFLOP",
      discussion: """
        The graph is that of the published sizes. GFLOP are multiplications and additions of one clip or frame; memory is what \
        one program takes beside its weights.
        """)

    @OptionGroup var choice: NetworkArguments
    @Flag(help: "The graph as it is computed: after the passes that fold and join layers.") var optimised = false
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
      let built = try choice.graph(nil)
      let graph = optimised ? built.optimised : built
      let memory = CPUDevice(try BenchPlace().table, threads: 1).memory(of: built, batch: 1)
      Output.print(json ? json(graph, memory).text() : text(graph, memory))
    }

    private func text(_ graph: Graph, _ memory: Int) -> String {
      let cells = graph.rows.map { row in
        [
          row.name, row.operation, "\(row.output)", row.parameters == 0 ? "" : "\(row.parameters)",
          row.operations.map { fixed(Double($0) / 1e9, digits: 3) } ?? "",
        ]
      }
      let row = choice.network.row
      let total = [
        "total", "", "", "\(graph.rows.reduce(0) { $0 + $1.parameters })",
        fixed(Double(graph.rows.compactMap(\.operations).reduce(0, +)) / 1e9, digits: 3),
      ]
      return "\(choice.network.rawValue): \(row.title) (\(row.source)), engine \(row.engine)\n\n"
        + TextTable.text([["layer", "operation", "output", "weights", "GFLOP"]] + cells + [total], numbers: [3, 4])
        + "\n\nmemory: \(memory / 1_000_000) MB beside the weights"
    }

    private func json(_ graph: Graph, _ memory: Int) -> JSONValue {
      .object([
        ("schema", .string("vidmetrics.network/1")), ("name", .string(choice.network.rawValue)),
        ("engine", .string(choice.network.row.engine)), ("memory_bytes", .integer(memory)),
        (
          "layers",
          .array(
            graph.rows.map { row in
              .object([
                ("name", .string(row.name)), ("operation", .string(row.operation)),
                ("output", .string("\(row.output)")), ("weights", .integer(row.parameters)),
                ("gflop", .number(orNull: row.operations.map { Double($0) / 1e9 })),
              ])
            })
        ),
      ])
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "A network with its weights for other runtimes, as ONNX",
      discussion: """
        Operator set 17; any number of clips or frames a call. With --example also an input and what this program computes \
        from it, as safetensors `input`, `output_1`, ...

          vidmetrics networks export i3d --weights i3d-kinetics400 --onnx i3d.onnx
        """)

    @OptionGroup var choice: NetworkArguments
    @Option(help: ArgumentHelp("The file to write.", valueName: "file")) var onnx: String
    @Option(help: ArgumentHelp("Weights that are on this machine; made-up ones without it.", valueName: "name"))
    var weights: String?
    @Option(help: ArgumentHelp("A file for an example.", valueName: "file")) var example: String?

    func run() throws {
      let store = WeightStore(folder: WeightStore.defaultFolder(environment: ProcessInfo.processInfo.environment))
      if let weights = try weights.map(store.load) {
        guard weights.network == choice.network.row.weights else {
          throw EvaluationError.wrongNetwork(
            weights: weights.name, network: weights.network, needed: choice.network.row.weights)
        }
        try write(choice.graph(weights), weights)
      } else {
        try write(choice.graph(nil), RandomParameters())
      }
    }

    private func write(_ graph: Graph, _ parameters: some Parameters) throws {
      let bytes = try graph.onnx(parameters)
      try WholeFile.write(onnx) { file in try bytes.withUnsafeBytes(file.write) }
      guard let example else { return }
      let program = try CPUDevice(try BenchPlace().table, threads: 1).compile(graph, parameters, batch: 1)
      let input = Self.input(graph.inputShape)
      let outputs = program.run(input, count: 1)
      let tensors =
        [(name: "input", shape: [input.count], values: input)]
        + outputs.enumerated().map { (name: "output_\($0 + 1)", shape: [$1.count], values: $1) }
      try Safetensors.write(tensors, metadata: ["network": choice.network.rawValue], to: example)
    }

    /// Bytes of a fixed stream in 0...1; ids, of which the largest is the 12th.
    private static func input(_ shape: Shape) -> [Float] {
      (0..<shape.count).map { index in
        let byte = (UInt32(truncatingIfNeeded: index) &* 1_103_515_245 &+ 12_345) >> 16 & 255
        if case .ids = shape { return index == 11 ? 300 : Float(byte) }
        return Float(byte) / 255
      }
    }
  }
}

/// Which network, at which size.
struct NetworkArguments: ParsableArguments {
  @Argument(help: ArgumentHelp("The network, see `vidmetrics networks list`.", valueName: "name")) var network:
    NetworkKind

  @Option(help: ArgumentHelp("Frames of a clip, of networks that see clips.", valueName: "number")) var frames = 16

  @Option(
    name: .customLong("size"),
    help: ArgumentHelp(
      "Height x width, of networks for frames of any size. (default: 64x64, 288x512 of musiq-spaq, 480x832 of raft-things and amt-s)",
      valueName: "HxW"))
  var size: String?

  @Option(help: ArgumentHelp("Turns of a network that refines what it found.", valueName: "number"))
  var iterations = RAFT.publishedIterations

  @Option(help: ArgumentHelp("Of I3D: logits-mean or mixed-5c-mean.", valueName: "name")) var endpoint = "logits-mean"

  func validate() throws {
    try OptionRange.check("frames", frames, OptionRange.frames)
    try OptionRange.check("iterations", iterations, 1...100)
  }

  func graph(_ weights: NetworkWeights?) throws -> Graph {
    var options = NetworkKind.Options()
    options.frames = frames
    options.iterations = iterations
    if let size {
      let sides = size.split(separator: "x").compactMap { Int($0) }
      guard sides.count == 2, sides.allSatisfy({ (LPIPS.minimumSide...8192).contains($0) }) else {
        throw ValidationError("--size is height x width, \(LPIPS.minimumSide) or more each: 64x64")
      }
      (options.height, options.width) = (sides[0], sides[1])
      if network == .musiq { options.frame = FrameShape(height: sides[0], width: sides[1]) }
    }
    guard let endpoint = I3D.Endpoint(rawValue: endpoint) else {
      throw ValidationError("--endpoint is \(I3D.Endpoint.allCases.map(\.rawValue).joined(separator: " or "))")
    }
    options.endpoint = endpoint
    return try network.graph(weights, options)
  }
}

extension NetworkKind: ExpressibleByArgument {}

import ArgumentParser
import Engine
import Evaluation
import Foundation
import Kernels
import Networks
import ProcessLimits
import Scores
import Threads
import Weights

/// A network that `bench` can time. One run computes what `--frames` asks for.
protocol BenchmarkedNetwork {
  /// The command's word.
  static var benchName: String { get }
  static var kind: NetworkKind { get }
  /// The value of `--frames` that is taken unless one is given.
  static var defaultFrames: Int { get }
  /// Nil for a network that is timed with random numbers alone.
  static var knownWeights: KnownWeights? { get }
}

/// What times are told of: a `clip`, which is one run, or a `frame`, of which a run has `--frames`.
/// Of a flow, the `pair` of its two frames.
enum BenchUnit: String { case clip, frame, pair }

enum BenchI3D: BenchmarkedNetwork {
  static let benchName = "i3d"
  static let kind = NetworkKind.i3d
  static let defaultFrames = 16
  static let knownWeights: KnownWeights? = .i3dKinetics400
}

enum BenchInception: BenchmarkedNetwork {
  static let benchName = "inception"
  static let kind = NetworkKind.inceptionV3
  static let defaultFrames = 8
  static let knownWeights: KnownWeights? = .inception
}

enum BenchViT: BenchmarkedNetwork {
  static let benchName = "vit"
  static let kind = NetworkKind.dino
  static let defaultFrames = 8
  static let knownWeights: KnownWeights? = nil
}

/// CLIP's ViT-L/14, which aesthetic quality takes.
enum BenchViTLarge: BenchmarkedNetwork {
  static let benchName = "vit-l14"
  static let kind = NetworkKind.clipImageLarge
  static let defaultFrames = 4
  static let knownWeights: KnownWeights? = nil
}

/// Frames of 512×288, as imaging quality sees most videos.
enum BenchMUSIQ: BenchmarkedNetwork {
  static let benchName = "musiq"
  static let kind = NetworkKind.musiq
  static let defaultFrames = 4
  static let knownWeights: KnownWeights? = nil
}

/// RAFT at the size of a 480p video.
enum BenchRAFT: BenchmarkedNetwork {
  static let benchName = "raft"
  static let kind = NetworkKind.raft
  static let defaultFrames = 2
  static let knownWeights: KnownWeights? = nil
}

/// AMT-S at the size of a 480p video.
enum BenchAMT: BenchmarkedNetwork {
  static let benchName = "amt"
  static let kind = NetworkKind.amt
  static let defaultFrames = 2
  static let knownWeights: KnownWeights? = nil
}

extension BenchmarkedNetwork {
  private static var isOfPairs: Bool { kind == .raft || kind == .amt }
  /// A run holds all its activations.
  static var mostFrames: Int { isOfPairs ? 2 : 1024 }
  static var unit: BenchUnit { isOfPairs ? .pair : kind.row.isPerFrame ? .frame : .clip }

  static var weightsNote: String {
    guard let name = knownWeights?.name else { return "The weights are random numbers" }
    return "The weights are \(name) if they are on this machine, random numbers otherwise"
  }

  /// Refuses numbers of frames that a run cannot have.
  static func check(frames: Int) throws {
    let least = kind.row.minimumFrames
    guard frames >= least || unit == .frame else {
      throw EvaluationError.clipTooShort(frames: frames, network: kind == .i3d ? "I3D" : benchName, least: least)
    }
    guard (least...mostFrames).contains(frames) else {
      throw BenchError.number(frames, of: "frames", allowed: least...mostFrames)
    }
  }

  /// The graph of one item of a run, and how many items a run has.
  static func graph(_ weights: NetworkWeights?, frames: Int) throws -> (graph: Graph, batch: Int) {
    var options = NetworkKind.Options()
    options.frames = frames
    return (try kind.graph(weights, options), unit == .frame ? frames : 1)
  }
}

struct NetworkBench<Network: BenchmarkedNetwork>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Network.benchName, abstract: "The network alone, on \(Network.unit)s made up",
      discussion: """
        \(Network.weightsNote): the time does not depend on them.

        GFLOP are those of the direct convolution, whatever the plan: a plan that needs fewer multiplications has more \
        GFLOP/s, and can be beyond 100 % of the peak that `bench peak` measures. MB are the layer's input, output and weights, each once. Plans of the form \
        F(m, r) are Winograd's.
        """)
  }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "\(Network.unit == .frame ? "Frames that are computed together" : "Frames of a \(Network.unit)"). (default: \(Network.defaultFrames))",
      valueName: "number"))
  var frames: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Threads. (default: all processors)", valueName: "number"))
  var threads: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Runs side by side, which share the threads. (default: as for a large set; 1 with --per-layer)",
      valueName: "number"))
  var atOnce: Int?

  @Flag(help: "Tell the time of each layer.") var perLayer = false

  @OptionGroup var options: BenchOptions

  func run() throws {
    let frames = frames ?? Network.defaultFrames
    let threads = threads ?? ProcessLimits.processors
    try options.check()
    try Network.check(frames: frames)
    try ScoreRequest.check(threads: threads)

    let place = try BenchPlace()
    let (weights, source) = try Self.weights()
    let (graph, batch) = try Network.graph(weights, frames: frames)
    let memory = CPUDevice(place.table, threads: 1).memory(of: graph, batch: batch)
    let teams = try teams(threads: threads, memory: memory)
    let device = CPUDevice(place.table, threads: teams.threads)
    let network =
      if let weights { try device.compile(graph, weights, batch: batch) } else {
        try device.compile(graph, RandomParameters(), batch: batch)
      }
    let networks = try [network] + (1..<teams.count).map { _ in try network.twin() }
    let input = Self.input(batch * graph.inputShape.count)
    var layerTimes = [[Double]](repeating: [], count: perLayer ? network.layers.count : 0)
    let runs = input.withUnsafeBufferPointer { input in
      let clip = Input(pointer: input.baseAddress!)
      guard perLayer else {
        return options.timed {
          ThreadTeam(threads: networks.count).perform(chunks: networks.count) {
            _ = networks[$0].run(clip.pointer, count: batch)
          }
        }
      }
      return options.timed {
        for (index, time) in network.profile(clip.pointer).times.enumerated() {
          layerTimes[index].append(time.milliseconds)
        }
      }
    }
    // Per layer one team has all threads.
    let peak = perLayer ? PeakRate(place.table, threads: threads, seconds: 0.2).all : nil
    let report = NetworkReport(
      name: Network.benchName, unit: Network.unit, size: Self.size(graph.inputShape), frames: frames, teams: teams,
      threads: threads,
      repeats: options.repeats, weights: source, peak: peak, runs: runs.divided(by: teams.count),
      layers: zip(network.layers, layerTimes).map { layer, times in
        NetworkReport.Layer(layer: layer, times: RunTimes(Array(times.dropFirst(RunTimes.warmUps))))
      })
    Output.print(options.json ? report.json(place).text() : report.text(place), terminator: options.json ? "\n" : "")
  }

  private struct Input: @unchecked Sendable { let pointer: UnsafePointer<Float> }

  private func teams(threads: Int, memory: Int) throws -> ComputeTeams {
    if let atOnce {
      guard atOnce >= 1, atOnce <= threads else {
        throw BenchError.number(atOnce, of: "runs side by side", allowed: 1...threads)
      }
      guard !perLayer || atOnce == 1 else { throw BenchError.layersOfSeveral }
      let most = max(1, MemoryAllowance().ofNetworks / memory)
      guard atOnce <= most else {
        throw BenchError.number(atOnce, of: "runs side by side in this memory", allowed: 1...most)
      }
      return ComputeTeams(count: atOnce, threads: threads / atOnce)
    }
    if perLayer { return ComputeTeams(count: 1, threads: threads) }
    return ComputeTeams.sharing(
      threads: threads, clips: 4096, memory: memory, available: MemoryAllowance().ofNetworks)
  }

  private static func weights() throws -> (NetworkWeights?, source: String) {
    guard let name = Network.knownWeights?.name else { return (nil, "random") }
    let folder = WeightStore.defaultFolder(environment: ProcessInfo.processInfo.environment)
    do {
      return (try WeightStore(folder: folder).load(name), name)
    } catch WeightsError.absent {
      return (nil, "random (not fetched)")
    }
  }

  /// Width and height of a frame.
  private static func size(_ shape: Shape) -> (width: Int, height: Int) {
    guard case .maps(_, let volume) = shape else { return (0, 0) }
    return (volume.width, volume.height)
  }

  /// Bytes of a fixed stream, brought to -1...1.
  private static func input(_ count: Int) -> [Float] {
    (0..<count).map { index in
      let byte = (UInt32(truncatingIfNeeded: index) &* 1_103_515_245 &+ 12_345) >> 16 & 255
      return 2 * Float(byte) / 255 - 1
    }
  }
}

/// What a benchmark of a network found.
struct NetworkReport {
  struct Layer {
    let layer: ProgramLayer
    let times: RunTimes

    var median: Double { times.median }
    var gflop: Double? { layer.operations.map { Double($0) / 1e9 } }
    var megabytes: Double? { layer.bytes.map { Double($0) / 1e6 } }
    var gflopPerSecond: Double? { NetworkReport.rate(gflop, in: median) }
  }

  let name: String
  let unit: BenchUnit
  let size: (width: Int, height: Int)
  let frames: Int
  let teams: ComputeTeams
  let threads: Int
  let repeats: Int
  let weights: String
  /// Multiplications and additions a second that the threads do at most; measured where layers are told.
  let peak: Double?
  let runs: RunTimes
  let layers: [Layer]

  private var times: RunTimes { unit == .frame ? runs.divided(by: frames) : runs }
  /// Of the peak, of a layer that is a product.
  private func shareOfPeak(_ gflopPerSecond: Double?) -> Double? {
    guard let gflopPerSecond, let peak, peak > 0 else { return nil }
    return gflopPerSecond * 1e9 / peak
  }

  private var perSecond: Double { 1000 / times.median }
  private var layersTotal: Double { layers.reduce(0) { $0 + $1.median } }

  fileprivate static func rate(_ gflop: Double?, in milliseconds: Double) -> Double? {
    gflop.flatMap { milliseconds > 0 ? $0 * 1000 / milliseconds : nil }
  }

  func json(_ place: BenchPlace) -> JSONValue {
    var fields: [(key: String, value: JSONValue)] = [
      ("weights", .string(weights)), ("frames", .integer(frames)), ("side", .integer(size.height)),
      ("width", .integer(size.width)),
      ("threads", .integer(threads)), ("at_once", .integer(teams.count)), ("threads_each", .integer(teams.threads)),
      ("repeats", .integer(repeats)),
      ("median_ms_per_\(unit)", .number(times.median)), ("min_ms_per_\(unit)", .number(times.minimum)),
      ("\(unit)s_per_second", .number(perSecond)),
      ("ms_per_\(unit)", .array(times.milliseconds.map { .number($0) })),
    ]
    if let peak { fields.append(("peak_gflops_per_s", .number(peak / 1e9))) }
    if !layers.isEmpty { fields.append(("layers", .array(layers.map(json)))) }
    return place.json(name, fields)
  }

  private func json(_ layer: Layer) -> JSONValue {
    .object([
      ("name", .string(layer.layer.name)), ("plan", .string(layer.layer.plan)), ("median_ms", .number(layer.median)),
      ("min_ms", .number(layer.times.minimum)),
      ("megabytes", .number(orNull: layer.megabytes)), ("gflop", .number(orNull: layer.gflop)),
      ("gflops_per_s", .number(orNull: layer.gflopPerSecond)),
      ("peak_share", .number(orNull: shareOfPeak(layer.gflopPerSecond))),
      ("share", .number(layer.median / layersTotal)),
    ])
  }

  private func count(_ threads: Int) -> String { threads == 1 ? "1 thread" : "\(threads) threads" }

  func text(_ place: BenchPlace) -> String {
    benchLines([
      (
        name,
        "\(frames) frames of \(size.width)x\(size.height), \(count(threads))"
          + (teams.count > 1 ? ", \(teams.count) runs side by side, \(count(teams.threads)) each" : "")
      ),
      ("median", "\(benchTime(times.median)) ms a \(unit)"), ("minimum", "\(benchTime(times.minimum)) ms a \(unit)"),
      ("rate", "\(benchRate(perSecond)) \(unit)s a second"),
      ("1000 \(unit)s", TerminalProgress.time(1000 / perSecond)), ("kernels", place.table.name),
      ("processor", place.processor ?? "unknown"), ("weights", weights),
    ]) + (layers.isEmpty ? "" : "\n" + table)
  }

  private var table: String {
    func words(_ value: Double?, digits: Int) -> String { value.map { fixed($0, digits: digits) } ?? "-" }
    let gflop = layers.compactMap(\.gflop).reduce(0, +)
    let rows = layers.map { layer in
      [
        layer.layer.name, layer.layer.plan.replacingOccurrences(of: "winograd ", with: ""),
        fixed(layer.median, digits: 3), words(layer.megabytes, digits: 1),
        words(layer.gflop, digits: 3), words(layer.gflopPerSecond, digits: 1),
        words(shareOfPeak(layer.gflopPerSecond).map { 100 * $0 }, digits: 0),
        fixed(100 * layer.median / layersTotal, digits: 1),
      ]
    }
    let total = [
      "total", "", fixed(layersTotal, digits: 3), fixed(layers.compactMap(\.megabytes).reduce(0, +), digits: 1),
      fixed(gflop, digits: 3),
      words(Self.rate(gflop, in: layersTotal), digits: 1),
      words(shareOfPeak(Self.rate(gflop, in: layersTotal)).map { 100 * $0 }, digits: 0), "100.0",
    ]
    return benchTable(
      [["layer", "plan", "ms", "MB", "GFLOP", "GFLOP/s", "peak %", "share %"]] + rows + [total], texts: 2)
  }
}

import Engine
import Kernels
import Networks
import Weights

/// A network of the program with the weights and the options that a protocol names. Weights are read when the first extractor
/// is made: a run whose features are all in the cache does not need them.
public struct EmbeddingNetwork: FeatureNetwork {
  public let identity: String
  public let isa: String
  public let columns: Int
  public let side: Int
  public let minimumFrames: Int
  public let isPerFrame: Bool
  private let kind: NetworkKind
  private let options: NetworkKind.Options
  private let table: KernelTable
  private let weights: @Sendable () throws -> NetworkWeights

  /// - Parameters:
  ///   - fingerprint: of the weights, as `sha256:...`; `weights` must give weights with this fingerprint.
  /// - Throws: for options that no network can have.
  public init(
    _ kind: NetworkKind, fingerprint: String, options: NetworkKind.Options = .init(), table: KernelTable,
    weights: @escaping @Sendable () throws -> NetworkWeights
  ) throws {
    self.kind = kind
    self.options = options
    self.table = table
    self.weights = weights
    let row = kind.row
    guard let side = row.side else { preconditionFailure("EmbeddingNetwork: a network of square frames is needed") }
    self.side = side
    minimumFrames = row.minimumFrames
    isPerFrame = row.isPerFrame
    isa = table.name
    columns = try kind.columns(options)
    identity = kind.identity(weights: fingerprint, kernels: table.name, options)
  }

  private func options(frames: Int) -> NetworkKind.Options {
    var options = options
    options.frames = max(frames, minimumFrames)
    return options
  }

  public func memory(frames: Int) -> Int {
    guard let graph = try? kind.graph(nil, options(frames: frames)) else { return 0 }
    return CPUDevice(table, threads: 1).memory(of: graph, batch: 1)
  }

  /// Frames go through one by one: a part of a batch would cost all of it, and more at a time gain nothing.
  public func extractors(frames: Int, teams: ComputeTeams) throws -> [any FeatureExtractor] {
    let program = try program(frames: frames, threads: teams.threads)
    // What the weights took before they were packed: the allocator would keep it for ever.
    CPUDevice.giveBackFreeMemory()
    let all = try [program] + (1..<teams.count).map { _ in try program.twin() }
    return all.map { ProgramExtractor($0, isPerFrame: isPerFrame) }
  }

  private func program(frames: Int, threads: Int) throws -> any Program {
    let weights = try weights()
    let graph = try kind.graph(weights, options(frames: frames))
    let found = graph.shape(graph.outputs[0]).count
    guard found == columns else { throw kind.otherColumns(found, needed: columns) }
    return try CPUDevice(table, threads: threads).compile(graph, weights, batch: 1)
  }
}

/// A program that computes one clip a call, or one frame.
private final class ProgramExtractor: FeatureExtractor {
  private let program: any Program
  private let isPerFrame: Bool

  init(_ program: any Program, isPerFrame: Bool) {
    self.program = program
    self.isPerFrame = isPerFrame
  }

  func features(of clip: UnsafePointer<Float>, frames: Int, whenRead: () -> Void) -> [Float] {
    let items = isPerFrame ? frames : 1
    return (0..<items).flatMap { item in
      program.run(clip + item * program.inputCount, count: 1) { if item == items - 1 { whenRead() } }[0]
    }
  }
}

extension NetworkKind {
  func otherColumns(_ found: Int, needed: Int) -> EvaluationError {
    self == .i3d
      ? .wrongNetwork(weights: "i3d with \(found) classes", network: "i3d-\(found)", needed: "i3d-\(needed)")
      : .wrongNetwork(weights: row.weights, network: "\(found) features", needed: "\(needed) features")
  }
}

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
    identity = kind.identity(fingerprint: fingerprint, options, kernels: table.name)
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
    let weights = try weights()
    let graph = try kind.graph(weights, options(frames: frames))
    let found = graph.shape(graph.outputs[0]).count
    guard found == columns else { throw kind.otherColumns(found, needed: columns) }
    let program = try CPUDevice(table, threads: teams.threads).compile(graph, weights, batch: 1)
    let all = try [program] + (1..<teams.count).map { _ in try program.twin() }
    return all.map { ProgramExtractor($0, isPerFrame: isPerFrame) }
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

  func features(of clip: UnsafePointer<Float>, frames: Int) -> [Float] {
    (0..<(isPerFrame ? frames : 1)).flatMap { program.run(clip + $0 * program.inputCount, count: 1)[0] }
  }
}

extension NetworkKind {
  /// Features of a row, with weights of the published sizes.
  func columns(_ options: Options) throws -> Int {
    let graph = try graph(nil, options)
    return graph.shape(graph.outputs[0]).count
  }

  /// Everything that decides the bits of a feature but the input.
  ///
  /// - Parameter kernels: what computes it: the kernels' name, or the device's.
  func identity(fingerprint: String, _ options: Options, kernels: String) -> String {
    let weights = "weights=\(fingerprint)"
    let fields: [String] =
      switch self {
      case .i3d:
        [weights, "eps=\(options.epsilon)", "kernels=\(kernels)"]
          + (options.endpoint == .logitsMean ? [] : ["endpoint=\(options.endpoint.rawValue)"])
      case .inceptionV3: [weights, "eps=\(options.epsilon)", "kernels=\(kernels)"]
      case .clipImage, .clipText: [weights, "activation=\(options.activation.rawValue)", "kernels=\(kernels)"]
      case .dreamSimEnsemble, .dreamSimDINO, .dreamSimCLIP, .dreamSimOpenCLIP, .dreamSimDINOv2:
        [rawValue, weights, "kernels=\(kernels)"]
      case .dino, .dinov2: [weights, "kernels=\(kernels)"]
      case .alexNet: [weights, "kernels=\(kernels)"]
      }
    return ([row.engine] + fields).joined(separator: " ")
  }

  func otherColumns(_ found: Int, needed: Int) -> EvaluationError {
    switch self {
    case .i3d:
      .wrongNetwork(weights: "i3d with \(found) classes", network: "i3d-\(found)", needed: "i3d-\(needed)")
    case .inceptionV3, .dino, .dinov2, .clipImage, .clipText, .dreamSimEnsemble, .dreamSimDINO, .dreamSimCLIP,
      .dreamSimOpenCLIP, .dreamSimDINOv2, .alexNet:
      .wrongNetwork(weights: row.weights, network: "\(found) features", needed: "\(needed) features")
    }
  }
}

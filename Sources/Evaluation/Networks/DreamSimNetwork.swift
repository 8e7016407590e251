import Kernels
import Networks
import Weights

/// DreamSim's embedding of a frame, its own mean subtracted and divided by its norm.
public struct DreamSimNetwork: FeatureNetwork {
  /// Goes up whenever a change of the engine changes the bits of a feature.
  static let engine = "dreamsim/1"

  public let identity: String
  public let isa: String
  public let columns: Int
  public let side = 224
  public let minimumFrames = 1
  public let isPerFrame = true
  private let kind: String
  private let table: KernelTable
  private let weights: @Sendable () throws -> NetworkWeights

  /// - Parameters:
  ///   - kind: the weights' network: `dreamsim-ensemble`, `dreamsim-dino`, `dreamsim-clip`, `dreamsim-open-clip`,
  ///     `dreamsim-dinov2`.
  ///   - fingerprint: of the weights, as `sha256:...`; `weights` must give weights with this fingerprint.
  public init(
    kind: String, fingerprint: String, table: KernelTable, weights: @escaping @Sendable () throws -> NetworkWeights
  ) {
    self.kind = kind
    self.table = table
    self.weights = weights
    columns =
      switch kind {
      case "dreamsim-ensemble": 768 + 512 + 512
      case "dreamsim-dino", "dreamsim-dinov2": 768
      default: 512
      }
    isa = table.name
    identity = "\(Self.engine) \(kind) weights=\(fingerprint) kernels=\(table.name)"
  }

  public func memory(frames: Int) -> Int { DreamSim.memory(batch: 1) }

  /// Frames go through one by one: a part of a batch would cost all of it, and inputs come alone.
  public func extractors(frames: Int, teams: ComputeTeams) throws -> [any FeatureExtractor] {
    let network = try DreamSim(weights: weights(), side: side, batch: 1, threads: teams.threads, table: table)
    guard network.columns == columns else {
      throw EvaluationError.wrongNetwork(
        weights: kind, network: "\(network.columns) features", needed: "\(columns) features")
    }
    let all = try [network] + (1..<teams.count).map { _ in try network.twin() }
    return all.map { network in
      OneByOne(values: side * side * 3) { network.features($0, count: 1) }
    }
  }
}

/// A network of single frames, one frame a call.
final class OneByOne: FeatureExtractor {
  private let values: Int
  private let compute: @Sendable (UnsafePointer<Float>) -> [Float]

  /// - Parameter values: floats of a frame.
  init(values: Int, _ compute: @escaping @Sendable (UnsafePointer<Float>) -> [Float]) {
    self.values = values
    self.compute = compute
  }

  func features(of clip: UnsafePointer<Float>, frames: Int) -> [Float] {
    (0..<frames).flatMap { compute(clip + $0 * values) }
  }
}

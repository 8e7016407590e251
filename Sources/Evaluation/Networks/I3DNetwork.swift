import Kernels
import Networks
import Weights

/// I3D with the weights, the epsilon and the endpoint that a protocol names. Weights are read when the first extractor is
/// made: a run whose features are all in the cache does not need them.
public struct I3DNetwork: FeatureNetwork {
  /// Goes up whenever a change of the engine changes the bits of a feature.
  static let engine = "i3d/4"

  public let identity: String
  public let isa: String
  public let columns: Int
  public let side = I3D.side
  public let minimumFrames = I3D.minimumFrames
  private let epsilon: Float
  private let endpoint: I3D.Endpoint
  private let table: KernelTable
  private let weights: @Sendable () throws -> NetworkWeights

  /// - Parameters:
  ///   - fingerprint: of the weights, as `sha256:...`; `weights` must give weights with this fingerprint.
  ///   - epsilon: of batch normalisation.
  public init(
    fingerprint: String, epsilon: Double, endpoint: I3D.Endpoint = .logitsMean, table: KernelTable,
    weights: @escaping @Sendable () throws -> NetworkWeights
  ) {
    self.epsilon = Float(epsilon)
    self.table = table
    self.weights = weights
    self.endpoint = endpoint
    columns = endpoint == .logitsMean ? 400 : 1024
    isa = table.name
    identity =
      "\(Self.engine) weights=\(fingerprint) eps=\(Float(epsilon)) kernels=\(table.name)"
      + (endpoint == .logitsMean ? "" : " endpoint=\(endpoint.rawValue)")
  }

  public func memory(frames: Int) -> Int { I3D.memory(frames: frames) }

  public func extractors(frames: Int, teams: ComputeTeams) throws -> [any FeatureExtractor] {
    let network = try I3D(
      weights: weights(), epsilon: epsilon, frames: frames, endpoint: endpoint, threads: teams.threads, table: table)
    guard network.columns == columns else {
      throw EvaluationError.wrongNetwork(
        weights: "i3d with \(network.classes) classes", network: "i3d-\(network.classes)", needed: "i3d-\(columns)")
    }
    return try [I3DExtractor(network)] + (1..<teams.count).map { _ in I3DExtractor(try network.twin()) }
  }
}

private final class I3DExtractor: FeatureExtractor {
  private let network: I3D
  init(_ network: I3D) { self.network = network }
  func features(of clip: UnsafePointer<Float>, frames: Int) -> [Float] { network.features(clip) }
}

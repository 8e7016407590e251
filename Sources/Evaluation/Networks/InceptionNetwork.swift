import Kernels
import Networks
import Weights

/// Inception-v3 of 2015-12-05, up to its 2048 pooled features: a row for each frame.
public struct InceptionNetwork: FeatureNetwork {
  /// Goes up whenever a change of the engine changes the bits of a feature.
  static let engine = "inception/1"

  public let identity: String
  public let isa: String
  public let columns = InceptionV3.features
  public let side = InceptionV3.side
  public let minimumFrames = 1
  public let isPerFrame = true
  private let epsilon: Float
  private let table: KernelTable
  private let weights: @Sendable () throws -> NetworkWeights

  /// - Parameters:
  ///   - fingerprint: of the weights, as `sha256:...`; `weights` must give weights with this fingerprint.
  ///   - epsilon: of batch normalisation.
  public init(
    fingerprint: String, epsilon: Double, table: KernelTable, weights: @escaping @Sendable () throws -> NetworkWeights
  ) {
    self.epsilon = Float(epsilon)
    self.table = table
    self.weights = weights
    isa = table.name
    identity = "\(Self.engine) weights=\(fingerprint) eps=\(Float(epsilon)) kernels=\(table.name)"
  }

  public func memory(frames: Int) -> Int { InceptionV3.memory(frames: 1) }

  /// Frames go through one by one: more at a time gain nothing, and a part of a batch would cost all of it.
  public func extractors(frames: Int, teams: ComputeTeams) throws -> [any FeatureExtractor] {
    let network = try InceptionV3(
      weights: weights(), epsilon: epsilon, batch: 1, threads: teams.threads, table: table)
    return try [InceptionExtractor(network)] + (1..<teams.count).map { _ in InceptionExtractor(try network.twin()) }
  }
}

private final class InceptionExtractor: FeatureExtractor {
  private let network: InceptionV3
  init(_ network: InceptionV3) { self.network = network }

  func features(of clip: UnsafePointer<Float>, frames: Int) -> [Float] {
    let values = InceptionV3.side * InceptionV3.side * 3
    return (0..<frames).flatMap { network.features(clip + $0 * values, count: 1) }
  }
}

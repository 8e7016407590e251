import Kernels
import Networks
import Weights

/// A network of one clip length that turns a clip into features. It computes one clip at a time, so that a clip's features do
/// not depend on the clips beside it, and is used by one thread at a time.
public protocol FeatureExtractor: AnyObject, Sendable {
  /// The features of a clip, [T][side][side][3], R, G, B in the network's own range.
  func features(of clip: UnsafePointer<Float>) throws -> [Float]
}

/// What makes extractors.
public protocol FeatureNetwork: Sendable {
  /// Everything that decides the bits of a clip's features: network, weights, epsilon, kernels.
  var identity: String { get }
  /// Instruction set and kernels, as every score records them.
  var isa: String { get }
  /// Features of a clip.
  var columns: Int { get }
  /// Width and height of a frame.
  var side: Int { get }
  /// The shortest clip.
  var minimumFrames: Int { get }
  /// Bytes that one extractor needs for itself.
  func memory(frames: Int) -> Int
  /// One extractor for each team, to be used side by side.
  func extractors(frames: Int, teams: ComputeTeams) throws -> [any FeatureExtractor]
}

/// I3D with the weights and the epsilon that a protocol names. Weights are read when the first extractor is made: a run
/// whose features are all in the cache does not need them.
public struct I3DNetwork: FeatureNetwork {
  /// Goes up whenever a change of the engine changes the bits of a feature.
  static let engine = "i3d/4"

  public let identity: String
  public let isa: String
  public let columns = 400
  public let side = I3D.side
  public let minimumFrames = I3D.minimumFrames
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

  public func memory(frames: Int) -> Int { I3D.memory(frames: frames) }

  public func extractors(frames: Int, teams: ComputeTeams) throws -> [any FeatureExtractor] {
    let network = try I3D(weights: weights(), epsilon: epsilon, frames: frames, threads: teams.threads, table: table)
    guard network.classes == columns else {
      throw EvaluationError.wrongNetwork(
        weights: "i3d with \(network.classes) classes", network: "i3d-\(network.classes)")
    }
    return try [I3DExtractor(network)] + (1..<teams.count).map { _ in I3DExtractor(try network.twin()) }
  }
}

private final class I3DExtractor: FeatureExtractor {
  private let network: I3D
  init(_ network: I3D) { self.network = network }
  func features(of clip: UnsafePointer<Float>) -> [Float] { network.logits(clip) }
}

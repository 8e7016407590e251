import Kernels
import Networks
import Text
import Vocabulary
import Weights

/// CLIP's embedding of a frame, not normalised.
public struct CLIPImageNetwork: FeatureNetwork {
  /// Goes up whenever a change of the engine changes the bits of a feature.
  static let engine = "clip-image/1"

  public let identity: String
  public let isa: String
  public let columns = 512
  public let side = 224
  public let minimumFrames = 1
  public let isPerFrame = true
  private let activation: ValueFunction.Kind
  private let table: KernelTable
  private let weights: @Sendable () throws -> NetworkWeights

  /// - Parameters:
  ///   - fingerprint: of the weights, as `sha256:...`; `weights` must give weights with this fingerprint.
  public init(
    fingerprint: String, activation: HiddenActivation, table: KernelTable,
    weights: @escaping @Sendable () throws -> NetworkWeights
  ) {
    self.activation = ValueFunction.Kind(activation)
    self.table = table
    self.weights = weights
    isa = table.name
    identity = "\(Self.engine) weights=\(fingerprint) activation=\(activation.rawValue) kernels=\(table.name)"
  }

  public func memory(frames: Int) -> Int { VisionTransformer.memory(batch: 1) }

  /// Frames go through one by one: a part of a batch would cost all of it.
  public func extractors(frames: Int, teams: ComputeTeams) throws -> [any FeatureExtractor] {
    var configuration = VisionTransformer.Configuration.clip(activation)
    configuration.side = side
    let network = try VisionTransformer(
      weights: weights(), prefix: "image/", configuration: configuration, batch: 1, threads: teams.threads, table: table
    )
    guard network.columns == columns else {
      throw EvaluationError.wrongNetwork(
        weights: "clip", network: "\(network.columns) features", needed: "\(columns) features")
    }
    let all = try [network] + (1..<teams.count).map { _ in try network.twin() }
    return all.map { network in
      OneByOne(values: side * side * 3) { network.features($0, count: 1) }
    }
  }
}

/// CLIP's embedding of a prompt, not normalised.
public struct CLIPTextNetwork: TextNetwork {
  /// Goes up whenever a change of tokens or engine changes the bits of a feature.
  static let engine = "clip-text/1"

  public let identity: String
  public let columns = 512
  private let activation: ValueFunction.Kind
  private let threads: Int
  private let table: KernelTable
  private let tokenizer: CLIPTokenizer
  private let weights: @Sendable () throws -> NetworkWeights

  /// - Parameters:
  ///   - fingerprint: of the weights, as `sha256:...`; `weights` must give weights with this fingerprint.
  public init(
    fingerprint: String, activation: HiddenActivation, tokenizer: CLIPTokenizer, threads: Int, table: KernelTable,
    weights: @escaping @Sendable () throws -> NetworkWeights
  ) {
    self.activation = ValueFunction.Kind(activation)
    self.tokenizer = tokenizer
    self.threads = threads
    self.table = table
    self.weights = weights
    identity = "\(Self.engine) weights=\(fingerprint) activation=\(activation.rawValue) kernels=\(table.name)"
  }

  public func isTruncated(_ prompt: String) -> Bool { tokenizer.tokens(of: prompt).isTruncated }

  public func features(of prompts: [String]) throws -> [[Float]] {
    let network = try TextTransformer(
      weights: try weights(), activation: activation, threads: threads, table: table)
    guard network.columns == columns else {
      throw EvaluationError.wrongNetwork(
        weights: "clip", network: "\(network.columns) features", needed: "\(columns) features")
    }
    return prompts.map { network.features(tokenizer.tokens(of: $0).ids) }
  }
}

extension ValueFunction.Kind {
  fileprivate init(_ activation: HiddenActivation) {
    switch activation {
    case .quickGELU: self = .quickGELU
    case .gelu: self = .gelu
    }
  }
}

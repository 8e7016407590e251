import Engine
import Kernels
import Networks
import Text
import Weights

/// CLIP's embedding of a prompt, not normalised.
public struct CLIPTextNetwork: TextNetwork {
  public let identity: String
  public let columns: Int
  private let options: NetworkKind.Options
  private let device: CPUDevice
  private let tokenizer: CLIPTokenizer
  private let weights: @Sendable () throws -> NetworkWeights

  /// - Parameters:
  ///   - fingerprint: of the weights, as `sha256:...`; `weights` must give weights with this fingerprint.
  ///   - options: the activation.
  public init(
    fingerprint: String, options: NetworkKind.Options, tokenizer: CLIPTokenizer, threads: Int, table: KernelTable,
    weights: @escaping @Sendable () throws -> NetworkWeights
  ) throws {
    self.options = options
    self.tokenizer = tokenizer
    self.weights = weights
    device = CPUDevice(table, threads: threads)
    columns = try NetworkKind.clipText.columns(options)
    identity = NetworkKind.clipText.identity(fingerprint: fingerprint, options, kernels: table.name)
  }

  public func isTruncated(_ prompt: String) -> Bool { tokenizer.tokens(of: prompt).isTruncated }

  public func features(of prompts: [String]) throws -> [[Float]] {
    let weights = try weights()
    let graph = try NetworkKind.clipText.graph(weights, options)
    let found = graph.shape(graph.outputs[0]).count
    guard found == columns else { throw NetworkKind.clipText.otherColumns(found, needed: columns) }
    let program = try device.compile(graph, weights, batch: 1)
    return prompts.map { program.run(tokenizer.tokens(of: $0).ids.map(Float.init), count: 1)[0] }
  }
}

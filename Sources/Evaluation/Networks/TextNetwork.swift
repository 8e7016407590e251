/// A network that turns a prompt into one row of features, comparable with those of a frame.
public protocol TextNetwork: Sendable {
  /// Everything that decides the bits of a prompt's features: tokens, network, weights, kernels.
  var identity: String { get }
  /// Features of a prompt.
  var columns: Int { get }
  /// Whether a prompt has more tokens than the network reads.
  func isTruncated(_ prompt: String) throws -> Bool
  /// The features of each prompt.
  func features(of prompts: [String]) throws -> [[Float]]
}

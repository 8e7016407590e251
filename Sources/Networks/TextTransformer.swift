import Kernels
import Tensors
import Weights

/// CLIP's text tower (Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML 2021;
/// openai/CLIP model.py, `encode_text`): a causal transformer over byte-pair tokens.
///
/// One instance computes one text at a time; the result is the same bits for any number of threads.
public final class TextTransformer: @unchecked Sendable {
  /// Tokens of a text, 77.
  public let context: Int
  /// Token ids are below it.
  public let vocabulary: Int
  /// Values of an embedding, 512.
  public let columns: Int

  let steps: [NetworkStep]
  private let width: Int
  /// [V][C]
  private let tokens: [Float]
  /// [context][C]
  private let positions: [Float]
  private let rows: Activation
  private let final: FinalLayers
  private let team: ThreadTeam

  /// - Parameters:
  ///   - prefix: before the weights' names.
  ///   - activation: QuickGELU for OpenAI's weights.
  /// - Throws: `NetworkError`, or an error that names the tensor that does not fit.
  public init(
    weights: NetworkWeights, prefix: String = "text/", activation: ValueFunction.Kind, threads: Int, table: KernelTable
  ) throws {
    let epsilon: Float = 1e-5
    var builder = TransformerBuilder(
      weights: weights, prefix: prefix, epsilon: epsilon, activation: activation, table: table)
    let sizes = try TransformerBuilder.Sizes(weights, prefix: prefix)
    width = sizes.width
    vocabulary = try weights.shape(prefix + "tokens", axes: 2)[0]
    context = try weights.shape(prefix + "positions", axes: 2)[0]
    tokens = try weights.tensor(prefix + "tokens", shape: [vocabulary, width])
    positions = try weights.tensor(prefix + "positions", shape: [context, width])
    final = try FinalLayers(weights, prefix, width: width, epsilon: epsilon)
    columns = final.columns
    team = ThreadTeam(threads: threads)
    rows = Activation(.rows(context, channels: width))
    try builder.blocks(sizes, on: rows, tokens: context, isCausal: true)
    steps = builder.steps
  }

  /// The embedding of a text, not normalised: the token of the largest id (the end of the text) behind the final
  /// normalisation, times the head.
  ///
  /// - Parameter ids: as many as the context, each in 0..<vocabulary.
  public func features(_ ids: [Int]) -> [Float] {
    precondition(ids.count == context, "TextTransformer: \(context) ids are needed")
    let lanes = ActivationLayout.block
    for (place, id) in ids.enumerated() {
      precondition(id >= 0 && id < vocabulary, "TextTransformer: no such token")
      for channel in 0..<width {
        rows.block(channel / lanes)[place * lanes + channel % lanes] =
          tokens[id * width + channel] + positions[place * width + channel]
      }
    }
    for step in steps { step.run(team) }
    var end = 0
    for (place, id) in ids.enumerated() where id > ids[end] { end = place }
    return final.run(rows.row(end))
  }
}

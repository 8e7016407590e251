import Engine
import Kernels
import Tensors
import Weights

/// CLIP's text tower (Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML 2021;
/// openai/CLIP model.py, `encode_text`): a causal transformer over byte-pair tokens.
///
/// Input: 77 ids. Output: the embedding of the text, not normalised: the token of the largest id (the end of the text)
/// behind the final normalisation, times the head.
public enum TextTransformer {
  private static let epsilon: Float = 1e-5

  /// - Parameters:
  ///   - prefix: before the weights' names.
  ///   - activation: QuickGELU for OpenAI's weights.
  /// - Throws: `NetworkError`, or an error that names the tensor that does not fit.
  public static func graph(
    weights: NetworkWeights, prefix: String = "text/", activation: ValueFunction.Kind
  ) throws -> Graph {
    graph(
      try TransformerSizes(weights, prefix: prefix), prefix: prefix, activation: activation,
      vocabulary: try weights.shape(prefix + "tokens", axes: 2)[0],
      context: try weights.shape(prefix + "positions", axes: 2)[0])
  }

  static func graph(
    _ sizes: TransformerSizes, prefix: String, activation: ValueFunction.Kind, vocabulary: Int, context: Int
  ) -> Graph {
    var graph = Graph("clip-text")
    graph.prefix = prefix
    let ids = graph.input("ids", .ids(context))
    var x = graph.embedding("embedding", ids, vocabulary: vocabulary, channels: sizes.width)
    x = graph.transformerBlocks(sizes, x, activation, epsilon: epsilon, isCausal: true)
    x = graph.rowOfLargestID("end_of_text", x, ids: ids)
    graph.finish(graph.transformerHead(sizes, x, epsilon: epsilon))
    return graph
  }
}

import Engine
import Kernels
import Tensors
import Weights

/// Sizes of a transformer's blocks, as its weights' shapes tell them.
struct TransformerSizes: Sendable {
  /// C
  let width: Int
  let blocks: Int
  /// Outputs of the first layer of a block's perceptron.
  let hidden: Int
  /// Whether what each half of a block adds is scaled (DINOv2).
  let hasScales: Bool
  /// Columns of the head; nil where there is none.
  let head: Int?
  /// Whether the layers of q, k and v are tensors of their own.
  let hasSeparateAttention: Bool

  init(
    width: Int, blocks: Int, hidden: Int, hasScales: Bool = false, head: Int? = nil, hasSeparateAttention: Bool = false
  ) {
    self.width = width
    self.blocks = blocks
    self.hidden = hidden
    self.hasScales = hasScales
    self.head = head
    self.hasSeparateAttention = hasSeparateAttention
  }

  /// - Throws: `WeightsError.noSuchTensor`, or `NetworkError.transformerWidth`.
  init(_ weights: NetworkWeights, prefix: String) throws {
    width = try weights.shape(prefix + "norm_post/scale", axes: 1)[0]
    hidden = try weights.shape(prefix + "blocks/0/mlp_1/kernel", axes: 2)[1]
    var count = 1
    while weights.contains("\(prefix)blocks/\(count)/mlp_1/kernel") { count += 1 }
    blocks = count
    hasScales = weights.contains(prefix + "blocks/0/scale_1")
    hasSeparateAttention = weights.contains(prefix + "blocks/0/query/kernel")
    head =
      weights.contains(prefix + "head/kernel") ? try weights.shape(prefix + "head/kernel", axes: 2)[1] : nil
    guard width % Self.headChannels == 0, width > 0, hidden % ActivationLayout.block == 0 else {
      throw NetworkError.transformerWidth(width: width, hidden: hidden)
    }
  }

  /// Channels of an attention's head, in all families here.
  static let headChannels = 64
  var heads: Int { width / Self.headChannels }
}

extension Graph {
  /// Pre-norm blocks (Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021) on rows of tokens.
  mutating func transformerBlocks(
    _ sizes: TransformerSizes, _ tokens: Value, _ activation: ValueFunction.Kind, epsilon: Float, isCausal: Bool
  ) -> Value {
    var x = tokens
    for index in 0..<sizes.blocks {
      let block = "blocks/\(index)/"
      var y = layerNormalisation(block + "norm_1", x, epsilon: epsilon)
      y =
        sizes.hasSeparateAttention
        ? joinedDense(block + "qkv", ["query", "key", "value"].map { block + $0 }, y, to: sizes.width)
        : dense(block + "qkv", y, to: 3 * sizes.width)
      y = attention(block + "attention", y, heads: sizes.heads, isCausal: isCausal)
      y = dense(block + "projection", y, to: sizes.width)
      if sizes.hasScales { y = scale(block + "scale_1", y) }
      x = sum(block + "sum_1", x, y)
      y = layerNormalisation(block + "norm_2", x, epsilon: epsilon)
      y = dense(block + "mlp_1", y, to: sizes.hidden)
      y = function(block + activation.rawValue, activation, y)
      y = dense(block + "mlp_2", y, to: sizes.width)
      if sizes.hasScales { y = scale(block + "scale_2", y) }
      x = sum(block + "sum_2", x, y)
    }
    return x
  }

  /// The final normalisation of one token, and the head where there is one.
  mutating func transformerHead(_ sizes: TransformerSizes, _ token: Value, epsilon: Float) -> Value {
    let x = layerNormalisation("norm_post", token, epsilon: epsilon)
    guard let head = sizes.head else { return x }
    return dense("head", x, to: head, hasBias: false)
  }
}

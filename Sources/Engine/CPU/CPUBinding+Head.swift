// What is computed of vectors, behind the steps, and what ids are looked up in before them.
extension CPUBinding {
  /// A dense layer of a vector.
  mutating func vectorOperation(_ index: Int, _ sum: FilteredSum, _ parameters: some Parameters) throws
    -> CPUHead.Operation
  {
    let node = graph.nodes[index]
    guard !sum.rectifies else { throw unsupported(node, "a rectifier of a vector") }
    if case .head(let operation)? = shared[index] { return operation }
    let weights = try sum.filter.weights(parameters)
    let operation = CPUHead.Operation.dense(
      of: try vector(node.inputs[0], of: node), kernel: weights.values, bias: weights.bias)
    shared[index] = .head(operation)
    return operation
  }

  mutating func vectorNormalisation(_ index: Int, _ epsilon: Float, _ parameters: some Parameters) throws
    -> CPUHead.Operation
  {
    let node = graph.nodes[index]
    if case .head(let operation)? = shared[index] { return operation }
    let values = try graph.parameters(of: node).map(parameters.values)
    let operation = CPUHead.Operation.normalisation(
      of: try vector(node.inputs[0], of: node), scale: values[0], offset: values[1], epsilon: Double(epsilon))
    shared[index] = .head(operation)
    return operation
  }

  func table(_ index: Int, _ embedding: Embedding, _ parameters: some Parameters) throws
    -> CPUInput.EmbeddingTable
  {
    if case .embedding(let other)? = shared[index] { return other }
    let context = graph.shape(graph.nodes[index].inputs[0]).count
    let tensors = try embedding.parameters(context: context).map(parameters.values)
    return CPUInput.EmbeddingTable(tokens: tensors[0], positions: tensors[1])
  }
}

import Files

/// Brings the tensors of a file to canonical names, axes and float32.
package struct Canonicalisation {
  package let checkpoint: Checkpoint
  package let layout: TensorLayout
  /// What stands before the layout's names in this file: `module.`, `state_dict.`, `net.layers.`.
  package let prefix: String

  /// Finds the layout by the tensors that mark it.
  ///
  /// Throws `WeightsError.unknownLayout` when the file has none of them, `.severalNetworks` when it has more than one.
  package init(_ checkpoint: Checkpoint) throws {
    let names = checkpoint.tensors.keys
    let found = TensorLayout.all.flatMap { layout in
      layout.prefixes(in: names) { checkpoint.tensors[$0] != nil }.map { (layout: layout, prefix: $0) }
    }
    guard found.count < 2 else {
      throw WeightsError.severalNetworks(path: checkpoint.path, prefixes: found.map(\.prefix).sorted())
    }
    guard found.count == 1 else {
      throw WeightsError.unknownLayout(
        path: checkpoint.path, tensors: names.count, examples: Array(names.sorted()))
    }
    self.checkpoint = checkpoint
    layout = found[0].layout
    prefix = found[0].prefix
  }

  /// The canonical tensors, all of them.
  ///
  /// Throws when one is missing, when the file holds others under the network's names, or when a tensor has the wrong
  /// number of axes. Channel counts are the network's business.
  package func tensors() throws -> [String: WeightTensor] {
    var chosen: [(rule: TensorRule, tensor: StoredTensor)] = []
    var used: Set<String> = []
    for rule in layout.rules(for: checkpoint.tensors.keys, prefix: prefix) {
      let file = prefix + rule.file
      guard let tensor = checkpoint.tensors[file] else {
        guard rule.isRequired else { continue }
        throw WeightsError.missingTensor(path: checkpoint.path, layout: layout.name, name: file)
      }
      used.insert(file)
      chosen.append((rule, tensor))
    }
    try refuseOthers(than: used)
    try refuseOversized(chosen.map(\.tensor))
    var result: [String: WeightTensor] = [:]
    for (rule, tensor) in chosen {
      let canonical = try canonical(tensor, by: rule)
      if let neutral = rule.neutral, canonical.values.allSatisfy({ $0 == neutral }) { continue }
      result[rule.name] = canonical
    }
    return result
  }

  private func refuseOthers(than used: Set<String>) throws {
    let others = checkpoint.tensors.keys.filter { name in
      !used.contains(name) && layout.scopes.contains { name.hasPrefix(prefix + $0) }
        && !layout.ignores(name.dropFirst(prefix.count))
    }
    guard others.isEmpty else {
      throw WeightsError.unexpectedTensors(path: checkpoint.path, layout: layout.name, names: others.sorted())
    }
  }

  /// A file whose tensors all name the same bytes could ask for any amount of memory.
  private func refuseOversized(_ tensors: [StoredTensor]) throws {
    let total = tensors.reduce(0) { sum, tensor in
      let (next, overflow) = sum.addingReportingOverflow(tensor.count)
      return overflow ? Int.max : next
    }
    guard total <= checkpoint.size else {
      throw FilesError.malformed(
        path: checkpoint.path,
        .oversized(part: "the number of elements of all tensors", claimed: total, limit: checkpoint.size))
    }
  }

  private func canonical(_ tensor: StoredTensor, by rule: TensorRule) throws -> WeightTensor {
    let wide = tensor.shape.filter { $0 != 1 }
    switch rule.form {
    case .axes(let axes):
      guard tensor.shape.count == axes.count else { throw wrongAxes(rule, axes.count, tensor) }
      return WeightTensor(name: rule.name, shape: axes.map { tensor.shape[$0] }, values: tensor.values(axes: axes))
    case .vector:
      guard !tensor.shape.isEmpty, wide.count <= 1 else { throw wrongAxes(rule, 1, tensor) }
      return WeightTensor(name: rule.name, shape: [wide.first ?? 1], values: tensor.values())
    case .rows:
      guard tensor.shape.count >= 2, tensor.shape.dropLast(2).allSatisfy({ $0 == 1 }) else {
        throw wrongAxes(rule, 2, tensor)
      }
      return WeightTensor(name: rule.name, shape: tensor.shape.suffix(2), values: tensor.values())
    }
  }

  private func wrongAxes(_ rule: TensorRule, _ count: Int, _ tensor: StoredTensor) -> FilesError {
    .malformed(
      path: checkpoint.path,
      .contradiction(part: "the number of axes of `\(rule.name)`", claimed: count, found: tensor.shape.count))
  }
}

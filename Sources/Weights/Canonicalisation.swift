/// Brings the tensors of a file to canonical names, axes and float32.
package struct Canonicalisation {
  package let checkpoint: Checkpoint
  package let layout: TensorLayout
  /// What stands before the layout's names in this file: `module.`, `state_dict.`, `net.layers.`.
  package let prefix: String

  /// Finds the layout by the kernel that marks its network.
  ///
  /// Throws `WeightsError.unknownLayout` when the file has no such kernel, `.severalNetworks` when it has more than
  /// one.
  package init(_ checkpoint: Checkpoint) throws {
    var found: [(layout: TensorLayout, prefix: String)] = []
    for layout in TensorLayout.all {
      guard let marker = layout.fileName(layout.network.marker, .kernel) else { continue }
      for name in checkpoint.tensors.keys where name == marker || name.hasSuffix(layout.separator + marker) {
        found.append((layout, String(name.dropLast(marker.count))))
      }
    }
    guard found.count < 2 else {
      throw WeightsError.severalNetworks(path: checkpoint.path, prefixes: found.map(\.prefix).sorted())
    }
    guard found.count == 1 else {
      throw WeightsError.unknownLayout(
        path: checkpoint.path, tensors: checkpoint.tensors.count, examples: Array(checkpoint.tensors.keys.sorted()))
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
    var chosen: [(name: String, part: UnitPart, tensor: StoredTensor)] = []
    var used: Set<String> = []
    for (unit, part) in layout.network.tensors {
      guard let fileName = layout.fileName(unit, part).map({ prefix + $0 }) else { continue }
      guard let tensor = checkpoint.tensors[fileName] else {
        if part == .gamma { continue }
        throw WeightsError.missingTensor(path: checkpoint.path, layout: layout.name, name: fileName)
      }
      used.insert(fileName)
      chosen.append(("\(unit)/\(part.rawValue)", part, tensor))
    }
    try refuseOthers(than: used)
    try refuseOversized(chosen.map(\.tensor))
    var result: [String: WeightTensor] = [:]
    for (name, part, tensor) in chosen {
      let canonical = part == .kernel ? try kernel(name, tensor) : try vector(name, tensor)
      if part == .gamma, canonical.values.allSatisfy({ $0 == 1 }) { continue }
      result[name] = canonical
    }
    return result
  }

  private func refuseOthers(than used: Set<String>) throws {
    let others = checkpoint.tensors.keys.filter { name in
      !used.contains(name) && layout.scopes.contains { name.hasPrefix(prefix + $0) }
        && !layout.ignoredEndings.contains { name.hasSuffix($0) }
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
      throw WeightsError.malformed(
        path: checkpoint.path,
        .oversized(part: "the number of elements of all tensors", claimed: total, limit: checkpoint.size))
    }
  }

  private func kernel(_ name: String, _ tensor: StoredTensor) throws -> WeightTensor {
    let axes = layout.kernelAxes
    guard tensor.shape.count == axes.count else {
      throw WeightsError.malformed(
        path: checkpoint.path,
        .contradiction(part: "the number of axes of `\(name)`", claimed: axes.count, found: tensor.shape.count))
    }
    return WeightTensor(name: name, shape: axes.map { tensor.shape[$0] }, values: tensor.values(axes: axes))
  }

  /// One value a channel; axes of extent 1, as in TensorFlow's (1,1,1,1,C), are dropped.
  private func vector(_ name: String, _ tensor: StoredTensor) throws -> WeightTensor {
    let wide = tensor.shape.filter { $0 != 1 }
    guard !tensor.shape.isEmpty, wide.count <= 1 else {
      throw WeightsError.malformed(
        path: checkpoint.path,
        .contradiction(part: "the number of axes of `\(name)`", claimed: 1, found: tensor.shape.count))
    }
    return WeightTensor(name: name, shape: [wide.first ?? 1], values: tensor.values())
  }
}

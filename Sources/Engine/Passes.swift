import Kernels
import Tensors

/// Each turns a graph into another that computes the same up to rounding, with less work. A pass that finds nothing returns
/// the graph as it was.
extension Graph {
  /// As devices compute it.
  public var optimised: Graph {
    foldingStandardisation().foldingNormalisation().foldingScales().fusingRectifiers().joiningSiblings()
      .averagingBehindPointwise().fusingRectifiers().foldingSpaceToDepth()
  }

  /// A batch normalisation behind a convolution becomes a part of its numbers.
  public func foldingNormalisation() -> Graph {
    merging { filtered, next in
      guard case .batchNormalisation(let normalisation) = next.operation else { return false }
      filtered.filter = .normalised(filtered.filter, normalisation)
      return true
    }
  }

  /// Factors of the channels behind a convolution become a part of its numbers.
  public func foldingScales() -> Graph {
    merging { filtered, next in
      guard case .scale(let name) = next.operation else { return false }
      filtered.filter = .scaled(filtered.filter, by: name)
      return true
    }
  }

  /// A rectifier behind a convolution, an average pool, a sum or a group normalisation is taken as its values are written.
  public func fusingRectifiers() -> Graph {
    let graph = merging { filtered, next in
      if case .slopes(let slopes) = next.operation {
        filtered.slopes = [slopes]
        return true
      }
      guard next.operation == .rectifier else { return false }
      filtered.rectifies = true
      return true
    }.fusingSlopesOfSeveral()
    return graph.mergingPairs { node, next in
      guard case .averagePool(let window, false) = node.operation, next.operation == .rectifier else { return false }
      node.operation = .averagePool(window, rectifies: true)
      return true
    }.mergingPairs { node, next in
      guard next.operation == .rectifier else { return false }
      if case .groupNormalisation(let name, let groups, let epsilon, false) = node.operation {
        node.operation = .groupNormalisation(name, groups: groups, epsilon: epsilon, rectifies: true)
        return true
      }
      if case .instanceNormalisation(let epsilon, false) = node.operation {
        node.operation = .instanceNormalisation(epsilon: epsilon, rectifies: true)
        return true
      }
      guard node.operation == .sum(rectifies: false) else { return false }
      node.operation = .sum(rectifies: true)
      return true
    }
  }

  /// Slopes behind all outputs of convolutions that are computed together.
  private func fusingSlopesOfSeveral() -> Graph {
    var graph = self
    for index in nodes.indices.reversed() where nodes[index].outputs.count > 1 {
      guard case .convolution(var sum) = graph.nodes[index].operation, !sum.rectifies, sum.slopes.isEmpty else {
        continue
      }
      let next = graph.nodes[index].outputs.compactMap(graph.onlyReader)
      let slopes = next.compactMap { reader -> Slopes? in
        if case .slopes(let slopes) = graph.nodes[reader].operation { slopes } else { nil }
      }
      guard slopes.count == graph.nodes[index].outputs.count,
        next.allSatisfy({ graph.nodes[$0].isRepeated == nodes[index].isRepeated })
      else { continue }
      sum.slopes = slopes
      graph.nodes[index].operation = .convolution(sum)
      graph.nodes[index].outputs = next.map { graph.nodes[$0].outputs[0] }
      for reader in next.sorted(by: >) { graph.nodes.remove(at: reader) }
    }
    return graph
  }

  /// The standardisation of the image becomes a part of the convolutions behind it. Only without padding: zeros around the
  /// image are zeros of the standardised one.
  public func foldingStandardisation() -> Graph {
    var graph = self
    for (index, node) in nodes.enumerated().reversed() {
      guard case .standardisation(let standardisation) = node.operation, standardisation.factor == 1,
        standardisation.offset == 0
      else { continue }
      let readers = graph.readers(of: node.outputs[0])
      let isFoldable = readers.allSatisfy { reader in
        guard case .convolution(let sum) = graph.nodes[reader].operation else { return false }
        return sum.padding == .valid
      }
      guard isFoldable, !outputs.contains(node.outputs[0]) else { continue }
      for reader in readers {
        guard case .convolution(var sum) = graph.nodes[reader].operation else { continue }
        sum.filter = .standardised(sum.filter, standardisation)
        graph.nodes[reader].operation = .convolution(sum)
        graph.nodes[reader].inputs = node.inputs
      }
      graph.nodes.remove(at: index)
    }
    return graph
  }

  /// The pointwise convolutions that read one value become one product.
  public func joiningSiblings() -> Graph {
    var graph = self
    var index = 0
    while index < graph.nodes.count {
      defer { index += 1 }
      guard let first = graph.pointwise(index) else { continue }
      let siblings = graph.readers(of: graph.nodes[index].inputs[0]).filter {
        $0 >= index && graph.pointwise($0)?.rectifies == first.rectifies
          && graph.pointwise($0)?.slopes.isEmpty == first.slopes.isEmpty
          && graph.nodes[$0].isRepeated == graph.nodes[index].isRepeated
      }
      guard siblings.count > 1 else { continue }
      let nodes = siblings.map { graph.nodes[$0] }
      let sums = siblings.compactMap { graph.pointwise($0) }
      var sum = FilteredSum(.joined(sums.map(\.filter)), padding: first.padding, rectifies: first.rectifies)
      sum.slopes = sums.flatMap(\.slopes)
      graph.nodes[index] = Node(
        name: Self.commonName(nodes.map(\.name)),
        operation: .convolution(sum),
        inputs: nodes[0].inputs, outputs: nodes.flatMap(\.outputs), isRepeated: nodes[0].isRepeated)
      for sibling in siblings.dropFirst().reversed() { graph.nodes.remove(at: sibling) }
    }
    return graph
  }

  /// A constant's average is the constant, so a pointwise convolution gives the same before an average pool as behind it;
  /// where it has fewer outputs than inputs, before is the cheaper place. Its rectifier stays behind.
  public func averagingBehindPointwise() -> Graph {
    var graph = self
    for index in nodes.indices {
      let pool = graph.nodes[index]
      guard case .averagePool(let window, false) = pool.operation, let next = graph.onlyReader(of: pool.outputs[0]),
        var sum = graph.pointwise(next), sum.slopes.isEmpty, sum.filter.outputs.reduce(0, +) < sum.filter.inputs
      else { continue }
      let rectifies = sum.rectifies
      sum.rectifies = false
      let convolution = graph.nodes[next]
      let between = graph.value(graph.shape(convolution.outputs[0]))
      graph.nodes[index] = Node(
        name: convolution.name, operation: .convolution(sum), inputs: pool.inputs, outputs: [between],
        isRepeated: pool.isRepeated)
      graph.nodes[next] = Node(
        name: pool.name, operation: .averagePool(window, rectifies: rectifies), inputs: [between],
        outputs: convolution.outputs, isRepeated: convolution.isRepeated)
    }
    return graph
  }

  /// A convolution of the input with stride 2 over space becomes one with stride 1 over squares of pixels.
  public func foldingSpaceToDepth() -> Graph {
    var graph = self
    guard let input = nodes.first?.outputs[0], let reader = onlyReader(of: input),
      case .convolution(var sum) = nodes[reader].operation, sum.slopes.isEmpty,
      case .maps(let channels, let volume) = shape(input),
      sum.stride.height == 2, sum.stride.width == 2, sum.padding == .same, volume.height % 2 == 0,
      volume.width % 2 == 0, 4 * channels <= ActivationLayout.block
    else { return self }
    let before = sum.padding.volume(volume, kernel: sum.filter.kernel, stride: sum.stride).before
    guard before.height % 2 == 0, before.width % 2 == 0 else { return self }
    let squares = graph.value(
      .maps(channels: 4 * channels, Volume(volume.frames, volume.height / 2, volume.width / 2)))
    sum = FilteredSum(
      .spaceToDepth(sum.filter), stride: Volume(sum.stride.frames, 1, 1), padding: .same, rectifies: sum.rectifies)
    graph.nodes[reader].operation = .convolution(sum)
    graph.nodes[reader].inputs = [squares]
    graph.nodes.insert(
      Node(name: "space-to-depth", operation: .spaceToDepth, inputs: [input], outputs: [squares]), at: reader)
    return graph
  }

  // MARK: Ways to rewrite

  /// Joins convolutions with the one node behind each where `merge` changes the convolution so that it does both.
  private func merging(_ merge: (inout FilteredSum, Node) -> Bool) -> Graph {
    mergingPairs { node, next in
      guard case .convolution(var sum) = node.operation, !sum.rectifies, sum.slopes.isEmpty, merge(&sum, next) else {
        return false
      }
      node.operation = .convolution(sum)
      return true
    }
  }

  private func mergingPairs(_ merge: (inout Node, Node) -> Bool) -> Graph {
    var graph = self
    var index = 0
    while index < graph.nodes.count {
      let node = graph.nodes[index]
      guard node.outputs.count == 1, let next = graph.onlyReader(of: node.outputs[0]),
        graph.nodes[next].isRepeated == node.isRepeated, merge(&graph.nodes[index], graph.nodes[next])
      else {
        index += 1
        continue
      }
      graph.nodes[index].outputs = graph.nodes[next].outputs
      graph.nodes.remove(at: next)
    }
    return graph
  }

  /// The pointwise convolution of maps that a node is.
  private func pointwise(_ index: Int) -> FilteredSum? {
    guard case .convolution(let sum) = nodes[index].operation, case .maps = shape(nodes[index].inputs[0]),
      sum.filter.kernel == .one, sum.stride == .one, sum.filter.outputs.count == 1
    else { return nil }
    return sum
  }

  /// What names have in common at both ends, with what the first and the last have between: `Branch_0..2/Conv3d_0a_1x1`.
  static func commonName(_ names: [String]) -> String {
    let (first, last) = (names[0], names[names.count - 1])
    let shortest = names.map(\.count).min() ?? 0
    let start = first.commonPrefix(with: last).count
    var end = 0
    while end < shortest - start, Array(first.reversed())[end] == Array(last.reversed())[end] { end += 1 }
    return first.dropLast(end) + ".." + last.dropFirst(start)
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> Substring {
    prefix(zip(self, other).prefix { $0 == $1 }.count)
  }
}

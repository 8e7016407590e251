import Kernels
import Tensors

/// Where the values of a graph lie on the CPU: which share one storage, with what zeros around them, from which node to which
/// each storage is needed, and so where it lies in one piece of memory.
///
/// The parts of a concatenation are blocks of its storage. What works value by value does so in place where nobody needs its
/// input any more. Of a value that is made and read in bands of frames, one band has a place.
package struct CPULayout: Sendable {
  /// A value's storage, and its first block there.
  struct Place: Sendable {
    let storage: Int
    let block: Int
  }

  package struct Storage: Sendable {
    let channels: Int
    var volume: Volume
    /// Channel last, as it comes in.
    let isImage: Bool
    var haloBefore = Volume(cube: 0)
    var haloAfter = Volume(cube: 0)
    /// The nodes that write first and read last.
    var first = Int.max
    var last = 0

    package var layout: ActivationLayout {
      isImage
        ? .image(channels: channels, volume, haloBefore: haloBefore, haloAfter: haloAfter)
        : .blocked(channels: channels, volume, haloBefore: haloBefore, haloAfter: haloAfter)
    }
  }

  let graph: Graph
  /// Items that lie one behind the other.
  let items: Int
  /// By the first of the two nodes that take turns.
  let bands: [Int: CPUBands]
  package private(set) var storages: [Storage] = []
  private(set) var places: [Graph.Value: Place] = [:]
  package private(set) var plan = MemoryPlan([])

  /// - Parameters:
  ///   - items: 1 unless the graph is framewise.
  ///   - bandFloats: of a band between two layers that take turns, unless one frame has more.
  package init(_ graph: Graph, items: Int, bandFloats: Int) {
    self.graph = graph
    self.items = items
    bands = Self.bands(graph, items: items, most: bandFloats)
    place()
    addHalos()
    addLifetimes()
    plan = MemoryPlan(
      storages.map { MemoryPlan.Piece(floats: $0.layout.count, first: $0.first, last: $0.last) })
  }

  /// A node takes turns with one other at most.
  private static func bands(_ graph: Graph, items: Int, most: Int) -> [Int: CPUBands] {
    var bands: [Int: CPUBands] = [:]
    for index in graph.nodes.indices.dropLast() where bands[index - 1] == nil {
      bands[index] = CPUBands(graph, node: index, items: items, most: most)
    }
    return bands
  }

  /// From the last node to the first, so that a concatenation has its place before its parts.
  private mutating func place() {
    for (index, node) in graph.nodes.enumerated().reversed() {
      for value in node.outputs where places[value] == nil {
        guard var storage = storage(for: value, of: node) else { continue }
        if let bands = bands[index] { storage.volume = storage.volume.withFrames(bands.bandFrames) }
        places[value] = Place(storage: storages.count, block: 0)
        storages.append(storage)
      }
      guard let own = node.outputs.first.flatMap({ places[$0] }) else { continue }
      switch node.operation {
      case .concatenation:
        var block = own.block
        for part in node.inputs {
          let channels = graph.shape(part).channels ?? 0
          precondition(
            places[part] == nil && (channels % ActivationLayout.block == 0 || part == node.inputs.last),
            "CPULayout: the parts of a concatenation are whole blocks, and of one concatenation")
          places[part] = Place(storage: own.storage, block: block)
          block += channels / ActivationLayout.block
        }
      case .sum, .function, .layerNormalisation:
        if let input = node.inputs.first(where: { isLast(index, readerOf: $0) && places[$0] == nil }) {
          places[input] = own
        }
      case .input, .standardisation, .spaceToDepth, .convolution, .maxPool, .averagePool, .batchNormalisation,
        .rectifier, .scale, .tokens, .embedding, .groupNormalisation, .flattenedFrames, .attention, .row, .mean, .unitLength,
        .centredUnit:
        break
      }
    }
  }

  private func isLast(_ index: Int, readerOf value: Graph.Value) -> Bool {
    graph.readers(of: value).allSatisfy { $0 <= index } && !graph.outputs.contains(value)
  }

  /// What the value of a node is stored as; nil for what is not: vectors, ids, an image that is rearranged as it comes in,
  /// and places of unit length, which are made as they go out.
  private func storage(for value: Graph.Value, of node: Graph.Node) -> Storage? {
    let isImage = node.operation == .input || node.isStandardisation
    if node.operation == .unitLength || node.operation == .input && !isCopied(value) { return nil }
    switch graph.shape(value) {
    case .maps(let channels, let volume):
      return Storage(
        channels: channels, volume: Volume(volume.frames * items, volume.height, volume.width), isImage: isImage)
    case .rows(let count, let channels):
      return Storage(channels: channels, volume: Volume(1, 1, count * items), isImage: false)
    case .vector, .ids: return nil
    }
  }

  /// Whether the input is wanted as it comes.
  private func isCopied(_ input: Graph.Value) -> Bool {
    !graph.readers(of: input).allSatisfy {
      graph.nodes[$0].operation == .spaceToDepth || graph.nodes[$0].isStandardisation
    }
  }

  private mutating func addHalos() {
    for node in graph.nodes {
      let window: Window
      switch node.operation {
      case .convolution(let sum): window = sum.window
      case .maxPool(let own), .averagePool(let own, _): window = own
      case .input, .standardisation, .spaceToDepth, .batchNormalisation, .rectifier, .function, .scale, .sum,
        .concatenation, .tokens, .embedding, .layerNormalisation, .groupNormalisation, .flattenedFrames, .attention, .row,
        .mean, .unitLength, .centredUnit:
        continue
      }
      guard let storage = places[node.inputs[0]]?.storage, let padding = padding(node, window) else { continue }
      storages[storage].haloBefore.grow(to: padding.before)
      storages[storage].haloAfter.grow(to: padding.after)
    }
    while levelHalos() {}
  }

  /// Gives the outputs of each joined convolution one halo, since its tiles lie in all of them alike; false where that changed
  /// nothing.
  private mutating func levelHalos() -> Bool {
    var hasChanged = false
    for node in graph.nodes where node.outputs.count > 1 {
      let written = node.outputs.compactMap { places[$0]?.storage }
      for index in written {
        let before = storages[index]
        for other in written {
          storages[index].haloBefore.grow(to: storages[other].haloBefore)
          storages[index].haloAfter.grow(to: storages[other].haloAfter)
        }
        hasChanged =
          hasChanged || before.haloBefore != storages[index].haloBefore
          || before.haloAfter != storages[index].haloAfter
      }
    }
    return hasChanged
  }

  /// What a layer needs around its input; nil where that is not maps.
  private func padding(_ node: Graph.Node, _ window: Window) -> PaddedVolume? {
    guard case .maps(_, let volume) = graph.shape(node.inputs[0]) else { return nil }
    return window.padding.volume(volume, kernel: window.size, stride: window.stride)
  }

  private mutating func addLifetimes() {
    for (index, node) in graph.nodes.enumerated() {
      // Two that take turns are at work at the same time.
      let turns = bands[index] != nil ? [index, index + 1] : bands[index - 1] != nil ? [index - 1, index] : [index]
      for turn in turns { for value in node.outputs { use(value, at: turn) } }
      for turn in node.isLate(in: graph) ? [graph.nodes.count] : turns {
        for value in node.inputs { use(value, at: turn) }
      }
    }
    for value in graph.outputs { use(value, at: graph.nodes.count) }
  }

  private mutating func use(_ value: Graph.Value, at index: Int) {
    guard let storage = places[value]?.storage else { return }
    storages[storage].first = min(storages[storage].first, index)
    storages[storage].last = max(storages[storage].last, index)
  }

  /// The activation of a value in `memory`.
  func activation(_ value: Graph.Value, in memory: ActivationMemory) -> Activation? {
    guard let place = places[value], let channels = graph.shape(value).channels else { return nil }
    let storage = storages[place.storage]
    let layout =
      storage.isImage
      ? storage.layout
      : .blocked(
        channels: channels, storage.volume, haloBefore: storage.haloBefore, haloAfter: storage.haloAfter)
    return Activation(layout, in: memory, at: plan.places[place.storage] + place.block * layout.blockStride)
  }

  /// The storages whose halo must be cleared before the node at `index` writes: those that begin there and share their memory.
  func halosToClear(at index: Int, in memory: ActivationMemory) -> [Activation] {
    storages.indices.filter {
      storages[$0].first == index && plan.isShared[$0] && storages[$0].layout.hasHalo
    }.map { Activation(storages[$0].layout, in: memory, at: plan.places[$0]) }
  }
}

extension Graph.Node {
  fileprivate var isStandardisation: Bool { if case .standardisation = operation { true } else { false } }

  /// Whether it is computed when all activations are there: what makes vectors and outputs.
  func isLate(in graph: Graph) -> Bool {
    if operation == .unitLength { return true }
    return outputs.allSatisfy { if case .vector = graph.shape($0) { true } else { false } }
  }
}

extension Volume {
  fileprivate mutating func grow(to other: Volume) {
    self = Volume(max(frames, other.frames), max(height, other.height), max(width, other.width))
  }

  fileprivate func withFrames(_ frames: Int) -> Volume { Volume(frames, height, width) }
}

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

  /// Whether a part of a concatenation lies elsewhere.
  func isCopied(_ part: Graph.Value, into node: Graph.Node) -> Bool {
    guard let whole = node.outputs.first.flatMap({ places[$0] }), let own = places[part] else { return false }
    return own.storage != whole.storage
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
        // Parts that begin inside of a block, or have a place already, are copied.
        var channel = 0
        for part in node.inputs {
          if places[part] == nil, channel % ActivationLayout.block == 0, !isImage(part) {
            places[part] = Place(storage: own.storage, block: own.block + channel / ActivationLayout.block)
          }
          channel += graph.shape(part).channels ?? 0
        }
      case .resampled:
        if node.inputs.count == 2, isFree(node.inputs[1], for: index) { places[node.inputs[1]] = own }
      case .sum, .function, .layerNormalisation, .instanceNormalisation, .slopes:
        if let input = node.inputs.first(where: { isFree($0, for: index) }) { places[input] = own }
      case .input, .standardisation, .spaceToDepth, .convolution, .maxPool, .averagePool, .batchNormalisation,
        .rectifier, .scale, .tokens, .embedding, .groupNormalisation, .flattenedFrames,
        .attention, .row, .mean, .unitLength, .centredUnit, .slice, .state,
        .gate, .correlation, .halvedPlanes, .lookUp, .convexUpsampling, .warp, .depthToSpace, .constant, .centred,
        .localCorrelation, .blendedFields, .meanFrame:
        break
      }
    }
  }

  /// Whether what a node makes may take the place of one of its inputs: nobody needs that any more, in the next turn of a loop
  /// either.
  private func isFree(_ value: Graph.Value, for index: Int) -> Bool {
    guard places[value] == nil, !graph.isKept(value), graph.readers(of: value).allSatisfy({ $0 <= index }),
      let maker = maker(of: value), isImage(value) == isImage(graph.nodes[index].outputs[0])
    else { return false }
    return maker.operation != .state && maker.isRepeated == graph.nodes[index].isRepeated
  }

  private func maker(of value: Graph.Value) -> Graph.Node? { graph.nodes.first { $0.outputs.contains(value) } }

  /// Whether a value is stored channel last, one pixel behind the other: images, and maps of few channels that no convolution
  /// writes.
  private func isImage(_ value: Graph.Value) -> Bool {
    guard let node = maker(of: value) else { return false }
    guard case .maps(let channels, _) = graph.shape(value) else { return false }
    switch node.operation {
    case .input, .standardisation, .convexUpsampling, .centred, .meanFrame: return true
    // Of few channels too, so that a convolution sees a row of taps at once.
    case .slice: return isImage(node.inputs[0]) || channels <= 4
    case .warp: return isImage(node.inputs[0])
    case .state, .sum: return channels < 4
    case .spaceToDepth, .convolution, .maxPool, .averagePool, .batchNormalisation, .rectifier, .function, .scale,
      .concatenation, .tokens, .embedding, .layerNormalisation, .groupNormalisation, .flattenedFrames, .attention, .row,
      .mean, .unitLength, .centredUnit, .instanceNormalisation, .gate, .correlation, .halvedPlanes, .lookUp, .slopes,
      .depthToSpace, .constant, .resampled, .localCorrelation, .blendedFields:
      return false
    }
  }

  /// What the value of a node is stored as; nil for what is not: vectors, ids, an image that is rearranged as it comes in,
  /// and places of unit length, which are made as they go out.
  private func storage(for value: Graph.Value, of node: Graph.Node) -> Storage? {
    if node.operation == .unitLength || node.operation == .input && !isCopied(value) { return nil }
    switch graph.shape(value) {
    case .maps(let channels, let volume):
      return Storage(
        channels: channels, volume: Volume(volume.frames * items, volume.height, volume.width), isImage: isImage(value)
      )
    case .rows(let count, let channels):
      return Storage(channels: channels, volume: Volume(1, 1, count * items), isImage: false)
    case .planes(let count, let height, let width):
      let layout = ActivationLayout.planes(count * items, height: height, width: width)
      return Storage(channels: layout.channels, volume: layout.volume, isImage: true)
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
        .concatenation, .tokens, .embedding, .layerNormalisation, .groupNormalisation, .flattenedFrames,
        .attention, .row, .mean, .unitLength, .centredUnit,
        .instanceNormalisation, .slice, .state, .gate, .correlation, .halvedPlanes, .lookUp, .convexUpsampling, .warp,
        .slopes, .depthToSpace, .constant, .centred, .resampled, .localCorrelation, .blendedFields, .meanFrame:
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
    keepThroughLoop()
  }

  /// What comes from before the loop is needed in its last turn as in the first; states are written at the end of each.
  private mutating func keepThroughLoop() {
    guard let loop = graph.loop else { return }
    let end = loop.upperBound - 1
    for index in storages.indices
    where storages[index].first < loop.lowerBound && storages[index].last >= loop.lowerBound {
      storages[index].last = max(storages[index].last, end)
    }
    for carried in graph.carried {
      use(carried.state, at: end)
      use(carried.next, at: end)
    }
  }

  private mutating func use(_ value: Graph.Value, at index: Int) {
    guard let storage = places[value]?.storage else { return }
    storages[storage].first = min(storages[storage].first, index)
    storages[storage].last = max(storages[storage].last, index)
  }

  /// The activation of a value in `memory`.
  func activation(_ value: Graph.Value, in memory: ActivationMemory) -> Activation? {
    guard let place = places[value] else { return nil }
    let storage = storages[place.storage]
    let layout =
      storage.isImage
      ? storage.layout
      : .blocked(
        channels: graph.shape(value).channels ?? 0, storage.volume, haloBefore: storage.haloBefore,
        haloAfter: storage.haloAfter)
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

import Kernels
import Tensors
import Threads

/// A graph bound to memory and kernels of the CPU.
///
/// `@unchecked Sendable`: it may go from thread to thread, used by one at a time.
final class CPUProgram: Program, @unchecked Sendable {
  let batch: Int
  let graph: Graph
  let device: CPUDevice
  let inputCount: Int
  let outputCounts: [Int]

  /// Items of one pass over the steps.
  private let items: Int
  private let input: CPUInput
  private let cleared: [Activation]
  private let steps: [CPUStep]
  /// The steps that the loop repeats, and how often all are run: once but for these.
  private let loop: Range<Int>
  private let turns: Int
  /// For each step, which of `layers` it is a part of.
  private let layerOfStep: [Int]
  private let head: CPUHead
  /// By node, what a twin takes over.
  private let shared: [Int: CPUShared]
  private let workspace = Workspace()
  private let team: ThreadTeam
  private let activationFloats: Int

  /// - Parameters:
  ///   - graph: as the passes leave it.
  ///   - like: another program of the same graph, whose weights are taken over; `parameters` are not asked then.
  init(_ graph: Graph, _ parameters: some Parameters, batch: Int, device: CPUDevice, like: CPUProgram?) throws {
    precondition(batch >= 1, "CPUProgram: a batch has at least one item")
    self.graph = graph
    self.batch = batch
    self.device = device
    team = ThreadTeam(threads: device.threads)
    inputCount = graph.inputShape.count
    outputCounts = graph.outputs.map { graph.shape($0).count }
    let layout = device.layout(graph, batch: batch)
    items = layout.items
    activationFloats = layout.plan.count
    var binding = CPUBinding(layout: layout, device: device, workspace: workspace, shared: like?.shared ?? [:])
    try binding.bind(parameters)
    guard let input = binding.input else {
      throw EngineError.unsupported(device: device.name, node: graph.nodes[0].name, reason: "nothing reads it")
    }
    (self.input, cleared, steps) = (input, binding.cleared, binding.steps)
    (head, shared) = (binding.head, binding.shared)
    let repeated = binding.steps.indices.filter { binding.steps[$0].turns > 1 }
    loop = (repeated.first ?? 0)..<(repeated.last.map { $0 + 1 } ?? 0)
    turns = graph.turns
    var order: [Int] = []
    layerOfStep = binding.steps.map { step in
      if let known = order.firstIndex(of: step.node) { return 1 + known }
      order.append(step.node)
      return order.count
    }
  }

  func twin() throws -> any Program {
    try CPUProgram(graph, RandomParameters(), batch: batch, device: device, like: self)
  }

  var memory: Int { 4 * (activationFloats + workspace.count) }

  func run(_ input: UnsafePointer<Float>, count: Int, whenRead: () -> Void) -> [[Float]] {
    var results = emptyResults(count)
    forEachPass(count) { first, items in
      enter(input + first * inputCount, items)
      if first + items == count, !head.readsInput { whenRead() }
      forEachStep { steps[$0].run(team) }
      leave(input + first * inputCount, items, &results)
    }
    if head.readsInput { whenRead() }
    return results
  }

  var layers: [ProgramLayer] {
    let name = graph.nodes.last.map { String($0.name.prefix { $0 != "/" }) } ?? "head"
    var layers = [ProgramLayer(name: graph.nodes[0].name, plan: "copy")]
    for (step, place) in zip(steps, layerOfStep) {
      if place < layers.count { layers[place].add(step.layer) } else { layers.append(step.layer) }
    }
    return layers + [ProgramLayer(name: name, plan: "head")]
  }

  func profile(_ input: UnsafePointer<Float>) -> (outputs: [[Float]], times: [Duration]) {
    let clock = ContinuousClock()
    var results = emptyResults(batch)
    let last = (layerOfStep.max() ?? 0) + 1
    var times = [Duration](repeating: .zero, count: last + 1)
    forEachPass(batch) { first, items in
      times[0] += clock.measure { enter(input + first * inputCount, items) }
      forEachStep { index in times[layerOfStep[index]] += clock.measure { steps[index].run(team) } }
      times[last] += clock.measure { leave(input + first * inputCount, items, &results) }
    }
    return (results, times)
  }

  /// Calls `body` with the place of each step, in the order in which they are run.
  private func forEachStep(_ body: (Int) -> Void) {
    for index in 0..<loop.lowerBound { body(index) }
    if !loop.isEmpty { for _ in 0..<turns { for index in loop { body(index) } } }
    for index in loop.upperBound..<steps.count { body(index) }
  }

  private func emptyResults(_ count: Int) -> [[Float]] {
    precondition(count >= 1 && count <= batch, "Program: this many items do not fit into the batch")
    return outputCounts.map { columns in
      var rows: [Float] = []
      rows.reserveCapacity(count * columns)
      return rows
    }
  }

  /// Passes over the steps: one for a batch of frames, one for each clip.
  private func forEachPass(_ count: Int, _ body: (_ first: Int, _ items: Int) -> Void) {
    for first in stride(from: 0, to: count, by: items) { body(first, min(items, count - first)) }
  }

  private func enter(_ input: UnsafePointer<Float>, _ items: Int) {
    for activation in cleared { activation.clearHalo(team) }
    self.input.run(input, items: items, of: self.items, team)
  }

  private func leave(_ input: UnsafePointer<Float>, _ items: Int, _ results: inout [[Float]]) {
    for item in 0..<items { head.run(item: item, of: self.items, input: input, into: &results, team) }
  }
}

/// The packed numbers of a node, which twins share.
enum CPUShared: Sendable {
  case convolution(Convolution)
  case normalisation(LayerNormalisation)
  case tokens(TokenRows)
  case groupNormalisation(GroupNormalisation)
  case embedding(CPUInput.EmbeddingTable)
  case head(CPUHead.Operation)
  case slopes(SlopeValues)

  var slopes: SlopeValues? { if case .slopes(let values) = self { values } else { nil } }
}

import CPUFeatures
import Kernels
import Tensors

/// The CPU, with the kernels of one instruction set.
public struct CPUDevice: Device {
  public let table: KernelTable
  /// Threads of one program.
  public let threads: Int

  public var name: String { table.name }

  public init(_ table: KernelTable, threads: Int) {
    self.table = table
    self.threads = threads
  }

  public func compile(_ graph: Graph, _ parameters: some Parameters, batch: Int) throws -> any Program {
    let program = try CPUProgram(graph.optimised, parameters, batch: batch, device: self, like: nil)
    // What the weights took before they were packed: the allocator would keep it for ever.
    vidmetrics_give_back_free_memory()
    return program
  }

  /// What V and M of a Winograd convolution take at most, about, beside the activations.
  private static let workspace = 8 << 20

  public func memory(of graph: Graph, batch: Int) -> Int {
    4 * CPULayout(graph.optimised, items: graph.isFramewise ? batch : 1).plan.count + Self.workspace
  }
}

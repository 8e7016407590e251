import CPUFeatures
import Kernels
import Tensors

/// The CPU, with the kernels of one instruction set.
public struct CPUDevice: Device {
  public let table: KernelTable
  /// Threads of one program.
  public let threads: Int
  /// Of the values between two layers that take turns, see `CPUBands`: small enough for the last-level cache, and large
  /// enough that the frames around a band, whose transforms are repeated, do not count.
  package var bandFloats = 4 << 20

  public var name: String { table.name }

  public init(_ table: KernelTable, threads: Int) {
    self.table = table
    self.threads = threads
  }

  public func compile(_ graph: Graph, _ parameters: some Parameters, batch: Int) throws -> any Program {
    try CPUProgram(graph.optimised, parameters, batch: batch, device: self, like: nil)
  }

  /// Gives the memory of freed arrays back to the system; the allocator would keep it.
  public static func giveBackFreeMemory() { vidmetrics_give_back_free_memory() }

  /// Where the values of a graph lie that the passes have been through.
  func layout(_ graph: Graph, batch: Int) -> CPULayout {
    CPULayout(graph, items: graph.isFramewise ? batch : 1, bandFloats: bandFloats)
  }

  /// What V and M of a Winograd convolution take at most, about, beside the activations.
  private static let workspace = 8 << 20

  public func memory(of graph: Graph, batch: Int) -> Int {
    4 * layout(graph.optimised, batch: batch).plan.count + Self.workspace
  }
}

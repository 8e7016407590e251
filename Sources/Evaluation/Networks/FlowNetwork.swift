import Engine
import Kernels
import Networks
import Tensors
import Weights

/// RAFT with the weights that a protocol names, for frames of any size.
public final class FlowNetwork: Sendable {
  /// Instruction set and kernels, as every score records them.
  public var isa: String { table.name }

  private let table: KernelTable
  private let instances: InstancesBySize<OpticalFlow>

  /// - Parameters:
  ///   - iterations: turns in which the flow is refined.
  ///   - weights: read when the first flow is computed.
  public init(table: KernelTable, iterations: Int, weights: @escaping @Sendable () throws -> NetworkWeights) {
    self.table = table
    let read = KeptWeights(weights)
    instances = InstancesBySize { kind in
      try OpticalFlow(
        try read.value(), height: kind.height, width: kind.width, iterations: iterations,
        on: CPUDevice(table, threads: kind.threads))
    }
  }

  /// Lends an instance to `body`.
  public func forFrames<Value>(
    height: Int, width: Int, threads: Int, _ body: (OpticalFlow) throws -> Value
  ) throws -> Value {
    try instances.forFrames(height: height, width: width, threads: threads, body)
  }

  /// Bytes of an instance beside the weights.
  public func memory(height: Int, width: Int) -> Int {
    OpticalFlow.memory(height: height, width: width, on: CPUDevice(table, threads: 1))
  }
}

extension Frames {
  /// The samples of one frame in 0...255, as flow networks see them; bytes are what they are.
  public func levels(_ range: ValueRange) -> [Float] {
    switch samples {
    case .bytes(let bytes): bytes.map { Float($0) }
    case .floats(let floats):
      switch range {
      case .byte: floats
      case .symmetric: floats.map { ($0 + 1) * 127.5 }
      case .unit, .network: floats.map { $0 * 255 }
      }
    }
  }
}

import Engine
import Kernels
import Networks
import Synchronization
import Weights

/// LPIPS with the weights that a protocol names, for frames of any size.
public final class PerceptualNetwork: Sendable {
  /// Instruction set and kernels, as every score records them.
  public var isa: String { table.name }

  private let table: KernelTable
  private let instances: InstancesBySize<LPIPS>

  /// - Parameters:
  ///   - weights: AlexNet's, read when the first pair is compared.
  ///   - heads: what the squared differences are weighted with.
  public init(
    table: KernelTable, weights: @escaping @Sendable () throws -> NetworkWeights,
    heads: @escaping @Sendable () throws -> NetworkWeights
  ) {
    self.table = table
    let read = KeptWeights { (try weights(), try heads()) }
    instances = InstancesBySize { kind in
      let (alexNet, heads) = try read.value()
      return try LPIPS(
        alexNet: alexNet, heads: heads, height: kind.height, width: kind.width,
        on: CPUDevice(table, threads: kind.threads))
    }
  }

  /// Lends an instance to `body`.
  func forFrames<Value>(height: Int, width: Int, threads: Int, _ body: (LPIPS) throws -> Value) throws -> Value {
    try instances.forFrames(height: height, width: width, threads: threads, body)
  }
}

/// What is read once, when it is first needed, and kept.
final class KeptWeights<Value: Sendable>: Sendable {
  private let read: @Sendable () throws -> Value
  private let kept = Mutex<Value?>(nil)

  init(_ read: @escaping @Sendable () throws -> Value) { self.read = read }

  func value() throws -> Value {
    try kept.withLock { kept in
      let value = try kept ?? read()
      kept = value
      return value
    }
  }
}

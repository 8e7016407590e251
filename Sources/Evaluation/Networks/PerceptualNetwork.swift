import Engine
import Kernels
import Networks
import Synchronization
import Weights

/// LPIPS with the weights that a protocol names, for frames of any size: an instance for each size and each thread that is at
/// work with it, kept for the next pair.
public final class PerceptualNetwork: Sendable {
  /// Sizes whose instances are kept; a set whose videos all differ would otherwise hold one for each.
  private static let sizesKept = 4

  /// Instruction set and kernels, as every score records them.
  public var isa: String { table.name }

  private struct Kind: Hashable {
    let height: Int
    let width: Int
    let threads: Int
  }

  private struct State: Sendable {
    var weights: (alexNet: NetworkWeights, heads: NetworkWeights)?
    /// The first of each kind, from which the others take the packed weights.
    var first: [Kind: LPIPS] = [:]
    var idle: [Kind: [LPIPS]] = [:]
  }

  private let table: KernelTable
  private let weights: @Sendable () throws -> NetworkWeights
  private let heads: @Sendable () throws -> NetworkWeights
  private let state = Mutex(State())

  /// - Parameters:
  ///   - weights: AlexNet's, read when the first pair is compared.
  ///   - heads: what the squared differences are weighted with.
  public init(
    table: KernelTable, weights: @escaping @Sendable () throws -> NetworkWeights,
    heads: @escaping @Sendable () throws -> NetworkWeights
  ) {
    self.table = table
    self.weights = weights
    self.heads = heads
  }

  /// Lends an instance to `body`.
  func forFrames<Value>(height: Int, width: Int, threads: Int, _ body: (LPIPS) throws -> Value) throws -> Value {
    let kind = Kind(height: height, width: width, threads: threads)
    let network = try state.withLock { try take(kind, &$0) }
    defer { state.withLock { if $0.first[kind] != nil { $0.idle[kind, default: []].append(network) } } }
    return try body(network)
  }

  private func take(_ kind: Kind, _ state: inout State) throws -> LPIPS {
    if let network = state.idle[kind]?.popLast() { return network }
    if let first = state.first[kind] { return try first.twin() }
    let read = try state.weights ?? (weights(), heads())
    state.weights = read
    let network = try LPIPS(
      alexNet: read.alexNet, heads: read.heads, height: kind.height, width: kind.width,
      on: CPUDevice(table, threads: kind.threads))
    if state.first.count >= Self.sizesKept { (state.first, state.idle) = ([:], [:]) }
    state.first[kind] = network
    return network
  }
}

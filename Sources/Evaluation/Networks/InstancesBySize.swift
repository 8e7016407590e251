import Networks
import Synchronization

/// A network for frames of one size, of which another instance can be made that shares the weights.
public protocol TwinnedNetwork: Sendable {
  func twin() throws -> Self
}

extension LPIPS: TwinnedNetwork {}

/// A network for frames of any size: an instance for each that is at work with it, kept for the next of its size. There are
/// never more than are at work at one time: where one of another size is wanted, those that rest are given up.
package final class InstancesBySize<Network: TwinnedNetwork>: Sendable {
  package struct Kind: Hashable, Sendable {
    package let height: Int
    package let width: Int
    package let threads: Int
  }

  private struct State: Sendable {
    /// The first of each kind, from which the others take the packed weights.
    var first: [Kind: Network] = [:]
    var idle: [Kind: [Network]] = [:]
  }

  private let make: @Sendable (Kind) throws -> Network
  private let state = Mutex(State())

  /// - Parameter make: called by one at a time.
  package init(_ make: @escaping @Sendable (Kind) throws -> Network) { self.make = make }

  /// Lends an instance to `body`.
  package func forFrames<Value>(height: Int, width: Int, threads: Int, _ body: (Network) throws -> Value) throws
    -> Value
  {
    let kind = Kind(height: height, width: width, threads: threads)
    let network = try state.withLock { try take(kind, &$0) }
    defer { state.withLock { if $0.first[kind] != nil { $0.idle[kind, default: []].append(network) } } }
    return try body(network)
  }

  private func take(_ kind: Kind, _ state: inout State) throws -> Network {
    if let network = state.idle[kind]?.popLast() { return network }
    for (other, resting) in state.idle where other != kind && !resting.isEmpty {
      state.idle[other] = nil
      state.first[other] = nil
    }
    if let first = state.first[kind] { return try first.twin() }
    let network = try make(kind)
    state.first[kind] = network
    return network
  }
}

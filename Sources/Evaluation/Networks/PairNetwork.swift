import Engine
import Kernels
import Networks
import Tensors
import Weights

/// A network that sees two frames of one size.
public protocol PairedNetwork: TwinnedNetwork {
  /// Bytes of an instance beside the weights.
  static func memory(height: Int, width: Int, on device: some Device) -> Int
}

extension OpticalFlow: PairedNetwork {}
extension FrameInterpolation: PairedNetwork {}

/// A network for pairs of frames of any size, with the weights that a protocol names.
public final class PairNetwork<Network: PairedNetwork>: Sendable {
  /// Instruction set and kernels, as every score records them.
  public var isa: String { table.name }

  private let table: KernelTable
  private let instances: InstancesBySize<Network>

  /// - Parameter weights: read when the first pair is computed.
  fileprivate init(
    table: KernelTable, weights: @escaping @Sendable () throws -> NetworkWeights,
    make: @escaping @Sendable (NetworkWeights, _ height: Int, _ width: Int, CPUDevice) throws -> Network
  ) {
    self.table = table
    let read = KeptWeights(weights)
    instances = InstancesBySize { kind in
      try make(try read.value(), kind.height, kind.width, CPUDevice(table, threads: kind.threads))
    }
  }

  /// Lends an instance to `body`.
  public func forFrames<Value>(
    height: Int, width: Int, threads: Int, _ body: (Network) throws -> Value
  ) throws -> Value {
    try instances.forFrames(height: height, width: width, threads: threads, body)
  }

  /// Bytes of an instance beside the weights.
  public func memory(height: Int, width: Int) -> Int {
    Network.memory(height: height, width: width, on: CPUDevice(table, threads: 1))
  }
}

/// RAFT.
public typealias FlowNetwork = PairNetwork<OpticalFlow>

extension PairNetwork where Network == OpticalFlow {
  /// - Parameter iterations: turns in which the flow is refined.
  public convenience init(
    table: KernelTable, iterations: Int, weights: @escaping @Sendable () throws -> NetworkWeights
  ) {
    self.init(table: table, weights: weights) {
      try OpticalFlow($0, height: $1, width: $2, iterations: iterations, on: $3)
    }
  }
}

/// AMT-S.
public typealias InterpolationNetwork = PairNetwork<FrameInterpolation>

extension PairNetwork where Network == FrameInterpolation {
  public convenience init(table: KernelTable, weights: @escaping @Sendable () throws -> NetworkWeights) {
    self.init(table: table, weights: weights) { try FrameInterpolation($0, height: $1, width: $2, on: $3) }
  }
}

extension Frames {
  /// The samples of one frame in 0...255, as networks of pairs see them; bytes are what they are.
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

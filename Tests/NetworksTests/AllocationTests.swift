import AllocationCount
import Engine
import Kernels
import Networks
import Tensors
import Testing

/// A network's memory is planned when it is made. What a machine's noise does to times it cannot do to these counts.
@Suite(.serialized) struct AllocationTests {
  private let device = CPUDevice(KernelTable(.widest), threads: 1)

  private func allocations(of run: () -> Void) -> UInt {
    (0..<3).map { _ in
      let before = allocationCount()
      run()
      return allocationCount() - before
    }.min() ?? 0
  }

  @Test func theCounterCounts() {
    var kept: [[Int]] = []
    #expect(allocations { for i in 0..<100 { kept.append([i]) } } >= 100)
  }

  /// Measured: 3, the arrays of the means and of the logits. (More threads cost a few for each call of libdispatch.)
  @Test func aClipAllocatesNothingForItsLayers() throws {
    let network = try device.compile(I3D.graph(frames: 9, epsilon: 1e-3), RandomParameters(), batch: 1)
    let clip = [Float](repeating: 0.5, count: network.inputCount)
    _ = network.run(clip, count: 1)
    let count = allocations { _ = network.run(clip, count: 1) }
    #expect(count <= 8, "\(network.layers.count) layers")
  }

  /// Measured: 2, the arrays of the features.
  @Test func aBatchAllocatesNothingForItsLayers() throws {
    let network = try device.compile(InceptionV3.graph(), RandomParameters(), batch: 1)
    let frame = [Float](repeating: 0.5, count: network.inputCount)
    _ = network.run(frame, count: 1)
    let count = allocations { _ = network.run(frame, count: 1) }
    #expect(count <= 8, "\(network.layers.count) layers")
  }

  /// Measured: 4, the arrays of the features.
  @Test func aTransformersBatchAllocatesNothingForItsLayers() throws {
    let network = try device.compile(NetworkKind.clipImage.graph(nil), RandomParameters(), batch: 1)
    let frame = [Float](repeating: 0.5, count: network.inputCount)
    _ = network.run(frame, count: 1)
    let count = allocations { _ = network.run(frame, count: 1) }
    #expect(count <= 12, "\(network.layers.count) layers")
  }
}

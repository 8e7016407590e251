import AllocationCount
import Kernels
import Networks
import Tensors
import Testing

/// A network's memory is planned when it is made. What a machine's noise does to times it cannot do to these counts.
@Suite(.serialized) struct AllocationTests {
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
    let network = try I3D.random(frames: 9, threads: 1, table: KernelTable(.widest))
    let clip = [Float](repeating: 0.5, count: 9 * I3D.side * I3D.side * 3)
    _ = network.logits(clip)
    let count = allocations { _ = network.logits(clip) }
    #expect(count <= 8, "\(network.layers.count) layers")
  }

  /// Measured: 2, the arrays of the features.
  @Test func aBatchAllocatesNothingForItsLayers() throws {
    let network = try InceptionV3.random(batch: 1, threads: 1, table: KernelTable(.widest))
    let frame = [Float](repeating: 0.5, count: InceptionV3.side * InceptionV3.side * 3)
    _ = network.features(frame, count: 1)
    let count = allocations { _ = network.features(frame, count: 1) }
    #expect(count <= 8, "\(network.layers.count) layers")
  }

  /// Measured: 4, the arrays of the features.
  @Test func aTransformersBatchAllocatesNothingForItsLayers() throws {
    let network = try VisionTransformer.random(patch: 32, batch: 1, threads: 1, table: KernelTable(.widest))
    let frame = [Float](repeating: 0.5, count: network.side * network.side * 3)
    _ = network.features(frame, count: 1)
    let count = allocations { _ = network.features(frame, count: 1) }
    #expect(count <= 12, "\(network.layers.count) layers")
  }
}

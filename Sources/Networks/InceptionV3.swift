import Kernels
import Tensors
import Weights

/// Inception-v3 of the TensorFlow graph of 2015-12-05 (Szegedy et al., "Rethinking the Inception Architecture for
/// Computer Vision", CVPR 2016), up to its last average pool: the 2048 features of the Fréchet Inception Distance.
///
/// Input [B][299][299][3], values (x − 128) / 128 of x in 0...255. 11.4 GFLOP a frame. Four things are not as in
/// torchvision's Inception-v3: the average pools of the blocks at 35×35, of those at 17×17 and of the first of the two
/// at 8×8 do not count padding, and the second at 8×8 has a max pool instead. Batch-norm epsilon is 1e-3.
///
/// One instance computes one batch at a time. A frame's features are the same bits whatever else is in the batch,
/// whatever its size, and for any number of threads.
public final class InceptionV3 {
  public static let side = 299
  public static let features = 2048

  /// Frames that are computed together.
  public let batch: Int

  let steps: [NetworkStep]
  private let input: Activation
  private let mixed10: Activation
  private let team: ThreadTeam

  /// - Parameters:
  ///   - epsilon: of the batch normalisation.
  ///   - batch: the most frames of one call. Memory grows with it, some 30 MB a frame.
  ///   - table: which instruction set.
  /// - Throws: `NetworkError`, or an error that names the tensor that does not fit.
  public init(
    weights: NetworkWeights, epsilon: Float = 1e-3, batch: Int, threads: Int, table: KernelTable
  ) throws {
    precondition(batch >= 1, "InceptionV3: a batch has at least one frame")
    guard epsilon > 0, epsilon.isFinite else { throw NetworkError.epsilon(epsilon) }
    self.batch = batch
    team = ThreadTeam(threads: threads)
    var builder = InceptionV3Builder(weights: weights, epsilon: epsilon, table: table)
    input = builder.input(batch: batch)
    mixed10 = try builder.build(from: input)
    steps = builder.steps
  }

  /// The features of some frames, [count][2048].
  ///
  /// A call takes the time of a whole batch, however few the frames are.
  ///
  /// - Parameters:
  ///   - frames: [count][299][299][3], R, G, B as (x − 128) / 128.
  ///   - count: 1...batch.
  public func features(_ frames: UnsafePointer<Float>, count: Int) -> [Float] {
    precondition(count >= 1 && count <= batch, "InceptionV3: this many frames do not fit into the batch")
    // Without a halo an image lies as the caller's frames do.
    input.block(0).update(from: frames, count: count * input.layout.planeStride)
    for step in steps { step.run(team) }
    return (0..<count).flatMap(pooled)
  }

  /// "pool_3": the average of each channel of one frame.
  private func pooled(_ frame: Int) -> [Float] {
    let layout = mixed10.layout
    let lanes = ActivationLayout.block
    var means: [Float] = []
    means.reserveCapacity(layout.channels)
    for block in 0..<layout.blocks {
      var sum = SIMD16<Double>(repeating: 0)
      for y in 0..<layout.volume.height {
        let row = mixed10.block(block) + layout.offset(0, frame, y, 0)
        for x in 0..<layout.volume.width {
          let pixel = UnsafeRawPointer(row + x * lanes).loadUnaligned(as: SIMD16<Float>.self)
          sum += SIMD16<Double>(pixel)
        }
      }
      let mean = SIMD16<Float>(sum / Double(layout.volume.height * layout.volume.width))
      means.append(contentsOf: (0..<lanes).map { mean[$0] })
    }
    return means
  }
}

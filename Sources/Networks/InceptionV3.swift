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
///
/// `@unchecked Sendable`: an instance may go from thread to thread, used by one at a time.
public final class InceptionV3: @unchecked Sendable {
  public static let side = 299
  public static let features = 2048

  /// Frames that are computed together.
  public let batch: Int

  let steps: [NetworkStep]
  private let input: Activation
  private let mixed10: Activation
  private let team: ThreadTeam
  private let table: KernelTable

  /// - Parameters:
  ///   - epsilon: of the batch normalisation.
  ///   - batch: the most frames of one call. Memory grows with it, some 30 MB a frame.
  ///   - table: which instruction set.
  /// - Throws: `NetworkError`, or an error that names the tensor that does not fit.
  public convenience init(
    weights: NetworkWeights, epsilon: Float = 1e-3, batch: Int, threads: Int, table: KernelTable
  ) throws {
    guard epsilon > 0, epsilon.isFinite else { throw NetworkError.epsilon(epsilon) }
    try self.init(
      InceptionV3Builder(weights: weights, epsilon: epsilon, table: table), batch: batch, threads: threads)
  }

  private init(_ builder: InceptionV3Builder, batch: Int, threads: Int) throws {
    precondition(batch >= 1, "InceptionV3: a batch has at least one frame")
    self.batch = batch
    team = ThreadTeam(threads: threads)
    table = builder.table
    var builder = builder
    input = builder.input(batch: batch)
    mixed10 = try builder.build(from: input)
    steps = builder.steps
  }

  /// The network with numbers that mean nothing, for measuring time.
  package static func random(batch: Int, threads: Int, table: KernelTable) throws -> InceptionV3 {
    try InceptionV3(
      InceptionV3Builder(weights: nil, epsilon: 1e-3, table: table), batch: batch, threads: threads)
  }

  /// Another instance that computes the same beside this one: it shares the weights and has activations of its own.
  public func twin() throws -> InceptionV3 {
    try InceptionV3(
      InceptionV3Builder(weights: nil, epsilon: 1e-3, table: table, twin: steps), batch: batch, threads: team.threads)
  }

  /// Bytes that a twin takes for a batch, about.
  public static func memory(frames: Int) -> Int { frames * 32 << 20 }

  /// The features of some frames, [count][2048].
  ///
  /// A call takes the time of a whole batch, however few the frames are.
  ///
  /// - Parameters:
  ///   - frames: [count][299][299][3], R, G, B as (x − 128) / 128.
  ///   - count: 1...batch.
  public func features(_ frames: UnsafePointer<Float>, count: Int) -> [Float] {
    copy(frames, count: count)
    for step in steps { step.run(team) }
    return (0..<count).flatMap(pooled)
  }

  private func copy(_ frames: UnsafePointer<Float>, count: Int) {
    precondition(count >= 1 && count <= batch, "InceptionV3: this many frames do not fit into the batch")
    // Without a halo an image lies as the caller's frames do.
    input.block(0).update(from: frames, count: count * input.layout.planeStride)
  }

  /// What `profile` times, in order: the input's copy, the steps, the last average.
  package var layers: [NetworkLayer] {
    [NetworkLayer(name: "Input", plan: "copy")] + steps.map(\.layer)
      + [NetworkLayer(name: "pool_3", plan: "head")]
  }

  /// The features of a whole batch, and how long each of `layers` took.
  package func profile(_ frames: UnsafePointer<Float>) -> (features: [Float], times: [Duration]) {
    let clock = ContinuousClock()
    var times = [clock.measure { copy(frames, count: batch) }]
    for step in steps { times.append(clock.measure { step.run(team) }) }
    var features: [Float] = []
    times.append(clock.measure { features = (0..<batch).flatMap(pooled) })
    return (features, times)
  }

  /// "pool_3": the average of each channel of one frame.
  private func pooled(_ frame: Int) -> [Float] {
    let layout = mixed10.layout
    var means: [Float] = []
    means.reserveCapacity(layout.channels)
    for block in 0..<layout.blocks {
      let sum = mixed10.planeSum(block: block, frame: frame)
      let mean = SIMD16<Float>(sum / Double(layout.volume.height * layout.volume.width))
      for lane in 0..<ActivationLayout.block { means.append(mean[lane]) }
    }
    return means
  }
}

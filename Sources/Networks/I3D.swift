import Kernels
import Tensors
import Weights

/// Inflated 3D Inception-v1, RGB (Carreira and Zisserman, "Quo Vadis, Action Recognition?", CVPR 2017;
/// kinetics-i3d `i3d.py`, class `InceptionI3d`), for clips of one length.
///
/// Input [T][224][224][3] in -1...1, T >= 9. Output: the values of its `Endpoint`. 55.6 GFLOP at T = 16.
///
/// One instance computes one clip at a time; the result is the same bits for any number of threads.
///
/// `@unchecked Sendable`: an instance may go from thread to thread, used by one at a time.
public final class I3D: @unchecked Sendable {
  public static let side = 224
  public static let minimumFrames = 9

  /// Which values are the features of a clip.
  public enum Endpoint: String, Sendable, CaseIterable {
    /// The logits, averaged over time, before any soft-max: the features of the Fréchet Video Distance. As many as the
    /// weights have classes.
    case logitsMean = "logits-mean"
    /// Mixed_5c averaged over all its positions in time and space: the 1024 features of DT-FVD (Dorkenwald et al.,
    /// "Stochastic Image-to-Video Synthesis using cINNs", CVPR 2021; metrics/DTFVD, `get_representation`). The head's
    /// weights are neither needed nor read.
    ///
    /// That program pools [2,7,7] for 16 frames and [4,7,7] for 32, which leaves one position of each; there is no
    /// published feature for other lengths.
    case mixed5cMean = "mixed-5c-mean"
  }

  public let frames: Int
  public let endpoint: Endpoint
  /// How many values a clip's features are.
  public var columns: Int { head?.bias.count ?? I3DBuilder.channels }
  /// The head's outputs, 400 for Kinetics-400; 0 without a head.
  public var classes: Int { head?.bias.count ?? 0 }

  let steps: [NetworkStep]
  private let squares: SpaceToDepth
  private let mixed5c: Activation
  /// Nil where the endpoint is before it.
  private let head: Head?
  private let team: ThreadTeam
  private let table: KernelTable

  /// The last layer: [1024][classes] and [classes].
  private struct Head {
    let kernel: [Float]
    let bias: [Float]
  }

  /// - Parameters:
  ///   - epsilon: of the batch normalisation; the protocol says which (1e-3 or 1e-5).
  ///   - frames: T of the clips.
  ///   - endpoint: which values are the features.
  ///   - table: which instruction set.
  /// - Throws: `NetworkError`, or an error that names the tensor that does not fit.
  public convenience init(
    weights: NetworkWeights, epsilon: Float, frames: Int, endpoint: Endpoint = .logitsMean, threads: Int,
    table: KernelTable
  ) throws {
    guard frames >= Self.minimumFrames else {
      throw NetworkError.tooFewFrames(frames: frames, least: Self.minimumFrames)
    }
    guard epsilon > 0, epsilon.isFinite else { throw NetworkError.epsilon(epsilon) }
    try self.init(
      I3DBuilder(weights: weights, epsilon: epsilon, table: table), frames: frames, endpoint: endpoint,
      threads: threads
    ) {
      let name = "Logits/Conv3d_0c_1x1"
      let bias = weights.tensors[name + "/bias"]?.values ?? []
      return Head(
        kernel: try weights.tensor(name + "/kernel", shape: [1, 1, 1, I3DBuilder.channels, bias.count]), bias: bias)
    }
  }

  private init(
    _ builder: I3DBuilder, frames: Int, endpoint: Endpoint, threads: Int, head: () throws -> Head?
  ) throws {
    self.frames = frames
    self.endpoint = endpoint
    team = ThreadTeam(threads: threads)
    table = builder.table
    var builder = builder
    squares = builder.squares(frames: frames)
    mixed5c = try builder.build(from: squares.output)
    steps = builder.steps
    self.head = endpoint == .logitsMean ? try head() : nil
  }

  /// The network with numbers that mean nothing and 400 classes, for measuring time.
  package static func random(
    frames: Int, endpoint: Endpoint = .logitsMean, threads: Int, table: KernelTable
  ) throws -> I3D {
    try I3D(
      I3DBuilder(weights: nil, epsilon: 1e-3, table: table), frames: frames, endpoint: endpoint, threads: threads
    ) {
      let head = ConvolutionWeights.random(.one, from: I3DBuilder.channels, to: 400)
      return Head(kernel: head.values, bias: head.bias)
    }
  }

  /// Another instance that computes the same beside this one: it shares the weights and has activations of its own.
  public func twin() throws -> I3D {
    try I3D(
      I3DBuilder(weights: nil, epsilon: 1e-3, table: table, twin: steps), frames: frames, endpoint: endpoint,
      threads: team.threads
    ) { head }
  }

  /// Bytes that a twin takes for clips of `frames` frames, about.
  public static func memory(frames: Int) -> Int { frames * 11 << 20 }

  /// The features of one clip: `columns` values.
  ///
  /// - Parameter clip: [T][224][224][3], R, G, B in -1...1.
  public func features(_ clip: UnsafePointer<Float>) -> [Float] {
    squares.run(clip, team)
    for step in steps { step.run(team) }
    return pooled()
  }

  /// The features of one clip where they are logits.
  public func logits(_ clip: UnsafePointer<Float>) -> [Float] {
    precondition(endpoint == .logitsMean, "I3D: this network has no logits")
    return features(clip)
  }

  /// What `profile` times, in order: the input's copy, the steps, the head.
  package var layers: [NetworkLayer] {
    [NetworkLayer(name: "Input", plan: "copy")] + steps.map(\.layer)
      + [NetworkLayer(name: head == nil ? "Mean" : "Logits", plan: "head")]
  }

  /// The features of one clip, and how long each of `layers` took.
  package func profile(_ clip: UnsafePointer<Float>) -> (features: [Float], times: [Duration]) {
    let clock = ContinuousClock()
    var times = [clock.measure { squares.run(clip, team) }]
    for step in steps { times.append(clock.measure { step.run(team) }) }
    var features: [Float] = []
    times.append(clock.measure { features = pooled() })
    return (features, times)
  }

  private func pooled() -> [Float] {
    guard let head else { return means { _, _ in 1 }.map(Float.init) }
    // Average pooling 2×7×7, stride 1, no padding, then the mean over what is left of time: of the windows of two
    // frames, the first and the last frame are in one, the others in two. The head is linear, so the mean may come
    // before it.
    return classified(means { frame, last in frame == 0 || frame == last ? 1 : 2 }, head)
  }

  /// The mean of each channel of Mixed_5c, C values, each frame counted as often as `weight` says.
  private func means(_ weight: (_ frame: Int, _ last: Int) -> Double) -> [Double] {
    let layout = mixed5c.layout
    let last = layout.volume.frames - 1
    let weights = (0...last).map { weight($0, last) }
    let count = weights.reduce(0, +) * Double(layout.volume.height * layout.volume.width)
    var means: [Double] = []
    means.reserveCapacity(layout.channels)
    for block in 0..<layout.blocks {
      var sum = SIMD16<Double>(repeating: 0)
      for t in 0...last { sum += weights[t] * mixed5c.planeSum(block: block, frame: t) }
      let mean = sum / count
      for lane in 0..<ActivationLayout.block { means.append(mean[lane]) }
    }
    return means
  }

  private func classified(_ means: [Double], _ head: Head) -> [Float] {
    let classes = head.bias.count
    var logits = head.bias.map(Double.init)
    head.kernel.withUnsafeBufferPointer { kernel in
      for (channel, mean) in means.enumerated() {
        for output in 0..<classes { logits[output] += mean * Double(kernel[channel * classes + output]) }
      }
    }
    return logits.map(Float.init)
  }
}

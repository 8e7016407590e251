import Engine
import Tensors
import Weights

/// Inflated 3D Inception-v1, RGB (Carreira and Zisserman, "Quo Vadis, Action Recognition?", CVPR 2017;
/// kinetics-i3d `i3d.py`, class `InceptionI3d`), for clips of one length.
///
/// Input [T][224][224][3] in -1...1, T >= 9. Output: the values of its `Endpoint`. 55.6 GFLOP at T = 16.
public enum I3D {
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

  /// - Parameters:
  ///   - frames: T of the clips.
  ///   - epsilon: of the batch normalisation; the protocol says which (1e-3 or 1e-5).
  ///   - endpoint: which values are the features.
  ///   - classes: outputs of the head.
  /// - Throws: `NetworkError.tooFewFrames` or `.epsilon`.
  public static func graph(
    frames: Int, epsilon: Float, endpoint: Endpoint = .logitsMean, classes: Int = 400
  ) throws -> Graph {
    guard frames >= minimumFrames else { throw NetworkError.tooFewFrames(frames: frames, least: minimumFrames) }
    guard epsilon > 0, epsilon.isFinite else { throw NetworkError.epsilon(epsilon) }
    var i3d = Table(epsilon: epsilon)
    var x = i3d.graph.input("Input", .maps(channels: 3, Volume(frames, side, side)))
    x = i3d.convolution("Conv3d_1a_7x7", x, to: 64, kernel: 7, stride: 2)
    x = i3d.pool("MaxPool3d_2a_3x3", x, Volume(1, 3, 3), stride: Volume(1, 2, 2))
    x = i3d.convolution("Conv3d_2b_1x1", x, to: 64, kernel: 1)
    x = i3d.convolution("Conv3d_2c_3x3", x, to: 192, kernel: 3)
    x = i3d.pool("MaxPool3d_3a_3x3", x, Volume(1, 3, 3), stride: Volume(1, 2, 2))
    x = i3d.mixed("Mixed_3b", x, 64, (96, 128), (16, 32), 32)
    x = i3d.mixed("Mixed_3c", x, 128, (128, 192), (32, 96), 64)
    x = i3d.pool("MaxPool3d_4a_3x3", x, Volume(cube: 3), stride: Volume(cube: 2))
    x = i3d.mixed("Mixed_4b", x, 192, (96, 208), (16, 48), 64)
    x = i3d.mixed("Mixed_4c", x, 160, (112, 224), (24, 64), 64)
    x = i3d.mixed("Mixed_4d", x, 128, (128, 256), (24, 64), 64)
    x = i3d.mixed("Mixed_4e", x, 112, (144, 288), (32, 64), 64)
    x = i3d.mixed("Mixed_4f", x, 256, (160, 320), (32, 128), 128)
    x = i3d.pool("MaxPool3d_5a_2x2", x, Volume(cube: 2), stride: Volume(cube: 2))
    x = i3d.mixed("Mixed_5b", x, 256, (160, 320), (32, 128), 128)
    x = i3d.mixed("Mixed_5c", x, 384, (192, 384), (48, 128), 128)
    switch endpoint {
    case .mixed5cMean: x = i3d.graph.mean("Mean", x)
    case .logitsMean:
      // Average pooling 2×7×7, the head, then the mean over what is left of time. The head is linear, so the mean may come
      // before it.
      x = i3d.graph.mean("Logits/AvgPool3d_0a_7x7", x, windows: 2)
      x = i3d.graph.dense("Logits/Conv3d_0c_1x1", x, to: classes, axes: 3)
    }
    i3d.graph.finish(x)
    return i3d.graph
  }

  /// How many classes a head has; that of Kinetics-400 where the weights have none.
  static func classes(of weights: NetworkWeights?) -> Int {
    weights?.tensors["Logits/Conv3d_0c_1x1/bias"]?.values.count ?? 400
  }

  /// The layers of `i3d.py`.
  private struct Table {
    var graph = Graph("i3d")
    let epsilon: Float

    mutating func convolution(_ name: String, _ x: Graph.Value, to outputs: Int, kernel: Int, stride: Int = 1)
      -> Graph.Value
    {
      graph.unit(
        name, x, to: outputs, kernel: Volume(cube: kernel), axes: 3, stride: Volume(cube: stride), epsilon: epsilon)
    }

    mutating func pool(_ name: String, _ x: Graph.Value, _ kernel: Volume, stride: Volume) -> Graph.Value {
      graph.maxPool(name, x, kernel, stride: stride)
    }

    /// 1×1×1; 1×1×1 then 3×3×3; 1×1×1 then 3×3×3; pool then 1×1×1. Concatenated in that order.
    mutating func mixed(
      _ name: String, _ x: Graph.Value, _ branch0: Int, _ branch1: (reduce: Int, out: Int),
      _ branch2: (reduce: Int, out: Int), _ branch3: Int
    ) -> Graph.Value {
      let b0 = convolution(name + "/Branch_0/Conv3d_0a_1x1", x, to: branch0, kernel: 1)
      var b1 = convolution(name + "/Branch_1/Conv3d_0a_1x1", x, to: branch1.reduce, kernel: 1)
      b1 = convolution(name + "/Branch_1/Conv3d_0b_3x3", b1, to: branch1.out, kernel: 3)
      var b2 = convolution(name + "/Branch_2/Conv3d_0a_1x1", x, to: branch2.reduce, kernel: 1)
      b2 = convolution(name + "/Branch_2/Conv3d_0b_3x3", b2, to: branch2.out, kernel: 3)
      var b3 = pool(name + "/Branch_3/MaxPool3d_0a_3x3", x, Volume(cube: 3), stride: .one)
      b3 = convolution(name + "/Branch_3/Conv3d_0b_1x1", b3, to: branch3, kernel: 1)
      return graph.concatenation(name, [b0, b1, b2, b3])
    }
  }
}

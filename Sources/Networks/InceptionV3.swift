import Engine
import Kernels
import Tensors

/// Inception-v3 of the TensorFlow graph of 2015-12-05 (Szegedy et al., "Rethinking the Inception Architecture for
/// Computer Vision", CVPR 2016), up to its last average pool: the 2048 features of the Fréchet Inception Distance.
///
/// Input [299][299][3], values (x − 128) / 128 of x in 0...255. 11.4 GFLOP a frame. Four things are not as in
/// torchvision's Inception-v3: the average pools of the blocks at 35×35, of those at 17×17 and of the first of the two
/// at 8×8 do not count padding, and the second at 8×8 has a max pool instead. Batch-norm epsilon is 1e-3.
public enum InceptionV3 {
  public static let side = 299

  /// - Parameter epsilon: of the batch normalisation.
  /// - Throws: `NetworkError.epsilon`.
  public static func graph(epsilon: Float = 1e-3) throws -> Graph {
    guard epsilon > 0, epsilon.isFinite else { throw NetworkError.epsilon(epsilon) }
    var net = Table(epsilon: epsilon)
    var x = net.graph.input("Input", .maps(channels: 3, Volume(1, side, side)))
    x = net.convolution("conv", x, to: 32, 3, stride: 2, .valid)
    x = net.convolution("conv_1", x, to: 32, 3, .valid)
    x = net.convolution("conv_2", x, to: 64, 3)
    x = net.halve("pool", x)
    x = net.convolution("conv_3", x, to: 80, 1, .valid)
    x = net.convolution("conv_4", x, to: 192, 3, .valid)
    x = net.halve("pool_1", x)
    x = net.blockA("mixed", x, projected: 32)
    x = net.blockA("mixed_1", x, projected: 64)
    x = net.blockA("mixed_2", x, projected: 64)
    x = net.blockB("mixed_3", x)
    x = net.blockC("mixed_4", x, reduced: 128)
    x = net.blockC("mixed_5", x, reduced: 160)
    x = net.blockC("mixed_6", x, reduced: 160)
    x = net.blockC("mixed_7", x, reduced: 192)
    x = net.blockD("mixed_8", x)
    x = net.blockE("mixed_9", x, .average)
    x = net.blockE("mixed_10", x, .max)
    net.graph.finish(net.graph.mean("pool_3", x))
    return net.graph
  }

  /// The layers of the graph of 2015-12-05, with its names. Branches are concatenated in the order of each block's comment.
  private struct Table {
    typealias Value = Graph.Value

    var graph = Graph("inception-v3")
    let epsilon: Float

    enum Pool { case average, max }

    /// A square kernel.
    mutating func convolution(
      _ name: String, _ x: Value, to outputs: Int, _ side: Int, stride: Int = 1, _ padding: Padding = .same
    ) -> Value {
      line(name, x, to: outputs, side, side, stride: stride, padding)
    }

    mutating func line(
      _ name: String, _ x: Value, to outputs: Int, _ height: Int, _ width: Int, stride: Int = 1,
      _ padding: Padding = .same
    ) -> Value {
      graph.unit(
        name, x, to: outputs, kernel: Volume(1, height, width), axes: 2, stride: Volume(1, stride, stride),
        padding: padding, epsilon: epsilon)
    }

    /// The maximum of 3×3 with stride 2, not padded.
    mutating func halve(_ name: String, _ x: Value) -> Value {
      graph.maxPool(name, x, Volume(1, 3, 3), stride: Volume(1, 2, 2), padding: .valid)
    }

    /// 1×1; 1×1, 5×5; 1×1, 3×3, 3×3; average, 1×1.
    mutating func blockA(_ name: String, _ x: Value, projected: Int) -> Value {
      let b0 = convolution(name + "/conv", x, to: 64, 1)
      var b1 = convolution(name + "/tower/conv", x, to: 48, 1)
      b1 = convolution(name + "/tower/conv_1", b1, to: 64, 5)
      var b2 = convolution(name + "/tower_1/conv", x, to: 64, 1)
      b2 = convolution(name + "/tower_1/conv_1", b2, to: 96, 3)
      b2 = convolution(name + "/tower_1/conv_2", b2, to: 96, 3)
      var b3 = graph.averagePool(name + "/tower_2/pool", x, Volume(1, 3, 3))
      b3 = convolution(name + "/tower_2/conv", b3, to: projected, 1)
      return graph.concatenation(name, [b0, b1, b2, b3])
    }

    /// From 35×35 to 17×17. 3×3; 1×1, 3×3, 3×3; max.
    mutating func blockB(_ name: String, _ x: Value) -> Value {
      let b0 = convolution(name + "/conv", x, to: 384, 3, stride: 2, .valid)
      var b1 = convolution(name + "/tower/conv", x, to: 64, 1)
      b1 = convolution(name + "/tower/conv_1", b1, to: 96, 3)
      b1 = convolution(name + "/tower/conv_2", b1, to: 96, 3, stride: 2, .valid)
      return graph.concatenation(name, [b0, b1, halve(name + "/pool", x)])
    }

    /// 1×1; 1×1, 1×7, 7×1; 1×1, 7×1, 1×7, 7×1, 1×7; average, 1×1.
    mutating func blockC(_ name: String, _ x: Value, reduced: Int) -> Value {
      let b0 = convolution(name + "/conv", x, to: 192, 1)
      var b1 = convolution(name + "/tower/conv", x, to: reduced, 1)
      b1 = line(name + "/tower/conv_1", b1, to: reduced, 1, 7)
      b1 = line(name + "/tower/conv_2", b1, to: 192, 7, 1)
      var b2 = convolution(name + "/tower_1/conv", x, to: reduced, 1)
      b2 = line(name + "/tower_1/conv_1", b2, to: reduced, 7, 1)
      b2 = line(name + "/tower_1/conv_2", b2, to: reduced, 1, 7)
      b2 = line(name + "/tower_1/conv_3", b2, to: reduced, 7, 1)
      b2 = line(name + "/tower_1/conv_4", b2, to: 192, 1, 7)
      var b3 = graph.averagePool(name + "/tower_2/pool", x, Volume(1, 3, 3))
      b3 = convolution(name + "/tower_2/conv", b3, to: 192, 1)
      return graph.concatenation(name, [b0, b1, b2, b3])
    }

    /// From 17×17 to 8×8. 1×1, 3×3; 1×1, 1×7, 7×1, 3×3; max.
    mutating func blockD(_ name: String, _ x: Value) -> Value {
      var b0 = convolution(name + "/tower/conv", x, to: 192, 1)
      b0 = convolution(name + "/tower/conv_1", b0, to: 320, 3, stride: 2, .valid)
      var b1 = convolution(name + "/tower_1/conv", x, to: 192, 1)
      b1 = line(name + "/tower_1/conv_1", b1, to: 192, 1, 7)
      b1 = line(name + "/tower_1/conv_2", b1, to: 192, 7, 1)
      b1 = convolution(name + "/tower_1/conv_3", b1, to: 192, 3, stride: 2, .valid)
      return graph.concatenation(name, [b0, b1, halve(name + "/pool", x)])
    }

    /// 1×1; 1×1, then 1×3 and 3×1 side by side; 1×1, 3×3, then 1×3 and 3×1 side by side; a pool, 1×1.
    mutating func blockE(_ name: String, _ x: Value, _ pool: Pool) -> Value {
      let b0 = convolution(name + "/conv", x, to: 320, 1)
      let b1 = convolution(name + "/tower_conv", x, to: 384, 1)
      let b1a = line(name + "/tower_mixed_conv", b1, to: 384, 1, 3)
      let b1b = line(name + "/tower_mixed_conv_1", b1, to: 384, 3, 1)
      var b2 = convolution(name + "/tower_1_conv", x, to: 448, 1)
      b2 = convolution(name + "/tower_1_conv_1", b2, to: 384, 3)
      let b2a = line(name + "/tower_1_mixed_conv", b2, to: 384, 1, 3)
      let b2b = line(name + "/tower_1_mixed_conv_1", b2, to: 384, 3, 1)
      var b3: Value
      switch pool {
      case .average: b3 = graph.averagePool(name + "/tower_2_pool", x, Volume(1, 3, 3))
      case .max: b3 = graph.maxPool(name + "/tower_2_pool", x, Volume(1, 3, 3))
      }
      b3 = convolution(name + "/tower_2_conv", b3, to: 192, 1)
      return graph.concatenation(name, [b0, b1a, b1b, b2a, b2b, b3])
    }
  }
}

import Engine
import Kernels
import Tensors

/// The convolutions of AlexNet as torchvision has them (Krizhevsky, "One weird trick for parallelizing convolutional neural
/// networks", 2014; `torchvision/models/alexnet.py`, `features`), as LPIPS looks at them: of the five rectified maps, each
/// pixel's channels divided by their length.
///
/// Input [H][W][3] in 0...1. Output: five maps [H'][W'][C].
public enum AlexNet {
  /// Output channels of the convolutions.
  static let channels = [64, 192, 384, 256, 256]
  /// The frame that is 7×7 behind the first convolution: the two pools then leave one pixel.
  static let minimumSide = 31

  static func graph(height: Int, width: Int) -> Graph {
    var net = Table()
    let image = net.graph.input("input", .maps(channels: 3, Volume(1, height, width)))
    // From 0...1 to -1...1, then what ImageNet's mean and deviation are there (lpips 0.1.4, `ScalingLayer`).
    let scaled = net.graph.standardisation(
      "standardisation", image,
      Standardisation(
        factor: 2, offset: -1, mean: [-0.030, -0.088, -0.188], deviation: [0.458, 0.448, 0.450]))
    let first = net.convolution("conv_1", scaled, to: channels[0], 11, stride: 4, .zeros(2))
    let second = net.convolution("conv_2", net.halve("pool_1", first), to: channels[1], 5)
    let third = net.convolution("conv_3", net.halve("pool_2", second), to: channels[2], 3)
    let fourth = net.convolution("conv_4", third, to: channels[3], 3)
    let fifth = net.convolution("conv_5", fourth, to: channels[4], 3)
    net.graph.finish(
      [first, second, third, fourth, fifth].enumerated().map { index, map in
        net.graph.unitLength("unit_\(index + 1)", map)
      })
    return net.graph
  }

  private struct Table {
    var graph = Graph("alexnet")

    mutating func convolution(
      _ name: String, _ x: Graph.Value, to outputs: Int, _ side: Int, stride: Int = 1, _ padding: Padding = .same
    ) -> Graph.Value {
      let x = graph.convolution(
        name, x, to: outputs, kernel: Volume(1, side, side), axes: 2, stride: Volume(1, stride, stride),
        padding: padding)
      return graph.rectifier(name, x)
    }

    mutating func halve(_ name: String, _ x: Graph.Value) -> Graph.Value {
      graph.maxPool(name, x, Volume(1, 3, 3), stride: Volume(1, 2, 2), padding: .valid)
    }
  }
}

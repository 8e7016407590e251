import Kernels
import Tensors
import Weights

/// The convolutions of AlexNet as torchvision has them (Krizhevsky, "One weird trick for parallelizing convolutional neural
/// networks", 2014; `torchvision/models/alexnet.py`, `features`), for frames of one size.
///
/// Each of the five is rectified; behind the first two a maximum of 3×3 with stride 2.
struct AlexNetBuilder: NetworkBuilder {
  static let kernelAxes = 2
  /// Output channels of the convolutions.
  static let channels = [64, 192, 384, 256, 256]
  /// The frame that is 7×7 behind the first convolution: the two pools then leave one pixel.
  static let minimumSide = 31
  /// Zeros around a frame.
  static let padding = 2

  let weights: NetworkWeights?
  /// There is no batch normalisation.
  let epsilon: Float = 0
  let table: KernelTable
  let workspace = Workspace()
  var steps: [NetworkStep] = []
  let twin: [NetworkStep]

  init(weights: NetworkWeights?, table: KernelTable, twin: [NetworkStep] = []) {
    self.weights = weights
    self.table = table
    self.twin = twin
  }

  /// [1][2 + H + 2][2 + W + 2][3]: the padding of the first convolution belongs to the image, because with a stride of 4 it
  /// is neither "SAME" nor "VALID". It stays zero.
  func input(height: Int, width: Int) -> Activation {
    let none = Volume(cube: 0)
    return Activation(
      .image(
        channels: 3, Volume(1, height + 2 * Self.padding, width + 2 * Self.padding), haloBefore: none, haloAfter: none))
  }

  /// The five rectified maps.
  mutating func build(from image: Activation) throws -> [Activation] {
    let first = try convolve(1, side: 11, stride: 4, .valid, image)
    let second = try convolve(2, side: 5, .same, halve("pool_1", first, halo: 2))
    let third = try convolve(3, side: 3, .same, halve("pool_2", second, halo: 1))
    let fourth = try convolve(4, side: 3, .same, third)
    return [first, second, third, fourth, try convolve(5, side: 3, .same, fourth)]
  }

  private mutating func convolve(
    _ layer: Int, side: Int, stride: Int = 1, _ padding: Padding, _ input: Activation
  ) throws -> Activation {
    let (kernel, stride) = (Volume(1, side, side), Volume(1, stride, stride))
    let (inputs, outputs) = (input.layout.channels, Self.channels[layer - 1])
    let output = activation(
      outputs, padding.volume(input.layout.volume, kernel: kernel, stride: stride).output, halo: 1)
    func convolution(_ builder: AlexNetBuilder) throws -> ConvolutionWeights {
      guard let weights = builder.weights else { return .random(kernel, from: inputs, to: outputs) }
      return ConvolutionWeights(
        kernel: kernel, inputChannels: inputs, outputChannels: outputs,
        values: try weights.tensor("conv_\(layer)/kernel", shape: [side, side, inputs, outputs]),
        bias: try weights.tensor("conv_\(layer)/bias", shape: [outputs]))
    }
    try add(
      "conv_\(layer)", convolution, stride: stride, padding: padding, input,
      OutputBlock.blocks(of: output, from: 0, count: output.layout.blocks))
    return output
  }

  private mutating func halve(_ name: String, _ input: Activation, halo: Int) -> Activation {
    let (kernel, stride) = (Volume(1, 3, 3), Volume(1, 2, 2))
    let volume = Padding.valid.volume(input.layout.volume, kernel: kernel, stride: stride).output
    let output = activation(input.layout.channels, volume, halo: halo)
    pool(name, kernel, stride: stride, padding: .valid, input, output)
    return output
  }

  private func activation(_ channels: Int, _ volume: Volume, halo: Int) -> Activation {
    Activation(
      .blocked(
        channels: channels, volume, haloBefore: Volume(0, halo, halo), haloAfter: Volume(0, halo, halo)))
  }
}

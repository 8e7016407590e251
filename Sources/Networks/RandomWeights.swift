import Kernels
import Tensors

extension ConvolutionWeights {
  /// Numbers that mean nothing, for measuring time: uniform, with the variance 2/inputs of a sum, so that behind a rectifier
  /// sums stay as large as what goes in. The same on every call.
  static func random(_ kernel: Volume, from inputs: Int, to outputs: Int) -> ConvolutionWeights {
    var state: UInt64 = 1
    let bound = (6 / Float(kernel.count * inputs)).squareRoot()
    let values = (0..<kernel.count * inputs * outputs).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Float(state >> 40) * 0x1p-23 - 1) * bound
    }
    return ConvolutionWeights(
      kernel: kernel, inputChannels: inputs, outputChannels: outputs, values: values,
      bias: [Float](repeating: 0, count: outputs))
  }
}

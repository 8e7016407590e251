import Kernels
import Tensors
import Weights

extension NetworkWeights {
  /// A convolution with the batch normalisation behind it folded in: w·s and beta − mean·s, where
  /// s = gamma / sqrt(variance + epsilon), and gamma is 1 where the network has none.
  ///
  /// - Parameters:
  ///   - unit: the canonical name, such as `Mixed_3b/Branch_1/Conv3d_0b_3x3`.
  ///   - axes: how many the weights have for the kernel: 2 (no time) or 3.
  ///   - epsilon: of the batch normalisation. TensorFlow's I3D has 1e-3, several PyTorch ports 1e-5.
  /// - Throws: if a tensor is missing or has another shape.
  func convolution(_ unit: String, kernel: Volume, axes: Int, from inputs: Int, to outputs: Int, epsilon: Float)
    throws -> ConvolutionWeights
  {
    precondition(axes == 3 || axes == 2 && kernel.frames == 1, "NetworkWeights: this kernel has other axes")
    let sides = [kernel.frames, kernel.height, kernel.width].suffix(axes)
    var values = try tensor(unit + "/kernel", shape: sides + [inputs, outputs])
    let beta = try tensor(unit + "/beta", shape: [outputs])
    let mean = try tensor(unit + "/moving_mean", shape: [outputs])
    let variance = try tensor(unit + "/moving_variance", shape: [outputs])
    let gamma = tensors[unit + "/gamma"] == nil ? nil : try tensor(unit + "/gamma", shape: [outputs])
    var scale = [Float](repeating: 0, count: outputs)
    var bias = [Float](repeating: 0, count: outputs)
    for channel in 0..<outputs {
      let factor = Double(gamma?[channel] ?? 1) / (Double(variance[channel]) + Double(epsilon)).squareRoot()
      scale[channel] = Float(factor)
      bias[channel] = Float(Double(beta[channel]) - Double(mean[channel]) * factor)
    }
    values.withUnsafeMutableBufferPointer { values in
      for row in 0..<kernel.count * inputs {
        let base = row * outputs
        for channel in 0..<outputs { values[base + channel] *= scale[channel] }
      }
    }
    return ConvolutionWeights(
      kernel: kernel, inputChannels: inputs, outputChannels: outputs, values: values, bias: bias)
  }
}

import Tensors

/// What negative values are multiplied with, a factor for each channel.
public final class SlopeValues: @unchecked Sendable {
  private let buffer: FloatBuffer

  /// - Parameter slopes: those of the outputs of a convolution one behind the other, each filled up to whole blocks but the last.
  public init(_ slopes: [Float]) {
    let lanes = ActivationLayout.block
    // A panel of a convolution can have a block more than there are channels for.
    buffer = FloatBuffer(zeros: (slopes.count + lanes - 1) / lanes * lanes + lanes)
    buffer.pointer.update(from: slopes, count: slopes.count)
  }

  func covers(_ blocks: Int) -> Bool { buffer.count == (blocks + 1) * ActivationLayout.block }

  func block(_ block: Int) -> UnsafePointer<Float> { UnsafePointer(buffer.pointer + block * ActivationLayout.block) }
}

/// What a normalisation multiplies by and adds, a value each for every channel: the scales, then the offsets.
final class ScaleAndOffset: @unchecked Sendable {
  let buffer: FloatBuffer

  init(_ scale: [Float], _ offset: [Float]) {
    buffer = FloatBuffer(zeros: scale.count + offset.count)
    buffer.pointer.update(from: scale, count: scale.count)
    (buffer.pointer + scale.count).update(from: offset, count: offset.count)
  }
}

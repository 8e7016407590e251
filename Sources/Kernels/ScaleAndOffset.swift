import Tensors

/// What a normalisation multiplies by and adds, a value each for every channel: the scales, then the offsets.
final class ScaleAndOffset: @unchecked Sendable {
  let buffer: FloatBuffer

  init(_ scale: [Float], _ offset: [Float]) {
    buffer = FloatBuffer(zeros: scale.count + offset.count)
    buffer.pointer.update(from: scale, count: scale.count)
    (buffer.pointer + scale.count).update(from: offset, count: offset.count)
  }
}

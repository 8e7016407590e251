import Tensors

/// A frame as square patches at several scales, one scale behind the other, rows of patches from top to bottom: what MUSIQ
/// sees. Each scale is the frame, brought to a size by PyTorch's bicubic resize without antialiasing, or the frame as it is;
/// zeros around it fill up the last patches, half of them before, the odd one behind.
public struct ScalePatches: Sendable {
  /// Height and width of a scale, and whether it is the frame itself.
  public struct Scale: Sendable, Hashable {
    public let height: Int
    public let width: Int
    public let isFrame: Bool

    public init(height: Int, width: Int, isFrame: Bool) {
      self.height = height
      self.width = width
      self.isFrame = isFrame
    }

    /// Patches from top to bottom, and from left to right.
    public func patches(of side: Int) -> (rows: Int, columns: Int) {
      ((height + side - 1) / side, (width + side - 1) / side)
    }
  }

  private let height: Int
  private let width: Int
  private let side: Int
  private let scales: [Scale]

  /// - Parameters:
  ///   - height: of a frame; `width` too.
  ///   - side: of a patch, in pixels.
  public init(height: Int, width: Int, side: Int, scales: [Scale]) {
    precondition(
      scales.allSatisfy { $0.height > 0 && $0.width > 0 && (!$0.isFrame || $0.height == height && $0.width == width) },
      "ScalePatches: a scale has pixels, and the frame's is as large as it")
    self.height = height
    self.width = width
    self.side = side
    self.scales = scales
  }

  public var count: Int {
    scales.reduce(0) { sum, scale in
      let (rows, columns) = scale.patches(of: side)
      return sum + rows * columns
    }
  }

  /// Floats of all patches, [count][side][side][3].
  public var values: Int { count * side * side * 3 }

  /// - Parameters:
  ///   - frame: [height][width][3] in 0...1, which becomes 2x − 1 before it is resized.
  ///   - patches: `values` floats.
  public func run(_ frame: UnsafePointer<Float>, into patches: UnsafeMutablePointer<Float>) {
    let floats = height * width * 3
    let symmetric = FloatBuffer(zeros: floats + 1)
    for index in 0..<floats { symmetric.pointer[index] = 2 * frame[index] - 1 }
    var target = patches
    target.update(repeating: 0, count: values)
    for scale in scales {
      let (rows, columns) = scale.patches(of: side)
      if scale.isFrame {
        cut(symmetric.pointer, scale, rows, columns, into: target)
      } else {
        let resized = FloatBuffer(zeros: scale.height * scale.width * 3 + 1)
        let geometry = ResizeGeometry(height: height, width: width, to: (scale.height, scale.width))
        TorchBicubicPlan(geometry).run(
          ResizeSource(samples: .floats(symmetric.pointer), rowStride: width * 3, count: width * 3),
          into: resized.pointer,
          target: ResizeTarget(size: scale.width, rowStride: scale.width * 3, scaling: .unchanged))
        cut(resized.pointer, scale, rows, columns, into: target)
      }
      target += rows * columns * side * side * 3
    }
  }

  private func cut(
    _ image: UnsafePointer<Float>, _ scale: Scale, _ rows: Int, _ columns: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    let (top, left) = ((rows * side - scale.height) / 2, (columns * side - scale.width) / 2)
    for y in 0..<scale.height {
      let (row, line) = (y + top).quotientAndRemainder(dividingBy: side)
      for column in 0..<columns {
        let first = max(column * side, left)
        let last = min((column + 1) * side, left + scale.width)
        guard first < last else { continue }
        let place = ((row * columns + column) * side + line) * side + first - column * side
        (target + place * 3).update(from: image + (y * scale.width + first - left) * 3, count: (last - first) * 3)
      }
    }
  }
}

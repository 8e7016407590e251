import Tensors
import Threads

/// Layer normalisation of rows of channels (Ba, Kiros and Hinton, "Layer Normalization", 2016), bound to its input and
/// output: (x − mean) / sqrt(variance + epsilon) · scale + offset over the channels of each row.
///
/// Rows are the pixels of blocked activations without a halo, [C/16][rows][16], C a multiple of 16.
public struct LayerNormalisation: Sendable {
  private let input: Activation
  private let output: Activation
  private let parameters: Parameters
  private let epsilon: Float
  private let kernel: MicroKernels.NormaliseRowsKernel

  /// Scale, then offset.
  private final class Parameters: @unchecked Sendable {
    let buffer: FloatBuffer
    init(_ scale: [Float], _ offset: [Float]) {
      buffer = FloatBuffer(zeros: scale.count + offset.count)
      buffer.pointer.update(from: scale, count: scale.count)
      (buffer.pointer + scale.count).update(from: offset, count: offset.count)
    }
  }

  /// - Parameters:
  ///   - scale: [C]; `offset`: [C].
  ///   - epsilon: added to the variance.
  ///   - output: may be the input.
  public init(
    scale: [Float], offset: [Float], epsilon: Float, input: Activation, output: Activation, with table: KernelTable
  ) {
    let channels = input.layout.channels
    precondition(scale.count == channels && offset.count == channels, "LayerNormalisation: [C] values are needed")
    precondition(channels % ActivationLayout.block == 0, "LayerNormalisation: channels fill whole blocks")
    precondition(input.layout == output.layout && input.layout.isRows, "LayerNormalisation: rows are needed")
    self.input = input
    self.output = output
    self.epsilon = epsilon
    parameters = Parameters(scale, offset)
    kernel = table.kernels.normaliseRows
  }

  /// The same normalisation of other rows, with shared parameters.
  public init(like other: LayerNormalisation, input: Activation, output: Activation) {
    precondition(
      input.layout == other.input.layout && output.layout == other.output.layout,
      "LayerNormalisation: rows of the same shape are needed")
    self.input = input
    self.output = output
    parameters = other.parameters
    epsilon = other.epsilon
    kernel = other.kernel
  }

  public func run(_ team: ThreadTeam) {
    let layout = input.layout
    layout.forEachRows(team) { first, count in
      let start = first * ActivationLayout.block
      kernel(
        input.block(0) + start, count, layout.blocks, layout.blockStride, parameters.buffer.pointer,
        parameters.buffer.pointer + layout.channels, epsilon, output.block(0) + start, output.layout.blockStride)
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 2 * input.layout.channels * input.layout.rows }
}

/// A function of each value of rows.
public struct ValueFunction: Sendable {
  public enum Kind: String, Sendable {
    /// x · Φ(x) (Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016), by erf.
    case gelu
    /// x · σ(1.702·x): what OpenAI's CLIP was trained with.
    case quickGELU = "quick-gelu"
  }

  public let kind: Kind
  private let input: Activation
  private let output: Activation
  private let kernel: MicroKernels.ValuesKernel

  /// - Parameters:
  ///   - input: rows; their channels fill whole blocks.
  ///   - output: may be the input.
  public init(_ kind: Kind, of input: Activation, into output: Activation, with table: KernelTable) {
    precondition(input.layout == output.layout && input.layout.isRows, "ValueFunction: rows of one shape are needed")
    self.kind = kind
    self.input = input
    self.output = output
    kernel = kind == .gelu ? table.kernels.geluValues : table.kernels.quickGELUValues
  }

  public func run(_ team: ThreadTeam) {
    let layout = input.layout
    layout.forEachRows(team) { first, count in
      let values = count * ActivationLayout.block
      for block in 0..<layout.blocks {
        let source = UnsafePointer(input.block(block) + first * ActivationLayout.block)
        let target = output.block(block) + first * ActivationLayout.block
        if source != UnsafePointer(target) { target.update(from: source, count: values) }
        kernel(target, values)
      }
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 2 * input.layout.channels * input.layout.rows }
}

/// a + b of rows or maps: a residual connection.
public struct Addition: Sendable {
  private let a: Activation
  private let b: Activation
  private let output: Activation
  private let rectifies: Bool

  /// - Parameters:
  ///   - rectifies: whether max(·, 0) is taken of the sum.
  ///   - output: may be `a` or `b`.
  public init(_ a: Activation, _ b: Activation, into output: Activation, rectifies: Bool = false) {
    func isAlike(_ other: Activation) -> Bool {
      other.layout.isBlocked && other.layout.volume == a.layout.volume && other.layout.channels == a.layout.channels
    }
    precondition(
      a.layout.isBlocked && isAlike(b) && isAlike(output), "Addition: rows or maps of one shape are needed")
    self.a = a
    self.b = b
    self.output = output
    self.rectifies = rectifies
  }

  public func run(_ team: ThreadTeam) {
    let layout = a.layout
    guard a.layout.isRows, b.layout.isRows, output.layout.isRows else { return runByRows(team) }
    layout.forEachRows(team) { first, count in
      for block in 0..<layout.blocks {
        let start = first * ActivationLayout.block
        add(
          UnsafePointer(a.block(block) + start), UnsafePointer(b.block(block) + start), output.block(block) + start,
          count * ActivationLayout.block)
      }
    }
  }

  private func runByRows(_ team: ThreadTeam) {
    let volume = a.layout.volume
    team.perform(chunks: volume.frames) { frame in
      for block in 0..<a.layout.blocks {
        for row in 0..<volume.height {
          func place(_ map: Activation) -> UnsafeMutablePointer<Float> {
            map.block(block) + map.layout.offset(0, frame, row, 0)
          }
          add(
            UnsafePointer(place(a)), UnsafePointer(place(b)), place(output), volume.width * ActivationLayout.block)
        }
      }
    }
  }

  @inline(__always)
  private func add(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    if rectifies {
      for place in 0..<count { target[place] = max(x[place] + y[place], 0) }
    } else {
      for place in 0..<count { target[place] = x[place] + y[place] }
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 3 * a.layout.channels * a.layout.rows }
}

extension ActivationLayout {
  /// Blocked rows of channels, [C/16][rows][16].
  public static func rows(_ count: Int, channels: Int) -> ActivationLayout {
    .blocked(
      channels: channels, Volume(1, 1, count), haloBefore: Volume(0, 0, 0), haloAfter: Volume(0, 0, 0))
  }

  /// Rows of channels, without a halo.
  public var isRows: Bool { isBlocked && blockStride == volume.count * Self.block }
  public var rows: Int { volume.count }

  /// Calls `body` with the first row and the number of rows of each part of them.
  func forEachRows(_ team: ThreadTeam, _ body: @Sendable (_ first: Int, _ count: Int) -> Void) {
    let part = 32
    team.perform(chunks: (rows + part - 1) / part) { body($0 * part, min(part, rows - $0 * part)) }
  }
}

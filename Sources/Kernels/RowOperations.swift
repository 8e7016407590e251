import Tensors
import Threads

/// Layer normalisation of rows of channels (Ba, Kiros and Hinton, "Layer Normalization", 2016), bound to its input and
/// output: (x − mean) / sqrt(variance + epsilon) · scale + offset over the channels of each row.
///
/// Rows are the pixels of blocked activations without a halo, [C/16][rows][16], C a multiple of 16.
public struct LayerNormalisation: Sendable {
  private let input: Activation
  private let output: Activation
  private let parameters: ScaleAndOffset
  private let epsilon: Float
  private let kernel: MicroKernels.NormaliseRowsKernel

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
    parameters = ScaleAndOffset(scale, offset)
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

/// A function of each value of rows or maps.
public struct ValueFunction: Sendable {
  public enum Kind: String, Sendable {
    /// x · Φ(x) (Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016), by erf.
    case gelu
    /// x · σ(1.702·x): what OpenAI's CLIP was trained with.
    case quickGELU = "quick-gelu"
    /// σ(x) = 1 / (1 + e^-x)
    case sigmoid
    case tanh
  }

  public let kind: Kind
  private let input: Activation
  private let output: Activation
  private let kernel: MicroKernels.ValuesKernel

  /// - Parameters:
  ///   - input: rows, whose channels fill whole blocks, or maps.
  ///   - output: may be the input.
  public init(_ kind: Kind, of input: Activation, into output: Activation, with table: KernelTable) {
    precondition(
      input.layout.isBlocked && output.layout.isBlocked && input.layout.volume == output.layout.volume
        && input.layout.channels == output.layout.channels, "ValueFunction: values of one shape are needed")
    self.kind = kind
    self.input = input
    self.output = output
    kernel =
      switch kind {
      case .gelu: table.kernels.geluValues
      case .quickGELU: table.kernels.quickGELUValues
      case .sigmoid: table.kernels.sigmoidValues
      case .tanh: table.kernels.tanhValues
      }
  }

  public func run(_ team: ThreadTeam) {
    let layout = input.layout
    guard layout.isRows, output.layout.isRows else {
      layout.forEachRow(team) { block, frame, row in
        apply(
          input.row(block, frame, row), output.row(block, frame, row), layout.volume.width * ActivationLayout.block)
      }
      return
    }
    layout.forEachRows(team) { first, count in
      let start = first * ActivationLayout.block
      for block in 0..<layout.blocks {
        apply(input.block(block) + start, output.block(block) + start, count * ActivationLayout.block)
      }
    }
  }

  private func apply(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ values: Int) {
    if source != UnsafePointer(target) { target.update(from: source, count: values) }
    kernel(target, values)
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 2 * input.layout.channels * input.layout.volume.count }
}

/// a + b of rows or maps, or max(·, 0) of that: a residual connection.
public struct Addition: Sendable {
  private let a: Activation
  private let b: Activation
  private let rectify: Bool
  private let output: Activation
  private let kernel: MicroKernels.AddRowKernel

  /// - Parameter output: may be `a` or `b`.
  public init(
    _ a: Activation, _ b: Activation, rectify: Bool = false, into output: Activation, with table: KernelTable
  ) {
    precondition(
      [a, b].allSatisfy { $0.layout.volume == output.layout.volume && $0.layout.channels == output.layout.channels },
      "Addition: values of one shape are needed")
    self.a = a
    self.b = b
    self.rectify = rectify
    self.output = output
    kernel = table.kernels.addRow
  }

  public func run(_ team: ThreadTeam) {
    let layout = output.layout
    if [a, b, output].allSatisfy({ $0.layout.isRows }) {
      layout.forEachRows(team) { first, count in
        let start = first * ActivationLayout.block
        for block in 0..<layout.blocks {
          kernel(
            a.block(block) + start, b.block(block) + start, count * ActivationLayout.block, output.block(block) + start,
            rectify)
        }
      }
    } else if [a, b, output].allSatisfy({ $0.layout.isBlocked }) {
      layout.forEachRow(team) { block, frame, row in
        kernel(
          a.row(block, frame, row), b.row(block, frame, row), layout.volume.width * ActivationLayout.block,
          output.row(block, frame, row), rectify)
      }
    } else {
      // Of few channels, in layouts that differ.
      team.perform(chunks: layout.volume.frames * layout.volume.height) { chunk in
        let (t, y) = chunk.quotientAndRemainder(dividingBy: layout.volume.height)
        for x in 0..<layout.volume.width {
          for c in 0..<layout.channels {
            let sum = a[c, t, y, x] + b[c, t, y, x]
            output[c, t, y, x] = rectify && sum < 0 ? 0 : sum
          }
        }
      }
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int { 4 * 3 * output.layout.channels * output.layout.volume.count }
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

import Tensors
import Threads

/// How much larger or smaller maps become, between pixels by bilinear interpolation whose corners are not aligned: PyTorch's
/// `interpolate(mode="bilinear", align_corners=False)` without antialiasing.
public enum ResamplingScale: Int, Sendable {
  case quarter = -4
  case half = -2
  case double = 2
  case quadruple = 4

  /// Nil for factors that there are no scales of.
  public init?(times factor: Int) { self.init(rawValue: factor) }
  public init?(divided factor: Int) { self.init(rawValue: -factor) }

  /// Height and width, what is left of them over left out.
  public func volume(_ volume: Volume) -> Volume {
    func side(_ side: Int) -> Int { rawValue > 0 ? rawValue * side : side / -rawValue }
    return Volume(volume.frames, side(volume.height), side(volume.width))
  }

  /// The two neighbours of a place, and the share of the second.
  public func neighbours(of place: Int, side: Int) -> (first: Int, second: Int, share: Float) {
    let position: Float =
      rawValue > 0
      ? max(0, (Float(place) + 0.5) / Float(rawValue) - 0.5) : (Float(place) + 0.5) * Float(-rawValue) - 0.5
    let first = Int(position)
    return (first, min(first + 1, side - 1), position - Float(first))
  }
}

/// Maps at another scale, the first channels times one factor and the others times another, added to maps of that size where there
/// are any: flows are as many times longer as their frames are larger.
public struct Resampling: Sendable {
  private let input: Activation
  private let added: Activation?
  private let output: Activation
  private let scale: ResamplingScale
  /// For each channel.
  private let factors: SlopeValues
  /// For each column the offsets of its two neighbours, and the share of the second.
  private let places: [Int]
  private let shares: [Float]
  /// For each block whether all its factors are 0.
  private let unchanged: [Bool]
  private let isInPlace: Bool
  private let kernel: MicroKernels.ResampleRowKernel

  /// - Parameters:
  ///   - factors: one for each channel.
  ///   - added: of at least as many channels as the input; the others stay as they are.
  ///   - output: may be `added`.
  public init(
    _ input: Activation, scale: ResamplingScale, factors: [Float], addedTo added: Activation?, into output: Activation,
    with table: KernelTable
  ) {
    let (from, to) = (input.layout, output.layout)
    precondition(
      from.isBlocked && to.isBlocked && to.volume == scale.volume(from.volume) && factors.count == from.channels,
      "Resampling: the output has another shape")
    precondition(
      added.map { $0.layout.isBlocked && $0.layout.volume == to.volume && $0.layout.channels == to.channels }
        ?? (from.channels == to.channels), "Resampling: maps of the output's shape are added to")
    precondition(added == nil || to.blocks <= from.blocks, "Resampling: the input has too few channels")
    self.input = input
    self.added = added
    self.output = output
    self.scale = scale
    self.factors = SlopeValues(factors)
    let columns = (0..<to.volume.width).map { scale.neighbours(of: $0, side: from.volume.width) }
    places = columns.flatMap { [$0.first * ActivationLayout.block, $0.second * ActivationLayout.block] }
    shares = columns.map(\.share)
    let lanes = ActivationLayout.block
    unchanged = (0..<from.blocks).map { block in factors.dropFirst(block * lanes).prefix(lanes).allSatisfy { $0 == 0 } }
    isInPlace = added.map { $0.block(0) == output.block(0) } ?? false
    kernel = table.kernels.resampleRow
  }

  public func run(_ team: ThreadTeam) {
    let height = input.layout.volume.height
    output.layout.forEachRow(team) { block, frame, row in
      // Nothing is added to channels that stay as they are.
      if isInPlace, unchanged[block] { return }
      let (upper, lower, down) = scale.neighbours(of: row, side: height)
      places.withUnsafeBufferPointer { places in
        shares.withUnsafeBufferPointer { shares in
          guard let places = places.baseAddress, let shares = shares.baseAddress else { return }
          kernel(
            input.row(block, frame, upper), input.row(block, frame, lower), down, places, shares, factors.block(block),
            added.map { UnsafePointer($0.row(block, frame, row)) }, output.row(block, frame, row),
            output.layout.volume.width)
        }
      }
    }
  }

  /// Bytes read and written, each once.
  package var bytes: Int {
    4
      * (input.layout.channels * input.layout.volume.count
        + (added == nil ? 1 : 2) * output.layout.channels * output.layout.volume.count)
  }
}

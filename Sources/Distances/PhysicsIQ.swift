import Vocabulary

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a generated video moves against a real take of the same scene: what Physics-IQ compares.
///
/// Source: google-deepmind/physics-IQ-benchmark `calculate_and_write_metrics_to_csv.py`.
public struct MotionAgreement: Sendable, Equatable {
  /// Of the masks of all frames laid over each other.
  public var spatial: Double
  /// Of the masks of each frame: 1 where neither moves.
  public var spatiotemporal: [Double]
  /// Of how often each pixel moves: Σ min / Σ max.
  public var weighted: Double
  /// The mean squared error of each frame, of values in 0...1.
  public var error: [Double]
}

/// The frames of one video, small, with their masks.
public struct MovingFrames: Sendable {
  /// H×W×3 bytes each.
  public private(set) var frames: [[UInt8]] = []
  /// 1 where a pixel moves.
  public private(set) var masks: [[UInt8]] = []

  public init() {}

  /// - Parameter mask: bytes of 0...255; what is above 127 moves.
  public mutating func append(_ frame: [UInt8], mask: [UInt8]) {
    precondition(frame.count == mask.count * 3, "MovingFrames: a mask has a value for each pixel")
    frames.append(frame)
    masks.append(mask.map { $0 > 127 ? 1 : 0 })
  }

  /// - Throws: `DistanceError.motionFrames` for other numbers of frames.
  public func agreement(with other: MovingFrames) throws -> MotionAgreement {
    guard frames.count == other.frames.count, let first = masks.first, first.count == other.masks[0].count else {
      throw DistanceError.motionFrames(first: frames.count, second: other.frames.count)
    }
    var (counts, otherCounts) = (first.map { _ in 0 }, first.map { _ in 0 })
    var spatiotemporal: [Double] = []
    var errors: [Double] = []
    for index in frames.indices {
      var (both, either) = (0, 0)
      for (place, (a, b)) in zip(masks[index], other.masks[index]).enumerated() {
        both += Int(a & b)
        either += Int(a | b)
        counts[place] += Int(a)
        otherCounts[place] += Int(b)
      }
      spatiotemporal.append(Self.share(both, either))
      var sum = 0
      for (a, b) in zip(frames[index], other.frames[index]) {
        let difference = Int(a) - Int(b)
        sum += difference * difference
      }
      errors.append(Double(sum) / Double(frames[index].count) / (255 * 255))
    }
    let pairs = zip(counts, otherCounts)
    return MotionAgreement(
      spatial: Self.share(
        pairs.count { $0 > 0 && $1 > 0 }, pairs.count { $0 > 0 || $1 > 0 }),
      spatiotemporal: spatiotemporal,
      weighted: Self.share(pairs.reduce(0) { $0 + min($1.0, $1.1) }, pairs.reduce(0) { $0 + max($1.0, $1.1) }),
      error: errors)
  }

  private static func share(_ both: Int, _ either: Int) -> Double { either == 0 ? 1 : Double(both) / Double(either) }
}

/// The score over all videos, from the agreement of each with its first take, and of the takes with each other: what two real
/// recordings of one scene differ by is what a perfect video may.
public struct PhysicsIQ: Sendable {
  /// Of one video.
  public struct Values: Sendable, Equatable {
    public var spatial: Double
    public var spatiotemporal: Double
    public var weighted: Double
    public var error: Double

    public init(_ agreement: MotionAgreement, _ rounding: ScoreRounding) {
      func mean(_ values: [Double]) -> Double {
        let used = rounding == .published ? values.map { PhysicsIQ.rounded($0, 4) } : values
        return used.reduce(0, +) / Double(used.count)
      }
      spatial = agreement.spatial
      spatiotemporal = mean(agreement.spatiotemporal)
      weighted = agreement.weighted
      error = mean(agreement.error)
    }

    init(_ values: [Values], _ rows: some Collection<Int>) {
      func mean(_ path: KeyPath<Values, Double>) -> Double {
        rows.reduce(0.0) { $0 + values[$1][keyPath: path] } / Double(rows.count)
      }
      (spatial, spatiotemporal) = (mean(\.spatial), mean(\.spatiotemporal))
      (weighted, error) = (mean(\.weighted), mean(\.error))
    }

    /// As `calculate_iq_score.py` rounds what the takes have.
    fileprivate var rounded: Values {
      var copy = self
      copy.spatial = PhysicsIQ.rounded(spatial, 5)
      copy.spatiotemporal = PhysicsIQ.rounded(spatiotemporal, 4)
      copy.weighted = PhysicsIQ.rounded(weighted, 4)
      copy.error = PhysicsIQ.rounded(error, 4)
      return copy
    }
  }

  /// Of each video, against its first take.
  public let videos: [Values]
  /// Of its takes.
  public let takes: [Values]
  private let rounding: ScoreRounding

  public init(videos: [Values], takes: [Values], rounding: ScoreRounding) {
    precondition(videos.count == takes.count && !videos.isEmpty, "PhysicsIQ: takes for every video")
    (self.videos, self.takes, self.rounding) = (videos, takes, rounding)
  }

  /// 0...100.
  ///
  /// - Parameter rows: the videos; some may be there several times.
  /// - Throws: `DistanceError.noPhysicalVariance` where the takes have nothing in common to measure by.
  public func score(_ rows: some Collection<Int>) throws -> Double {
    let (own, both) = (Values(videos, rows), try variance(rows))
    let score = min(max(Self.ratio(own, both), 0), 100)
    return rounding == .published ? Self.rounded(score, 2) : score
  }

  public func score() throws -> Double { try score(videos.indices) }

  /// What each video adds: their mean is the score before it is cut to 0...100 and rounded.
  public func parts() throws -> [Double] {
    let both = try variance(videos.indices)
    return videos.map { Self.ratio($0, both) }
  }

  private func variance(_ rows: some Collection<Int>) throws -> Values {
    let mean = Values(takes, rows)
    let both = rounding == .published ? mean.rounded : mean
    guard min(both.spatial, both.spatiotemporal, both.weighted) > 0 else { throw DistanceError.noPhysicalVariance }
    return both
  }

  private static func ratio(_ own: Values, _ both: Values) -> Double {
    let shares = own.spatiotemporal / both.spatiotemporal + own.spatial / both.spatial + own.weighted / both.weighted
    return 100 * (shares / 3 - (own.error - both.error))
  }

  /// To so many digits behind the point, as Python's `round`: the nearest decimal number, ties to even.
  static func rounded(_ value: Double, _ digits: Int32) -> Double {
    var buffer = [CChar](repeating: 0, count: 64)
    let length = withVaList([digits, value]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
    return Double(String(decoding: buffer.prefix(Int(max(length, 0))).map { UInt8(bitPattern: $0) }, as: UTF8.self))
      ?? value
  }
}

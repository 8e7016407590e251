import Scores

/// A score that a protocol would give, known before it is computed.
public struct ExpectedScore: Sendable, Equatable {
  public let identity: ScoreIdentity
  /// The fewest samples of a side that the metric is computed of.
  public let minimum: Int

  public init(identity: ScoreIdentity, minimum: Int) {
    self.identity = identity
    self.minimum = minimum
  }

  /// Whether kept scores hold it, as sure as `honesty` asks for: computing it again would add nothing.
  public func isAnswered(by kept: [ScoreRecord], _ honesty: Honesty) -> Bool {
    let own = kept.filter { $0.identity == identity }
    return !own.isEmpty && own.allSatisfy { honesty.isAnswered(by: $0, minimum: minimum) }
  }
}

extension Honesty {
  /// Whether a score has the interval, floor and curve that are asked for, or can have none: means over videos have
  /// intervals alone, groups, series and scores of statistics have nothing of the kind.
  func isAnswered(by score: ScoreRecord, minimum: Int) -> Bool {
    func has(_ code: String) -> Bool { score.warnings.contains { $0.code == code } }
    let isOfSets = score.groups == nil && score.series == nil && score.videos == nil && !has("from-statistics")
    if let bootstrap, isOfSets || score.videos?.count ?? 0 > 1, score.interval?.resamples != bootstrap { return false }
    guard isOfSets else { return true }
    if floor, score.floor == nil, !has("no-floor") { return false }
    guard let curve else { return true }
    let largest = min(score.real?.clips ?? 0, score.fake?.clips ?? 0)
    return (score.curve ?? []).map(\.samples) == Self.curveSizes(points: curve, largest: largest, least: minimum)
  }

  /// Numbers of samples that a curve has points at: of small sets fewer than are asked for.
  static func curveSizes(points: Int, largest: Int, least: Int) -> [Int] {
    (1...points).reduce(into: []) { sizes, point in
      let size = largest * point / points
      if size >= least, size > sizes.last ?? 0 { sizes.append(size) }
    }
  }
}

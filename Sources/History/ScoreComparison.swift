import MetricCatalog

/// Two scores of one name held against each other.
public struct ScoreComparison: Sendable, Equatable {
  /// Something that is not the same in both; nil where a score has no such thing.
  public struct Difference: Sendable, Equatable {
    public let name: String
    public let first: String?
    public let second: String?

    public init(name: String, first: String?, second: String?) {
      self.name = name
      self.first = first
      self.second = second
    }
  }

  public enum Side: String, Sendable { case first, second }

  public let first: RunScore
  public let second: RunScore

  public init(_ first: RunScore, _ second: RunScore) {
    self.first = first
    self.second = second
  }

  public var isComparable: Bool { first.isComparable(with: second) }

  /// Second less first.
  public var difference: Double { second.value - first.value }

  /// The difference in percent of the first; nil where that is 0.
  public var percent: Double? { first.value == 0 ? nil : 100 * difference / abs(first.value) }

  /// Whose value is better; nil for equal ones and for those that cannot be compared.
  public var better: Side? {
    guard isComparable, difference != 0 else { return nil }
    return (difference < 0) == (first.direction == .lower) ? .second : .first
  }

  /// Whether the intervals have values in common; nil where one is missing.
  public var intervalsOverlap: Bool? {
    guard let a = first.interval, let b = second.interval else { return nil }
    return a.low <= b.high && b.low <= a.high
  }

  /// What makes the scores incomparable: fields of the protocols, the real set, the prompts. Empty where nothing does.
  public var reasons: [Difference] {
    guard !isComparable else { return [] }
    guard let a = first.settings, let b = second.settings else {
      return [
        Difference(
          name: "measured by this program", first: first.settings == nil ? "no" : "yes",
          second: second.settings == nil ? "no" : "yes")
      ]
    }
    var pairs: [(String, String?, String?)] = [("metric", first.metric, second.metric)]
    if a.fingerprint != b.fingerprint {
      let names = Set(a.fields.keys).union(b.fields.keys).sorted()
      pairs += names.map { ($0, a.fields[$0].map { "\($0)" }, b.fields[$0].map { "\($0)" }) }
      pairs += [("version", "\(a.version)", "\(b.version)")]
    }
    pairs += [
      ("real set", Self.digest(first.real), Self.digest(second.real)),
      ("prompts", first.promptsDigest, second.promptsDigest),
    ]
    return pairs.filter { $0.1 != $0.2 }.map { Difference(name: $0.0, first: $0.1, second: $0.2) }
  }

  private static func digest(_ side: RunScore.ScoredSide?) -> String? {
    side.map { $0.digest ?? "unknown" }
  }

  /// The scores of two runs by metric: those of equal fingerprints first, the others in their order.
  ///
  /// - Returns: the pairs in the order of the first run, and the metrics that only one of them has.
  public static func pairs(_ first: Run, _ second: Run) -> (pairs: [ScoreComparison], first: [String], second: [String])
  {
    var rest = second.scores
    var partners: [Int: RunScore] = [:]
    for isExact in [true, false] {
      for (place, score) in first.scores.enumerated() where partners[place] == nil {
        let found = rest.firstIndex {
          $0.metric == score.metric && (!isExact || $0.settings?.fingerprint == score.settings?.fingerprint)
        }
        if let found { partners[place] = rest.remove(at: found) }
      }
    }
    let pairs = first.scores.enumerated().compactMap { place, score in
      partners[place].map { ScoreComparison(score, $0) }
    }
    let alone = first.scores.enumerated().filter { partners[$0.offset] == nil }.map(\.element.metric)
    return (pairs, alone, rest.map(\.metric))
  }
}

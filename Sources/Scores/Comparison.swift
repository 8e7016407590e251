import MetricCatalog

/// The metric, protocol and sets of a score, which are known before it is computed.
public struct ScoreIdentity: Sendable, Hashable {
  public let fingerprint: String
  /// Digests as in `ScoredSet`; nil where there is no such set.
  public let real: String?
  public let fake: String?
  public let prompts: String?

  public init(fingerprint: String, real: String?, fake: String?, prompts: String?) {
    self.fingerprint = fingerprint
    self.real = real
    self.fake = fake
    self.prompts = prompts
  }
}

extension ScoreRecord {
  /// nil for scores that were not measured here.
  public var identity: ScoreIdentity? {
    settings.map {
      ScoreIdentity(fingerprint: $0.fingerprint, real: real?.digest, fake: fake?.digest, prompts: prompts?.digest)
    }
  }

  /// Whether the two numbers can be held against each other: equal metric and fingerprint, against the same real set and
  /// prompts. Nothing that was not measured here compares, and no real set of unknown content.
  public func isComparable(with other: ScoreRecord) -> Bool { Comparison(self, other).isComparable }
}

/// Two scores held against each other: the one place that says whether they may be. `compare`, `diff`, `gate`, the ranking of
/// tables, charts and the best score of a history ask it.
public struct Comparison: Sendable, Equatable {
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

  public let first: ScoreRecord
  public let second: ScoreRecord

  public init(_ first: ScoreRecord, _ second: ScoreRecord) {
    self.first = first
    self.second = second
  }

  public var isComparable: Bool { isOneMeasure && referencesDiffer.isEmpty }

  /// Whether metric and fingerprint are equal.
  public var isOneMeasure: Bool {
    guard let a = first.settings, let b = second.settings else { return false }
    return first.metric == second.metric && a.fingerprint == b.fingerprint
  }

  /// Second less first.
  public var difference: Double { second.value - first.value }

  /// The difference in percent of the first; nil where that says nothing: of a value that is not above 0, and of metrics
  /// whose values lie on both sides of it, such as unbiased kernel distances.
  public var percent: Double? {
    guard first.value > 0, second.value >= 0 else { return nil }
    if case .kernel? = ScoreName(first.metric)?.metric.computation { return nil }
    return 100 * difference / first.value
  }

  /// The change for the worse from first to second, in the metric's unit; negative for an improvement.
  public var regression: Double { first.direction == .lower ? difference : -difference }

  /// Whose value is better; nil for equal ones and for those that cannot be compared.
  public var better: Side? {
    guard isComparable, difference != 0 else { return nil }
    return regression < 0 ? .second : .first
  }

  /// What makes the scores incomparable: fields of the protocols, the real set, the prompts. Empty where nothing does.
  public var reasons: [Difference] {
    if first.settings == nil || second.settings == nil {
      func isKnown(_ score: ScoreRecord) -> String { score.settings == nil ? "no" : "yes" }
      return [Difference(name: "measured by this program", first: isKnown(first), second: isKnown(second))]
    }
    guard !isOneMeasure else { return referencesDiffer }
    let prints = Difference(
      name: "fingerprint", first: first.settings?.fingerprint, second: second.settings?.fingerprint)
    return (fields.isEmpty ? [prints] : fields) + referencesDiffer
  }

  /// Metric, fields and versions of the protocols that are not the same.
  public var fields: [Difference] {
    let (a, b) = (first.settings?.fields ?? [:], second.settings?.fields ?? [:])
    let names = FieldDefinition.ordered(a.merging(b) { $1 }).map(\.name)
    return Self.differing(
      [("metric", first.metric, second.metric)]
        + names.map { ($0, a[$0].map { "\($0)" }, b[$0].map { "\($0)" }) } + [
          ("version", first.settings.map { "\($0.version)" }, second.settings.map { "\($0.version)" })
        ])
  }

  /// The real set and the prompts where they are not the same, or nobody knows.
  private var referencesDiffer: [Difference] {
    func digest(_ set: ScoredSet?) -> String? { set.map { $0.digest ?? "unknown" } }
    let (real, other) = (digest(first.real), digest(second.real))
    let found = Self.differing([("real set", real, other), ("prompts", first.prompts?.digest, second.prompts?.digest)])
    guard real == "unknown", other == "unknown" else { return found }
    return [Difference(name: "real set", first: real, second: other)] + found
  }

  /// Contents and numbers of the sets that are not the same.
  public var sets: [Difference] {
    func counts(_ name: String, _ a: ScoredSet?, _ b: ScoredSet?) -> [(String, String?, String?)] {
      [
        ("\(name).digest", a?.digest, b?.digest),
        ("\(name).videos", a?.videos.map(String.init), b?.videos.map(String.init)),
        ("\(name).clips", a?.clips.map(String.init), b?.clips.map(String.init)),
      ]
    }
    return Self.differing(
      counts("real", first.real, second.real) + [("prompts.digest", first.prompts?.digest, second.prompts?.digest)]
        + counts("fake", first.fake, second.fake))
  }

  /// Where and by what two runs were computed, as far as that is not the same; of no importance beyond rounding.
  public static func circumstances(_ a: RunRecord.Circumstances, _ b: RunRecord.Circumstances) -> [Difference] {
    differing([
      ("version of vidmetrics", a.version, b.version), ("kernels", a.isa, b.isa), ("decoder", a.decoder, b.decoder),
      ("processor", a.processor, b.processor), ("host", a.host, b.host),
    ])
  }

  private static func differing(_ pairs: [(String, String?, String?)]) -> [Difference] {
    pairs.filter { $0.1 != $0.2 }.map { Difference(name: $0.0, first: $0.1, second: $0.2) }
  }

  /// Why the second is not judged by the first, in words; nil if it is.
  ///
  /// - Parameter anyCount: whether numbers of samples may differ.
  public func obstacle(anyCount: Bool) -> String? {
    guard isComparable else { return "it differs in " + reasons.map(\.words).joined(separator: ", ") }
    guard first.value.isFinite, second.value.isFinite else { return "a value is not finite" }
    guard !anyCount else { return nil }
    for (side, mine, theirs) in [("real", second.real, first.real), ("fake", second.fake, first.fake)]
    where mine?.clips != theirs?.clips {
      let (a, b) = (mine?.clips.map(String.init) ?? "unknown", theirs?.clips.map(String.init) ?? "unknown")
      return
        "\(a) \(side) \(second.sample ?? "clip")s against \(b): a score depends on its number of samples (--any-count)"
    }
    return nil
  }

  /// The scores of two runs by metric: those of equal fingerprints first, the others in their order.
  ///
  /// - Returns: the pairs in the order of the first run, and the metrics that only one of them has.
  public static func pairs(_ first: [ScoreRecord], _ second: [ScoreRecord]) -> (
    pairs: [Comparison], first: [String], second: [String]
  ) {
    var rest = second
    var partners: [Int: ScoreRecord] = [:]
    for isExact in [true, false] {
      for (place, score) in first.enumerated() where partners[place] == nil {
        let found = rest.firstIndex {
          $0.metric == score.metric && (!isExact || $0.settings?.fingerprint == score.settings?.fingerprint)
        }
        if let found { partners[place] = rest.remove(at: found) }
      }
    }
    let pairs = first.enumerated().compactMap { place, score in partners[place].map { Comparison(score, $0) } }
    let alone = first.enumerated().filter { partners[$0.offset] == nil }.map(\.element.metric)
    return (pairs, alone, rest.map(\.metric))
  }
}

extension Comparison.Difference {
  /// `frames (32 against 16)`, the second's value first; digests tell people nothing.
  fileprivate var words: String {
    guard first?.hasPrefix("sha256:") != true, second?.hasPrefix("sha256:") != true else { return name }
    return "\(name) (\(second ?? "not set") against \(first ?? "not set"))"
  }
}

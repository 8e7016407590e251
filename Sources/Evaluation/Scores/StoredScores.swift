import Foundation
import MetricCatalog

/// Scores that were printed with `--json`, read again.
public struct StoredScores: Sendable, Decodable {
  public let schema: String
  public let results: [StoredScore]
  public let environment: Environment

  public struct Environment: Sendable, Decodable {
    public let version: String?
    public let isa: String?
    public let decoder: String?
    public let processor: String?
    public let host: String?
  }

  /// - Throws: `EvaluationError.badScores`.
  public static func read(_ path: String) throws -> StoredScores {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw EvaluationError.badScores(path: path, reason: "it cannot be opened")
    }
    return try read(bytes, path: path)
  }

  /// - Parameter path: where the text is from, for messages.
  /// - Throws: `EvaluationError.badScores`.
  public static func read(_ text: String, path: String) throws -> StoredScores {
    try read(Data(text.utf8), path: path)
  }

  private static func read(_ bytes: Data, path: String) throws -> StoredScores {
    do {
      let stored = try JSONDecoder().decode(StoredScores.self, from: bytes)
      guard stored.schema == ScoreDocument.schema else {
        throw EvaluationError.badScores(
          path: path, reason: "its schema is `\(stored.schema)`, and `\(ScoreDocument.schema)` is read here")
      }
      return stored
    } catch let error as DecodingError {
      throw EvaluationError.badScores(path: path, reason: Self.reason(error))
    }
  }

  /// The scores, or those of one metric.
  ///
  /// - Throws: `EvaluationError.noSuchScore`.
  public func scores(metric: String?, path: String) throws -> [StoredScore] {
    guard let metric else { return results }
    let found = results.filter { $0.metric == metric }
    guard !found.isEmpty else {
      throw EvaluationError.noSuchScore(path: path, metric: metric, known: results.map(\.metric))
    }
    return found
  }

  private static func reason(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "the key `\(key.stringValue)` is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "`\(context.codingPath.map(\.stringValue).joined(separator: "."))` is not what it should be"
    case .dataCorrupted: "it is no JSON"
    @unknown default: "\(error)"
    }
  }
}

/// One score of such a document.
public struct StoredScore: Sendable, Decodable {
  public let metric: String
  public let value: Double
  public let std: Double?
  public let direction: Direction
  public let `protocol`: Settled
  /// nil for metrics of the fake set alone.
  public let real: Side?
  public let fake: Side
  public let prompts: Prompts?
  public let features: Int?
  public let sample: String?
  public let warnings: [Warning]

  public struct Settled: Sendable, Decodable {
    public let name: String
    public let version: Int
    public let overrides: [String: FieldValue]
    public let fingerprint: String
    /// Every field that decided the score.
    public let fields: [String: FieldValue]
  }

  public struct Side: Sendable, Decodable, Equatable {
    public let path: String
    public let videos: Int?
    public let clips: Int?
    public let rank: Int?
    public let digest: String
  }

  public struct Prompts: Sendable, Decodable {
    public let digest: String
  }

  public struct Warning: Sendable, Decodable {
    public let code: String
    public let text: String
  }

  /// What a field means, in one line; empty for fields of other versions of the program.
  public static func meaning(_ field: String) -> String {
    for metric in Metric.all {
      if let found = metric.fields.first(where: { $0.name == field }) { return found.meaning }
    }
    return ""
  }

  /// The fields in the order in which protocols list them, then those that this version does not know.
  public func orderedFields() -> [(name: String, value: FieldValue)] {
    var order: [String] = []
    for metric in Metric.all {
      for field in metric.fields where !order.contains(field.name) { order.append(field.name) }
    }
    let known = order.filter { self.protocol.fields[$0] != nil }
    let others = self.protocol.fields.keys.filter { !order.contains($0) }.sorted()
    return (known + others).compactMap { name in self.protocol.fields[name].map { (name, $0) } }
  }
}

/// What makes two scores differ.
public struct ScoreDifference: Sendable {
  public struct Difference: Sendable, Equatable {
    public let name: String
    /// nil where a score has no such field.
    public let first: String?
    public let second: String?
  }

  public let first: StoredScore
  public let second: StoredScore
  /// Fields of the protocols; with any of them the scores cannot be compared.
  public let fields: [Difference]
  /// Sets and numbers of samples.
  public let sets: [Difference]
  /// Where they were computed; of rounding's importance.
  public let circumstances: [Difference]

  /// Whether the two numbers can be held against each other: equal metric and fingerprint, against the same real set, inputs or prompts.
  public var isComparable: Bool {
    isOneMeasure && first.real?.digest == second.real?.digest && first.prompts?.digest == second.prompts?.digest
  }

  /// Whether metric and fingerprint are equal.
  public var isOneMeasure: Bool {
    first.metric == second.metric && first.protocol.fingerprint == second.protocol.fingerprint
  }

  public init(_ first: StoredScore, _ a: StoredScores.Environment, _ second: StoredScore, _ b: StoredScores.Environment)
  {
    self.first = first
    self.second = second
    func differing(_ pairs: [(String, String?, String?)]) -> [Difference] {
      pairs.filter { $0.1 != $0.2 }.map { Difference(name: $0.0, first: $0.1, second: $0.2) }
    }
    var names = first.orderedFields().map(\.name)
    names += second.orderedFields().map(\.name).filter { !names.contains($0) }
    fields = differing(
      [("metric", first.metric, second.metric)]
        + names.map {
          ($0, first.protocol.fields[$0].map { "\($0)" }, second.protocol.fields[$0].map { "\($0)" })
        } + [("version", "\(first.protocol.version)", "\(second.protocol.version)")])
    func number(_ value: Int?) -> String? { value.map(String.init) }
    sets = differing([
      ("real.digest", first.real?.digest, second.real?.digest),
      ("real.videos", number(first.real?.videos), number(second.real?.videos)),
      ("real.clips", number(first.real?.clips), number(second.real?.clips)),
      ("prompts.digest", first.prompts?.digest, second.prompts?.digest),
      ("fake.digest", first.fake.digest, second.fake.digest),
      ("fake.videos", number(first.fake.videos), number(second.fake.videos)),
      ("fake.clips", number(first.fake.clips), number(second.fake.clips)),
    ])
    circumstances = differing([
      ("version of vidmetrics", a.version, b.version), ("kernels", a.isa, b.isa), ("decoder", a.decoder, b.decoder),
      ("processor", a.processor, b.processor), ("host", a.host, b.host),
    ])
  }
}

import Files
import Foundation

/// A run as JSON, schema `vidmetrics.run/2`: what `--json` prints of a score, `show --json` of a run, and `export` of all,
/// a line each. Keys are the properties of `RunRecord` in snake case; what is not known is null.
public enum RunDocument {
  public static let schema = "vidmetrics.run/2"

  public static func json(_ run: RunRecord) throws -> JSONValue {
    guard case .object(let entries) = try JSONValue(run) else { return .null }
    return .object([("schema", .string(schema))] + entries)
  }

  /// Whether it is a schema that `read` knows.
  public static func isDocument(_ schema: String?) -> Bool {
    [self.schema, OldDocument.scores, OldDocument.runs].contains(schema)
  }

  /// A document of this program or of an older one.
  ///
  /// - Parameter place: the file, and the line where it has several, for messages.
  /// - Throws: `ScoreError`.
  public static func read(_ text: String, place: String) throws -> RunRecord {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    var run: RunRecord
    do {
      let document = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
      switch document["schema"]?.text {
      case schema: run = try decoder.decode(RunRecord.self, from: Data(text.utf8))
      case OldDocument.runs?, OldDocument.scores?:
        let id = String(SHA256.digest(of: "document " + text).hex.prefix(12))
        run = try decoder.decode(
          RunRecord.self, from: Data(OldDocument.renamed(document, id: id).text().utf8))
      case let other: throw ScoreError.unknownSchema(place: place, other)
      }
    } catch let error as DecodingError { throw ScoreError.notADocument(place: place, reason: reason(error)) }
    for score in run.scores {
      guard score.settings?.isWhole(of: score.metric) ?? true else {
        throw ScoreError.otherFields(
          place: place, metric: score.metric, fingerprint: score.settings?.shortFingerprint ?? "")
      }
    }
    return run
  }

  private static func reason(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context): "`\(path(context.codingPath + [key]))` is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      context.codingPath.isEmpty
        ? "it is not an object" : "`\(path(context.codingPath))` is not of the type that is expected"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty ? "it is not JSON" : "`\(path(context.codingPath))` is not a value that is known"
    @unknown default: "\(error)"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map { $0.intValue.map { "\($0)" } ?? AnyKey.snake($0) }.joined(separator: ".")
  }
}

/// The two spellings of version 0.1, in today's words.
enum OldDocument {
  /// What `--json` printed.
  static let scores = "vidmetrics.scores/1"
  /// What `export` wrote.
  static let runs = "vidmetrics.run/1"

  /// - Parameter id: of a document that has none.
  static func renamed(_ document: JSONValue, id: String) -> JSONValue {
    if let run = document["run"], case .object = run {
      return run.changing("scores") { $0.items(prompts) }
    }
    var entries: [String: JSONValue] = [
      "id": .string(document["run"]?.text ?? id), "date": .string(document["date"]?.text ?? RunRecord.now()),
      "origin": document["origin"] ?? .string(RunRecord.Origin.measured.rawValue),
      "name": .string(document["name"]?.text ?? name(document)), "tags": document["tags"] ?? .array([]),
      "artefacts": document["artefacts"] ?? .array([]), "skipped": document["skipped"] ?? .array([]),
      "circumstances": .object(document["environment"].entries + document["timing"].entries),
      "scores": (document["results"] ?? .array([])).items(score),
    ]
    for key in ["suite", "generator", "checkpoint", "step", "dataset", "source", "note", "generation"] {
      entries[key] = document[key]
    }
    return .object(entries.map { ($0.key, $0.value) })
  }

  private static func name(_ document: JSONValue) -> String {
    guard case .array(let results)? = document["results"], let path = results.first?["fake"]?["path"]?.text else {
      return "run"
    }
    return RunRecord.name(ofSet: path)
  }

  private static func score(_ score: JSONValue) -> JSONValue {
    let samples = ["real_clips": "real_samples", "fake_clips": "fake_samples"]
    return score.renaming(["protocol": "settings", "runs": "repeats", "n_curve": "curve"])
      .changing("groups") { $0.items { $0.renaming(samples) } }
      .changing("series") { $0.items { $0.renaming(samples) } }
      .changing("prompts") { $0.renaming(["prompts": "count"]) }
      .changing("interval") { interval in
        guard case .object(let entries) = interval, interval["method"] == nil else { return interval }
        return .object(entries + [("method", .string("bootstrap"))])
      }
  }

  private static func prompts(_ score: JSONValue) -> JSONValue {
    score.changing("prompts_digest") { $0.text.map { .object([("digest", .string($0))]) } ?? .null }
      .renaming(["prompts_digest": "prompts"])
  }
}

extension JSONValue {
  fileprivate func renaming(_ names: [String: String]) -> JSONValue {
    guard case .object(let entries) = self else { return self }
    return .object(entries.map { (names[$0.key] ?? $0.key, $0.value) })
  }

  fileprivate func changing(_ key: String, _ change: (JSONValue) -> JSONValue) -> JSONValue {
    guard case .object(let entries) = self else { return self }
    return .object(entries.map { ($0.key, $0.key == key ? change($0.value) : $0.value) })
  }

  fileprivate func items(_ change: (JSONValue) -> JSONValue) -> JSONValue {
    if case .array(let values) = self { .array(values.map(change)) } else { self }
  }
}

extension JSONValue? {
  fileprivate var entries: [(key: String, value: JSONValue)] {
    if case .object(let entries)? = self { entries } else { [] }
  }
}

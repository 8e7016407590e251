import MetricCatalog

// The document of `--json`, schema vidmetrics.scores/1. Unknown is null, never 0.
extension ScoreDocument {
  public static let schema = "vidmetrics.scores/1"

  public var json: JSONValue {
    .object([
      ("schema", .string(Self.schema)),
      ("results", .array(scores.map(\.json))),
      ("skipped", .array(skipped.map { .object([("path", .string($0.path)), ("reason", .string($0.reason))]) })),
      ("run", .null),
      ("environment", environment.json),
      ("timing", timing.json),
    ])
  }
}

extension Score {
  var json: JSONValue {
    .object([
      ("metric", .string(metric)),
      ("value", .number(value)),
      ("direction", .string(evaluationProtocol.direction.rawValue)),
      ("std", .null),
      ("interval", .null),
      ("protocol", evaluationProtocol.json),
      ("real", real.json),
      ("fake", fake.json),
      ("groups", .null),
      ("series", .null),
      ("warnings", .array(warnings.map { .object([("code", .string($0.code)), ("text", .string($0.text))]) })),
    ])
  }
}

extension EvaluationProtocol {
  var json: JSONValue {
    .object([
      ("name", .string(name)),
      ("version", .integer(version)),
      ("overrides", .object(overrides.map { ($0.field, $0.value.json) })),
      ("fingerprint", .string(fingerprint.description)),
    ])
  }

  /// All of a protocol, for `protocols show --json`.
  public var fullJSON: JSONValue {
    .object([
      ("name", .string(name)),
      ("aliases", .array(aliases.map { .string($0) })),
      ("version", .integer(version)),
      ("metric", .string(metric)),
      ("direction", .string(direction.rawValue)),
      ("fingerprint", .string(fingerprint.description)),
      (
        "source",
        .object([
          ("title", .string(source.title)), ("repository", .string(source.repository)),
          ("commit", .string(source.commit)), ("read", .array(source.read.map { .string($0) })),
        ])
      ),
      ("fields", .object(FieldDefinition.all.map { ($0.name, $0.value(in: self).json) })),
      (
        "counts",
        .object([
          ("minimum", .integer(counts.minimum)),
          ("recommended-real", counts.recommendedReal.map { .integer($0) } ?? .null),
          ("recommended-fake", counts.recommendedFake.map { .integer($0) } ?? .null),
        ])
      ),
      (
        "departures",
        .array(
          departures.map {
            .object([("field", .string($0.field)), ("published", .string($0.published)), ("here", .string($0.here))])
          })
      ),
      (
        "changelog",
        .array(
          changelog.map {
            .object([("version", .integer($0.version)), ("date", .string($0.date)), ("text", .string($0.text))])
          })
      ),
      ("sentence", .string(sentence)),
      ("bibtex", .string(bibtex)),
    ])
  }
}

extension FieldValue {
  var json: JSONValue {
    switch self {
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let value): .string(value)
    }
  }
}

extension ScoredSet {
  var json: JSONValue {
    .object([
      ("path", .string(path)), ("videos", .integer(videos)), ("clips", .integer(clips)), ("digest", .string(digest)),
    ])
  }
}

extension ScoreEnvironment {
  var json: JSONValue {
    .object([
      ("version", .string(version)), ("isa", .string(isa)), ("decoder", .string(decoder)),
      ("processor", .string(orNull: processor)),
      ("host", .string(orNull: host)), ("os", .string(orNull: os)),
    ])
  }
}

extension ScoreTiming {
  var json: JSONValue {
    .object([
      ("total_seconds", .number(totalSeconds)), ("reading_seconds", .number(readingSeconds)),
      ("extraction_seconds", .number(extractionSeconds)), ("distance_seconds", .number(distanceSeconds)),
      ("clips_computed", .integer(clipsComputed)), ("clips_cached", .integer(clipsCached)),
      ("threads", .integer(threads)),
    ])
  }
}

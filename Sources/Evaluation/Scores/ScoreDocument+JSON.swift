import Foundation
import MetricCatalog

// The document of `--json`, schema vidmetrics.scores/1. Unknown is null, never 0.
extension ScoreDocument {
  public static let schema = "vidmetrics.scores/1"

  public var json: JSONValue { json(run: nil) }

  /// - Parameter run: the run of the history that holds the scores.
  public func json(run: String?) -> JSONValue {
    .object([
      ("schema", .string(Self.schema)),
      ("results", .array(scores.map(\.json))),
      ("skipped", .array(skipped.map { .object([("path", .string($0.path)), ("reason", .string($0.reason))]) })),
      ("run", .string(orNull: run)),
      ("environment", environment.json),
      ("timing", timing.json),
    ])
  }
}

extension Score {
  var json: JSONValue {
    var entries: [(key: String, value: JSONValue)] = [
      ("metric", .string(metric)),
      ("value", .number(value)),
      ("direction", .string(evaluationProtocol.direction.rawValue)),
      ("std", .number(orNull: std)),
      ("interval", interval?.json ?? .null),
      ("protocol", evaluationProtocol.json),
      ("sample", .string(sample)),
      ("features", features.map { .integer($0) } ?? .null),
      ("real", real?.json ?? .null),
      ("fake", fake.json),
      ("prompts", prompts?.json ?? .null),
      ("groups", groups.map { .array($0.map(\.json)) } ?? .null),
      ("series", series.map { .array($0.map(\.json)) } ?? .null),
    ]
    entries += [
      ("runs", runs.map { .array($0.map { .number($0) }) } ?? .null),
      ("floor", floor?.json ?? .null),
      ("n_curve", curve.map { .array($0.map(\.json)) } ?? .null),
      ("videos", Self.json(perVideo)),
      ("distances", Self.json(distances)),
    ]
    entries.append(
      ("warnings", .array(warnings.map { .object([("code", .string($0.code)), ("text", .string($0.text))]) })))
    return .object(entries)
  }

  private static func json(_ values: [(name: String, value: Double)]?) -> JSONValue {
    values.map { .array($0.map { .object([("name", .string($0.name)), ("value", .number($0.value))]) }) } ?? .null
  }
}

extension ScoredPrompts {
  var json: JSONValue {
    .object([("source", .string(source)), ("prompts", .integer(count)), ("digest", .string(digest))])
  }
}

extension ScoreInterval {
  var json: JSONValue {
    .object([
      ("low", .number(low)), ("high", .number(high)), ("level", .number(level)), ("resamples", .integer(resamples)),
    ])
  }
}

extension ScoreFloor {
  var json: JSONValue {
    .object([
      ("value", .number(value)), ("samples", .integer(samples)), ("score_at_samples", .number(orNull: scoreAtSamples)),
    ])
  }
}

extension CurvePoint {
  var json: JSONValue { .object([("samples", .integer(samples)), ("value", .number(value))]) }
}

extension GroupScore {
  var json: JSONValue {
    .object([
      ("label", .string(label)), ("value", .number(value)), ("real_clips", .integer(realSamples)),
      ("fake_clips", .integer(fakeSamples)),
    ])
  }
}

extension SeriesPoint {
  var json: JSONValue {
    .object([
      ("start", .integer(start)), ("frames", .integer(frames)), ("value", .number(value)),
      ("real_clips", .integer(realSamples)), ("fake_clips", .integer(fakeSamples)),
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
      ("fields", fieldsJSON),
    ])
  }

  /// Every field that decides the score.
  private var fieldsJSON: JSONValue { .object(decidingFields.map { ($0.definition.name, $0.value.json) }) }

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
      ("fields", fieldsJSON),
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

extension PaperTable {
  /// All of a table, for `protocols show --json`.
  public var json: JSONValue {
    .object([
      ("name", .string(name)), ("version", .integer(version)), ("title", .string(source.title)),
      ("rows", .array(rows.map(\.fullJSON))),
      (
        "open",
        .array(open.map { .object([("question", .string($0.question)), ("chosen", .string($0.chosen))]) })
      ),
      ("sentence", .string(sentence)), ("bibtex", .string(bibtex)),
    ])
  }
}

extension FieldValue {
  /// As a value of a document.
  public var json: JSONValue {
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
      ("path", .string(path)), ("videos", videos.map { .integer($0) } ?? .null),
      ("clips", clips.map { .integer($0) } ?? .null), ("rank", rank.map { .integer($0) } ?? .null),
      ("digest", .string(digest)),
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

// StyleGAN-V's JSON lines.
extension ScoreDocument {
  /// Adds a line for each score to a file, as StyleGAN-V's `metric-NAME.jsonl` has them.
  ///
  /// - Throws: `FilesError.unwritable`.
  public func append(to path: String) throws {
    for score in scores {
      // Two scores of one metric are told apart by their protocols.
      let isAlone = scores.count { $0.metric == score.metric } == 1
      let name = isAlone ? score.metric : "\(score.metric) (\(score.evaluationProtocol.displayName))"
      var results = [name: score.value]
      if let std = score.std { results["\(name)_std"] = std }
      try StyleGANVRecord(
        results: results, metric: name, totalTime: timing.totalSeconds, gpus: 0,
        snapshot: score.fake.path, timestamp: Date().timeIntervalSince1970
      ).append(to: path)
    }
  }
}

import Evaluation
import History
import MetricCatalog

// A run as a document of scores: what `--json` prints of a score, and what a history knows besides.
extension Run {
  /// Schema vidmetrics.scores/1, with the run's own keys behind: `explain` and `diff` read it. Unknown is null.
  public var document: JSONValue {
    let facts = circumstances
    func number(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
    let about: [(key: String, value: JSONValue)] = [
      ("schema", .string(ScoreDocument.schema)),
      ("results", .array(scores.map(\.document))),
      ("skipped", .array(skipped.map { .object([("path", .string($0.path)), ("reason", .string($0.reason))]) })),
      ("run", .string(id)), ("date", .string(date)), ("origin", .string(origin.rawValue)), ("name", .string(name)),
      ("suite", .string(orNull: suite)), ("generator", .string(orNull: generator)),
      ("checkpoint", .string(orNull: checkpoint)), ("step", number(step)), ("dataset", .string(orNull: dataset)),
      ("tags", .array(tags.map { .string($0) })), ("source", .string(orNull: source)), ("note", .string(orNull: note)),
    ]
    let place: [(key: String, value: JSONValue)] = [
      (
        "environment",
        .object([
          ("version", .string(orNull: facts.version)), ("isa", .string(orNull: facts.isa)),
          ("decoder", .string(orNull: facts.decoder)), ("processor", .string(orNull: facts.processor)),
          ("host", .string(orNull: facts.host)), ("os", .string(orNull: facts.os)),
          ("command", .string(orNull: facts.command)), ("working_folder", .string(orNull: facts.workingFolder)),
          ("git_commit", .string(orNull: facts.gitCommit)),
          ("git_is_dirty", facts.gitIsDirty.map { .bool($0) } ?? .null),
        ])
      ),
      (
        "timing",
        .object([
          ("total_seconds", .number(orNull: facts.totalSeconds)),
          ("reading_seconds", .number(orNull: facts.readingSeconds)),
          ("extraction_seconds", .number(orNull: facts.extractionSeconds)),
          ("distance_seconds", .number(orNull: facts.distanceSeconds)),
          ("clips_computed", number(facts.clipsComputed)), ("clips_cached", number(facts.clipsCached)),
          ("threads", number(facts.threads)),
        ])
      ),
      (
        "generation",
        generation.map {
          .object([
            ("command", .string(orNull: $0.command)), ("samples", number($0.samples)),
            ("seconds", .number(orNull: $0.seconds)), ("seconds_per_sample", .number(orNull: $0.secondsPerSample)),
            ("peak_memory", number($0.peakMemory)), ("seed", number($0.seed)),
          ])
        } ?? .null
      ),
      (
        "artefacts",
        .array(
          artefacts.map {
            .object([("kind", .string($0.kind)), ("path", .string($0.path)), ("bytes", number($0.bytes))])
          })
      ),
    ]
    return .object(about + place)
  }

  /// The scores as they are read from a file.
  ///
  /// - Throws: `ImportError.noSettings` for scores that were not measured here.
  public func stored() throws -> StoredScores {
    if let score = scores.first(where: { $0.settings == nil }) {
      throw ImportError.noSettings(run: id, metric: score.metric)
    }
    return try StoredScores.read(document.text(), path: "run \(id)")
  }
}

extension RunScore {
  var document: JSONValue {
    func number(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
    func list<Value>(_ values: [Value]?, _ entry: (Value) -> JSONValue) -> JSONValue {
      values.map { .array($0.map(entry)) } ?? .null
    }
    func named(_ video: VideoValue) -> JSONValue {
      .object([("name", .string(video.name)), ("value", .number(video.value))])
    }
    let head: [(key: String, value: JSONValue)] = [
      ("metric", .string(metric)), ("value", .number(value)), ("direction", .string(direction.rawValue)),
      ("std", .number(orNull: std)),
      (
        "interval",
        interval.map {
          .object([
            ("low", .number($0.low)), ("high", .number($0.high)), ("level", .number($0.level)),
            ("resamples", number($0.resamples)), ("method", .string($0.method)),
          ])
        } ?? .null
      ),
      ("protocol", settings?.document ?? .null), ("sample", .string(orNull: sample)), ("features", number(features)),
      ("real", real?.document ?? .null), ("fake", fake?.document ?? .null),
      ("prompts", promptsDigest.map { .object([("digest", .string($0))]) } ?? .null),
    ]
    let parts: [(key: String, value: JSONValue)] = [
      (
        "groups",
        list(groups) {
          .object([
            ("label", .string($0.label)), ("value", .number($0.value)), ("real_clips", .integer($0.realSamples)),
            ("fake_clips", .integer($0.fakeSamples)),
          ])
        }
      ),
      (
        "series",
        list(series) {
          .object([
            ("start", .integer($0.start)), ("frames", .integer($0.frames)), ("value", .number($0.value)),
            ("real_clips", .integer($0.realSamples)), ("fake_clips", .integer($0.fakeSamples)),
          ])
        }
      ),
      ("runs", list(repeats) { .number($0) }),
      (
        "floor",
        floor.map {
          .object([
            ("value", .number($0.value)), ("samples", .integer($0.samples)),
            ("score_at_samples", .number(orNull: $0.scoreAtSamples)),
          ])
        } ?? .null
      ),
      ("n_curve", list(curve) { .object([("samples", .integer($0.samples)), ("value", .number($0.value))]) }),
      ("videos", list(videos, named)), ("distances", list(distances, named)),
      ("warnings", .array(warnings.map { .object([("code", .string($0.code)), ("text", .string($0.text))]) })),
    ]
    return .object(head + parts)
  }
}

extension RunScore.Settings {
  var document: JSONValue {
    func sorted(_ fields: [String: FieldValue]) -> JSONValue {
      .object(fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })
    }
    return .object([
      ("name", .string(name)), ("version", .integer(version)), ("overrides", sorted(overrides)),
      ("fingerprint", .string(fingerprint)), ("fields", sorted(fields)),
    ])
  }
}

extension RunScore.ScoredSide {
  var document: JSONValue {
    .object([
      ("path", .string(path)), ("videos", videos.map { .integer($0) } ?? .null),
      ("clips", clips.map { .integer($0) } ?? .null), ("rank", rank.map { .integer($0) } ?? .null),
      ("digest", .string(orNull: digest)),
    ])
  }
}

import MetricCatalog
import Scores

// What `protocols --json` prints.
extension EvaluationProtocol {
  /// Every field that decides the score.
  private var fieldsJSON: JSONValue { .object(decidingFields.map { ($0.definition.name, $0.value.json) }) }

  /// All of a protocol, for `protocols show --json`.
  var fullJSON: JSONValue {
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
            .object([
              ("field", .string($0.field)), ("published", .string($0.published)), ("here", .string($0.here)),
              ("effect", $0.effect.map { .string($0) } ?? .null),
            ])
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
  var json: JSONValue {
    .object([
      ("name", .string(name)), ("version", .integer(version)), ("title", .string(source.title)),
      ("rows", .array(rows.map(\.fullJSON))),
      (
        "open",
        .array(
          open.map {
            .object([
              ("question", .string($0.question)), ("chosen", .string($0.chosen)),
              ("effect", $0.effect.map { .string($0) } ?? .null),
            ])
          })
      ),
      ("sentence", .string(sentence)), ("bibtex", .string(bibtex)),
    ])
  }
}

extension FieldValue {
  /// As a value of a document.
  var json: JSONValue {
    switch self {
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let value): .string(value)
    }
  }
}

import MetricCatalog
import Scores

/// Runs as rows for spreadsheets and data frames.
public enum RunExport {
  /// One row a score: names of columns, and the rows.
  public static func table(_ runs: [RunRecord]) -> QueryResult {
    QueryResult(
      columns: columns.map(\.name),
      rows: runs.flatMap { run in run.scores.map { score in columns.map { $0.value(run, score) } } })
  }

  private typealias Column = (name: String, value: @Sendable (RunRecord, ScoreRecord) -> QueryResult.Value)

  private static let columns: [Column] = [
    ("run", { run, _ in .text(run.id) }),
    ("date", { run, _ in .text(run.date) }),
    ("origin", { run, _ in .text(run.origin.rawValue) }),
    ("suite", { run, _ in .optional(run.suite) }),
    ("dataset", { run, _ in .optional(run.dataset) }),
    ("name", { run, _ in .text(run.name) }),
    ("generator", { run, _ in .optional(run.generator) }),
    ("checkpoint", { run, _ in .optional(run.checkpoint) }),
    ("step", { run, _ in .optional(run.step) }),
    ("tags", { run, _ in .text(run.tags.joined(separator: " ")) }),
    ("metric", { _, score in .text(score.metric) }),
    ("value", { _, score in .real(score.value) }),
    ("std", { _, score in .optional(score.std) }),
    ("interval_low", { _, score in .optional(score.interval?.low) }),
    ("interval_high", { _, score in .optional(score.interval?.high) }),
    ("direction", { _, score in .text(score.direction.rawValue) }),
    ("protocol", { _, score in .optional(score.settings?.displayName) }),
    ("fingerprint", { _, score in .optional(score.settings?.fingerprint) }),
    ("real", { _, score in .optional(score.real?.path) }),
    ("real_videos", { _, score in .optional(score.real?.videos) }),
    ("real_clips", { _, score in .optional(score.real?.clips) }),
    ("real_digest", { _, score in .optional(score.real?.digest) }),
    ("fake", { _, score in .optional(score.fake?.path) }),
    ("fake_videos", { _, score in .optional(score.fake?.videos) }),
    ("fake_clips", { _, score in .optional(score.fake?.clips) }),
    ("fake_digest", { _, score in .optional(score.fake?.digest) }),
    ("git_commit", { run, _ in .optional(run.circumstances.gitCommit) }),
    ("command", { run, _ in .optional(run.circumstances.command) }),
    ("version", { run, _ in .optional(run.circumstances.version) }),
    ("host", { run, _ in .optional(run.circumstances.host) }),
    ("source", { run, _ in .optional(run.source) }),
  ]
}

extension QueryResult.Value {
  static func optional(_ text: String?) -> Self { text.map { .text($0) } ?? .null }
  static func optional(_ number: Double?) -> Self { number.map { .real($0) } ?? .null }
  static func optional(_ number: Int?) -> Self { number.map { .integer(Int64($0)) } ?? .null }
}

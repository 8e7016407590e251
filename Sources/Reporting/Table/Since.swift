import Foundation
import History
import Scores

/// Something earlier that a report is held against: what is new, and what did it change?
public struct Since: Sendable, Equatable {
  /// `the page of 2026-11-28 13:05`, `tag:main (2026-11-20)`.
  public var label: String
  /// Runs that were known then.
  public var known: Set<String>
  /// The run that new ones are held against; nil: each against its own method's row of then.
  public var run: String?

  public init(label: String, known: Set<String>, run: String? = nil) {
    (self.label, self.known, self.run) = (label, known, run)
  }

  /// A run of the history, by what it was asked for.
  public init(_ run: RunRecord, called reference: String, among runs: [RunRecord]) {
    self.init(
      label: "\(reference) (\(run.name), \(run.date.prefix(10)))",
      known: Set(runs.filter { $0.date <= run.date }.map(\.id) + [run.id]), run: run.id)
  }

  /// A day or a moment of ISO 8601, UTC.
  public init(date: String, among runs: [RunRecord]) {
    self.init(label: Words.date(date), known: Set(runs.filter { $0.date < date }.map(\.id)))
  }

  /// A page that this program wrote before; nil where the file is not there, or is something else.
  public init?(page path: String) {
    guard let file = FileHandle(forReadingAtPath: path), let head = try? file.read(upToCount: 1 << 16) else {
      return nil
    }
    let text = String(decoding: head, as: UTF8.self)
    guard let found = text.firstMatch(of: #/<meta name="vidmetrics-runs" content="([^"]*)">/#) else { return nil }
    let words = found.output.1.split(separator: " ").map(String.init)
    guard let moment = words.first else { return nil }
    self.init(label: "the page of \(Words.date(moment).prefix(16))", known: Set(words.dropFirst()))
  }
}

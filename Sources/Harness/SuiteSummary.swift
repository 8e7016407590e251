import Evaluation
import Foundation
import History
import Reporting
import Scores

/// What a suite has come to.
public struct SuiteSummary: Sendable {
  public let suite: String
  public internal(set) var rows: [Row] = []
  public internal(set) var wasInterrupted = false
  /// What stops the suite itself.
  var fatal: (any Error)?

  public struct Row: Sendable {
    public let title: String
    /// As tables call it.
    public let label: String
    public let generator: String
    public var samples: Int?
    public var seconds: Double?
    public var peakMemory: Int?
    /// Whether the outputs were made before.
    public var wasThere = false
    public var scored: [Scored] = []
    /// In words.
    public var failure: String?

    /// Videos, seconds for each, memory.
    fileprivate var generation: [String] {
      var each = "-"
      if let seconds, let samples { each = NumberText.rough(seconds / Double(max(samples, 1))) }
      return [samples.map { "\($0)" } ?? "-", each, peakMemory.map { NumberText.memory($0) } ?? "-"]
    }
  }

  public struct Scored: Sendable {
    public let dataset: String?
    public let run: RunRecord
    public let wasKept: Bool
    public let isRecorded: Bool
  }

  public var failed: [Row] { rows.filter { $0.failure != nil } }
  public var skippedInputs: Bool { rows.contains { $0.scored.contains { !$0.run.skipped.isEmpty } } }
  public var runs: [RunRecord] { rows.flatMap { $0.scored.map(\.run) } }

  /// One line for each generator, checkpoint, seed and real set. Ends with a line break.
  public var table: String {
    let columns = columns
    var cells = [["generator", "data", "videos", "s/video", "memory"] + columns.map(\.title) + ["run"]]
    for row in rows {
      let own = row.generation
      for scored in row.scored {
        let values = columns.map { column in
          scored.run.scores.first { Column($0) == column }.map(Words.value) ?? "-"
        }
        cells.append([row.title, scored.dataset ?? "-"] + own + values + [scored.isRecorded ? scored.run.id : "-"])
      }
      if row.failure != nil {
        cells.append([row.title, "-"] + own + columns.map { _ in "-" } + ["failed"])
      } else if row.scored.isEmpty {
        cells.append([row.title, "-"] + own + columns.map { _ in "-" } + ["-"])
      }
    }
    return TextTable.text(cells) + "\n"
  }

  /// Scores with one fingerprint stand in one column.
  private struct Column: Hashable {
    let metric: String
    let fingerprint: String
    var title: String
    let name: String

    init(_ score: ScoreRecord) {
      metric = score.metric
      fingerprint = score.settings?.fingerprint ?? ""
      title = score.metric
      name = score.settings?.displayName ?? ""
    }

    static func == (a: Column, b: Column) -> Bool { a.metric == b.metric && a.fingerprint == b.fingerprint }

    func hash(into hasher: inout Hasher) { hasher.combine(metric + " " + fingerprint) }
  }

  /// Titles are metrics; those of one metric have their protocols, too.
  private var columns: [Column] {
    var found: [Column] = []
    for score in runs.flatMap(\.scores) where !found.contains(Column(score)) { found.append(Column(score)) }
    return found.map { column in
      var titled = column
      if found.count(where: { $0.metric == column.metric }) > 1 {
        titled.title += " (" + column.name.replacingOccurrences(of: " + ", with: "+") + ")"
      }
      return titled
    }
  }
}

extension SuiteSummary {
  /// The failures as rows of a table: of each why, and the last words that it wrote itself.
  public var reportFailures: [ReportTable.Failure] {
    failed.map { row in
      let lines = (row.failure ?? "").split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      let last = lines.lastIndex { $0.hasPrefix("stderr: ") }
      // Where logs are and what to do is for the person at the terminal.
      let words = lines.enumerated().filter { place, line in
        !line.hasPrefix("logs: ") && !line.hasPrefix("hint: ") && (!line.hasPrefix("stderr: ") || place == last)
      }.map(\.element)
      return ReportTable.Failure(name: row.label, words: words.joined(separator: "; "))
    }
  }

  /// The failures in full, for people; empty if there are none. Ends with a line break.
  public var failures: String {
    failed.map { row in
      "failed: \(row.title): " + (row.failure ?? "").replacingOccurrences(of: "\nhint:", with: "\n  hint:") + "\n"
    }.joined()
  }
}

import History
import MetricCatalog
import Scores

/// Of each name and data set the checkpoint that was scored last, with the newest run of each of its seeds, and what that leaves
/// out.
public struct NewestRuns {
  /// In the order that they came in.
  public let kept: [RunRecord]
  private let leftOut: [RunRecord]

  public init(of runs: [RunRecord]) {
    var last: [[String]: RunRecord] = [:]
    for run in runs where last[Self.key(run)].map({ $0.date < run.date }) ?? true { last[Self.key(run)] = run }
    var newest: [[String]: RunRecord] = [:]
    func seedKey(_ run: RunRecord) -> [String] { Self.key(run) + [run.generation?.seed.map(String.init) ?? ""] }
    for run in runs {
      guard let own = last[Self.key(run)], (own.step, own.checkpoint) == (run.step, run.checkpoint),
        newest[seedKey(run)].map({ $0.date < run.date }) ?? true
      else { continue }
      newest[seedKey(run)] = run
    }
    let ids = Set(newest.values.map(\.id))
    kept = runs.filter { ids.contains($0.id) }
    leftOut = runs.filter { !ids.contains($0.id) }
  }

  private static func key(_ run: RunRecord) -> [String] { [run.origin.rawValue, run.name, run.dataset ?? ""] }

  /// Scores that a name has in earlier runs only: no number of theirs is in the table.
  private var lost: [(run: RunRecord, metrics: [String])] {
    var shown: [[String]: Set<String>] = [:]
    for run in kept { shown[Self.key(run), default: []].formUnion(run.scores.map(\.metric)) }
    return leftOut.compactMap { run in
      let metrics = run.scores.map(\.metric).filter { shown[Self.key(run), default: []].insert($0).inserted }
      return metrics.isEmpty ? nil : (run, metrics)
    }
  }

  /// For people who asked for the newest; nil where nothing is left out.
  public var words: String? {
    guard !leftOut.isEmpty else { return nil }
    var names: [String] = []
    for run in leftOut where !names.contains("`\(run.name)`") { names.append("`\(run.name)`") }
    return
      (["--newest leaves out \(count(leftOut.count, "earlier run")) of \(Words.list(names))"]
      + lost.map { "  only there: \(Self.text($0))" }).joined(separator: "\n")
  }

  /// For readers of the table.
  public var remarks: [ReportTable.Remark] {
    lost.map {
      ReportTable.Remark(
        kind: .leftOut, text: "\(Self.text($0)) is left out by --newest: a later run has no such score")
    }
  }

  /// `FVD and KVD of `ours` on Sky (run 3f2a91c0aa12, 2026-11-21)`.
  private static func text(_ lost: (run: RunRecord, metrics: [String])) -> String {
    let run = lost.run
    return "\(Words.list(lost.metrics.map(ScoreName.title))) of `\(run.name)`\(run.dataset.map { " on \($0)" } ?? "") "
      + "(run \(run.id), \(run.date.prefix(10)))"
  }
}

import Evaluation
import Files
import Foundation
import History
import MetricCatalog
import Scores

/// What a file gives.
public struct ImportedRuns: Sendable {
  public var runs: [RunRecord]
  /// What of the file is in none of the runs, and why, in words.
  public var leftOut: [String] = []
}

/// Scores that others computed, or that lie in other histories, as runs.
///
/// A run's id is taken from what the file says of it: importing a file again, or one that has grown, adds what is new.
public struct RunImport: Sendable {
  /// What a file can be.
  public enum Kind: String, Sendable, CaseIterable {
    /// Another history.
    case history
    /// What `export` wrote.
    case runs
    /// What `--json` printed of a score, or of a run.
    case document
    /// `metric-NAME.jsonl` of StyleGAN2-ADA and StyleGAN-V.
    case styleGANV = "stylegan-v"
    /// `NAME_eval_results.json` of VBench.
    case vbench
    /// A table (.csv, .tsv, .jsonl) with `name`, `metric` and `value`.
    case scores
    /// A table with `name` and a column for each metric.
    case table
    /// A table with `question`, `method` and `votes`, or `preference` (or `percent`) and `n`.
    case preferences
    /// A table with `question` and `choice`, a row for each answer.
    case votes
  }

  /// What the file does not say itself.
  public struct Labels: Sendable, Equatable {
    public var name: String?
    public var dataset: String?
    public var source: String?
    public var tags: [String] = []
    public var direction: Direction?

    public init() {}
  }

  let path: String
  let labels: Labels

  public init(path: String, labels: Labels = Labels()) {
    self.path = path
    self.labels = labels
  }

  /// - Throws: `ImportError`, `HistoryError`, `ScoreError`, `FeatureFileError`, `FilesError`.
  public func read(kind: Kind? = nil) throws -> ImportedRuns {
    // At a pipe one waits for whoever writes to it.
    if let status = FileStatus(path), status.kind != .file {
      throw FilesError.unreadable(path: path, reason: "it is not a file")
    }
    let found: ImportedRuns =
      switch try kind ?? recognised() {
      case .history:
        ImportedRuns(runs: try HistoryStore(path: path, mode: .reading).runs().reversed().map(tagged))
      case .runs: ImportedRuns(runs: try exported().map(tagged))
      case .document: ImportedRuns(runs: [try document()])
      case .styleGANV: try styleGANV()
      case .vbench: try vbench()
      case .scores: try scoreTable(ImportedTable(path))
      case .table: try wideTable(ImportedTable(path))
      case .preferences: try preferences(ImportedTable(path))
      case .votes: try votes(ImportedTable(path))
      }
    guard !found.runs.isEmpty else { throw ImportError.empty(path: path, leftOut: found.leftOut) }
    return found
  }

  private func tagged(_ run: RunRecord) -> RunRecord {
    var run = run
    run.tags += labels.tags.filter { !run.tags.contains($0) }
    return run
  }

  func text() throws -> String { try TextFile.read(path) }

  private func recognised() throws -> Kind {
    let head = try ByteRegion(OpenFile(path)).bytes(at: 0, count: 16)
    if head.starts(with: Array("SQLite format 3".utf8)) { return .history }
    if path.lowercased().hasSuffix(".csv") || path.lowercased().hasSuffix(".tsv") {
      return try kind(ImportedTable(path))
    }
    let text = JSONText.quotingNotFinite(try text())
    let first = TextLines.filled(text).first.map { String($0.text) } ?? ""
    if let line = try? JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any] {
      if RunDocument.isDocument(line["schema"] as? String) { return .runs }
      if line["results"] != nil, line["metric"] != nil { return .styleGANV }
      if path.lowercased().hasSuffix(".jsonl") { return try kind(ImportedTable(path)) }
    }
    let whole: [String: Any]
    do { whole = try JSONText.object(text.utf8) } catch {
      guard path.lowercased().hasSuffix(".json") else { throw ImportError.unknownKind(path: path) }
      throw ImportError.row(path: path, line: nil, reason: "it is \(error)")
    }
    if RunDocument.isDocument(whole["schema"] as? String) { return .document }
    if !whole.isEmpty, whole.values.allSatisfy(Self.isDimension) { return .vbench }
    throw ImportError.unknownKind(path: path)
  }

  /// `[average, ...]`
  private static func isDimension(_ value: Any) -> Bool {
    guard let average = (value as? [Any])?.first else { return false }
    return average is NSNumber || average is NSNull || (average as? String).flatMap(Double.init) != nil
  }

  /// By its columns.
  private func kind(_ table: ImportedTable) throws -> Kind {
    if table.has("question") { return Self.choiceColumns.contains(where: table.has) ? .votes : .preferences }
    if table.has("metric") { return .scores }
    guard Self.nameColumns.contains(where: table.has) else {
      throw ImportError.columns(path: path, wanted: Self.nameColumns, found: table.columns.map(\.title))
    }
    return .table
  }

  private func exported() throws -> [RunRecord] {
    try TextLines.filled(text()).map { number, line in
      try RunDocument.read(String(line), place: "`\(path)`, line \(number)")
    }
  }

  /// What `--json` printed.
  private func document() throws -> RunRecord {
    var run = tagged(try RunDocument.read(text(), place: "`\(path)`"))
    run.name = labels.name ?? run.name
    run.dataset = run.dataset ?? labels.dataset
    run.source = run.source ?? labels.source
    return run
  }

  /// A run of this file, without scores.
  ///
  /// - Parameter content: what tells it from all others, for its id.
  func run(_ content: String, name: String, date: Date? = nil) -> RunRecord {
    let digest = SHA256.digest(of: content).hex
    var run = RunRecord(id: String(digest.prefix(12)), date: RunRecord.date(date ?? Date()), name: labels.name ?? name)
    run.origin = .imported
    run.dataset = labels.dataset
    run.source = labels.source ?? URL(fileURLWithPath: path).lastPathComponent
    run.tags = labels.tags
    return run
  }

  /// A score of the catalog is called as the catalog calls it, whatever its case; names of others stand as they are.
  static func known(_ metric: String) -> String {
    let name = metric.lowercased()
    return ScoreName(name) == nil ? metric : name
  }

  /// What is better, of metrics that are known by name: those of the catalog, and those of StyleGAN's and VBench's files.
  func direction(of metric: String, _ said: String? = nil) throws -> Direction {
    if let said, let direction = Direction(rawValue: said.lowercased()) { return direction }
    if let direction = labels.direction { return direction }
    let name = metric.lowercased()
    if let known = ScoreName(name)?.direction ?? Metric.all.first(where: { $0.name == name })?.direction {
      return known
    }
    // What other programs write: `fvd2048_16f`, `isv2048`.
    let stem = String(name.prefix { $0.isLetter || $0 == "-" })
    if let known = ScoreName(stem)?.direction { return known }
    let lower = ["ppl", "dtfvd", "mse", "epe"]
    let higher = ["isv", "is", "clip", "preference"]
    if lower.contains(stem) { return .lower }
    if higher.contains(stem) { return .higher }
    throw ImportError.direction(path: path, metric: metric)
  }
}

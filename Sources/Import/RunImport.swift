import Evaluation
import Files
import Foundation
import History
import MetricCatalog
import Scores

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
    /// A .csv with `name`, `metric` and `value`.
    case scores
    /// A .csv with `question`, `method` and `votes`, or `preference` (or `percent`) and `n`.
    case preferences
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

  /// - Throws: `ImportError`, `HistoryError`, `FeatureFileError`, `VideoError`.
  public func runs(kind: Kind? = nil) throws -> [RunRecord] {
    let found =
      switch try kind ?? recognised() {
      case .history: try HistoryStore(path: path, mode: .reading).runs().reversed().map(tagged)
      case .runs: try exported().map(tagged)
      case .document: try [document()]
      case .styleGANV: try styleGANV()
      case .vbench: try [vbench()]
      case .scores: try scoreTable()
      case .preferences: try preferences()
      }
    guard !found.isEmpty else { throw ImportError.empty(path: path) }
    return found
  }

  private func tagged(_ run: RunRecord) -> RunRecord {
    var run = run
    run.tags += labels.tags.filter { !run.tags.contains($0) }
    return run
  }

  func text() throws -> String {
    do { return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self) } catch {
      throw ImportError.unreadable(path: path, reason: systemMessage(of: error))
    }
  }

  private func recognised() throws -> Kind {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw ImportError.unreadable(path: path, reason: systemMessage())
    }
    let head = (try? handle.read(upToCount: 16)) ?? Data()
    if head.starts(with: Array("SQLite format 3".utf8)) { return .history }
    let text = try text()
    if path.lowercased().hasSuffix(".csv") {
      let header = (text.split(whereSeparator: \.isNewline).first ?? "").lowercased()
      return ["question", "votes", "preference"].contains { header.contains($0) } ? .preferences : .scores
    }
    let first = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    if let line = try? JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any] {
      if RunDocument.isDocument(line["schema"] as? String) { return .runs }
      if line["results"] != nil, line["metric"] != nil { return .styleGANV }
    }
    let whole = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    if RunDocument.isDocument(whole?["schema"] as? String) { return .document }
    if let whole, !whole.isEmpty, whole.values.allSatisfy({ ($0 as? [Any])?.first is NSNumber }) { return .vbench }
    throw ImportError.unknownKind(path: path)
  }

  private func exported() throws -> [RunRecord] {
    try text().split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
      guard line.contains(where: { !$0.isWhitespace }) else { return nil }
      return try RunDocument.read(String(line), place: "`\(path)`, line \(index + 1)")
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
    if let known = ScoreName(name)?.metric ?? Metric.all.first(where: { $0.name == name }) { return known.direction }
    // What other programs write: `fvd2048_16f`, `isv2048`.
    let stem = String(name.prefix { $0.isLetter || $0 == "-" })
    if let known = ScoreName(stem)?.metric { return known.direction }
    let lower = ["ppl", "dtfvd", "mse", "epe"]
    let higher = ["isv", "is", "clip", "preference"]
    if lower.contains(stem) { return .lower }
    if higher.contains(stem) { return .higher }
    throw ImportError.direction(path: path, metric: metric)
  }
}

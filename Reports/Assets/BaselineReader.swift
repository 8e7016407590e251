import Files
import MetricCatalog
import Yams

/// Reads published rows from YAML. Every key must be known, none that is needed may be missing.
struct BaselineReader {
  let file: String

  func read(_ text: String) throws -> Baseline {
    let top = try YAMLKeys(
      file: file, text: text, owner: "a file of published rows",
      known: ["name", "version", "paper", "short", "table", "settings", "protocol", "layout", "rows", "certainty"])
    let certainty = try certainty(top) ?? .paper
    let used = try top.mapping("protocol", owner: "`protocol`", known: ["name", "version"])
    let (name, version) = (try used.requiredText("name"), try used.requiredText("version"))
    guard version == "unknown" || Int(version) != nil else {
      throw used.bad("version", version, "a whole number or `unknown`")
    }
    return Baseline(
      name: try top.requiredText("name"), version: try top.requiredInteger("version"),
      paper: try top.requiredText("paper"), short: try top.requiredText("short"),
      table: try top.requiredText("table"), settings: try top.requiredText("settings"), protocolName: name,
      protocolVersion: Int(version), layout: try layout(top),
      rows: try top.requiredList("rows").map { try row($0, certainty) })
  }

  private func certainty(_ keys: YAMLKeys) throws -> Baseline.Certainty? {
    guard let text = try keys.text("certainty") else { return nil }
    guard let value = Baseline.Certainty(rawValue: text) else {
      throw keys.bad("certainty", text, "`paper`, `secondary` or `memory`")
    }
    return value
  }

  private func layout(_ top: YAMLKeys) throws -> Baseline.Layout {
    let keys = try top.mapping("layout", owner: "`layout`", known: ["datasets", "columns"])
    return Baseline.Layout(
      datasets: try keys.requiredTexts("datasets"), columns: try keys.requiredList("columns").map(column))
  }

  private func column(_ node: Node) throws -> Baseline.Column {
    let keys = try keys(
      node, "columns", "a column", ["metric", "variant", "label", "digits", "scale-factor", "frames"])
    let digits = try keys.requiredText("digits")
    guard digits == "three" || (0...9).contains(Int(digits) ?? -1) else {
      throw keys.bad("digits", digits, "`three` or a number from 0 to 9")
    }
    return Baseline.Column(
      metric: try keys.requiredText("metric"), variant: try keys.text("variant"),
      label: try keys.requiredText("label"), digits: Int(digits).map { .fixed($0) } ?? .three,
      scaleFactor: try keys.number("scale-factor") ?? 1, frames: try keys.integer("frames", in: 1...1_000_000))
  }

  private func row(_ node: Node, _ certainty: Baseline.Certainty) throws -> Baseline.Row {
    let keys = try keys(node, "rows", "a row", ["method", "scores", "source", "settings", "certainty"])
    let method = try keys.requiredText("method")
    var seen: Set<String> = []
    let scores = try keys.requiredList("scores").map { node in
      let score = try score(node)
      let place = "`\(score.metric)\(score.variant.map { "/" + $0 } ?? "")`" + (score.dataset.map { " on \($0)" } ?? "")
      guard seen.insert(place).inserted else {
        throw BaselineError.twice(Place(file: file, line: node.mark?.line), method: method, score: place)
      }
      return score
    }
    return Baseline.Row(
      method: method, source: try keys.text("source"), settings: try keys.text("settings"),
      certainty: try self.certainty(keys) ?? certainty, scores: scores)
  }

  private func score(_ node: Node) throws -> Baseline.Score {
    let keys = try keys(
      node, "scores", "a score", ["metric", "direction", "std", "dataset", "variant", "value", "scale-factor"])
    let metric = try keys.requiredText("metric")
    let known = Self.direction(metric)
    var direction = known
    if let text = try keys.text("direction") {
      guard let given = Direction(rawValue: text), known == nil || known == given else {
        throw keys.bad("direction", text, known.map { "`\($0.rawValue)`" } ?? "`lower` or `higher`")
      }
      direction = given
    }
    guard let direction else { throw YAMLError.missingKey(keys.place, key: "direction", of: keys.owner) }
    let std = try keys.number("std")
    if let std, std < 0 { throw keys.bad("std", "\(std)", "a number that is not negative") }
    guard let value = try keys.number("value") else {
      throw YAMLError.missingKey(keys.place, key: "value", of: keys.owner)
    }
    return Baseline.Score(
      dataset: try keys.text("dataset"), metric: metric, variant: try keys.text("variant"), value: value, std: std,
      direction: direction, scaleFactor: try keys.number("scale-factor") ?? 1)
  }

  /// Of a metric in the catalog, or of its mean over groups; nil for others.
  private static func direction(_ metric: String) -> Direction? {
    ScoreName(metric)?.metric.direction
  }

  private func keys(_ node: Node, _ key: String, _ owner: String, _ known: [String]) throws -> YAMLKeys {
    try YAMLKeys(node, file: file, owner: owner, key: key, known: known)
  }
}

import MetricCatalog
import Yams

/// Reads published rows from YAML. Every key must be known, none that is needed may be missing.
struct BaselineReader {
  let file: String

  func read(_ text: String) throws -> Baseline {
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch {
      throw BaselineError.unreadable(file: file, reason: "\(error)")
    }
    guard let root else { throw BaselineError.unreadable(file: file, reason: "the file is empty") }
    var top = try keys(root, "the file")
    let certainty = try certainty(&top) ?? .paper
    var used = try keys(try top.take("protocol"), "`protocol`")
    let (name, version) = (try used.text("name"), try used.text("version"))
    guard version == "unknown" || Int(version) != nil else {
      throw used.wrong("version", version, "a whole number or `unknown`")
    }
    try used.finish(["name", "version"])
    let baseline = Baseline(
      name: try top.text("name"), version: try top.integer("version"), paper: try top.text("paper"),
      short: try top.text("short"), table: try top.text("table"), settings: try top.text("settings"),
      protocolName: name, protocolVersion: Int(version), layout: try layout(try top.take("layout")),
      rows: try top.list("rows").map { try row($0, certainty) })
    try top.finish([
      "name", "version", "paper", "short", "table", "settings", "protocol", "layout", "rows", "certainty",
    ])
    return baseline
  }

  private func certainty(_ keys: inout BaselineKeys) throws -> Baseline.Certainty? {
    guard let text = try keys.textIfThere("certainty") else { return nil }
    guard let value = Baseline.Certainty(rawValue: text) else {
      throw keys.wrong("certainty", text, "`paper`, `secondary` or `memory`")
    }
    return value
  }

  private func layout(_ node: Node) throws -> Baseline.Layout {
    var keys = try keys(node, "`layout`")
    let layout = Baseline.Layout(
      datasets: try keys.list("datasets").map { $0.string ?? "" }, columns: try keys.list("columns").map(column))
    try keys.finish(["datasets", "columns"])
    return layout
  }

  private func column(_ node: Node) throws -> Baseline.Column {
    var keys = try keys(node, "a column")
    let digits = try keys.text("digits")
    guard digits == "three" || (0...9).contains(Int(digits) ?? -1) else {
      throw keys.wrong("digits", digits, "`three` or a number from 0 to 9")
    }
    let column = Baseline.Column(
      metric: try keys.text("metric"), variant: try keys.textIfThere("variant"), label: try keys.text("label"),
      digits: Int(digits).map { .fixed($0) } ?? .three, scaleFactor: try keys.numberIfThere("scale-factor") ?? 1,
      frames: try keys.numberIfThere("frames").map { Int($0) })
    try keys.finish(["metric", "variant", "label", "digits", "scale-factor", "frames"])
    return column
  }

  private func row(_ node: Node, _ certainty: Baseline.Certainty) throws -> Baseline.Row {
    var keys = try keys(node, "a row")
    let method = try keys.text("method")
    var seen: Set<String> = []
    let scores = try keys.list("scores").map { node in
      let score = try score(node)
      let place = "`\(score.metric)\(score.variant.map { "/" + $0 } ?? "")`" + (score.dataset.map { " on \($0)" } ?? "")
      guard seen.insert(place).inserted else {
        throw BaselineError.twice(file: file, line: node.mark?.line ?? 0, method: method, score: place)
      }
      return score
    }
    let row = Baseline.Row(
      method: method, source: try keys.textIfThere("source"), settings: try keys.textIfThere("settings"),
      certainty: try self.certainty(&keys) ?? certainty,
      scores: scores)
    try keys.finish(["method", "scores", "source", "settings", "certainty"])
    return row
  }

  private func score(_ node: Node) throws -> Baseline.Score {
    var keys = try keys(node, "a score")
    let metric = try keys.text("metric")
    let known = Self.direction(metric)
    var direction = known
    if let text = try keys.textIfThere("direction") {
      guard let given = Direction(rawValue: text), known == nil || known == given else {
        throw keys.wrong("direction", text, known.map { "`\($0.rawValue)`" } ?? "`lower` or `higher`")
      }
      direction = given
    }
    guard let direction else { throw BaselineError.missingKey(file: file, line: keys.line, key: "direction") }
    let std = try keys.numberIfThere("std")
    if let std, std < 0 { throw keys.wrong("std", "\(std)", "a number that is not negative") }
    let score = Baseline.Score(
      dataset: try keys.textIfThere("dataset"), metric: metric, variant: try keys.textIfThere("variant"),
      value: try keys.number("value"), std: std, direction: direction,
      scaleFactor: try keys.numberIfThere("scale-factor") ?? 1)
    try keys.finish(["metric", "direction", "std", "dataset", "variant", "value", "scale-factor"])
    return score
  }

  /// Of a metric in the catalog, or of its mean over groups; nil for others.
  private static func direction(_ metric: String) -> Direction? {
    ScoreName(metric)?.metric.direction
  }

  private func keys(_ node: Node, _ what: String) throws -> BaselineKeys {
    guard let mapping = node.mapping else {
      throw BaselineError.unreadable(file: file, reason: "line \(node.mark?.line ?? 1): \(what) is not a mapping")
    }
    return BaselineKeys(file: file, line: node.mark?.line ?? 1, mapping)
  }
}

/// The keys of one mapping with their lines.
struct BaselineKeys {
  let file: String
  let line: Int
  private var nodes: [String: (line: Int, node: Node)] = [:]
  private var read: Set<String> = []

  init(file: String, line: Int, _ mapping: Node.Mapping) {
    self.file = file
    self.line = line
    for (key, value) in mapping { nodes[key.string ?? ""] = (key.mark?.line ?? line, value) }
  }

  mutating func take(_ key: String) throws -> Node {
    read.insert(key)
    guard let found = nodes[key] else { throw BaselineError.missingKey(file: file, line: line, key: key) }
    return found.node
  }

  mutating func text(_ key: String) throws -> String {
    guard let text = try take(key).scalar?.string, !text.isEmpty else { throw wrong(key, "", "a text") }
    return text
  }

  mutating func textIfThere(_ key: String) throws -> String? { nodes[key] == nil ? nil : try text(key) }

  mutating func number(_ key: String) throws -> Double {
    let text = try text(key)
    guard let value = Double(text), value.isFinite else { throw wrong(key, text, "a number") }
    return value
  }

  mutating func numberIfThere(_ key: String) throws -> Double? { nodes[key] == nil ? nil : try number(key) }

  mutating func integer(_ key: String) throws -> Int {
    let text = try text(key)
    guard let value = Int(text) else { throw wrong(key, text, "a whole number") }
    return value
  }

  mutating func list(_ key: String) throws -> [Node] {
    guard let sequence = try take(key).sequence else { throw wrong(key, "", "a list") }
    return Array(sequence)
  }

  func finish(_ known: [String]) throws {
    for (key, found) in nodes.sorted(by: { $0.value.line < $1.value.line }) where !known.contains(key) {
      throw BaselineError.unknownKey(
        file: file, line: found.line, key: key, nearest: NearestName.of(key, among: known))
    }
  }

  func wrong(_ key: String, _ value: String, _ allowed: String) -> BaselineError {
    .badValue(file: file, line: nodes[key]?.line ?? line, key: key, value: value, allowed: allowed)
  }
}

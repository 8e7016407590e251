import Files
import Yams

/// Reads a protocol from YAML. Every key must be known and none may be missing.
struct ProtocolReader {
  let file: String

  func read(_ text: String) throws -> EvaluationProtocol {
    let top = try YAMLKeys(
      file: file, text: text, owner: "a protocol",
      known: [
        "name", "aliases", "version", "metric", "direction", "source", "bibtex", "sentence", "counts", "departures",
        "changelog", "fields",
      ])
    let metric = try Metric.named(top.requiredText("metric"))
    try checkDirection(top.requiredText("direction"), of: metric)
    let parsed = EvaluationProtocol(
      name: try top.requiredText("name"), aliases: try top.requiredTexts("aliases"),
      version: try top.requiredInteger("version"), definition: metric, source: try source(top),
      bibtex: try top.requiredText("bibtex"), sentence: try top.requiredText("sentence"), counts: try counts(top),
      departures: try top.requiredList("departures").map(departure),
      changelog: try top.requiredList("changelog").map(change), fields: try fields(top, of: metric))
    try parsed.validate()
    return parsed
  }

  /// A paper's table; its rows begin with the fields of presets.
  func readTable(_ text: String) throws -> PaperTable {
    let top = try YAMLKeys(
      file: file, text: text, owner: "a table",
      known: ["name", "version", "source", "sentence", "bibtex", "changelog", "rows", "open"])
    let (name, version) = (try top.requiredText("name"), try top.requiredInteger("version"))
    let source = try source(top)
    let (sentence, bibtex) = (try top.requiredText("sentence"), try top.requiredText("bibtex"))
    let changelog = try top.requiredList("changelog").map(change)
    let rows = try top.requiredList("rows").map { node in
      let keys = try keys(node, "rows", "a row", ["protocol", "metric", "set", "label"])
      let base = try EvaluationProtocol.named(keys.requiredText("protocol"), metric: keys.requiredText("metric"))
      let set = try keys.mapping("set", owner: "`set`", known: nil)
      let settings = try set.order.sorted().map { (field: $0, value: try set.requiredText($0)) }
      let label = try keys.text("label").map { "/" + $0 } ?? ""
      let row = try base.overriding(settings).adopted(
        name: name + label, source: source, bibtex: bibtex, sentence: sentence, departures: base.departures,
        changelog: changelog, version: base.version)
      try row.validate()
      return row
    }
    let open = try top.requiredList("open").map { node in
      let keys = try keys(node, "open", "an open question", ["question", "chosen", "effect"])
      return PaperTable.OpenQuestion(
        question: try keys.requiredText("question"), chosen: try keys.requiredText("chosen"),
        effect: try keys.text("effect"))
    }
    return PaperTable(
      name: name, version: version, source: source, rows: rows, open: open, sentence: sentence, bibtex: bibtex,
      changelog: changelog)
  }

  private func checkDirection(_ text: String, of metric: Metric) throws {
    guard let direction = Direction(rawValue: text) else {
      throw CatalogError.badValue(field: "direction", value: text, allowed: "`lower` or `higher`")
    }
    guard direction == metric.direction else {
      throw CatalogError.badValue(field: "direction", value: text, allowed: "`\(metric.direction)`")
    }
  }

  private func keys(_ node: Node, _ key: String, _ owner: String, _ known: [String]) throws -> YAMLKeys {
    try YAMLKeys(node, file: file, owner: owner, key: key, known: known)
  }

  private func source(_ top: YAMLKeys) throws -> EvaluationProtocol.Source {
    let keys = try top.mapping("source", owner: "`source`", known: ["title", "repository", "commit", "read"])
    return EvaluationProtocol.Source(
      title: try keys.requiredText("title"), repository: try keys.requiredText("repository"),
      commit: try keys.requiredText("commit"), read: try keys.requiredTexts("read"))
  }

  private func counts(_ top: YAMLKeys) throws -> EvaluationProtocol.Counts {
    let keys = try top.mapping(
      "counts", owner: "`counts`", known: ["minimum", "recommended-real", "recommended-fake"])
    return EvaluationProtocol.Counts(
      minimum: try keys.requiredInteger("minimum"), recommendedReal: try integerOrNone(keys, "recommended-real"),
      recommendedFake: try integerOrNone(keys, "recommended-fake"))
  }

  private func integerOrNone(_ keys: YAMLKeys, _ key: String) throws -> Int? {
    let text = try keys.requiredText(key)
    if text == "none" { return nil }
    guard let number = Int(text) else { throw keys.wrong(key, "a whole number or `none`") }
    return number
  }

  private func departure(_ node: Node) throws -> EvaluationProtocol.Departure {
    let keys = try keys(node, "departures", "a departure", ["field", "published", "here", "effect"])
    return EvaluationProtocol.Departure(
      field: try keys.requiredText("field"), published: try keys.requiredText("published"),
      here: try keys.requiredText("here"), effect: try keys.text("effect"))
  }

  private func change(_ node: Node) throws -> EvaluationProtocol.Change {
    let keys = try keys(node, "changelog", "a change", ["version", "date", "text"])
    return EvaluationProtocol.Change(
      version: try keys.requiredInteger("version"), date: try keys.requiredText("date"),
      text: try keys.requiredText("text"))
  }

  private func fields(_ top: YAMLKeys, of metric: Metric) throws -> ProtocolFields {
    let keys = try top.mapping("fields", owner: "`fields`", known: metric.fields.map(\.name))
    var fields = ProtocolFields()
    for definition in metric.fields where definition.isInForce == nil || keys.has(definition.name) {
      let text = try keys.requiredText(definition.name)
      guard definition.write(&fields, text) else {
        throw CatalogError.badValue(field: definition.name, value: text, allowed: definition.allowed)
      }
    }
    return fields
  }
}

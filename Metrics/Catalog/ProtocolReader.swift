import Yams

/// Reads a protocol from YAML. Every key must be known and none may be missing.
struct ProtocolReader {
  let file: String

  func read(_ text: String) throws -> EvaluationProtocol {
    var top = try top(text)
    let metric = try Metric.named(top.text("metric"))
    try checkDirection(top.text("direction"), of: metric)
    let parsed = EvaluationProtocol(
      name: try top.text("name"), aliases: try top.texts("aliases"), version: try top.integer("version"),
      definition: metric, source: try source(top.take("source")), bibtex: try top.text("bibtex"),
      sentence: try top.text("sentence"),
      counts: try counts(top.take("counts")), departures: try top.list("departures").map(departure),
      changelog: try top.list("changelog").map(change), fields: try fields(top.take("fields"), of: metric))
    try top.finish()
    try parsed.validate()
    return parsed
  }

  /// A paper's table; its rows begin with the fields of presets.
  func readTable(_ text: String) throws -> PaperTable {
    var top = try top(text)
    let (name, version) = (try top.text("name"), try top.integer("version"))
    let source = try source(top.take("source"))
    let (sentence, bibtex) = (try top.text("sentence"), try top.text("bibtex"))
    let changelog = try top.list("changelog").map(change)
    let rows = try top.list("rows").map { node in
      var keys = try mapping(node, at: "rows.")
      let base = try EvaluationProtocol.named(keys.text("protocol"), metric: keys.text("metric"))
      let settings = try mapping(keys.take("set"), at: "rows.set.").all
      let label = keys.has("label") ? "/" + (try keys.text("label")) : ""
      try keys.finish()
      let row = try base.overriding(settings).adopted(
        name: name + label, source: source, bibtex: bibtex, sentence: sentence, departures: base.departures,
        changelog: changelog, version: base.version)
      try row.validate()
      return row
    }
    let open = try top.list("open").map { node in
      var keys = try mapping(node, at: "open.")
      let question = PaperTable.OpenQuestion(question: try keys.text("question"), chosen: try keys.text("chosen"))
      try keys.finish()
      return question
    }
    try top.finish()
    return PaperTable(
      name: name, version: version, source: source, rows: rows, open: open, sentence: sentence, bibtex: bibtex,
      changelog: changelog)
  }

  private func top(_ text: String) throws -> Keys {
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch { throw CatalogError.unreadable(file: file, reason: "\(error)") }
    guard let root else { throw CatalogError.unreadable(file: file, reason: "the file is empty") }
    return try mapping(root, at: "")
  }

  private func checkDirection(_ text: String, of metric: Metric) throws {
    guard let direction = Direction(rawValue: text) else {
      throw CatalogError.badValue(field: "direction", value: text, allowed: "`lower` or `higher`")
    }
    guard direction == metric.direction else {
      throw CatalogError.badValue(field: "direction", value: text, allowed: "`\(metric.direction)`")
    }
  }

  private func source(_ node: Node) throws -> EvaluationProtocol.Source {
    var keys = try mapping(node, at: "source.")
    let source = EvaluationProtocol.Source(
      title: try keys.text("title"), repository: try keys.text("repository"), commit: try keys.text("commit"),
      read: try keys.texts("read"))
    try keys.finish()
    return source
  }

  private func counts(_ node: Node) throws -> EvaluationProtocol.Counts {
    var keys = try mapping(node, at: "counts.")
    let counts = EvaluationProtocol.Counts(
      minimum: try keys.integer("minimum"), recommendedReal: try keys.integerOrNone("recommended-real"),
      recommendedFake: try keys.integerOrNone("recommended-fake"))
    try keys.finish()
    return counts
  }

  private func departure(_ node: Node) throws -> EvaluationProtocol.Departure {
    var keys = try mapping(node, at: "departures.")
    let departure = EvaluationProtocol.Departure(
      field: try keys.text("field"), published: try keys.text("published"), here: try keys.text("here"))
    try keys.finish()
    return departure
  }

  private func change(_ node: Node) throws -> EvaluationProtocol.Change {
    var keys = try mapping(node, at: "changelog.")
    let change = EvaluationProtocol.Change(
      version: try keys.integer("version"), date: try keys.text("date"), text: try keys.text("text"))
    try keys.finish()
    return change
  }

  private func fields(_ node: Node, of metric: Metric) throws -> ProtocolFields {
    var keys = try mapping(node, at: "fields.")
    var fields = ProtocolFields()
    for definition in metric.fields where definition.isInForce == nil || keys.has(definition.name) {
      let text = try keys.text(definition.name)
      guard definition.write(&fields, text) else {
        throw CatalogError.badValue(field: definition.name, value: text, allowed: definition.allowed)
      }
    }
    try keys.finish()
    return fields
  }

  private func mapping(_ node: Node, at place: String) throws -> Keys {
    guard let mapping = node.mapping else {
      throw CatalogError.unreadable(
        file: file, reason: "a mapping is expected at \(place.isEmpty ? "the top" : "`\(place.dropLast())`")")
    }
    var found: [String: Node] = [:]
    for (key, value) in mapping { found[key.string ?? ""] = value }
    return Keys(file: file, place: place, left: found)
  }
}

/// The keys of one mapping; what has been read is taken out, what is left at the end is unknown.
private struct Keys {
  let file: String
  let place: String
  var left: [String: Node]

  /// Every key with its text, sorted by key.
  var all: [(field: String, value: String)] {
    get throws {
      var copy = self
      return try left.keys.sorted().map { ($0, try copy.text($0)) }
    }
  }

  func has(_ key: String) -> Bool { left[key] != nil }

  mutating func take(_ key: String) throws -> Node {
    guard let node = left.removeValue(forKey: key) else { throw CatalogError.missingKey(file: file, key: place + key) }
    return node
  }

  mutating func text(_ key: String) throws -> String {
    guard let text = try take(key).scalar?.string, !text.isEmpty else { throw wrong(key, "a text") }
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  mutating func integer(_ key: String) throws -> Int {
    guard let value = Int(try text(key)) else { throw wrong(key, "a whole number") }
    return value
  }

  mutating func integerOrNone(_ key: String) throws -> Int? {
    let value = try text(key)
    if value == "none" { return nil }
    guard let number = Int(value) else { throw wrong(key, "a whole number or `none`") }
    return number
  }

  mutating func list(_ key: String) throws -> [Node] {
    guard let sequence = try take(key).sequence else { throw wrong(key, "a list") }
    return Array(sequence)
  }

  mutating func texts(_ key: String) throws -> [String] {
    let place = place
    let file = file
    return try list(key).map { node in
      guard let text = node.scalar?.string else {
        throw CatalogError.unreadable(file: file, reason: "`\(place)\(key)` is not a list of texts")
      }
      return text
    }
  }

  func finish() throws {
    if let key = left.keys.sorted().first { throw CatalogError.unknownKey(file: file, key: place + key) }
  }

  private func wrong(_ key: String, _ expected: String) -> CatalogError {
    .unreadable(file: file, reason: "`\(place)\(key)` is not \(expected)")
  }
}

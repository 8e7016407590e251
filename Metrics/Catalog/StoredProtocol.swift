import Files

// What is said of scores whose protocol is known by its name and fields alone, as histories and documents hold them.

extension FieldDefinition {
  /// Every field once, in an order that is that of every metric: a field that a metric adds stands behind the one that it lists
  /// before it.
  public static let all: [FieldDefinition] = Metric.all.map(\.fields).reduce(into: []) { all, fields in
    var place = 0
    for field in fields {
      if let known = all.firstIndex(where: { $0.name == field.name }) {
        place = known + 1
      } else {
        all.insert(field, at: place)
        place += 1
      }
    }
  }

  private static let places = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.name, $0) })

  /// Fields in the catalog's order; those that it does not know stand behind them, by name.
  public static func ordered(_ fields: [String: FieldValue]) -> [(name: String, value: FieldValue)] {
    fields.sorted { a, b in
      (places[a.key] ?? all.count, a.key) < (places[b.key] ?? all.count, b.key)
    }.map { ($0.key, $0.value) }
  }

  /// What a field means, in one line; empty for fields of other versions of the program.
  public static func meaning(_ name: String) -> String { places[name].map { all[$0].meaning } ?? "" }
}

extension EvaluationProtocol {
  /// `stylegan-v + frames=32 + seed=1`: overrides in the catalog's order. Fingerprints of weights are too long for a name:
  /// the names of the weights stand for them.
  public static func displayName(_ name: String, overrides: [String: FieldValue]) -> String {
    let shown = FieldDefinition.ordered(overrides).filter { !$0.name.hasSuffix("weights-fingerprint") }
    return
      ([name]
      + shown.map { field, value in
        // Files that are given have no name: the first digits stand for them.
        let text = "\(value.asInJSON)"
        return field + "=" + (text.hasPrefix("sha256:") ? String(text.prefix(19)) : text)
      }).joined(separator: " + ")
  }

  /// The fingerprint of fields that a history or a document holds.
  ///
  /// JSON has one kind of number: a whole one is written as the field's own kind writes it.
  public static func fingerprint(ofScore name: String, version: Int, fields: [String: FieldValue]) -> Digest {
    let metric = ScoreName(name)?.metric
    let typed = fields.map { field, value in
      (field, metric?.fields.first { $0.name == field }?.typed(value) ?? value)
    }
    let base = metric?.name ?? String(name.prefix { $0 != "/" && $0 != "[" })
    return SHA256.digest(of: canonicalJSON(metric: base, version: version, fields: typed))
  }

  /// Keys sorted, no spaces, so that one meaning has one text.
  static func canonicalJSON(metric: String, version: Int, fields: [(String, FieldValue)]) -> String {
    let entries = (fields + [("metric", .text(metric)), ("version", .integer(version))]).sorted { $0.0 < $1.0 }
    return "{" + entries.map { "\"\($0.0)\":\($0.1.json)" }.joined(separator: ",") + "}"
  }
}

extension ProtocolFields {
  /// The fields of a score that a history or a document holds; those that this version does not know are left out.
  public init(stored: [String: FieldValue], of metric: Metric) {
    self.init()
    for definition in metric.fields {
      if let value = stored[definition.name] { _ = definition.write(&self, "\(value)") }
    }
  }
}

extension FieldDefinition {
  /// The value as the field itself writes it: of a field of numbers `2` is `2.0`.
  fileprivate func typed(_ value: FieldValue) -> FieldValue {
    var fields = ProtocolFields()
    return write(&fields, "\(value)") ? read(fields) : value
  }
}

extension FieldValue {
  /// As JSON gives it back, which has one kind of number: 2.0 is 2.
  public var asInJSON: FieldValue {
    if case .number(let value) = self, let whole = Int(exactly: value) { return .integer(whole) }
    return self
  }
}

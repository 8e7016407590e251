import MetricCatalog

/// The evaluation protocol of a score, as the score carries it with it.
public struct Settings: Sendable, Equatable, Codable {
  public var name: String
  public var version: Int
  /// `sha256:...`; scores with different ones are never compared.
  public var fingerprint: String
  /// The fields that are not the protocol's own.
  public var overrides: [String: FieldValue]
  /// Every field that decided the score.
  public var fields: [String: FieldValue]

  public init(
    name: String, version: Int, fingerprint: String, overrides: [String: FieldValue], fields: [String: FieldValue]
  ) {
    self.name = name
    self.version = version
    self.fingerprint = fingerprint
    self.overrides = overrides
    self.fields = fields
  }

  public init(_ settled: EvaluationProtocol) {
    self.init(
      name: settled.name, version: settled.version, fingerprint: settled.fingerprint.description,
      overrides: Dictionary(settled.overrides.map { ($0.field, $0.value.asInJSON) }) { $1 },
      fields: Dictionary(settled.identity.map { ($0.name, $0.value.asInJSON) }) { $1 })
  }

  /// `stylegan-v`, or `stylegan-v + frames=32 + seed=1`: how a protocol is called wherever it is named.
  public var displayName: String { EvaluationProtocol.displayName(name, overrides: overrides) }

  /// The beginning of the fingerprint, for people: `sha256:9e37a73f17ac`.
  public var shortFingerprint: String { String(fingerprint.prefix(19)) }

  /// The fields in the order in which the catalog lists them, then those that this version does not know.
  public var orderedFields: [(name: String, value: FieldValue)] { FieldDefinition.ordered(fields) }

  public func integer(_ field: String) -> Int? {
    if case .integer(let value)? = fields[field] { value } else { nil }
  }

  public func number(_ field: String) -> Double? {
    switch fields[field] {
    case .number(let value): value
    case .integer(let value): Double(value)
    case .text, nil: nil
    }
  }

  public func text(_ field: String) -> String? {
    if case .text(let value)? = fields[field] { value } else { nil }
  }

  /// Whether the fields give the fingerprint.
  ///
  /// - Parameter metric: the score's name.
  func isWhole(of metric: String) -> Bool {
    fingerprint == EvaluationProtocol.fingerprint(ofScore: metric, version: version, fields: fields).description
  }
}

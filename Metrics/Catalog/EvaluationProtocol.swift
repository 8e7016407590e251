import Digests

/// Whether a smaller score is a better one.
public enum Direction: String, Sendable, Codable { case lower, higher }

/// One published way of computing a metric: every field that can change the score, and where each was read.
///
/// Two protocols with the same fields and version have the same fingerprint, whatever their names. Scores with different
/// fingerprints cannot be compared.
public struct EvaluationProtocol: Sendable, Codable, Equatable {
  public let name: String
  public let aliases: [String]
  /// Goes up whenever the protocol's numbers change; `changelog` says why.
  public let version: Int
  public let metric: String
  public let direction: Direction
  public let source: Source
  public let bibtex: String
  /// What a paper says that uses it, in one sentence; ends without a full stop.
  public let sentence: String
  public let counts: Counts
  /// Where this program is known to depart from the published one.
  public let departures: [Departure]
  public let changelog: [Change]
  /// The fields with all overrides applied.
  public private(set) var fields: ProtocolFields
  /// Fields whose value is not the preset's, in the order of `FieldDefinition.all`.
  public private(set) var overrides: [Override] = []
  private let preset: ProtocolFields

  public struct Source: Sendable, Codable, Equatable {
    public let title: String
    public let repository: String
    public let commit: String
    /// File and lines, with what was read there.
    public let read: [String]
  }

  /// How many clips the published numbers use, and how many are the least that make sense; not part of the fingerprint.
  public struct Counts: Sendable, Codable, Equatable {
    public let minimum: Int
    /// nil where the publication names no number.
    public let recommendedReal: Int?
    public let recommendedFake: Int?
  }

  public struct Departure: Sendable, Codable, Equatable {
    public let field: String
    public let published: String
    public let here: String
  }

  public struct Change: Sendable, Codable, Equatable {
    public let version: Int
    /// Year-month-day.
    public let date: String
    public let text: String
  }

  public struct Override: Sendable, Codable, Equatable {
    public let field: String
    public let value: FieldValue
  }

  init(
    name: String, aliases: [String], version: Int, metric: String, direction: Direction, source: Source, bibtex: String,
    sentence: String, counts: Counts, departures: [Departure], changelog: [Change], fields: ProtocolFields
  ) {
    self.name = name
    self.aliases = aliases
    self.version = version
    self.metric = metric
    self.direction = direction
    self.source = source
    self.bibtex = bibtex
    self.sentence = sentence
    self.counts = counts
    self.departures = departures
    self.changelog = changelog
    self.fields = fields
    preset = fields
  }

  /// `stylegan-v`, or `stylegan-v + frames=32 + seed=1` with overrides. A weights fingerprint is too long for a name and
  /// stands in `overrides` only.
  public var displayName: String {
    let shown = overrides.filter { $0.field != "weights-fingerprint" }
    return ([name] + shown.map { "\($0.field)=\($0.value)" }).joined(separator: " + ")
  }

  /// The protocol with one field set from text, as in `--set field=value`. Setting the preset's own value is no override.
  ///
  /// Three values settle other fields too, and these then show as overrides as well: `value-range=network` turns resize
  /// and crop off, `root=svd` takes TensorFlow's epsilon 1e-10 and `root=symmetric-eigen` none, and `loader-resize=none`
  /// has no resolution.
  ///
  /// - Throws: `CatalogError.unknownField` (with the nearest name) or `.badValue` (with what is allowed).
  public func overriding(_ field: String, with text: String) throws -> EvaluationProtocol {
    let definition = try FieldDefinition.named(field)
    var copy = self
    var changed = fields
    guard definition.write(&changed, text) else {
      throw CatalogError.badValue(field: field, value: text, allowed: definition.allowed)
    }
    switch (field, text) {
    case ("value-range", InputRange.network.rawValue):
      (changed.resize, changed.crop) = (.none, .none)
      (changed.loaderResize, changed.loaderResolution) = (.none, 0)
    case ("root", RootMethod.svd.rawValue) where changed.rootEpsilon == 0: changed.rootEpsilon = 1e-10
    case ("root", RootMethod.symmetricEigen.rawValue): changed.rootEpsilon = 0
    case ("loader-resize", LoaderResize.none.rawValue): changed.loaderResolution = 0
    default: break
    }
    copy.fields = changed
    copy.overrides = FieldDefinition.all.compactMap { definition in
      let value = definition.read(changed)
      return value == definition.read(preset) ? nil : Override(field: definition.name, value: value)
    }
    return copy
  }

  /// The protocol with several fields set, in order.
  public func overriding(_ assignments: [(field: String, value: String)]) throws -> EvaluationProtocol {
    try assignments.reduce(self) { try $0.overriding($1.field, with: $1.value) }
  }

  /// Refuses fields that say opposite things.
  ///
  /// - Throws: `CatalogError.contradiction`.
  public func validate() throws {
    if (fields.root == .svd) != (fields.rootEpsilon > 0) {
      throw CatalogError.contradiction(
        field: "root", other: "root-eps", reason: "`svd` needs an epsilon above 0 and `symmetric-eigen` has none")
    }
    if (fields.loaderResize == .none) != (fields.loaderResolution == 0) {
      throw CatalogError.contradiction(
        field: "loader-resize", other: "loader-resolution", reason: "a resolution above 0 belongs to a loader resize")
    }
    if fields.valueRange == .network, fields.resize != .none || fields.crop != .none || fields.loaderResize != .none {
      throw CatalogError.contradiction(
        field: "value-range", other: "resize", reason: "values in the network's own range are not resized or cropped")
    }
    if fields.resize == .none, fields.crop != .none {
      throw CatalogError.contradiction(field: "resize", other: "crop", reason: "without a resize nothing is cropped")
    }
    if fields.resize == .none, fields.loaderResize != .none {
      throw CatalogError.contradiction(
        field: "resize", other: "loader-resize", reason: "what the loader makes is resized to the network's size")
    }
  }

  /// The score-changing fields as JSON: keys sorted, no spaces, so that one meaning has one text.
  public var canonicalJSON: String {
    var entries = FieldDefinition.all.map { ($0.name, $0.read(fields)) }
    entries.append(("metric", .text(metric)))
    entries.append(("version", .integer(version)))
    entries.sort { $0.0 < $1.0 }
    return "{" + entries.map { "\"\($0.0)\":\($0.1.json)" }.joined(separator: ",") + "}"
  }

  /// SHA-256 of `canonicalJSON`.
  public var fingerprint: Digest { SHA256.digest(of: canonicalJSON) }
}

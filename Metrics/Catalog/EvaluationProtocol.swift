import Vocabulary

/// Whether a smaller score is a better one.
public enum Direction: String, Sendable, CaseIterable, Codable { case lower, higher }

/// One published way of computing a metric: every field that can change the score, and where each was read.
///
/// Two protocols with the same fields and version have the same fingerprint, whatever their names. Scores with different
/// fingerprints cannot be compared.
public struct EvaluationProtocol: Sendable, Equatable {
  public let name: String
  public let aliases: [String]
  /// Goes up whenever the protocol's numbers change; `changelog` says why.
  public let version: Int
  /// What the protocol computes.
  public let definition: Metric
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
  /// Fields whose value is not the preset's, in the order of the metric's fields.
  public private(set) var overrides: [Override] = []
  /// The fields without any override.
  package let preset: ProtocolFields

  /// What `weights-fingerprint` says in a preset whose weights are imported and were never seen by this project.
  public static let unknownFingerprint = "unknown"

  public struct Source: Sendable, Equatable {
    public let title: String
    public let repository: String
    public let commit: String
    /// File and lines, with what was read there.
    public let read: [String]
  }

  /// How many clips the published numbers use, and how many are the least that make sense; not part of the fingerprint.
  public struct Counts: Sendable, Equatable {
    public let minimum: Int
    /// nil where the publication names no number.
    public let recommendedReal: Int?
    public let recommendedFake: Int?
  }

  public struct Departure: Sendable, Equatable {
    /// A field of the protocol, or `decoding`: what happens to a file before there are frames.
    public let field: String
    public let published: String
    public let here: String
    /// How much it changes a score, as it was measured; nil where nothing was.
    public let effect: String?

    public static let decoding = "decoding"
  }

  public struct Change: Sendable, Equatable {
    public let version: Int
    /// Year-month-day.
    public let date: String
    public let text: String
  }

  public struct Override: Sendable, Equatable {
    public let field: String
    public let value: FieldValue
  }

  init(
    name: String, aliases: [String], version: Int, definition: Metric, source: Source, bibtex: String, sentence: String,
    counts: Counts, departures: [Departure], changelog: [Change], fields: ProtocolFields
  ) {
    self.name = name
    self.aliases = aliases
    self.version = version
    self.definition = definition
    self.source = source
    self.bibtex = bibtex
    self.sentence = sentence
    self.counts = counts
    self.departures = departures
    self.changelog = changelog
    self.fields = fields
    preset = fields
  }

  /// The metric's name.
  public var metric: String { definition.name }

  /// A small drift is a good one, whatever drifts.
  public var direction: Direction { fields.drift == .yes ? .lower : definition.direction }

  /// `stylegan-v`, or `stylegan-v + frames=32 + seed=1` with overrides.
  public var displayName: String {
    Self.displayName(name, overrides: Dictionary(overrides.map { ($0.field, $0.value) }) { $1 })
  }

  /// The protocol with one field set from text, as in `--set field=value`. Setting the preset's own value does not override it.
  ///
  /// Some values settle other fields too, and these then show as overrides as well: `value-range=network` turns resize
  /// and crop off, another crop than torchvision's has no `resize-side` (nor `fast-crop` a `fast-resize-side`), `root=svd` takes TensorFlow's epsilon 1e-10 and
  /// `root=symmetric-eigen` none, `loader-resize=none` has nothing else of a loader, `static-filter=no` no network, `drift=yes` takes 15 % of a video's frames at each
  /// end, and the window of a series of clips is the clips' length.
  ///
  /// - Throws: `CatalogError.unknownField` (with the nearest name) or `.badValue` (with what is allowed).
  public func overriding(_ field: String, with text: String) throws -> EvaluationProtocol {
    let metric = definition
    let wanted = try metric.field(field)
    var copy = self
    var changed = fields
    guard wanted.write(&changed, text) else {
      throw CatalogError.badValue(field: field, value: text, allowed: wanted.allowed)
    }
    switch (field, text) {
    case ("value-range", InputRange.network.rawValue):
      (changed.resize, changed.crop) = (.none, .none)
      (changed.resizeSide, changed.inputResize) = (0, .none)
      changed.removeLoader()
    case ("crop", _) where changed.crop != .torchvisionCenter: changed.resizeSide = 0
    case ("fast-crop", _) where changed.fast.crop != .torchvisionCenter: changed.fast.resizeSide = 0
    case ("root", RootMethod.svd.rawValue) where changed.rootEpsilon == 0: changed.rootEpsilon = 1e-10
    case ("root", RootMethod.symmetricEigen.rawValue): changed.rootEpsilon = 0
    case ("loader-resize", LoaderResize.none.rawValue): changed.removeLoader()
    case ("subsets", _) where changed.subsets > 0 && changed.subsetSize == 0: changed.subsetSize = 1000
    case ("drift", Switch.yes.rawValue) where changed.driftShare == 0: changed.driftShare = 0.15
    case ("static-filter", Switch.no.rawValue): changed.removeStaticFilter()
    case ("series", _) where changed.series != .none && changed.window == 0:
      changed.window = max(changed.frames, 1)
      changed.windowStep = metric.sample == .frame ? 1 : changed.window
    case ("window", _) where metric.sample == .clip && fields.windowStep == fields.window:
      changed.windowStep = changed.window
    default: break
    }
    // A window of clips is a clip.
    if changed.series == .windows, metric.sample == .clip, field == "window" || field == "series" {
      changed.frames = changed.window
    }
    copy.fields = changed
    copy.overrides = metric.fields.compactMap { definition in
      guard definition.decides(changed) || definition.decides(preset) else { return nil }
      let value = definition.read(changed)
      return value == definition.read(preset) ? nil : Override(field: definition.name, value: value)
    }
    return copy
  }

  /// Its parts of one network each: itself, or what is computed of the clips of long videos and what is computed of their first
  /// frames.
  public var branches: [EvaluationProtocol] {
    guard fields.fusion != .none else { return [self] }
    var (slow, fast) = (self, self)
    (slow.fields, fast.fields) = (fields.ofSlowBranch, fields.ofFastBranch)
    return [slow, fast]
  }

  /// Without a trace among the overrides.
  mutating func setResize(_ mode: ResizeMode) { fields.resize = mode }

  /// The fields that decide the score, with their values, in the metric's order.
  public var decidingFields: [(definition: FieldDefinition, value: FieldValue)] {
    definition.fields.filter { $0.decides(fields) }.map { ($0, $0.read(fields)) }
  }

  /// The protocol under another name and source, with the present fields as its preset: a row of a paper's table.
  func adopted(
    name: String, source: Source, bibtex: String, sentence: String, departures: [Departure], changelog: [Change],
    version: Int
  ) -> EvaluationProtocol {
    EvaluationProtocol(
      name: name, aliases: [], version: version, definition: definition, source: source, bibtex: bibtex,
      sentence: sentence, counts: counts, departures: departures, changelog: changelog, fields: fields)
  }

  /// The protocol with several fields set, in order.
  public func overriding(_ assignments: [(field: String, value: String)]) throws -> EvaluationProtocol {
    try assignments.reduce(self) { try $0.overriding($1.field, with: $1.value) }
  }
}

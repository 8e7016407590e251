import MetricCatalog

/// The fields of a protocol that decide the features of one of its sets: what a feature file carries along, so that it is
/// never scored as something else.
struct FeatureRecipe: Sendable, Equatable {
  /// Fields by name; `offset` is that of the role.
  let fields: [String: String]

  private static let deciding: Set = [
    "weights-fingerprint", "batch-norm-eps", "endpoint", "activation", "value-range", "resize", "crop", "loader-resize",
    "loader-resolution", "aspect-crop", "input-scaling", "frames", "stride", "clips", "samples", "skip-first",
  ]

  init(_ evaluationProtocol: EvaluationProtocol, role: Role) {
    var fields: [String: String] = [:]
    for (definition, value) in evaluationProtocol.decidingFields where Self.deciding.contains(definition.name) {
      fields[definition.name] = "\(value)"
    }
    let settled = evaluationProtocol.fields
    let offset = role == .real ? settled.offsetReal : settled.offsetFake
    let isWindows = settled.series == .windows && evaluationProtocol.definition.sample == .clip
    if isWindows, role == .fake || settled.windowReference != .sampled {
      fields["clips"] = "windows of \(settled.window), \(settled.windowStep) apart"
    } else if settled.clips != .all, settled.clips != .even {
      fields["offset"] = offset.rawValue
      if offset == .random { fields["seed"] = "\(settled.seed)" }
    }
    self.fields = fields
  }

  /// The first field, by name, in which stored features differ from what is wanted; nil for features of unknown origin,
  /// which nothing can be said of.
  func difference(from stored: [String: String]) -> (field: String, stored: String, wanted: String)? {
    guard !stored.isEmpty else { return nil }
    for name in Set(fields.keys).union(stored.keys).sorted() where fields[name] != stored[name] {
      return (name, stored[name] ?? "not set", fields[name] ?? "not set")
    }
    return nil
  }
}

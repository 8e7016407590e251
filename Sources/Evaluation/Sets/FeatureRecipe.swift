import MetricCatalog
import Vocabulary

/// The fields of a protocol that decide the features of one of its sets: what a feature file carries along, so that it is
/// never scored as something else.
package struct FeatureRecipe: Sendable, Equatable {
  /// Fields by name; `offset` is that of the role.
  package let fields: [String: String]

  package init(_ evaluationProtocol: EvaluationProtocol, of set: SetRole) {
    fields = evaluationProtocol.recipe(of: set)
  }

  init(_ evaluationProtocol: EvaluationProtocol, role: Role) { self.init(evaluationProtocol, of: role.set) }

  /// As a file holds it. Files of 0.1.0 say `clips = windows of 4, 3 apart` where later ones have the fields of a series.
  package init(stored: [String: String]) {
    var fields = stored
    if let words = stored["clips"]?.wholeMatch(of: /windows of ([0-9]+), ([0-9]+) apart/) {
      fields["clips"] = nil
      fields["series"] = SeriesKind.windows.rawValue
      fields["window"] = String(words.1)
      fields["window-step"] = String(words.2)
    }
    self.fields = fields
  }

  /// The first field in which stored features differ from what is wanted; nil also for features of unknown origin, whose
  /// fields are not known. A field that a file does not name either does not change its features, or makes the file refused.
  package func difference(from stored: [String: String]) -> (field: String, stored: String, wanted: String)? {
    guard !stored.isEmpty else { return nil }
    let stored = Self(stored: stored).fields
    func value(_ fields: [String: String], _ name: String) -> String? {
      fields[name] ?? EvaluationProtocol.unsaidInRecipes[name]
    }
    let names = Set(fields.keys).union(stored.keys).filter { value(fields, $0) != value(stored, $0) }
    // What both say comes first, and a series before the offsets that stand in no recipe because of it.
    func rank(_ name: String) -> Int {
      fields[name] != nil && stored[name] != nil ? 0 : name == "series" ? 1 : 2
    }
    return names.min { (rank($0), $0) < (rank($1), $1) }.map { name in
      (name, value(stored, name) ?? "not set", value(fields, name) ?? "not set")
    }
  }
}

import Files
import Vocabulary

// What makes two things the same. All of it is derived from the fields that decide, by their stage: a new field takes part
// everywhere by what its definition says.
extension EvaluationProtocol {
  /// The fields that decide the score, and the versions of decoding and preprocessing where they are not the first: what the
  /// fingerprint is taken over, and what a score carries with it.
  public var identity: [(name: String, value: FieldValue)] { identity(.current) }

  package func identity(_ versions: PipelineVersions) -> [(name: String, value: FieldValue)] {
    decidingFields.map { ($0.definition.name, $0.value) }
      + versions.later(preprocesses: preprocesses).map { ($0.0, .integer($0.1)) }
  }

  /// `identity` as JSON.
  public var canonicalJSON: String { canonicalJSON(.current) }

  package func canonicalJSON(_ versions: PipelineVersions) -> String {
    Self.canonicalJSON(metric: metric, version: version, fields: identity(versions).map { ($0.name, $0.value) })
  }

  /// SHA-256 of `canonicalJSON`. Scores can be compared where theirs are equal.
  public var fingerprint: Digest { SHA256.digest(of: canonicalJSON) }

  private var preprocesses: Bool { definition.sample == .clip || definition.sample == .frame }

  /// What the features of given frames of one of the sets depend on: the fields of stage `features`, as `name=value` with the
  /// values in JSON, sorted by name, separated by spaces. Part of the key of every kept feature.
  public func featureIdentity(of set: SetRole) -> String {
    decidingFields(of: set).filter { $0.definition.stage == .features }.map { "\($0.definition.name)=\($0.value.json)" }
      .sorted().joined(separator: " ")
  }

  /// The fields that decide the features of one of the sets, by name: what a feature file carries along. `offset` is that of
  /// the set. Two sets of features can stand for each other where their recipes are equal; limits on the number of videos are
  /// not part of it, since they hold for features as for videos.
  public func recipe(of set: SetRole) -> [String: String] { recipe(of: set, .current) }

  package func recipe(of set: SetRole, _ versions: PipelineVersions) -> [String: String] {
    var recipe: [String: String] = [:]
    for (definition, value) in decidingFields(of: set) where definition.decidesFeatures(of: set, fields) {
      recipe[definition.nameInRecipe] = "\(value)"
    }
    for (name, version) in versions.later(preprocesses: preprocesses) { recipe[name] = "\(version)" }
    return recipe
  }

  /// As it takes the pictures that videos were made from, whose resize may be one of their own.
  public var ofInputs: EvaluationProtocol {
    guard fields.inputResize != .none, fields.input == .given else { return self }
    var copy = self
    copy.setResize(fields.inputResize)
    return copy
  }

  private func decidingFields(of set: SetRole) -> [(definition: FieldDefinition, value: FieldValue)] {
    let own = fields.holding(for: set)
    return definition.fields.filter { $0.decides(own) }.map { ($0, $0.read(own)) }
  }

  /// What a recipe means that says nothing of a field: that the field changes nothing, where it has such a value. A recipe
  /// that was written before there was a field still says how its features were made.
  public static let unsaidInRecipes: [String: String] = {
    var unsaid = ["decoding-version": "1", "preprocessing-version": "1"]
    for field in Metric.all.flatMap(\.fields) {
      var zero = ProtocolFields()
      let text = "\(field.read(zero))"
      if field.write(&zero, text) { unsaid[field.nameInRecipe] = text }
    }
    return unsaid
  }()
}

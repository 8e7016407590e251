import Digests
import Vocabulary

// What makes two things the same. All of it is derived from the fields that decide, by their stage: a new field takes part
// everywhere by what its definition says.
extension EvaluationProtocol {
  /// The score-changing fields as JSON: keys sorted, no spaces, so that one meaning has one text.
  public var canonicalJSON: String { canonicalJSON(.current) }

  package func canonicalJSON(_ versions: PipelineVersions) -> String {
    var entries = decidingFields.map { ($0.definition.name, $0.value) }
    entries.append(("metric", .text(metric)))
    entries.append(("version", .integer(version)))
    for (name, version) in versions.later(preprocesses: preprocesses) { entries.append((name, .integer(version))) }
    entries.sort { $0.0 < $1.0 }
    return "{" + entries.map { "\"\($0.0)\":\($0.1.json)" }.joined(separator: ",") + "}"
  }

  /// SHA-256 of `canonicalJSON`. Scores can be compared where theirs are equal.
  public var fingerprint: Digest { SHA256.digest(of: canonicalJSON) }

  private var preprocesses: Bool { definition.sample == .clip || definition.sample == .frame }

  /// What the features of given frames depend on: the fields of stage `features`, as `name=value` with the values in JSON,
  /// sorted by name, separated by spaces. Part of the key of every kept feature.
  public var featureIdentity: String {
    decidingFields.filter { $0.definition.stage == .features }.map { "\($0.definition.name)=\($0.value.json)" }
      .sorted().joined(separator: " ")
  }

  /// The fields that decide the features of one of the sets, by name: what a feature file carries along. `offset` is that of
  /// the set. Two sets of features can stand for each other where their recipes are equal; limits on the number of videos are
  /// not part of it, since they hold for features as for videos.
  public func recipe(of set: SetRole) -> [String: String] { recipe(of: set, .current) }

  package func recipe(of set: SetRole, _ versions: PipelineVersions) -> [String: String] {
    var recipe: [String: String] = [:]
    for (definition, value) in decidingFields where definition.decidesFeatures(of: set, fields) {
      recipe[definition.nameInRecipe] = "\(value)"
    }
    for (name, version) in versions.later(preprocesses: preprocesses) { recipe[name] = "\(version)" }
    return recipe
  }

  /// What a recipe means that says nothing of a field: that the field changes nothing. A recipe that was written before
  /// there was a field still says how its features were made.
  public static let unsaidInRecipes: [String: String] = {
    var unsaid = ["decoding-version": "1", "preprocessing-version": "1"]
    for field in Metric.all.flatMap(\.fields) { unsaid[field.nameInRecipe] = "\(field.read(ProtocolFields()))" }
    return unsaid
  }()
}

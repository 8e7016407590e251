/// What can be wrong with a protocol's name, file or field.
public enum CatalogError: Error, Equatable, CustomStringConvertible {
  case unknownProtocol(name: String, nearest: String?, known: [String])
  case unknownTable(name: String, nearest: String?, known: [String])
  case unknownMetric(name: String, nearest: String?, known: [String])
  case unknownField(name: String, metric: String, nearest: String?)
  case badValue(field: String, value: String, allowed: String)
  case malformedAssignment(String)
  case noEffect(field: String, value: String)
  case notScored(metric: String, setting: String, scored: [String])
  case setTwice(field: String, first: String, second: String)
  case contradiction(field: String, other: String, reason: String)
  case noDrift(metric: String, reason: String)

  public var description: String {
    switch self {
    case .unknownProtocol(let name, let nearest, let known):
      let all =
        known.count <= Self.mostNamed
        ? "the protocols are \(known.joined(separator: ", "))" : "`vidmetrics protocols list` lists them"
      return "there is no protocol `\(name)`\nhint: \(nearest.map { "did you mean `\($0)`?" } ?? all)"
    case .unknownTable(let name, let nearest, let known):
      let hint = nearest.map { "did you mean `\($0)`?" } ?? "the tables are \(known.joined(separator: ", "))"
      return "there is no table `\(name)`\nhint: \(hint)"
    case .unknownMetric(let name, let nearest, let known):
      let hint = nearest.map { "did you mean `\($0)`?" } ?? "the metrics are \(known.joined(separator: ", "))"
      return "there is no metric `\(name)`\nhint: \(hint)"
    case .unknownField(let name, let metric, let nearest):
      let hint = nearest.map { "did you mean `\($0)`?" } ?? "`vidmetrics protocols show NAME` lists its fields"
      return "a protocol of \(metric) has no field `\(name)`\nhint: \(hint)"
    case .badValue(let field, let value, let allowed):
      return "`\(value)` is not a value of `\(field)`: \(allowed) is expected"
    case .malformedAssignment(let text):
      return "`\(text)` does not set a field: write `field=value`"
    case .noEffect(let field, let value):
      return "`\(field)` = \(value) has no effect beside the other settings\nhint: \(Self.switchOf(field))"
    case .notScored(let metric, let setting, let scored):
      return "`\(setting)` is for \(metric), which is not among the metrics \(scored.joined(separator: ", "))"
    case .setTwice(let field, let first, let second):
      return "`\(field)` is set to `\(first)` and to `\(second)`: which one is meant?"
    case .contradiction(let field, let other, let reason):
      return "`\(field)` and `\(other)` contradict each other: \(reason)"
    case .noDrift(let metric, let reason):
      let metrics = Metric.all.filter(\.hasDrift).map(\.name).joined(separator: ", ")
      return "\(metric) has no drift: \(reason)\nhint: drift is of \(metrics)"
    }
  }

  /// A hint that names more than so many names is not read.
  private static let mostNamed = 16

  /// What brings a field into force.
  private static func switchOf(_ field: String) -> String {
    switch field {
    case "window", "window-step", "window-reference": "it belongs to a series: --windows, or --set series=windows"
    case "drift-share": "it belongs to the drift: --drift"
    case "group-ddof": "it belongs to groups: --group-by"
    case _ where field.hasPrefix("fast-"): "it belongs to a second network: --protocol vbench-long"
    case "subset-size", "subset-seed", "subset-draw": "it belongs to subsets: --set subsets=100"
    default: "`vidmetrics protocols show NAME` lists the fields that decide the score"
    }
  }
}

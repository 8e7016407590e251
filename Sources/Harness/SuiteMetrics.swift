import Evaluation
import Files
import MetricCatalog
import Yams

/// Reads what a suite wants to be scored.
struct SuiteMetrics {
  let file: String
  let folder: String

  struct Setting {
    let field: String
    let value: String
    let place: Place
  }

  /// What holds for every metric that has the field.
  func common(_ keys: YAMLKeys) throws -> [Setting] {
    guard let node = keys.node("set") else { return [] }
    return try settings(node, owner: "`set`")
  }

  /// `metrics`; empty where the key is not there.
  func requested(_ keys: YAMLKeys, common: [Setting]) throws -> [RequestedProtocol] {
    let nodes = try keys.oneOrMore("metrics") ?? []
    var found: [(line: Int?, requested: RequestedProtocol, isImplied: Bool)] = []
    for node in nodes {
      let place = Place(file: file, line: node.mark?.line ?? keys.line)
      let entries = try located(place) { try entry(node, keys, common, place) }
      for (index, entry) in entries.enumerated() {
        let fingerprint = entry.evaluationProtocol.fingerprint
        // The plain score that goes with its groups may be asked for by itself as well.
        let isImplied =
          entry.isPlain && entries.count > index + 1 && !entries[index + 1].isPlain
        if let other = found.first(where: { $0.requested.evaluationProtocol.fingerprint == fingerprint }) {
          if isImplied || other.isImplied { continue }
          let name = "\(entry.evaluationProtocol.metric): \(entry.evaluationProtocol.displayName)"
          throw HarnessError.duplicate(place, what: "metrics", name: name, firstLine: other.line)
        }
        found.append((place.line, entry, isImplied))
      }
    }
    return found.map(\.requested)
  }

  private func entry(_ node: Node, _ keys: YAMLKeys, _ common: [Setting], _ place: Place) throws -> [RequestedProtocol]
  {
    if node.mapping == nil {
      let halves = try keys.text(node, "metrics").split(separator: ":", maxSplits: 1).map(String.init)
      let metric = try Metric.named(halves[0])
      let base = try EvaluationProtocol.named(
        halves.count > 1 ? halves[1] : metric.defaultProtocol, metric: metric.name)
      return [try applied(common, own: [], to: base)]
    }
    let isTable = node.mapping?["table"] != nil
    let own = try YAMLKeys(
      node, file: file, owner: isTable ? "a table" : "a metric", key: "metrics",
      known: isTable
        ? ["table", "only", "set", "group-by", "drift"] : ["metric", "protocol", "set", "group-by", "drift", "flow"])
    let settings = try own.node("set").map { try self.settings($0, owner: "`set`") } ?? []
    var bases: [EvaluationProtocol]
    if isTable {
      bases = try PaperTable.named(own.requiredText("table")).rows
      if let only = try own.texts("only") {
        for name in only where !bases.contains(where: { $0.metric == name }) {
          let known = bases.map(\.metric)
          throw HarnessError.unknownName(
            own.place("only"), what: "metric of this table", name: name, nearest: NearestName.of(name, among: known),
            known: known)
        }
        bases = bases.filter { only.contains($0.metric) }
      }
      try check(settings, isOf: bases.map { RequestedProtocol(evaluationProtocol: $0) })
    } else {
      let metric = try Metric.named(own.requiredText("metric"))
      bases = [try EvaluationProtocol.named(own.text("protocol") ?? metric.defaultProtocol, metric: metric.name)]
    }
    let groupings = try own.texts("group-by") ?? []
    let flows =
      try isTable
      ? nil : own.text("flow").map { try self.flows($0, of: bases[0].definition, own.place("flow")) }
    let wantsDrift = try own.flag("drift")
    if wantsDrift, !bases.contains(where: \.definition.hasDrift) { try bases.first?.definition.demandDrift() }
    return try bases.flatMap { base in
      let known = Set(base.definition.fields.map(\.name))
      let fitting = isTable ? settings.filter { known.contains($0.field) } : settings
      // What is of the drift alone does nothing to the score beside it.
      let plain = try applied(
        common, own: wantsDrift ? fitting.filter { $0.field != "drift-share" } : fitting, flows, to: base)
      var all = [plain]
      for grouping in known.contains("group-by") || !isTable ? groupings : [] {
        var grouped = plain
        grouped.evaluationProtocol = try plain.evaluationProtocol.overriding("group-by", with: grouping)
        try grouped.evaluationProtocol.validate()
        all.append(grouped)
      }
      if wantsDrift, base.definition.hasDrift {
        all.append(try applied(common, own: fitting, flows, to: base.overriding("drift", with: "yes")))
      }
      return all
    }
  }

  private func flows(_ path: String, of metric: Metric, _ place: Place) throws -> GivenFlows {
    guard metric.takesFlows else {
      throw HarnessError.catalog(place, reason: "`flow` is for flow-error, and this is \(metric.name)")
    }
    do { return try GivenFlows(folder: SuitePaths.joined(folder, path)) } catch let error as EvaluationError {
      throw HarnessError.catalog(place, reason: "\(error)")
    }
  }

  private func applied(
    _ common: [Setting], own: [Setting], _ flows: GivenFlows? = nil, to base: EvaluationProtocol
  ) throws -> RequestedProtocol {
    var requested = RequestedProtocol(evaluationProtocol: base)
    let known = Set(base.definition.fields.map(\.name))
    let shared = common.filter { setting in
      known.contains(setting.field) && !own.contains { $0.field == setting.field }
    }
    for setting in shared + own {
      try located(setting.place) {
        requested.evaluationProtocol = try requested.evaluationProtocol.overriding(setting.field, with: setting.value)
      }
      if setting.field == "frames" { requested.framesAreGiven = true }
      if setting.field == "weights-fingerprint" { requested.fingerprint = setting.value }
    }
    if let flows { try requested.take(flows) }
    try requested.evaluationProtocol.validate()
    for setting in own {
      try located(setting.place) {
        try requested.evaluationProtocol.checkForce(of: [(setting.field, setting.value)])
      }
    }
    return requested
  }

  private func settings(_ node: Node, owner: String) throws -> [Setting] {
    let keys = try YAMLKeys(node, file: file, owner: owner, key: "set", known: nil)
    return try keys.order.map { field in
      Setting(field: field, value: try keys.requiredText(field), place: keys.place(field))
    }
  }

  /// Refuses a setting that no metric has a field for.
  func check(_ settings: [Setting], isOf requested: [RequestedProtocol]) throws {
    let metrics = requested.map { $0.evaluationProtocol.definition }
    let fields = metrics.flatMap { $0.fields.map(\.name) }
    for setting in settings where !fields.contains(setting.field) {
      var names: [String] = []
      for metric in metrics where !names.contains(metric.name) { names.append(metric.name) }
      let error = CatalogError.unknownField(
        name: setting.field, metric: names.joined(separator: ", "),
        nearest: NearestName.of(setting.field, among: fields))
      throw HarnessError.catalog(setting.place, reason: "\(error)")
    }
  }

  /// Gives an error of the catalog its line.
  private func located<Value>(_ place: Place, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as CatalogError { throw HarnessError.catalog(place, reason: "\(error)") }
  }
}

extension RequestedProtocol {
  fileprivate var isPlain: Bool { evaluationProtocol.fields.groupBy == .none && evaluationProtocol.fields.drift == .no }
}

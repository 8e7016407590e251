import Files
import Synchronization

/// The presets, embedded in the binary.
extension EvaluationProtocol {
  /// The default protocol of each metric.
  public static func defaultName(metric: String) -> String? { try? Metric.named(metric).defaultProtocol }

  /// Every preset's metric and file, in the order in which they are listed: the default of a metric first.
  static let files: [(metric: String, file: Metric.ProtocolFile)] =
    Metric.all.flatMap { metric in metric.protocols.map { (metric.name, $0) } }

  /// A name that `named` finds: the plain name for the first metric that has it, `metric/name` for the others.
  public static var names: [String] { files.map { qualified($0.metric, $0.file.name) } }

  /// Every preset.
  public static func all() throws -> [EvaluationProtocol] { try files.map(load) }

  /// The preset's name among all metrics: `tats` is FVD's, and KVD's is `kvd/tats`.
  public var qualifiedName: String { Self.qualified(metric, name) }

  private static func qualified(_ metric: String, _ name: String) -> String {
    files.first { $0.file.name == name }?.metric == metric ? name : "\(metric)/\(name)"
  }

  /// The preset of that name or alias, or the row of the paper's table of that name.
  ///
  /// - Parameters:
  ///   - name: `tats`, or `kvd/tats`.
  ///   - metric: where to look; nil looks everywhere, in the order of the metrics.
  /// - Throws: `CatalogError.unknownProtocol` with the nearest name.
  public static func named(_ name: String, metric: String? = nil) throws -> EvaluationProtocol {
    if let slash = name.firstIndex(of: "/"), Metric.names.contains(String(name[..<slash])) {
      let own = String(name[..<slash])
      guard metric == nil || metric == own else {
        throw CatalogError.unknownProtocol(name: name, nearest: nil, known: try known(metric))
      }
      return try named(String(name[name.index(after: slash)...]), metric: own)
    }
    let entries = files.filter { metric == nil || $0.metric == metric }
    if let entry = entries.first(where: { $0.file.name == name }) { return try load(entry) }
    if let preset = try entries.lazy.map(load).first(where: { $0.aliases.contains(name) }) { return preset }
    let table = name.split(separator: "/").first.map(String.init) ?? name
    if PaperTable.names.contains(table) {
      let rows = try PaperTable.named(table).rows.filter { metric == nil || $0.metric == metric }
      if let row = rows.first(where: { $0.name == name }) { return row }
    }
    let known = try known(metric)
    throw CatalogError.unknownProtocol(name: name, nearest: NearestName.of(name, among: known), known: known)
  }

  private static func known(_ metric: String?) throws -> [String] {
    try files.filter { metric == nil || $0.metric == metric }.flatMap { entry in
      [metric == nil ? qualified(entry.metric, entry.file.name) : entry.file.name] + (try load(entry).aliases)
    }
  }

  private static func load(_ entry: (metric: String, file: Metric.ProtocolFile)) throws -> EvaluationProtocol {
    let file = entry.file.file
    if let preset = loaded.withLock({ $0[file] }) { return preset }
    let preset = try parse(String(decoding: entry.file.yaml, as: UTF8.self), file: "Metrics/protocols/\(file).yaml")
    loaded.withLock { $0[file] = preset }
    return preset
  }

  /// By file: rows of tables name the same presets again.
  private static let loaded = Mutex<[String: EvaluationProtocol]>([:])

  /// Reads a protocol from YAML; `file` is named in errors.
  package static func parse(_ yaml: String, file: String) throws -> EvaluationProtocol {
    try ProtocolReader(file: file).read(yaml)
  }
}

extension EvaluationProtocol {
  /// What its score is called: the metric's name, and of PIC with another distance than DreamSim's ensemble the distance too;
  /// of a drift also that it is one.
  public var scoreName: String { measure + (fields.drift == .yes ? "/" + ScoreName.drift : "") }

  private var measure: String {
    guard isOfInputs, let presets = try? Self.files.filter({ $0.metric == metric }).map(Self.load) else {
      return metric
    }
    guard fields.weights != presets.first?.preset.weights else { return metric }
    let distance = presets.first { $0.preset.weights == fields.weights }?.name ?? fields.weights
    return "\(metric)[\(distance)]"
  }

  /// Whether videos are compared with the pictures that they were made from.
  public var isOfInputs: Bool { definition.reference == .inputs }
}

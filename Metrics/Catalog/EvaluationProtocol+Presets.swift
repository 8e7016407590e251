/// The presets, embedded in the binary.
extension EvaluationProtocol {
  /// The default protocol of each metric.
  public static func defaultName(metric: String) -> String? { ["fvd": "stylegan-v"][metric] }

  /// The files of `Metrics/protocols`, in the order in which they are listed.
  static let files: [(name: String, yaml: [UInt8])] = [
    ("stylegan-v", PackageResources.stylegan_v_yaml),
    ("tf-original", PackageResources.tf_original_yaml),
    ("videogpt", PackageResources.videogpt_yaml),
    ("tats", PackageResources.tats_yaml),
    ("cd-fvd", PackageResources.cd_fvd_yaml),
    ("common-metrics", PackageResources.common_metrics_yaml),
  ]

  /// Names of all presets, the default first.
  public static var names: [String] { files.map(\.name) }

  /// Every preset.
  public static func all() throws -> [EvaluationProtocol] { try names.map { try load($0) } }

  /// The preset of that name or alias.
  ///
  /// - Throws: `CatalogError.unknownProtocol` with the nearest name.
  public static func named(_ name: String) throws -> EvaluationProtocol {
    if names.contains(name) { return try load(name) }
    let presets = try all()
    if let preset = presets.first(where: { $0.aliases.contains(name) }) { return preset }
    let known = presets.flatMap { [$0.name] + $0.aliases }
    throw CatalogError.unknownProtocol(name: name, nearest: NearestName.of(name, among: known), known: known)
  }

  private static func load(_ name: String) throws -> EvaluationProtocol {
    guard let entry = files.first(where: { $0.name == name }) else {
      throw CatalogError.unknownProtocol(name: name, nearest: nil, known: names)
    }
    return try parse(String(decoding: entry.yaml, as: UTF8.self), file: "Metrics/protocols/\(name).yaml")
  }

  /// Reads a protocol from YAML; `file` is named in errors.
  package static func parse(_ yaml: String, file: String) throws -> EvaluationProtocol {
    try ProtocolReader(file: file).read(yaml)
  }
}

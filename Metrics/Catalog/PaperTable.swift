import Files

/// The table of a paper as protocols: which metrics it prints, each with every field, what the paper leaves open and what
/// was chosen.
public struct PaperTable: Sendable, Equatable {
  public let name: String
  public let version: Int
  public let source: EvaluationProtocol.Source
  /// One row for each number that the table prints, in its order; each is called by the table's name.
  public let rows: [EvaluationProtocol]
  public let open: [OpenQuestion]
  public let sentence: String
  public let bibtex: String
  public let changelog: [EvaluationProtocol.Change]

  /// What the paper does not say, and what was chosen here.
  public struct OpenQuestion: Sendable, Equatable {
    public let question: String
    public let chosen: String
    /// How much another choice changes a score, as it was measured; nil where nothing was.
    public let effect: String?
  }

  static let files: [(name: String, yaml: [UInt8])] = [
    ("lfdm", PackageResources.lfdm_yaml),
    ("lvdm", PackageResources.lvdm_yaml),
    ("dynamicrafter", PackageResources.dynamicrafter_yaml),
    ("generative-image-dynamics", PackageResources.generative_image_dynamics_yaml),
    ("vbench-quality", PackageResources.vbench_quality_yaml),
    ("vbench-i2v", PackageResources.vbench_i2v_yaml),
  ]

  public static var names: [String] { files.map(\.name) }

  public static func all() throws -> [PaperTable] { try names.map { try named($0) } }

  /// - Throws: `CatalogError.unknownTable` with the nearest name.
  public static func named(_ name: String) throws -> PaperTable {
    guard let entry = files.first(where: { $0.name == name }) else {
      throw CatalogError.unknownTable(name: name, nearest: NearestName.of(name, among: names), known: names)
    }
    return try parse(String(decoding: entry.yaml, as: UTF8.self), file: "Metrics/tables/\(name).yaml")
  }

  /// Reads a table from YAML; `file` is named in errors.
  package static func parse(_ yaml: String, file: String) throws -> PaperTable {
    try ProtocolReader(file: file).readTable(yaml)
  }
}

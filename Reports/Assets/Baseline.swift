import Files
import MetricCatalog

/// Numbers that a paper prints, and how its table is laid out.
///
/// They were computed by other programs from other files: they stand beside measured ones and are never ranked with them.
public struct Baseline: Sendable, Equatable {
  public let name: String
  /// Goes up whenever a number changes.
  public let version: Int
  /// Authors, title, place and year.
  public let paper: String
  /// What a table's note calls it: `LFDM`.
  public let short: String
  /// Where in the paper: `Table 1`.
  public let table: String
  /// The evaluation in words, as far as the paper says.
  public let settings: String
  public let protocolName: String
  /// nil: the paper's own, which this program does not reproduce to the bit.
  public let protocolVersion: Int?
  public let layout: Layout
  public let rows: [Row]

  /// How sure the number is the one in the paper.
  public enum Certainty: String, Sendable, CaseIterable {
    /// Read in the paper.
    case paper
    /// Read in another paper, or where a user reports it.
    case secondary
    /// Noted from memory; not held against the paper.
    case memory
  }

  /// The columns of the paper's table.
  public struct Layout: Sendable, Equatable {
    /// In their order; empty where the table has one data set and does not name it.
    public let datasets: [String]
    public let columns: [Column]
  }

  public struct Column: Sendable, Equatable {
    public let metric: String
    /// Tells columns of one metric apart: `32`.
    public let variant: String?
    public let label: String
    public let digits: Digits
    /// Scores are shown times this.
    public let scaleFactor: Double
    /// Takes only scores of clips of so many frames.
    public let frames: Int?

    public init(
      metric: String, variant: String?, label: String, digits: Digits, scaleFactor: Double = 1, frames: Int? = nil
    ) {
      self.metric = metric
      self.variant = variant
      self.label = label
      self.digits = digits
      self.scaleFactor = scaleFactor
      self.frames = frames
    }
  }

  /// How a table writes its numbers.
  public enum Digits: Sendable, Equatable {
    /// So many digits after the point.
    case fixed(Int)
    /// One digit after the point from 10 on, otherwise two.
    case three
  }

  public struct Row: Sendable, Equatable {
    public let method: String
    /// Where the row is from, if not from the paper's table.
    public let source: String?
    /// How it was evaluated, where that is not what the paper's other rows say.
    public let settings: String?
    public let certainty: Certainty
    public let scores: [Score]
  }

  public struct Score: Sendable, Equatable {
    /// nil where the table does not name its data set.
    public let dataset: String?
    public let metric: String
    public let variant: String?
    public let value: Double
    public let std: Double?
    public let direction: Direction
    /// What the printed value is multiplied by.
    public let scaleFactor: Double
  }

  /// With the numbers that pass; a row without any is left out.
  public func keeping(_ passes: (Score) -> Bool) -> Baseline {
    Baseline(
      name: name, version: version, paper: paper, short: short, table: table, settings: settings,
      protocolName: protocolName, protocolVersion: protocolVersion, layout: layout,
      rows: rows.compactMap { row in
        let kept = row.scores.filter(passes)
        return kept.isEmpty
          ? nil
          : Row(
            method: row.method, source: row.source, settings: row.settings, certainty: row.certainty, scores: kept)
      })
  }

  private static let files: [(name: String, yaml: [UInt8])] = [
    ("lfdm", PackageResources.lfdm_yaml),
    ("lvdm", PackageResources.lvdm_yaml),
    ("dynamicrafter", PackageResources.dynamicrafter_yaml),
    ("dynamicrafter-user-study", PackageResources.dynamicrafter_user_study_yaml),
    ("dynamicrafter-ablation", PackageResources.dynamicrafter_ablation_yaml),
    ("generative-image-dynamics", PackageResources.generative_image_dynamics_yaml),
    ("generative-image-dynamics-ablation", PackageResources.generative_image_dynamics_ablation_yaml),
    ("pix2gif", PackageResources.pix2gif_yaml),
  ]

  public static var names: [String] { files.map(\.name) }

  /// - Throws: `BaselineError.unknown` with the nearest name.
  public static func named(_ name: String) throws -> Baseline {
    guard let entry = files.first(where: { $0.name == name }) else {
      throw BaselineError.unknown(name: name, nearest: NearestName.of(name, among: names), known: names)
    }
    return try parse(String(decoding: entry.yaml, as: UTF8.self), file: "Reports/baselines/\(name).yaml")
  }

  /// Reads rows from YAML; `file` is named in errors.
  ///
  /// - Throws: `BaselineError`.
  public static func parse(_ yaml: String, file: String) throws -> Baseline {
    try BaselineReader(file: file).read(yaml)
  }
}

import History
import MetricCatalog
import ReportAssets
import Scores

/// Rows of methods, columns of metrics by data set: what every writer writes.
public struct ReportTable: Sendable {
  public struct Column: Sendable, Equatable {
    /// nil where no data set is named.
    public var dataset: String?
    public var metric: String
    /// Tells columns of one metric apart: `32`, `over-time`.
    public var variant: String?
    public var label: String
    public var direction: Direction
    public var digits: Digits
    /// Values are shown times this.
    public var scaleFactor = 1.0

    /// `FVD ↓`.
    public var title: String { label + (direction == .lower ? " ↓" : " ↑") }
  }

  /// How many digits a column has.
  public enum Digits: Sendable, Equatable {
    /// After the point.
    case fixed(Int)
    /// One after the point from 10 on, otherwise two.
    case three
  }

  public struct Row: Sendable {
    public var name: String
    public var origin: RunRecord.Origin
    /// Index into `elsewhere`, for rows that were not measured here.
    public var mark: Int?
    /// For each column; nil where there is no number.
    public var cells: [Cell?]
    /// Runs behind it; none of published rows.
    public var runs: [String]
  }

  public struct Cell: Sendable {
    /// Of several seeds, the first one's, with their mean as its value and their deviation as its `std`.
    public var score: ScoreRecord
    /// The scores of several seeds of one generator and checkpoint; empty where there is one.
    public var seeds: [Seed] = []
    /// As the column shows it.
    public var value: Double
    public var std: Double?
    public var low: Double?
    public var high: Double?
    public var rank: Rank?
    /// Index into `notes`.
    public var note: Int?
    /// nil for published rows.
    public var run: String?
    /// Of its score in the run.
    public var index: Int
  }

  /// One of several scores that make a number together.
  public struct Seed: Sendable {
    public var seed: Int
    public var score: ScoreRecord
  }

  public enum Rank: Sendable, Equatable { case best, second }

  public var title: String
  public var columns: [Column]
  public var rows: [Row]
  /// How the measured numbers of a group of cells were computed, and which sets they were measured against.
  public var notes: [String]
  /// What is said of columns: that several protocols meet there, and nothing is ranked.
  public var remarks: [String]
  /// Where the rows are from that were not measured here.
  public var elsewhere: [String]

  /// Neighbouring columns of one data set.
  public var datasets: [(name: String?, columns: Range<Int>)] {
    var groups: [(name: String?, columns: Range<Int>)] = []
    for (index, column) in columns.enumerated() {
      if let last = groups.last, last.name == column.dataset {
        groups[groups.count - 1].columns = last.columns.lowerBound..<index + 1
      } else {
        groups.append((column.dataset, index..<index + 1))
      }
    }
    return groups
  }

  public var namesDatasets: Bool { columns.contains { $0.dataset != nil } }

  /// The value as the column writes it.
  public func text(_ value: Double, column: Int) -> String { columns[column].digits.text(value) }

  /// The deviation, with the number of seeds where it is theirs: `2.1 (3)`; nil where there is none.
  public func deviation(_ cell: Cell, column: Int) -> String? {
    cell.std.map { text($0, column: column) + (cell.seeds.count > 1 ? " (\(cell.seeds.count))" : "") }
  }
}

extension ReportTable.Digits {
  init(_ digits: Baseline.Digits) {
    switch digits {
    case .fixed(let count): self = .fixed(count)
    case .three: self = .three
    }
  }

  public func text(_ value: Double) -> String {
    switch self {
    case .fixed(let digits): Scores.fixed(value, digits: digits)
    case .three: Scores.fixed(value, digits: abs(value) >= 9.995 ? 1 : 2)
    }
  }
}

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
    /// The name without what tells its checkpoints apart.
    public var method: String
    public var step: Int?
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

  /// Something that a reader of a column should know.
  public struct Remark: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
      /// A number is not marked, since no difference is shown.
      case notShown
      /// Nothing in the column is ranked.
      case notRanked
      /// Numbers of samples are not the same.
      case counts
      /// Of several numbers one is shown.
      case choice
      /// What was asked for is not there.
      case absent
      /// Scores of earlier runs are not shown.
      case leftOut
    }

    public var kind: Kind
    public var text: String

    public init(kind: Kind, text: String) { (self.kind, self.text) = (kind, text) }
  }

  /// Where numbers are from that were not measured here.
  public struct Source: Sendable, Equatable {
    /// Paper, table, settings, certainty.
    public var full: String
    /// `LFDM, Table 1`.
    public var short: String
  }

  /// Two numbers of a column held against each other, the second judged by the first.
  public struct Contest: Sendable {
    public var first: Int
    public var second: Int
    public var verdict: Verdict
    /// `p = 0.2, 95 % of the difference: ...`, or why there is none.
    public var reason: String
    public var p: Double?
    /// Videos (or seeds) of a set, and about how many would show a difference of this size in four of five tries; nil where
    /// nothing is known of it.
    public var units: Int?
    public var neededUnits: Int?
    /// `video` or `seed`.
    public var unit = "video"
  }

  /// What is new since something earlier.
  public struct Changes: Sendable {
    public struct New: Sendable {
      public var row: Int
      /// The row that it was held against.
      public var before: Int?
      public var contests: [(column: Int, contest: Contest)] = []
    }

    /// What it is since: `the page of 2026-11-28 13:05`.
    public var label: String
    public var news: [New] = []
    /// Rows that are new, too, or have new runs.
    public var others = 0
  }

  /// A generator that made no videos.
  public struct Failure: Sendable, Equatable {
    public var name: String
    /// Its last.
    public var words: String

    public init(name: String, words: String) { (self.name, self.words) = (name, words) }
  }

  /// What is known of the order of a column's numbers.
  public struct Standing: Sendable {
    public var column: Int
    /// From the best value to the worst; rows that compare.
    public var rows: [Int]
    /// Why the first (or second) is not marked; nil where both are.
    public var open: Contest?
  }

  public var title: String
  public var columns: [Column]
  public var rows: [Row]
  /// How the measured numbers of a group of cells were computed, and which sets they were measured against.
  public var notes: [String]
  /// What is said of columns: that several protocols meet there, and nothing is ranked.
  public var remarks: [Remark]
  /// Where the rows are from that were not measured here.
  public var elsewhere: [Source]
  /// Of columns in which something was held against something.
  public var standings: [Standing] = []
  /// By column: a checkpoint held against the one before it.
  public var advances: [(column: Int, contest: Contest)] = []
  /// nil where nothing earlier was given.
  public var changes: Changes?
  public var failures: [Failure] = []

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

  /// `FVD on MUG`.
  public func name(ofColumn column: Int) -> String {
    columns[column].label + (columns[column].dataset.map { " on \($0)" } ?? "")
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

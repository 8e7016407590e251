import MetricCatalog
import Vocabulary

/// The group that each video of a set belongs to.
struct GroupLabels {
  private let grouping: Grouping
  private let pattern: NamePattern?
  /// Columns of a manifest, by the video's name.
  private let columns: [String: [String: String]]

  /// - Throws: `EvaluationError.badPattern`.
  init(_ grouping: Grouping, columns: [String: [String: String]]) throws {
    self.grouping = grouping
    self.columns = columns
    pattern = if case .regex(let text) = grouping { try NamePattern(text) } else { nil }
  }

  /// - Throws: `EvaluationError.patternTooSlow`, and `.noGroup` for a video that the grouping says nothing of.
  func label(of name: String) throws -> String {
    guard let label = try found(name), !label.isEmpty else {
      throw EvaluationError.noGroup(name: name, grouping: grouping.description)
    }
    return label
  }

  /// - Throws: `EvaluationError.patternTooSlow`.
  private func found(_ name: String) throws -> String? {
    let folders = name.split(separator: "/").dropLast().map(String.init)
    return switch grouping {
    case .none: name
    case .class: hasColumn("class") ? columns[name]?["class"] : folders.last
    case .subject: hasColumn("subject") ? columns[name]?["subject"] : folders.dropLast().last
    case .dir: folders.joined(separator: "/")
    case .column(let column): columns[name]?[column]
    case .regex: try pattern?.text(in: name)
    }
  }

  /// A column that a manifest has decides alone: an empty cell does not make it look at folders.
  private func hasColumn(_ column: String) -> Bool { columns.values.contains { $0[column] != nil } }
}

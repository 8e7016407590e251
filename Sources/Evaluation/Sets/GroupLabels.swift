import Foundation
import MetricCatalog
import Vocabulary

/// The group that each video of a set belongs to.
struct GroupLabels {
  private let grouping: Grouping
  private let pattern: NSRegularExpression?
  /// Columns of a manifest, by the video's name.
  private let columns: [String: [String: String]]

  /// - Throws: `EvaluationError.badPattern`.
  init(_ grouping: Grouping, columns: [String: [String: String]]) throws {
    self.grouping = grouping
    self.columns = columns
    guard case .regex(let text) = grouping else {
      pattern = nil
      return
    }
    do {
      pattern = try NSRegularExpression(pattern: text)
    } catch { throw EvaluationError.badPattern(text) }
  }

  /// - Throws: `EvaluationError.patternTooSlow`, and `.noGroup` for a video that the grouping says nothing of.
  func label(of name: String) throws -> String {
    guard let label = try found(name), !label.isEmpty else {
      throw EvaluationError.noGroup(name: name, grouping: grouping.description)
    }
    return label
  }

  /// Seconds that one name may take: a pattern such as `(a+)+b` tries more ways than there are atoms.
  private static let patience = 5

  /// - Throws: `EvaluationError.patternTooSlow`.
  private func firstMatch(of pattern: NSRegularExpression, in name: String) throws -> NSTextCheckingResult? {
    let end = ContinuousClock.now + .seconds(Self.patience)
    var found: NSTextCheckingResult?
    var isLate = false
    // With `reportProgress` the block is called while a match is looked for, and can end that.
    pattern.enumerateMatches(in: name, options: .reportProgress, range: NSRange(name.startIndex..., in: name)) {
      match, _, stop in
      if match != nil { found = match } else { isLate = ContinuousClock.now > end }
      if found != nil || isLate { stop.pointee = true }
    }
    guard !isLate else {
      throw EvaluationError.patternTooSlow(pattern.pattern, name: name, seconds: Self.patience)
    }
    return found
  }

  private func found(_ name: String) throws -> String? {
    let folders = name.split(separator: "/").dropLast().map(String.init)
    switch grouping {
    case .none: return name
    case .class: return hasColumn("class") ? columns[name]?["class"] : folders.last
    case .subject: return hasColumn("subject") ? columns[name]?["subject"] : folders.dropLast().last
    case .dir: return folders.joined(separator: "/")
    case .column(let column): return columns[name]?[column]
    case .regex:
      guard let pattern, let match = try firstMatch(of: pattern, in: name) else { return nil }
      let group = match.numberOfRanges > 1 ? match.range(at: 1) : match.range
      return Range(group, in: name).map { String(name[$0]) }
    }
  }

  /// A column that a manifest has decides alone: an empty cell does not make it look at folders.
  private func hasColumn(_ column: String) -> Bool { columns.values.contains { $0[column] != nil } }
}

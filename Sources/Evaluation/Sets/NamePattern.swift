import Foundation

/// A regular expression that is matched against the names of videos, with an end to its patience.
struct NamePattern {
  private let expression: NSRegularExpression

  /// - Throws: `EvaluationError.badPattern`.
  init(_ text: String) throws {
    do { expression = try NSRegularExpression(pattern: text) } catch { throw EvaluationError.badPattern(text) }
  }

  /// Seconds that one name may take: a pattern such as `(a+)+b` tries more ways than there are atoms.
  private static let patience = 5

  /// What the first match holds: its first group, or all of it where there are no groups; nil without a match.
  ///
  /// - Throws: `EvaluationError.patternTooSlow`.
  func text(in name: String) throws -> String? {
    let end = ContinuousClock.now + .seconds(Self.patience)
    var found: NSTextCheckingResult?
    var isLate = false
    // With `reportProgress` the block is called while a match is looked for, and can end that.
    expression.enumerateMatches(in: name, options: .reportProgress, range: NSRange(name.startIndex..., in: name)) {
      match, _, stop in
      if match != nil { found = match } else { isLate = ContinuousClock.now > end }
      if found != nil || isLate { stop.pointee = true }
    }
    guard !isLate else {
      throw EvaluationError.patternTooSlow(expression.pattern, name: name, seconds: Self.patience)
    }
    return found.flatMap { match in
      Range(match.numberOfRanges > 1 ? match.range(at: 1) : match.range, in: name).map { String(name[$0]) }
    }
  }
}

import Files

/// One comparison of something known with what this machine makes of it.
public struct Check: Sendable {
  public enum Outcome: Sendable, Equatable {
    /// The difference is relative.
    case number(expected: Double, measured: Double, allowed: Double)
    /// How far two things are apart that should be the same.
    case distance(measured: Double, allowed: Double)
    /// Two that are equal or not.
    case text(expected: String, measured: String)
    /// Needs something that is not on this machine; why.
    case leftOut(String)
    /// Ended in an error before there was anything to compare.
    case failed(String)
  }

  public enum Verdict: String, Sendable {
    case agrees, differs
    case leftOut = "left out"
    case notRun = "could not run"
  }

  /// `published FVDs`, `decoder`, `instruction sets`.
  public let group: String
  public let name: String
  /// The program or the rule that `expected` comes from.
  public let source: String
  public let outcome: Outcome

  public init(group: String, name: String, source: String, _ outcome: Outcome) {
    (self.group, self.name, self.source, self.outcome) = (group, name, source, outcome)
  }

  /// The difference that `allowed` bounds; nil where texts are compared, or nothing is.
  public var difference: Double? {
    switch outcome {
    case .number(let expected, let measured, _): abs(measured / expected - 1)
    case .distance(let measured, _): measured
    case .text, .leftOut, .failed: nil
    }
  }

  /// NaN does not agree.
  public var verdict: Verdict {
    switch outcome {
    case .number(_, _, let allowed), .distance(_, let allowed):
      difference.map { $0 <= allowed } == true ? .agrees : .differs
    case .text(let expected, let measured): expected == measured ? .agrees : .differs
    case .leftOut: .leftOut
    case .failed: .notRun
    }
  }
}

/// Makes checks and keeps their errors as outcomes.
func check(_ group: String, _ name: String, _ source: String, _ work: () throws -> Check.Outcome) -> Check {
  do {
    return Check(group: group, name: name, source: source, try work())
  } catch {
    return Check(group: group, name: name, source: source, .failed("\(error)"))
  }
}

/// A file that is gone after the checks: it need not be on the disk.
func write(_ bytes: [UInt8], to path: String) throws {
  try WholeFile.write(path, isDurable: false) { writer in try bytes.withUnsafeBytes { try writer.write($0) } }
}

import History
import Scores

/// A gate's verdicts for people and for machines.
public enum GateText {
  private static func signed(_ value: Double, _ text: String) -> String { (value > 0 ? "+" : "") + text }

  private static func change(_ verdict: Gate.Verdict) -> String {
    guard let score = verdict.score, let baseline = verdict.baseline, verdict.outcome != .notComparable else {
      return ""
    }
    let comparison = Comparison(baseline, score)
    let difference = signed(comparison.difference, number(comparison.difference))
    guard let percent = comparison.percent else { return difference }
    return "\(difference) (\(signed(percent, fixed(percent, digits: 2))) %)"
  }

  private static func number(_ value: Double) -> String { NumberText.short(value) }

  private static func value(_ score: ScoreRecord?) -> String {
    guard let score else { return "" }
    let interval = score.interval.map { " [\(number($0.low)), \(number($0.high))]" } ?? ""
    return number(score.value) + interval
  }

  /// `worse: 1 of 2`.
  public static func summary(_ gate: Gate) -> String {
    let failed = gate.verdicts.count { $0.outcome == .worse }
    let unknown = gate.verdicts.count { $0.outcome == .notComparable }
    switch gate.outcome {
    case .passed: return "passed: \(gate.verdicts.count) of \(gate.verdicts.count)"
    case .worse: return "worse: \(failed) of \(gate.verdicts.count)"
    case .notComparable: return "not comparable: \(unknown) of \(gate.verdicts.count)"
    }
  }

  /// A head and a row for each verdict, for people; `summary` goes below them.
  public static func rows(_ gate: Gate) -> [[String]] {
    [["", "metric", "score", "baseline", "change", "run", "reason"]]
      + gate.verdicts.map {
        [
          $0.outcome.rawValue, $0.metric, value($0.score), value($0.baseline), change($0), $0.run?.id ?? "", $0.reason,
        ]
      }
  }

  /// For a comment on a pull request or the summary of a CI step.
  public static func markdown(_ gate: Gate) -> String {
    var lines = [
      "### vidmetrics gate: \(summary(gate))", "",
      "Run `\(gate.candidate.id)` (\(Escaping.markdown(gate.candidate.name)))", "",
      "| | metric | score | baseline | change | baseline's run | |", "|---|---|---:|---:|---:|---|---|",
    ]
    for verdict in gate.verdicts {
      let mark = verdict.outcome == .passed ? "✅" : verdict.outcome == .worse ? "❌" : "⚠️"
      let arrow = verdict.score.map { $0.direction == .lower ? " ↓" : " ↑" } ?? ""
      let run = verdict.run.map { "`\($0.id)` \(Escaping.markdown($0.name))" } ?? ""
      lines.append(
        "| \(mark) | \(Escaping.markdown(verdict.metric))\(arrow) | \(value(verdict.score)) | \(value(verdict.baseline)) | "
          + "\(change(verdict)) | \(run) | \(Escaping.markdown(verdict.reason)) |")
    }
    let limits = gate.verdicts.map {
      "\($0.metric) by more than \(NumberText.percent($0.limits.relative)) and \(number($0.limits.absolute))"
    }
    lines += ["", "Fails when worse: \(Escaping.markdown(limits.joined(separator: "; "))), outside of the interval."]
    return lines.joined(separator: "\n") + "\n"
  }

  /// JUnit XML: a test case for each score; worse is a failure, not comparable an error.
  public static func junit(_ gate: Gate) -> String {
    let failures = gate.verdicts.count { $0.outcome == .worse }
    let errors = gate.verdicts.count { $0.outcome == .notComparable }
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<testsuites tests=\"\(gate.verdicts.count)\" failures=\"\(failures)\" errors=\"\(errors)\">",
      "  <testsuite name=\"vidmetrics gate\" tests=\"\(gate.verdicts.count)\" failures=\"\(failures)\" errors=\"\(errors)\">",
    ]
    for verdict in gate.verdicts {
      let protocolName = verdict.score?.settings.map { " (\($0.displayName))" } ?? ""
      let name =
        "    <testcase classname=\"\(Escaping.html(gate.candidate.name))\" name=\"\(Escaping.html(verdict.metric + protocolName))\""
      let text = [
        verdict.score.map { "score \(value($0))" }, verdict.baseline.map { "baseline \(value($0))" },
        change(verdict).isEmpty ? nil : "change \(change(verdict))", verdict.run.map { "baseline's run \($0.id)" },
      ].compactMap { $0 }.joined(separator: ", ")
      switch verdict.outcome {
      case .passed:
        lines += [
          name + ">", "      <system-out>\(Escaping.html(verdict.reason)): \(Escaping.html(text))</system-out>",
          "    </testcase>",
        ]
      case .worse, .notComparable:
        let element = verdict.outcome == .worse ? "failure" : "error"
        lines += [
          name + ">",
          "      <\(element) type=\"\(verdict.outcome.rawValue)\" message=\"\(Escaping.html(verdict.reason))\">\(Escaping.html(text))</\(element)>",
          "    </testcase>",
        ]
      }
    }
    return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n") + "\n"
  }
}

import History
import Scores

/// A gate's checks for people and for machines.
public enum GateText {
  private static func signed(_ value: Double, _ text: String) -> String { (value > 0 ? "+" : "") + text }

  /// `+20 (+20.00 %)`.
  private static func change(_ check: Gate.Check) -> String {
    guard let difference = check.difference?.value, let baseline = check.baseline, let score = check.score else {
      return ""
    }
    let text = signed(difference, number(difference))
    // Of the numbers of samples that both have, as the difference is.
    guard Comparison(baseline, score).percent != nil else { return text }
    let percent = 100 * difference / baseline.value
    return "\(text) (\(signed(percent, fixed(percent, digits: 2))) %)"
  }

  /// `[12.1, 28.4]`: of the difference.
  private static func interval(_ check: Gate.Check) -> String {
    check.difference.map { Words.brackets($0.interval(level: check.level)) } ?? ""
  }

  private static func number(_ value: Double) -> String { NumberText.short(value) }

  private static func value(_ score: ScoreRecord?) -> String { score.map { number($0.value) } ?? "" }

  /// `worse: 1 of 2`.
  public static func summary(_ gate: Gate) -> String {
    let outcome = gate.outcome
    let number = gate.checks.count { $0.outcome == outcome || (outcome == .passed && $0.outcome == .notShown) }
    let open = gate.checks.count { $0.outcome == .notShown }
    let allowed = outcome == .passed && open > 0 ? " (\(open) not shown, which is allowed)" : ""
    return "\(outcome.rawValue): \(number) of \(gate.checks.count)\(allowed)"
  }

  /// A head and a row for each check, for people; `summary` goes below them.
  public static func rows(_ gate: Gate) -> [[String]] {
    [["", "metric", "score", "baseline", "change", "its interval", "run", "reason"]]
      + gate.checks.map {
        [
          $0.outcome.rawValue, $0.metric, value($0.score), value($0.baseline), change($0), interval($0),
          $0.run?.id ?? "", $0.reason,
        ]
      }
  }

  /// For a comment on a pull request or the summary of a CI step.
  public static func markdown(_ gate: Gate) -> String {
    var lines = [
      "### vidmetrics gate: \(summary(gate))", "",
      "Run `\(gate.candidate.id)` (\(Escaping.markdown(gate.candidate.name)))", "",
      "| | metric | score | baseline | change | its interval | baseline's run | |",
      "|---|---|---:|---:|---:|---:|---|---|",
    ]
    for check in gate.checks {
      let arrow = check.score.map { " " + Words.arrow($0.direction) } ?? ""
      let run = check.run.map { "`\($0.id)` \(Escaping.markdown($0.name))" } ?? ""
      lines.append(
        "| \(mark(check.outcome)) | \(Escaping.markdown(check.metric))\(arrow) | \(value(check.score)) | "
          + "\(value(check.baseline)) | \(change(check)) | \(interval(check)) | \(run) | \(Escaping.markdown(check.reason)) |"
      )
    }
    let limits = gate.checks.map {
      "\($0.metric) by more than \(NumberText.percent($0.limits.relative)) and \(number($0.limits.absolute))"
    }
    let level = gate.checks.first.map { ", with \(NumberText.percent($0.level)) intervals" } ?? ""
    lines += ["", "Fails when shown to be worse: \(Escaping.markdown(limits.joined(separator: "; ")))\(level)."]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func mark(_ outcome: Gate.Outcome) -> String {
    switch outcome {
    case .passed: "✅"
    case .worse: "❌"
    case .notShown: "❔"
    case .notComparable: "⚠️"
    }
  }

  /// JUnit XML: a test case for each score; worse and not shown are failures, not comparable an error; what is not shown and
  /// allowed is skipped.
  public static func junit(_ gate: Gate) -> String {
    func isFailure(_ check: Gate.Check) -> Bool {
      check.outcome == .worse || (check.outcome == .notShown && !gate.allowsNotShown)
    }
    let counts =
      "tests=\"\(gate.checks.count)\" failures=\"\(gate.checks.count(where: isFailure))\" "
      + "errors=\"\(gate.checks.count { $0.outcome == .notComparable })\" "
      + "skipped=\"\(gate.checks.count { $0.outcome == .notShown && gate.allowsNotShown })\""
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites \(counts)>",
      "  <testsuite name=\"vidmetrics gate\" \(counts)>",
    ]
    for check in gate.checks {
      let protocolName = check.score?.settings.map { " (\($0.displayName))" } ?? ""
      lines.append(
        "    <testcase classname=\"\(Escaping.html(gate.candidate.name))\" "
          + "name=\"\(Escaping.html(check.metric + protocolName))\">")
      let facts = [
        check.score.map { "score \(value($0))" }, check.baseline.map { "baseline \(value($0))" },
        check.difference.map { _ in "change \(change(check)), \(NumberText.percent(check.level)) \(interval(check))" },
        check.run.map { "baseline's run \($0.id)" },
      ]
      let (text, reason) = (
        Escaping.html(facts.compactMap { $0 }.joined(separator: ", ")), Escaping.html(check.reason)
      )
      let kind = "type=\"\(check.outcome.rawValue)\" message=\"\(reason)\""
      switch check.outcome {
      case .passed: lines.append("      <system-out>\(reason): \(text)</system-out>")
      case .notShown where gate.allowsNotShown:
        lines.append("      <skipped message=\"not shown, which is allowed: \(reason): \(text)\"/>")
      case .worse, .notShown: lines.append("      <failure \(kind)>\(text)</failure>")
      case .notComparable: lines.append("      <error \(kind)>\(text)</error>")
      }
      lines.append("    </testcase>")
    }
    return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n") + "\n"
  }
}

import Foundation
import History

/// A gate's verdicts for people and for machines.
public enum GateText {
  /// `5 %`.
  static func percent(_ share: Double) -> String { "\(number(share * 100)) %" }

  /// Seven significant digits at most, without trailing zeros.
  static func number(_ value: Double) -> String { String(format: "%.7g", value) }

  private static func signed(_ value: Double) -> String { (value > 0 ? "+" : "") + number(value) }

  private static func change(_ verdict: Gate.Verdict) -> String {
    guard let score = verdict.score, let baseline = verdict.baseline, verdict.outcome != .notComparable else {
      return ""
    }
    let difference = score.value - baseline.value
    guard baseline.value != 0 else { return signed(difference) }
    return "\(signed(difference)) (\(String(format: "%+.2f", difference / abs(baseline.value) * 100)) %)"
  }

  private static func value(_ score: RunScore?) -> String {
    guard let score else { return "" }
    let interval = score.interval.map { " [\(number($0.low)), \(number($0.high))]" } ?? ""
    return number(score.value) + interval
  }

  private static func title(_ gate: Gate) -> String {
    let failed = gate.verdicts.count { $0.outcome == .worse }
    let unknown = gate.verdicts.count { $0.outcome == .notComparable }
    switch gate.outcome {
    case .passed: return "passed: \(gate.verdicts.count) of \(gate.verdicts.count)"
    case .worse: return "worse: \(failed) of \(gate.verdicts.count)"
    case .notComparable: return "not comparable: \(unknown) of \(gate.verdicts.count)"
    }
  }

  /// A table of columns, then the outcome.
  public static func table(_ gate: Gate) -> String {
    var rows = [["", "metric", "score", "baseline", "change", "run", "reason"]]
    rows += gate.verdicts.map {
      [
        $0.outcome.rawValue, $0.metric, value($0.score), value($0.baseline), change($0), $0.run?.id ?? "", $0.reason,
      ]
    }
    let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      (0..<6).map { row[$0] + String(repeating: " ", count: widths[$0] - row[$0].count) + "  " }.joined() + row[6]
    }
    return (lines + [title(gate)]).joined(separator: "\n")
  }

  /// For a comment on a pull request or the summary of a CI step.
  public static func markdown(_ gate: Gate) -> String {
    func cell(_ text: String) -> String {
      text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("<", with: "&lt;").replacing(
        "\n", with: " ")
    }
    var lines = [
      "### vidmetrics gate: \(title(gate))", "", "Run `\(gate.candidate.id)` (\(cell(gate.candidate.name)))", "",
      "| | metric | score | baseline | change | baseline's run | |", "|---|---|---:|---:|---:|---|---|",
    ]
    for verdict in gate.verdicts {
      let mark = verdict.outcome == .passed ? "✅" : verdict.outcome == .worse ? "❌" : "⚠️"
      let arrow = verdict.score.map { $0.direction == .lower ? " ↓" : " ↑" } ?? ""
      let run = verdict.run.map { "`\($0.id)` \(cell($0.name))" } ?? ""
      lines.append(
        "| \(mark) | \(cell(verdict.metric))\(arrow) | \(value(verdict.score)) | \(value(verdict.baseline)) | "
          + "\(change(verdict)) | \(run) | \(cell(verdict.reason)) |")
    }
    let limits = gate.verdicts.map {
      "\($0.metric) by more than \(percent($0.limits.relative)) and \(number($0.limits.absolute))"
    }
    lines += ["", "Fails when worse: \(cell(limits.joined(separator: "; "))), outside of the interval."]
    return lines.joined(separator: "\n") + "\n"
  }

  /// JUnit XML: a test case for each score; worse is a failure, not comparable an error.
  public static func junit(_ gate: Gate) -> String {
    func escaped(_ text: String) -> String {
      var result = ""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "\n", "\t", "\r": result += " "
        case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
        default: result.unicodeScalars.append(scalar)
        }
      }
      return result
    }
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
        "    <testcase classname=\"\(escaped(gate.candidate.name))\" name=\"\(escaped(verdict.metric + protocolName))\""
      let text = [
        verdict.score.map { "score \(value($0))" }, verdict.baseline.map { "baseline \(value($0))" },
        change(verdict).isEmpty ? nil : "change \(change(verdict))", verdict.run.map { "baseline's run \($0.id)" },
      ].compactMap { $0 }.joined(separator: ", ")
      switch verdict.outcome {
      case .passed:
        lines += [
          name + ">", "      <system-out>\(escaped(verdict.reason)): \(escaped(text))</system-out>", "    </testcase>",
        ]
      case .worse, .notComparable:
        let element = verdict.outcome == .worse ? "failure" : "error"
        lines += [
          name + ">",
          "      <\(element) type=\"\(verdict.outcome.rawValue)\" message=\"\(escaped(verdict.reason))\">\(escaped(text))</\(element)>",
          "    </testcase>",
        ]
      }
    }
    return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n") + "\n"
  }
}

import ArgumentParser
import Evaluation
import Files
import Foundation
import Kernels
import ProcessLimits
import Scores
import SelfTest
import Weights

struct SelfTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest", abstract: "Whether this machine computes what is published: networks, kernels, decoder",
    discussion: """
      Computes published FVDs from files to score, I3D on every instruction set of this processor, and the pixels of \
      small files that other programs have decoded; a minute on two cores. Nothing is read from the feature cache.

      Exit status: 0 if everything agrees, 1 if something differs, 2 if nothing differs but a check could not run, or the \
      published FVDs were left out because their weights are not on this machine.
      """)

  @Option(help: ArgumentHelp("Threads. (default: all processors)", valueName: "number")) var threads: Int?

  func run() throws {
    let threads = threads ?? ProcessLimits.processors
    try ScoreRequest.check(threads: threads)
    let environment = ProcessInfo.processInfo.environment
    _ = try InstructionSet.chosen(cap: environment["VIDMETRICS_ISA"])
    let folder = NSTemporaryDirectory() + "vidmetrics-selftest-" + UUID().uuidString
    try WholeFile.makeFolder(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }

    let checks =
      DecoderChecks.checks(folder: folder) + InstructionSets.checks(environment: environment, threads: threads)
      + PublishedFVDs.checks(environment: environment, threads: threads, folder: folder)
    Output.print(SelfTestReport(checks: checks).table)
    try SelfTestReport(checks: checks).end()
  }
}

/// What the checks found, for people.
struct SelfTestReport {
  let checks: [Check]

  var table: String {
    let head = ["check", "", "known from", "expected", "measured", "difference", "allowed", ""]
    var rows = [head]
    for check in checks {
      let isFirst = rows.last?[0] != check.group && !rows.contains { $0[0] == check.group }
      rows.append([isFirst ? check.group : "", check.name, check.source] + cells(check))
    }
    return TextTable.text(rows, numbers: [3, 4, 5, 6])
  }

  private func cells(_ check: Check) -> [String] {
    let difference = check.difference.map { String(format: "%.1e", $0) } ?? ""
    switch check.outcome {
    case .number(let expected, let measured, let allowed):
      return [
        fixed(expected, digits: 6), fixed(measured, digits: 6), difference, String(format: "%.0e", allowed),
        check.verdict.rawValue,
      ]
    case .distance(_, let allowed):
      return ["", "", difference, String(format: "%.0e", allowed), check.verdict.rawValue]
    case .text(let expected, let measured): return [expected, measured, "", "", check.verdict.rawValue]
    case .leftOut, .failed: return ["", "", "", "", check.verdict.rawValue]
    }
  }

  /// What the table has no room for: why checks could not run or were left out. A reason that several groups share stands
  /// once, behind all of them.
  private var reasons: String {
    var reasons: [(verdict: Check.Verdict, groups: [String], text: String)] = []
    for check in checks {
      let text: String
      switch check.outcome {
      case .leftOut(let reason), .failed(let reason): text = reason
      case .number, .distance, .text: continue
      }
      if let known = reasons.firstIndex(where: { $0.verdict == check.verdict && $0.text == text }) {
        if !reasons[known].groups.contains(check.group) { reasons[known].groups.append(check.group) }
      } else {
        reasons.append((check.verdict, [check.group], text))
      }
    }
    return reasons.map { "\($0.verdict.rawValue): \($0.groups.joined(separator: "; ")): \($0.text)\n" }.joined()
  }

  /// - Throws: the status, unless everything agrees.
  func end() throws {
    Terminal.write(reasons)
    let differing = checks.count { $0.verdict == .differs }
    guard differing == 0 else {
      Terminal.write("error: \(differing) of \(checks.count) checks differ: do not compare scores of this machine\n")
      throw ExitCode(Exit.worse)
    }
    let failed = checks.count { $0.verdict == .notRun }
    guard failed == 0 else {
      Terminal.write("error: \(failed) of \(checks.count) checks could not run, and say nothing about this machine\n")
      throw ExitCode(Exit.usageOrInput)
    }
    let missing = checks.count { $0.verdict == .leftOut && $0.group == PublishedFVDs.group }
    guard missing == 0 else {
      Terminal.write(
        """
        error: \(missing) of \(checks.count) checks were left out; the others agree
        hint: `vidmetrics weights fetch \(KnownWeights.i3dKinetics400.name)` gets the weights that they need

        """)
      throw ExitCode(Exit.usageOrInput)
    }
    Terminal.write("all \(checks.count) checks agree\n")
  }
}

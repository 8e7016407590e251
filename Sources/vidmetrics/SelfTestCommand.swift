import ArgumentParser
import Evaluation
import Foundation
import Scores
import SelfTest
import Weights

struct SelfTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest", abstract: "Whether this machine computes what is published: networks, kernels, decoder",
    discussion: """
      Computes published FVDs from files to score, I3D on every instruction set of this processor, and the pixels of \
      small files that other programs have decoded; a minute on two cores. Nothing is read from the feature cache.

      Exit status: 0 if everything agrees, 1 if something differs, 2 if nothing differs but the published FVDs were left \
      out because their weights are not on this machine.
      """)

  @Option(help: ArgumentHelp("Threads. (default: all processors)", valueName: "number")) var threads: Int?

  func validate() throws { try OptionRange.check("threads", threads, OptionRange.threads) }

  func run() throws {
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    let environment = ProcessInfo.processInfo.environment
    let folder = NSTemporaryDirectory() + "vidmetrics-selftest-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
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

  /// What the table has no room for: why checks ended in errors or were left out, once each.
  private var reasons: String {
    var lines: [String] = []
    for check in checks {
      let line: String? =
        switch check.outcome {
        case .leftOut(let reason): "left out: \(check.group): \(reason)\n"
        case .failed(let error): "\(check.group), \(check.name): \(error)\n"
        case .number, .distance, .text: nil
        }
      if let line, !lines.contains(line) { lines.append(line) }
    }
    return lines.joined()
  }

  /// - Throws: the status, unless everything agrees.
  func end() throws {
    Terminal.write(reasons)
    let differing = checks.count { $0.verdict == .differs }
    guard differing == 0 else {
      Terminal.write("error: \(differing) of \(checks.count) checks differ: do not compare scores of this machine\n")
      throw ExitCode(Exit.worse)
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

import Evaluation
import Foundation
import History
import MetricCatalog
import Scores

/// What a run of a suite would do, for people; nothing is made or opened for writing.
public struct SuitePlan {
  public let suite: Suite
  public let options: SuiteRun.Options

  public init(suite: Suite, options: SuiteRun.Options) {
    self.suite = suite
    self.options = options
  }

  /// Ends with a line break.
  public func text() throws -> String {
    let jobs = try suite.jobs(only: options.only, limit: options.limit)
    var lines = ["suite  \(suite.name)  (\(suite.file))"]
    for set in suite.data {
      lines.append("data   \(set.name)  \(set.path)" + (set.label == set.name ? "" : "  (\(set.label))"))
    }
    for job in jobs {
      lines.append("")
      lines.append(job.title)
      lines += try outputs(job)
      if options.work != .generateOnly { lines += try scores(job) }
    }
    if !suite.report.files.isEmpty, options.work != .generateOnly {
      lines += ["", "reports  " + suite.report.files.map(\.path).joined(separator: ", ")]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func outputs(_ job: SampleJob) throws -> [String] {
    guard job.base != nil else {
      return ["  outputs  \(job.folder)  (\(SuitePaths.exists(job.folder) ? "there" : "missing"))"]
    }
    var state: String
    do {
      state = try job.finished().map { "\(count($0.samples, "video")) from before" } ?? "to be made"
      if options.force, options.work != .scoreOnly { state = "to be made" }
      if options.work == .scoreOnly, state == "to be made" { state = "missing" }
    } catch { state = "\(error)".split(whereSeparator: \.isNewline).first.map(String.init) ?? "" }
    var lines = ["  outputs  \(job.folder)  (\(state))"]
    let samples = Outputs(folder: job.folder).samples
    let commands = job.calls.compactMap { job.command($0, samples: samples) }
    let wanted = job.wanted.map { count($0, "video") + ", " } ?? ""
    lines.append("  calls    \(wanted)\(commands.count) of the command")
    lines += commands.prefix(3).map { "    " + $0.replacingOccurrences(of: "\n", with: "\n    ") }
    if commands.count > 3 { lines.append("    and \(commands.count - 3) more") }
    return lines
  }

  private func scores(_ job: SampleJob) throws -> [String] {
    let names = job.generator.metrics.map { "\($0.evaluationProtocol.metric) (\($0.evaluationProtocol.displayName))" }
    let sets: [RealSet?] = job.generator.data.compactMap { name in suite.data.first { $0.name == name } }
    return try (sets.isEmpty ? [nil] : sets).map { real in
      let against = real.map { " against \($0.name)" } ?? ""
      let before = try recorded(job, real).map { "; run \($0) is in the history" } ?? ""
      return "  scores   \(names.joined(separator: ", "))\(against)\(before)"
    }
  }

  /// The newest run of this job; whether its videos are the same is found out when they are read.
  private func recorded(_ job: SampleJob, _ real: RealSet?) throws -> String? {
    guard let path = options.historyPath, SuitePaths.exists(path) else { return nil }
    var filter = RunFilter()
    filter.suite = job.suite
    filter.generator = job.generator.name
    filter.dataset = real?.label
    return try HistoryStore(path: path, mode: .reading).runs(filter, detail: .scores)
      .first { $0.checkpoint == job.checkpoint?.name && $0.generation?.seed == job.seed }?.id
  }
}

import ArgumentParser
import Evaluation
import Foundation
import Harness
import History

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "A suite: runs generators, scores their videos, keeps the scores",
    discussion: """
        vidmetrics run suite.yaml --dry-run
        vidmetrics run suite.yaml
        vidmetrics run suite.yaml --only lfdm,lvdm --limit 4

      A suite names real sets, generators (a command with {output} {seed} {count} {checkpoint} {step} {prompt} {class} \
      {image}, or outputs that are there) and metrics; `vidmetrics guide suites` has every key. What was finished is not \
      made again, whatever ended the run. A generator that fails is reported, and the suite goes on; the status is 2 then.
      """)

  @Argument(
    help: ArgumentHelp("The suite file.", valueName: "suite.yaml"), completion: .file(extensions: ["yaml", "yml"]))
  var suite: String

  @Option(help: ArgumentHelp("Only these generators, separated by commas.", valueName: "name,..."))
  var only: String?

  @Flag(help: "Print what would be done: commands, counts, what is there.")
  var dryRun = false

  @OptionGroup var options: SuiteOptions

  func run() async throws {
    let names = try only.map { try CommaList.names($0, of: "only") }
    let suite = try Suite.read(self.suite, only: names)
    var settings = options.options()
    settings.only = names
    if dryRun { return Output.print(try SuitePlan(suite: suite, options: settings).text(), terminator: "") }
    try await Self.run(suite, settings)
  }

  /// Runs a suite, prints its summary and writes its reports.
  ///
  /// - Throws: what ends a command with another status than 0, after everything else is done.
  static func run(_ suite: Suite, _ settings: SuiteRun.Options) async throws {
    Interruption.listen()
    let summary = try await SuiteRun(suite: suite, options: settings).run()
    Output.print(summary.table, terminator: "")
    do { try SuiteReports.write(suite, summary, history: settings.historyPath) } catch {
      // What failed before is not lost over it.
      Terminal.write(summary.failures)
      throw error
    }
    try SuiteExit.check(summary)
  }
}

/// The report that a suite asks for, of the runs of this time.
enum SuiteReports {
  static func write(_ suite: Suite, _ summary: SuiteSummary, history: String?) throws {
    guard !suite.report.files.isEmpty, !summary.wasInterrupted else { return }
    guard let history, !summary.runs.isEmpty else {
      Terminal.write("no report is written: \(history == nil ? "nothing was recorded" : "nothing was scored")\n")
      return
    }
    let files = KeptFiles(of: history)
    var report = suite.report
    report.failures = summary.reportFailures
    try report.write(summary.runs, by: files.differences(), files: files, version: Version.text)
    for file in suite.report.files { Terminal.note("report: \(file.path)\n") }
  }
}

/// The exit status of a suite.
enum SuiteExit {
  /// - Throws: the status, unless all is well.
  static func check(_ summary: SuiteSummary) throws {
    Terminal.write(summary.failures)
    if summary.wasInterrupted {
      Terminal.write("error: interrupted\nhint: what is finished is kept, and the same command goes on from there\n")
      throw ExitCode(Interruption.status)
    }
    if !summary.failed.isEmpty { throw ExitCode(Exit.usageOrInput) }
    if summary.skippedInputs { throw ExitCode(Exit.skipped) }
  }
}

import ArgumentParser
import Cluster
import Foundation
import Harness
import History
import Reporting
import Synchronization

struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Scores checkpoints of a folder as they appear",
    discussion: """
        vidmetrics watch checkpoints/ --suite suite.yaml --generator lfdm
        vidmetrics watch checkpoints/ --generate './sample.py {checkpoint} {output}' --real real/ --metrics fvd
        vidmetrics watch checkpoints/ --suite suite.yaml --generator lfdm --once
        vidmetrics watch checkpoints/ --suite suite.yaml --generator lfdm --cluster '--gpus=1 --time=2:00:00'

      A checkpoint is taken when it has not changed for a while. Its step is the number behind `step` in its name, or the last \
      one there. Those that the history knows are not scored again. ^C ends.
      """)

  @Argument(help: ArgumentHelp("The folder of checkpoints.", valueName: "folder"))
  var folder: String

  @Option(help: ArgumentHelp("The suite whose generator is given the checkpoints.", valueName: "file"))
  var suite: String?

  @Option(help: ArgumentHelp("The generator of the suite.", valueName: "name"))
  var generator: String?

  @Option(help: ArgumentHelp("A command instead of a suite, with {checkpoint} and {output}.", valueName: "command"))
  var generate: String?

  @Option(help: ArgumentHelp("The real set, of --generate.", valueName: "set"))
  var real: String?

  @Option(
    help: ArgumentHelp(
      "The metrics, of --generate, separated by commas. (default: fvd)", valueName: "metric[:protocol],..."))
  var metrics: String?

  @Option(help: ArgumentHelp("Videos that the command must write.", valueName: "number"))
  var count: Int?

  @Option(help: ArgumentHelp("What a call of the command may take: 90s, 10m, 1h30m.", valueName: "time"))
  var timeLimit: String?

  @Option(help: ArgumentHelp("What the command's runs are called. (default: watch)", valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "What checkpoints are called, as in a shell; folders may be checkpoints. (default: the usual endings, such as .pt)",
      valueName: "pattern"))
  var pattern: String?

  @Option(help: ArgumentHelp("Seconds between looks.", valueName: "seconds"))
  var interval = 10.0

  @Option(help: ArgumentHelp("Seconds that a checkpoint must not have changed for.", valueName: "seconds"))
  var settle = 5.0

  @Flag(help: "End when all that is there has been scored.")
  var once = false

  @Option(help: ArgumentHelp("Write a page, anew with each score; it loads itself again.", valueName: "file"))
  var html: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Submit a job to Slurm for each checkpoint, with these options of sbatch, instead of working here. The jobs run one "
        + "after another.", valueName: "options"))
  var cluster: String?

  @OptionGroup var options: SuiteOptions

  func validate() throws {
    if cluster != nil, html != nil {
      throw ValidationError(
        "--cluster and --html: a page of what others score is written by `vidmetrics report --html FILE --follow`")
    }
    guard (suite == nil) != (generate == nil) else {
      throw ValidationError("--suite with --generator, or --generate, says what to do with a checkpoint: give one")
    }
    if suite != nil {
      guard generator != nil else { throw ValidationError("--suite needs --generator") }
      guard real == nil, metrics == nil, count == nil, timeLimit == nil, name == nil else {
        throw ValidationError("--real, --metrics, --count, --time-limit and --name belong to --generate")
      }
    } else if generator != nil {
      throw ValidationError("--generator is one of a --suite")
    }
    if html != nil, options.noRecord || options.generateOnly {
      throw ValidationError("--html shows scores that are kept, and none are")
    }
    guard interval > 0, interval <= 86_400, settle >= 0, settle <= 86_400 else {
      throw ValidationError("--interval and --settle are seconds, up to a day")
    }
    try OptionRange.check("count", count, Generator.counts)
  }

  /// The words of this command for one checkpoint alone.
  static func elsewhere(_ typed: [String], checkpoint: String) -> [String] {
    var words: [String] = []
    var skips = false
    for word in typed.dropFirst() {
      if skips {
        skips = false
        continue
      }
      let taken = ["--cluster", "--pattern", "--settle", "--interval"].first { word == $0 || word.hasPrefix($0 + "=") }
      if let taken {
        skips = word == taken
      } else if word != "--once" {
        words.append(word)
      }
    }
    let name = checkpoint.split(separator: "/").last.map(String.init) ?? checkpoint
    let pattern = String(name.flatMap { "*?[\\".contains($0) ? ["\\", $0] : [$0] })
    return words + ["--once", "--settle", "0", "--pattern", pattern]
  }

  func run() async throws {
    var watched: Suite
    if let suite, let generator {
      watched = try Suite.read(suite, only: [generator], watching: true)
      _ = try watched.jobs(only: [generator])
      watched.generators = watched.generators.filter { $0.name == generator && $0.template != nil }
      guard !watched.generators.isEmpty else {
        throw ValidationError("the generator `\(generator)` has no command: its outputs are there already")
      }
    } else {
      watched = try Suite.watching(
        name: name ?? "watch", command: generate ?? "", count: count, timeLimit: timeLimit, real: real,
        metrics: CommaList.names(metrics ?? "fvd", of: "metrics"))
    }
    let settings = options.options()
    var watch = CheckpointWatch(
      folder: CheckpointFolder(path: folder, pattern: pattern, settling: settle), suite: watched, options: settings,
      interval: interval, once: once)
    if let cluster {
      let (name, typed) = ("vidmetrics-watch-\(watched.name)", CommandLine.arguments)
      watch.submit = { checkpoint in
        let number = try Slurm.submit(
          [ThisProgram.path] + Self.elsewhere(typed, checkpoint: checkpoint), name: name,
          more: cluster.split(separator: " ").map(String.init), log: "vidmetrics-watch-%j.log",
          environment: ProcessInfo.processInfo.environment)
        return "submitted as job \(number)"
      }
    }
    Interruption.listen()
    var report = Report()
    report.reload = LivePage.reload
    if let html { report.files = [Report.File(format: .html, path: html)] }
    report.title = "\(watched.generators.first?.label ?? watched.name), watched"
    report.since = report.earlierPage
    let page = LivePage(report: report, history: settings.historyPath ?? "")
    let (suiteName, generatorName) = (watched.name, watched.generators.first?.name)
    @Sendable func show(_ page: LivePage, _ failures: [ReportTable.Failure]) {
      guard !page.report.files.isEmpty else { return }
      var filter = RunFilter()
      (filter.suite, filter.generator) = (suiteName, generatorName)
      var page = page
      page.report.failures = failures
      do { try page.write(HistoryStore(path: page.history, mode: .reading).runs(filter)) } catch {
        Terminal.write("the page cannot be written: \(error)\n")
      }
    }
    let pulse = Task {
      while true {
        try await Task.sleep(for: LivePage.pulse)
        page.beat()
      }
    }
    let failures = Mutex<[ReportTable.Failure]>([])
    let summary = try await watch.run { found in
      Output.print(found.table, terminator: "")
      let all = failures.withLock { all in
        // A checkpoint that is written anew is another try.
        all.removeAll { failure in found.rows.contains { $0.label == failure.name } }
        all += found.reportFailures
        return all
      }
      show(page, all)
    }
    pulse.cancel()
    show(page.finished(), failures.withLock { $0 })
    // ^C is how a watch ends.
    if summary.wasInterrupted, !once, Interruption.isByPerson, summary.failed.isEmpty { return }
    try SuiteExit.check(summary)
  }
}

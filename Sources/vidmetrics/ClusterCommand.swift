import ArgumentParser
import Cluster
import Evaluation
import Files
import Foundation
import Harness
import History
import ProcessLimits
import Reporting
import Scores

struct ClusterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cluster", abstract: "Scores of large sets by many machines: Slurm, Kubernetes, or any other",
    discussion: """
        vidmetrics cluster plan real/ generated/ --metrics fvd,kvd,fid --shards 64 --out job/
        vidmetrics cluster slurm job/ --time 2h --cpus 4        submits the tasks, and collecting after them
        vidmetrics cluster status job/
        vidmetrics cluster resume job/                          what is missing, and nothing else

      A plan says once what is computed of which videos; each task works on its shard, and `collect` puts the parts together: \
      the same scores as in one process, to the bit. `vidmetrics guide cluster` has the rest.
      """,
    subcommands: [
      Plan.self, SlurmCommand.self, KubernetesCommand.self, Work.self, Generate.self, Local.self, Status.self,
      Resume.self,
      Collect.self,
    ])

  struct JobArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The job's folder.", valueName: "job"), completion: .directory) var path: String

    var folder: JobFolder { JobFolder(path) }
  }

  // MARK: work

  struct WorkOptions: ParsableArguments {
    @OptionGroup var quiet: QuietOption

    @Option(help: ArgumentHelp("Threads. (default: all processors of the allocation)", valueName: "number"))
    var threads: Int?

    @Option(
      help: ArgumentHelp("Refuse work that takes more memory: 8G, 800M, or bytes.", valueName: "size"),
      transform: { text in
        guard let bytes = MemoryAllowance.bytes(text) else {
          throw ValidationError("`\(text)` is not a size of memory: 8G, 800M, or bytes")
        }
        return bytes
      })
    var memory: Int?

    func validate() throws { try OptionRange.check("threads", threads, OptionRange.threads) }

    func work(_ job: JobFolder) -> ClusterWork {
      quiet.apply()
      var work = ClusterWork(job: job)
      work.environment = ProcessInfo.processInfo.environment
      work.threads = threads ?? ProcessLimits.processors
      work.memory = MemoryAllowance(bytes: memory) { Terminal.note("this takes \($0.text)\n") }
      work.version = Version.text
      work.progress = TerminalProgress()
      work.isInterrupted = { Interruption.isRequested }
      work.say = { Terminal.note($0 + "\n") }
      return work
    }
  }

  struct Work: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One task: its shard of each set",
      discussion: """
          vidmetrics cluster work job/                 in an array of a scheduler
          vidmetrics cluster work job/ --shard 3/8     anywhere

        A part that is there is left alone, status 0. TERM, USR1, USR2 and INT stop the task with status 75: what it has done \
        is kept in the job's folder, and the next start goes on from there. Status 2 is for what another start would not change.
        """)

    @OptionGroup var job: JobArgument

    @Option(
      help: ArgumentHelp(
        "Which task, from 1. (default: VIDMETRICS_SHARD, or what Slurm, Kubernetes, PBS, LSF, Grid Engine or AWS Batch says)",
        valueName: "i/n"))
    var shard: String?

    @OptionGroup var options: WorkOptions

    func run() throws {
      let work = options.work(job.folder)
      let (plan, _) = try job.folder.plan()
      let task = try TaskIndex.found(
        shard: shard, environment: work.environment, tasks: max(plan.tasks, plan.asked), used: plan.tasks,
        job: job.path)
      Interruption.listen(asWorker: true)
      try WorkerExit.run { _ = try work.run(task: task) }
    }
  }

  struct Generate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One task of a suite's generator: its share of the videos",
      discussion: "What the scripts of `vidmetrics cluster slurm` run of a suite.")

    @OptionGroup var job: JobArgument

    @Option(
      name: .customLong("job"), help: ArgumentHelp("The generator's folder below jobs/.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("Which share, from 1. (default: as of `work`)", valueName: "i/n")) var shard: String?

    @Flag(help: "Put all shares together, and plan their scores.") var finish = false

    @OptionGroup var options: WorkOptions

    func run() async throws {
      options.quiet.apply()
      let suite = try SuiteJob.here(job.folder, threads: options.threads)
      let place = try suite.place(of: name)
      Interruption.listen(asWorker: true)
      if finish { return try await suite.finish(place) }
      let share = try TaskIndex.found(
        shard: shard, environment: suite.environment, tasks: suite.plan.jobs[place].generates, job: job.path)
      do { try await suite.generate(place, share: share) } catch  where Interruption.isRequested {
        Terminal.write("stopped: \(error)\n")
        throw ExitCode(Exit.stopped)
      }
    }
  }

  struct Local: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "All tasks here, one after another, and collecting: the same work without a scheduler")

    @OptionGroup var job: JobArgument
    @OptionGroup var options: WorkOptions
    @OptionGroup var collecting: CollectOptions

    func run() async throws {
      let work = options.work(job.folder)
      Interruption.listen(asWorker: true)
      if SuiteJob.isThere(job.folder) {
        let suite = try SuiteJob.here(job.folder, threads: options.threads)
        do {
          try await suite.runHere { target, task in
            var own = ClusterWork(job: target)
            own.take(work)
            _ = try own.run(task: task)
          }
        } catch  where Interruption.isRequested { try WorkerExit.run { throw error } }
        return try collecting.run(suite, threads: work.threads)
      }
      let (plan, _) = try job.folder.plan()
      try WorkerExit.run {
        for task in job.folder.missing(plan) {
          Terminal.note("task \(task + 1) of \(plan.tasks)\n")
          _ = try work.run(task: task)
        }
      }
      try collecting.run(job.folder, threads: work.threads)
    }
  }

  // MARK: collect

  struct CollectOptions: ParsableArguments {
    @Flag(help: "Score what is there, even if parts are missing. Every score says so.") var allowMissing = false

    @Flag(help: "Collect again what was collected.") var force = false

    @Flag(help: "Print one JSON document.") var json = false

    @OptionGroup var database: DatabaseOption

    @Flag(help: "Do not keep the scores in the history.") var noRecord = false

    func validate() throws {
      if noRecord, database.db != nil { throw ValidationError("--no-record keeps nothing: --db has no effect with it") }
    }

    func run(_ job: JobFolder, threads: Int) throws {
      let (plan, _) = try job.plan()
      var collection = ClusterCollection(job: job)
      let history = noRecord ? nil : database.db.map { JobFolder($0).path } ?? plan.history
      if !force, let run = try collection.before(history: history) {
        Terminal.note("collected before, as run \(run.id); --force collects again\n")
        return try show(run)
      }
      prepare(&collection, threads: threads)
      let run = try collection.run(history: history)
      if let history { Terminal.note("recorded as run \(run.id) in \(history)\n") }
      try show(run)
    }

    /// Collects every job of a suite and writes its reports.
    func run(_ suite: SuiteJob, threads: Int) throws {
      let history = noRecord ? nil : database.db.map { JobFolder($0).path } ?? suite.plan.history
      let collected = suite.collect(history: history, force: force) { collection in
        prepare(&collection, threads: threads)
      }
      for run in collected.runs {
        Output.print(
          json ? try RunDocument.json(run).line : "\(run.name)\n" + ScoreText.text(run.scores, skipped: run.skipped))
      }
      for failure in collected.failures { Terminal.write("failed: \(failure.title): \(failure.reason)\n") }
      if let history, !collected.runs.isEmpty, !suite.suite.report.files.isEmpty {
        let files = KeptFiles(of: history)
        var report = suite.suite.report
        report.failures = collected.failures.map { ReportTable.Failure(name: $0.title, words: $0.reason) }
        try report.write(collected.runs, by: files.differences(), files: files, version: Version.text)
        for file in report.files { Terminal.note("report: \(file.path)\n") }
      }
      if !collected.failures.isEmpty { throw ExitCode(Exit.usageOrInput) }
      if collected.runs.contains(where: { !$0.skipped.isEmpty }) { throw ExitCode(Exit.skipped) }
    }

    private func prepare(_ collection: inout ClusterCollection, threads: Int) {
      collection.allowsMissing = allowMissing
      collection.environment = ProcessInfo.processInfo.environment
      collection.threads = threads
      collection.version = Version.text
      collection.progress = TerminalProgress()
      collection.isInterrupted = { Interruption.isRequested }
    }

    private func show(_ run: RunRecord) throws {
      Output.print(
        json ? try RunDocument.json(run).text() : ScoreText.text(run.scores, skipped: run.skipped),
        terminator: json ? "\n" : "")
      if !run.skipped.isEmpty { throw ExitCode(Exit.skipped) }
    }
  }

  struct Collect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Puts the parts together: features, scores, their record in the history",
      discussion: """
        Missing parts end it with status 2, each with the last line that its task said. Parts of another plan, or computed by \
        another network or version, are refused by name. The history is the one that the plan names, or --db. Status 4 where \
        videos were skipped.
        """)

    @OptionGroup var job: JobArgument
    @OptionGroup var quiet: QuietOption

    @Option(help: ArgumentHelp("Threads. (default: all processors)", valueName: "number")) var threads: Int?

    @OptionGroup var options: CollectOptions

    func validate() throws { try OptionRange.check("threads", threads, OptionRange.threads) }

    func run() throws {
      quiet.apply()
      Interruption.listen()
      if SuiteJob.isThere(job.folder) {
        return try options.run(
          SuiteJob.here(job.folder, threads: threads), threads: threads ?? ProcessLimits.processors)
      }
      try options.run(job.folder, threads: threads ?? ProcessLimits.processors)
    }
  }
}

extension SuiteJob {
  /// The job of a suite as this process works on it.
  static func here(_ folder: JobFolder, threads: Int?) throws -> SuiteJob {
    var job = try SuiteJob(folder)
    job.environment = ProcessInfo.processInfo.environment
    job.threads = threads ?? ProcessLimits.processors
    job.version = Version.text
    job.isInterrupted = { Interruption.isRequested }
    job.say = { Terminal.note($0 + "\n") }
    return job
  }
}

/// How a worker ends.
enum WorkerExit {
  /// - Throws: status 75 where a signal stopped the work.
  static func run(_ body: () throws -> Void) throws {
    do { try body() } catch let error as ClusterError where Interruption.isRequested {
      Terminal.write("error: \(error)\n")
      throw ExitCode(Exit.usageOrInput)
    } catch  where Interruption.isRequested {
      Terminal.write("stopped: \(error)\nhint: what is finished is kept, and the next start goes on from there\n")
      throw ExitCode(Exit.stopped)
    }
  }
}

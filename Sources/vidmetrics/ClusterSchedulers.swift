import ArgumentParser
import Cluster
import Foundation
import Scores

/// Where this program lies, for those who start it on other machines.
enum ThisProgram {
  static var path: String {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return link ?? URL(fileURLWithPath: CommandLine.arguments[0]).standardizedFileURL.path
  }
}

extension ClusterCommand {
  struct SlurmOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What a task may take: 2h, 90m, or as sbatch has it.", valueName: "time"))
    var time: String?

    @Option(help: ArgumentHelp("Processors of a task.", valueName: "number")) var cpus: Int?

    @Option(name: .customLong("mem"), help: ArgumentHelp("Memory of a task, as sbatch has it.", valueName: "size"))
    var memory: String?

    @Option(help: ArgumentHelp("The partition.", valueName: "name")) var partition: String?

    @Option(
      name: .customLong("sbatch"), parsing: .unconditionalSingleValue,
      help: ArgumentHelp("Another option of sbatch, such as '--account=x'. Repeatable.", valueName: "option"))
    var others: [String] = []

    @Option(help: ArgumentHelp("This program's path on the nodes. (default: its path here)", valueName: "file"))
    var program: String?

    @Flag(help: "Print scripts and commands, and submit nothing.") var dryRun = false

    func validate() throws {
      try OptionRange.check("cpus", cpus, 1...4096)
      if let time, Slurm.time(time) == nil {
        throw ValidationError("--time \(time): a time such as 2h, 90m or 02:00:00 is expected")
      }
    }

    var options: Slurm.Options {
      var options = Slurm.Options(program: program ?? ThisProgram.path)
      (options.time, options.cpus, options.memory) = (time.flatMap(Slurm.time), cpus, memory)
      (options.partition, options.others) = (partition, others)
      return options
    }

    /// What is left to do of a suite.
    func submit(_ suite: SuiteJob) throws {
      let slurm = try SlurmSuite(suite: suite, options: options)
      if dryRun {
        let stages = try slurm.stages()
        for stage in stages { Output.print("# \(stage.path)\n\(stage.script)") }
        for stage in stages { Output.print("# " + slurm.command(stage).joined(separator: " ")) }
        return
      }
      let submitted = try slurm.submit(environment: ProcessInfo.processInfo.environment)
      Output.print(TextTable.text(submitted.map { [$0.name, $0.number] }))
    }

    func submit(_ slurm: Slurm, _ tasks: [Int], after others: [String] = []) throws {
      if dryRun {
        for script in slurm.scripts { Output.print("# \(script.path)\n\(script.text)") }
        for command in slurm.commands(tasks, after: others) { Output.print("# \(command)") }
        return
      }
      let submission = try slurm.submit(tasks, after: others, environment: ProcessInfo.processInfo.environment)
      Output.print(
        "array \(submission.array), \(count(tasks.count, "task")); collecting \(submission.collect)\n"
          + "`vidmetrics cluster status \(slurm.job.path)` says how far it is")
    }
  }

  struct SlurmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "slurm", abstract: "Submits the tasks to Slurm, and collecting after them",
      discussion: """
          vidmetrics cluster slurm job/ --time 2h --cpus 4 --partition cpu --sbatch '--account=vision'
          vidmetrics cluster slurm job/ --dry-run

        A task that is preempted, or warned two minutes before its time is over, keeps what it has done and is queued again. \
        Collecting begins when no task is left, and names those that failed.
        """)

    @OptionGroup var job: JobArgument
    @OptionGroup var options: SlurmOptions

    func run() throws {
      if SuiteJob.isThere(job.folder) { return try options.submit(SuiteJob.here(job.folder, threads: nil)) }
      let (plan, _) = try job.folder.plan()
      let slurm = try Slurm(job: job.folder, plan: plan, options: options.options)
      if !options.dryRun {
        let active = try Slurm.active(of: job.folder, environment: ProcessInfo.processInfo.environment)
        guard active.isEmpty else { throw ClusterError.stillQueued(active) }
      }
      try options.submit(slurm, Array(0..<plan.tasks))
    }
  }

  struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Submits what is missing to Slurm, and nothing else",
      discussion: """
        Looks at the parts and not at what became of jobs: a task is submitted where a part of it is not there and no job of it \
        waits or works. The options are those of `vidmetrics cluster slurm`; --time may be longer this time.
        """)

    @OptionGroup var job: JobArgument
    @OptionGroup var options: SlurmOptions

    func run() throws {
      if SuiteJob.isThere(job.folder) { return try options.submit(SuiteJob.here(job.folder, threads: nil)) }
      let (plan, _) = try job.folder.plan()
      let environment = ProcessInfo.processInfo.environment
      let missing = job.folder.missing(plan)
      let left = try Slurm.remainder(of: job.folder, missing: missing, environment: environment)
      guard !left.tasks.isEmpty else {
        return Output.print(
          missing.isEmpty
            ? "no part is missing: `vidmetrics cluster collect \(job.path)` puts them together"
            : "tasks \(TaskIndex.text(left.activeTasks)) wait or work, and nothing else is missing")
      }
      let slurm = try Slurm(job: job.folder, plan: plan, options: options.options)
      try options.submit(slurm, left.tasks, after: left.active)
      if !options.dryRun { Slurm.cancel(left.collecting, environment: environment) }
    }
  }

  struct KubernetesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "kubernetes", abstract: "Prints an Indexed Job with a pod for each task, and a Job that collects",
      discussion: """
          vidmetrics cluster kubernetes /data/job --image registry/vidmetrics:0.2.0 --claim data --mount /data | kubectl apply -f -

        The job's folder, both sets and the weights lie on a volume that every pod sees at the same path (ReadWriteMany). Pods \
        of nodes that go away are started again and go on from where they were; status 2 is not tried again.
        """)

    @OptionGroup var job: JobArgument

    @Option(help: ArgumentHelp("The container's image, with this program.", valueName: "name")) var image: String

    @Option(help: ArgumentHelp("The claim of the volume.", valueName: "name")) var claim = "vidmetrics"

    @Option(
      help: ArgumentHelp("Where the volume lies in a pod. (default: the folder above the job)", valueName: "folder"))
    var mount: String?

    @Option(
      help: ArgumentHelp(
        "Where the weights are in a pod: VIDMETRICS_CACHE there. (default: as here)", valueName: "folder"))
    var cache: String?

    @Option(help: ArgumentHelp("Processors of a pod.", valueName: "number")) var cpus = 4

    @Option(name: .customLong("mem"), help: ArgumentHelp("Memory of a pod.", valueName: "size")) var memory = "4Gi"

    @Option(help: ArgumentHelp("Pods at once. (default: one for each task)", valueName: "number")) var parallelism: Int?

    func validate() throws {
      try OptionRange.check("cpus", cpus, 1...4096)
      try OptionRange.check("parallelism", parallelism, OptionRange.count)
    }

    func run() throws {
      let (plan, _) = try job.folder.plan()
      let above = URL(fileURLWithPath: job.folder.path).deletingLastPathComponent().path
      let manifest = try Kubernetes(
        job: job.folder, plan: plan, image: image, claim: claim, mount: mount ?? above,
        cache: cache ?? ProcessInfo.processInfo.environment["VIDMETRICS_CACHE"], cpus: cpus, memory: memory,
        parallelism: parallelism
      ).text
      Output.print(manifest, terminator: "")
    }
  }

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What is done, at work, missing and skipped; how long still",
      discussion: """
        Everything is read from the job's folder, whoever runs the tasks. `lost` is a task that was at work and has not been \
        heard of for two minutes.
        """)

    @OptionGroup var job: JobArgument

    @Flag(help: "Print JSON.") var json = false

    func run() throws {
      if SuiteJob.isThere(job.folder) {
        let suite = try SuiteJob.here(job.folder, threads: nil)
        return Output.print(json ? try suite.statusJSON().text() : try suite.statusText(), terminator: json ? "\n" : "")
      }
      let status = try ClusterStatus(of: job.folder)
      Output.print(json ? try JSONValue(status).text() : status.text, terminator: json ? "\n" : "")
    }
  }
}

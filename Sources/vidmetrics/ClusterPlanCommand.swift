import ArgumentParser
import Cluster
import Evaluation
import Files
import Foundation
import Harness
import Kernels
import MetricCatalog
import Scores

extension ClusterCommand {
  struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes what is computed: both listings, every protocol, the shards",
      discussion: """
          vidmetrics cluster plan real/ generated/ --metrics fvd,kvd,fid --shards 64 --out job/
          vidmetrics cluster plan real/ generated/ --table lvdm --shards 64 --out job/
          vidmetrics cluster plan suite.yaml --shards 64 --out job/

        Of a suite the real sets are planned now, each once, and outputs when they are there. A generator whose command takes \
        {shard}, with {shards}, {first} and {count}, makes its videos in as many tasks.

        The plan is all that tasks read: no task lists a folder, and a video that is missing then or has another size ends its \
        task with status 2. Shards are about equal in bytes and videos; archives, and blocks of 64 videos of large sets, are not \
        cut. Every task computes with one instruction set: this machine's, or --isa.
        """)

    @OptionGroup var sets: OneOrTwoSets
    @OptionGroup var choice: MetricChoice

    @Option(parsing: .unconditional, help: ArgumentHelp("Tasks, each with a part of each set.", valueName: "number"))
    var shards: Int

    @Option(
      help: ArgumentHelp("The job's folder, which all machines see.", valueName: "folder"), completion: .directory)
    var out: String

    @Option(
      help: ArgumentHelp(
        "The instruction set of every task: baseline, avx2 or avx512. (default: what this machine has)",
        valueName: "name"))
    var isa: String?

    @Flag(
      help:
        "Parts keep the moments of features in their place: FID of any number of frames. For FVD and FID, without intervals."
    )
    var moments = false

    @OptionGroup var options: ScoreOptions

    @Option(help: ArgumentHelp("Of a suite: only these generators, separated by commas.", valueName: "name,..."))
    var only: String?

    /// Where one name stands alone, and it is that of a suite.
    private var suite: String? {
      sets.second == nil && [".yaml", ".yml"].contains { sets.first.hasSuffix($0) } ? sets.first : nil
    }

    func run() throws {
      options.runOptions.quiet.apply()
      let given = options.runOptions
      guard !given.json, given.append == nil, given.runtime == nil, given.threads == nil, given.memory == nil,
        !given.noCache
      else {
        throw ValidationError(
          "--json, --append, --runtime, --threads, --memory and --no-cache are for what works, not for its plan")
      }
      guard suite != nil || only == nil else { throw ValidationError("--only is for suites") }
      var environment = ProcessInfo.processInfo.environment
      if let isa { environment["VIDMETRICS_ISA"] = isa }
      let set: InstructionSet
      if let isa {
        guard let named = InstructionSet(rawValue: isa) else { throw KernelError.unknownInstructionSet(isa) }
        set = named
      } else {
        set = try InstructionSet.chosen(cap: environment["VIDMETRICS_ISA"])
      }
      let networks = try NetworkChoice(
        environment: environment, allowsOtherWeights: options.protocolOptions.allowOtherWeights)
      let job = JobFolder(out)
      let history = options.recordOptions.noRecord ? nil : JobFolder(options.recordOptions.database.path).path
      if let suite {
        let own: Set = ["shards", "out", "isa", "moments", "only", "tag", "db", "no-record", "quiet"]
        for word in CommandLine.arguments where word.hasPrefix("--") {
          let option = String(word.dropFirst(2).prefix { $0 != "=" })
          guard own.contains(option) else { throw ClusterError.wholeSuiteOnly(option: option) }
        }
        let names = try only.map { try CommaList.names($0, of: "only") }
        var planning = Planning(real: nil, fake: nil, scores: [], shards: shards)
        (planning.version, planning.isa, planning.place) = (Version.text, set.rawValue, .ofThisProcess())
        planning.keeps = moments ? .moments : .features
        let read = try Suite.read(suite, only: names)
        let allowed = try NetworkChoice(environment: environment, allowsOtherWeights: read.input.allowsOtherWeights)
        _ = try SuiteJob.plan(
          read, to: job, only: names, tags: options.recordOptions.tag, history: history, planning: planning,
          networks: allowed)
        return Output.print(try SuiteJob(job).statusText(), terminator: "")
      }
      let requested = try choice.requested(options)
      try options.checkAssignments(of: requested.map(\.evaluationProtocol))
      let scores = try networks.settled(requested, isTable: choice.table != nil)
      var planning = Planning(
        real: sets.reference ?? Project.known?.real, fake: sets.fake, scores: scores, shards: shards)
      planning.reading = options.inputOptions.sets
      planning.pairBy = options.inputOptions.pairBy
      planning.skipsUnusable = options.inputOptions.onError == .skip
      planning.allowsOtherWeights = options.protocolOptions.allowOtherWeights
      planning.honesty = options.honesty.settings
      planning.labels = options.recordOptions.labels(of: sets)
      planning.history = history
      planning.keeps = moments ? .moments : .features
      (planning.version, planning.isa, planning.place) = (Version.text, set.rawValue, .ofThisProcess())
      let plan = try planning.write(to: job)
      Output.print(ClusterText.plan(plan, job), terminator: "")
    }
  }
}

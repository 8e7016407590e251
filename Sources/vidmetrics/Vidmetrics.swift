import ArgumentParser
import MemoryLimit

@main
struct Vidmetrics: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vidmetrics",
    abstract: "Scores video generators: FVD, KVD, FID, LPIPS, CLIP-SIM and more, as papers publish them",
    discussion: """
      Takes two sets of videos, real and generated, and prints numbers that can be compared with published ones.

        vidmetrics demo                            a first look: clips and a page
        vidmetrics inspect generated/              what is in a set of videos
        vidmetrics weights fetch i3d-kinetics400   what FVD needs
        vidmetrics fvd real/ generated/            a score
        vidmetrics guide                           about every metric

      Numbers go to stdout, everything else to stderr. Exit status: 0 done, 1 worse (gate) or differing (selftest), 2 usage \
      or input error, 3 not comparable (diff, compare, gate), 4 done but inputs were skipped because --on-error skip was \
      given, 5 not shown (gate), 75 stopped (cluster work).
      """,
    version: Version.details,
    subcommands: [ManualCommand.self],
    groupedSubcommands: [
      CommandGroup(
        name: "First", subcommands: [DemoCommand.self, Inspect.self, WeightsCommand.self, GuideCommand.self]),
      CommandGroup(name: "Metric", subcommands: MetricCommands.all),
      CommandGroup(
        name: "Scoring",
        subcommands: [
          ScoreCommand.self, VBenchCommand.self, RunCommand.self, WatchCommand.self, ClusterCommand.self,
          FeaturesCommand.self,
          ProtocolsCommand.self, Cite.self,
        ]),
      CommandGroup(
        name: "History",
        subcommands: [
          RunsCommand.self, ShowCommand.self, BestCommand.self, CompareCommand.self, Diff.self, Explain.self,
          QueryCommand.self,
          TagCommand.self, DeleteCommand.self, ExportCommand.self, ImportCommand.self,
        ]),
      CommandGroup(
        name: "Report", subcommands: [ReportCommand.self, SliceCommand.self, FlowCommand.self, GateCommand.self]),
      CommandGroup(name: "Machine", subcommands: [SelfTestCommand.self, Bench.self, NetworksCommand.self]),
    ])

  static func main() async {
    StandardStreams.prepare()
    vidmetrics_memory_begin(Exit.usageOrInput)
    do {
      var command = try parseAsRoot()
      _ = try Project.current.get()
      try GivenArguments.check(Array(CommandLine.arguments.dropFirst()), of: Self.self)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      Exit.with(error)
    }
  }
}

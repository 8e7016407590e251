import ArgumentParser

@main
struct Vidmetrics: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vidmetrics",
    abstract: "Scores video generators",
    discussion: """
      Takes two sets of videos and prints a number that can be compared with a published one, with everything that decided it.

        vidmetrics inspect generated/
        vidmetrics weights fetch i3d-kinetics400
        vidmetrics fvd real/ generated/

      Numbers go to stdout, everything else to stderr. Exit status: 0 done, 1 worse (gate), 2 usage or input error, 3 not comparable (diff, compare), 4 done but inputs were \
      skipped because --on-error skip was given.
      """,
    version: Version.text,
    subcommands: [
      FVD.self, KVD.self, FID.self, KID.self, DTFVD.self, PRDCCommand.self, FVDInfinity.self, FIDInfinity.self,
      PSNR.self, SSIM.self, LPIPSCommand.self, TemporalFlickering.self, PIC.self, CLIPSIM.self, FrameConsistency.self,
      ScoreCommand.self, RunCommand.self, WatchCommand.self, RunsCommand.self, ShowCommand.self, CompareCommand.self,
      ReportCommand.self, GateCommand.self, SliceCommand.self, QueryCommand.self, TagCommand.self, DeleteCommand.self,
      ExportCommand.self, ImportCommand.self, FeaturesCommand.self, Explain.self, Diff.self, Inspect.self,
      WeightsCommand.self, NetworksCommand.self, ProtocolsCommand.self, Cite.self, Bench.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Exit.with(error)
    }
  }
}

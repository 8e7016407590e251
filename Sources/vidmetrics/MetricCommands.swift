import ArgumentParser

/// A command that scores two sets by one metric.
protocol MetricCommand: ParsableCommand {
  /// As in the catalog.
  static var metric: String { get }
  var sets: SetArguments { get }
  var options: ScoreOptions { get }
}

extension MetricCommand {
  func run() throws {
    try ScoreRun(sets: sets, options: options).run(options.requested(metric: Self.metric))
  }
}

struct SetArguments: ParsableArguments {
  @Argument(help: ArgumentHelp("The set of real videos.", valueName: "real"))
  var real: String

  @Argument(help: ArgumentHelp("The set of generated videos.", valueName: "fake"))
  var fake: String

  static let discussion = """
    A set is a folder of videos, of frame folders or of classes of either, a .zip or .tar of those, a .npy/.npz array \
    [N,T,H,W,3], a manifest (.csv or .jsonl with a column `path`), or a file of features.
    """
}

struct FVD: MetricCommand {
  static let metric = "fvd"
  static let configuration = CommandConfiguration(
    commandName: "fvd",
    abstract: "Fréchet video distance of two sets of videos",
    discussion: """
      \(SetArguments.discussion)

        vidmetrics fvd real/ generated/
        vidmetrics fvd real/ generated/ --protocol tats --clips all --json
        vidmetrics fvd real/ generated/ --group-by class --group-by subject    cFVD and sFVD beside FVD
        vidmetrics fvd real/ generated/ --bootstrap 1000 --floor               how sure, and how low it can get
        vidmetrics fvd a.npy b.npy --protocol tf-original --value-range network

      A row of an array is a clip by itself: unless --frames is given its whole length is scored.
      """)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

struct KVD: MetricCommand {
  static let metric = "kvd"
  static let configuration = CommandConfiguration(
    commandName: "kvd", abstract: "Kernel video distance: squared maximum mean discrepancy over I3D features",
    discussion: """
      \(SetArguments.discussion)

        vidmetrics kvd real/ generated/ --repeats 10     mean and deviation over ten draws of real clips, as LVDM reports
      """)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

struct FID: MetricCommand {
  static let metric = "fid"
  static let configuration = CommandConfiguration(
    commandName: "fid", abstract: "Fréchet inception distance of the frames of two sets",
    discussion: """
      \(SetArguments.discussion) A folder of pictures is a set of frames, too.

        vidmetrics fid real/ generated/
        vidmetrics fid real/ generated/ --protocol pytorch-fid --frames 16
        vidmetrics fid real/ generated/ --windows 30 --window-step 1           sliding-window FID
        vidmetrics fid statistics.npz generated/                               mu and sigma as pytorch-fid writes them

      --frames is how many frames of each video are samples; all by default.
      """)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

struct KID: MetricCommand {
  static let metric = "kid"
  static let configuration = CommandConfiguration(
    commandName: "kid", abstract: "Kernel inception distance of the frames of two sets",
    discussion: """
      \(SetArguments.discussion) A folder of pictures is a set of frames, too.

        vidmetrics kid real/ generated/ --protocol torch-fidelity

      The deviation is that over subsets. Papers print KID times 100 or 1000: `--set scale-factor=100` does, and says so.
      """)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

struct DTFVD: MetricCommand {
  static let metric = "dt-fvd"
  static let configuration = CommandConfiguration(
    commandName: "dt-fvd", abstract: "Dynamic-texture FVD: the Fréchet distance over an I3D trained on DTDB",
    discussion: """
      \(SetArguments.discussion)

        vidmetrics weights import I3D_16.pth.tar --as i3d-dtdb-16
        vidmetrics dt-fvd real/ generated/
        vidmetrics dt-fvd real/ generated/ --protocol dt-fvd-32

      `vidmetrics weights list` says where its weights come from.
      """)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

struct PRDCCommand: MetricCommand {
  static let metric = "prdc"
  static let configuration = CommandConfiguration(
    commandName: "prdc", abstract: "Precision, recall, density and coverage over I3D features",
    discussion: SetArguments.discussion)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

struct FVDInfinity: MetricCommand {
  static let metric = "fvd-infinity"
  static let configuration = CommandConfiguration(
    commandName: "fvd-infinity", abstract: "FVD extrapolated to infinitely many clips",
    discussion: SetArguments.discussion)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

struct FIDInfinity: MetricCommand {
  static let metric = "fid-infinity"
  static let configuration = CommandConfiguration(
    commandName: "fid-infinity", abstract: "FID extrapolated to infinitely many frames",
    discussion: SetArguments.discussion)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

struct PSNR: MetricCommand {
  static let metric = "psnr"
  static let configuration = CommandConfiguration(
    commandName: "psnr", abstract: "Peak signal-to-noise ratio of videos of the same name",
    discussion: "Both sets hold videos of equal names and sizes; extensions may differ.")
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

struct SSIM: MetricCommand {
  static let metric = "ssim"
  static let configuration = CommandConfiguration(
    commandName: "ssim", abstract: "Structural similarity of videos of the same name",
    discussion: "Both sets hold videos of equal names and sizes; extensions may differ.")
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

struct TemporalFlickering: MetricCommand {
  static let metric = "temporal-flickering"
  static let configuration = CommandConfiguration(
    commandName: "temporal-flickering", abstract: "How still consecutive frames are, from 0 to 1",
    discussion: "The score is the fake set's; a note says the real set's.")
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

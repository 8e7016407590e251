import ArgumentParser
import Evaluation

/// A command for each metric, in the order of `--help`.
enum MetricCommands {
  static let all: [any ParsableCommand.Type] = [
    FVD.self, KVD.self, FID.self, FDDINOv2.self, KID.self, DTFVD.self, PRDCCommand.self, FVDInfinity.self,
    FIDInfinity.self, PSNR.self,
    SSIM.self, LPIPSCommand.self, TemporalFlickering.self, WarpingErrorCommand.self, FlowError.self,
    MotionMagnitude.self, DynamicDegree.self, MotionSmoothness.self, PIC.self, CLIPSIM.self,
    FrameConsistency.self,
    SubjectConsistency.self, BackgroundConsistency.self, AestheticQuality.self, ImagingQuality.self,
    I2VSubject.self, I2VBackground.self,
    PhysicsIQCommand.self, CameraError.self,
  ]
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
        vidmetrics fvd real/ generated/ --group-by class       cFVD beside FVD
        vidmetrics fvd real/ generated/ --bootstrap 1000       how sure that is
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
      \(SetArguments.discussion) A folder of pictures is also a set of frames.

        vidmetrics fid real/ generated/
        vidmetrics fid real/ generated/ --protocol pytorch-fid --frames 16
        vidmetrics fid real/ generated/ --windows 30 --window-step 1           sliding-window FID
        vidmetrics fid statistics.npz generated/                               mu and sigma as pytorch-fid writes them

      --frames is how many frames of each video are samples; all by default.
      """)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

struct FDDINOv2: MetricCommand {
  static let metric = "fd-dinov2"
  static let configuration = CommandConfiguration(
    commandName: "fd-dinov2", abstract: "Fréchet distance of the frames of two sets over DINOv2's features",
    discussion: """
      \(SetArguments.discussion) A folder of pictures is also a set of frames.

        vidmetrics weights fetch dinov2-vitl14
        vidmetrics fd-dinov2 real/ generated/
        vidmetrics score real/ generated/ --metrics fid,fd-dinov2

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
      \(SetArguments.discussion) A folder of pictures is also a set of frames.

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

struct LPIPSCommand: MetricCommand {
  static let metric = "lpips"
  static let configuration = CommandConfiguration(
    commandName: "lpips", abstract: "Learned perceptual distance of videos of the same name",
    discussion: """
      Both sets hold videos of equal names and sizes; extensions may differ.

        vidmetrics weights fetch lpips-alex
        vidmetrics weights import alexnet-owt-7be5be79.pth
        vidmetrics lpips real/ generated/
        vidmetrics score real/ generated/ --metrics psnr,ssim,lpips
      """)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

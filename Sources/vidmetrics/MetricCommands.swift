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

struct TemporalFlickering: MetricCommand {
  static let metric = "temporal-flickering"
  static let configuration = CommandConfiguration(
    commandName: "temporal-flickering", abstract: "How still consecutive frames are, from 0 to 1",
    discussion: "The score is the fake set's; a note says the real set's, where one is given.")
  @OptionGroup var sets: OneOrTwoSets
  @OptionGroup var options: ScoreOptions
}

struct WarpingErrorCommand: MetricCommand {
  static let metric = "warping-error"
  static let configuration = CommandConfiguration(
    commandName: "warping-error", abstract: "How much frames differ once motion is undone, by optical flow",
    discussion: """
      Each frame is compared with the next one, warped to it by the flow between them, over the pixels that both show. The score is \
      the fake set's; a note says the real set's, where one is given.

        vidmetrics weights import raft-things.pth
        vidmetrics warping-error generated/
        vidmetrics warping-error generated/ --protocol evalcrafter
        vidmetrics warping-error sources/ edited/ --set flow-of=real      by the flow of the video that each was made from
      """)
  @OptionGroup var sets: OneOrTwoSets
  @OptionGroup var options: ScoreOptions
}

struct FlowError: MetricCommand {
  static let metric = "flow-error"
  static let configuration = CommandConfiguration(
    commandName: "flow-error", abstract: "How far the optical flow is from that of the real video of the same name",
    discussion: """
      The end-point error in pixels, over all pixels and all frames, and for each two frames along time.

        vidmetrics weights import raft-things.pth
        vidmetrics flow-error real/ generated/
        vidmetrics flow-error real/ generated/ --pair-by regex:'(\\d+)' --json
        vidmetrics flow-error real/ generated/ --flow flows/       flows/a/000000.flo, 000001.flo, ... of real/a.mp4
      """)
  @OptionGroup var sets: SetArguments
  @Option(
    help: ArgumentHelp(
      "Flows of the real videos, in the place of those that are estimated: a folder with a folder for each video, which is called as "
        + "it is without its extension and holds a .flo file for each two frames.", valueName: "folder"),
    completion: .directory)
  var flow: String?
  @OptionGroup var options: ScoreOptions

  func run() throws {
    var requested = try options.requested(metric: Self.metric)
    let flows = try flow.map { try GivenFlows(folder: $0) }
    if let flows {
      for place in requested.indices {
        requested[place].evaluationProtocol = try requested[place].evaluationProtocol.overriding(
          "flow-given", with: flows.digest.description)
      }
    }
    var run = ScoreRun(sets: sets, options: options)
    run.flows = flows
    try run.run(requested)
  }
}

struct MotionMagnitude: MetricCommand {
  static let metric = "motion-magnitude"
  static let configuration = CommandConfiguration(
    commandName: "motion-magnitude", abstract: "How long the optical flow is, in pixels from frame to frame",
    discussion: """
      The score is the fake set's; a note says the real set's, where one is given.

        vidmetrics weights import raft-things.pth
        vidmetrics motion-magnitude real/ generated/
      """)
  @OptionGroup var sets: OneOrTwoSets
  @OptionGroup var options: ScoreOptions
}

struct DynamicDegree: MetricCommand {
  static let metric = "dynamic-degree"
  static let configuration = CommandConfiguration(
    commandName: "dynamic-degree", abstract: "The share of videos that move, by optical flow (VBench)",
    discussion: """
      The score is the fake set's; a note says the real set's, where one is given. Each video is 0 or 1.

        vidmetrics weights import raft-things.pth
        vidmetrics dynamic-degree generated/
        vidmetrics dynamic-degree frames/ --set frame-rate=24       folders of frames and arrays have no rate of their own
      """)
  @OptionGroup var sets: OneOrTwoSets
  @OptionGroup var options: ScoreOptions
}

struct MotionSmoothness: MetricCommand {
  static let metric = "motion-smoothness"
  static let configuration = CommandConfiguration(
    commandName: "motion-smoothness",
    abstract: "How well frames follow from those beside them, by interpolation (VBench)",
    discussion: """
      AMT-S makes each second frame anew from the two beside it; the nearer it is to the video's own, the smoother the motion. \
      The score is the fake set's; a note says the real set's, where one is given.

        vidmetrics weights import amt-s.pth
        vidmetrics motion-smoothness generated/
      """)
  @OptionGroup var sets: OneOrTwoSets
  @OptionGroup var options: ScoreOptions
}

struct PIC: MetricCommand {
  static let metric = "pic"
  static let configuration = CommandConfiguration(
    commandName: "pic", abstract: "Perceptual input conformity: how alike frames and the input picture are",
    discussion: """
      The inputs are a folder of pictures of the videos' names, or real videos, of which the first frame is taken.

        vidmetrics pic inputs/ generated/
        vidmetrics pic generated/ --input first-frame
        vidmetrics pic generated.csv --input column:image
        vidmetrics pic inputs/ generated/ --distance inception-cosine

      The last needs no weights of DreamSim, and its score has another name.
      """)
  @OptionGroup var sets: OneOrTwoSets
  @Option(
    help: ArgumentHelp(
      "The distance, which is the protocol: dreamsim, the ensemble (default), dreamsim-dino, dreamsim-clip, "
        + "dreamsim-open-clip, dreamsim-dinov2 or inception-cosine.", valueName: "name"))
  var distance: String?
  @Option(help: BesideOptions.input) var input: String?
  @OptionGroup var options: ScoreOptions

  func run() throws {
    guard distance == nil || options.protocolOptions.name == nil else {
      throw ValidationError("--distance and --protocol both say how: give one")
    }
    var besides = BesideOptions()
    besides.input = input
    try ScoreRun(sets: sets, options: options, besides: besides).run(
      options.requested(metric: Self.metric, name: distance, besides: besides))
  }
}

struct CLIPSIM: MetricCommand {
  static let metric = "clip-sim"
  static let configuration = CommandConfiguration(
    commandName: "clip-sim", abstract: "How alike prompts and frames are, by CLIP",
    discussion: """
        vidmetrics clip-sim generated.csv                 columns `path`, `prompt`
        vidmetrics clip-sim generated/ --prompts prompts.csv
        vidmetrics clip-sim generated/ --prompts stem     called by their prompts
      """)
  @OptionGroup var sets: FakeArgument
  @Option(help: BesideOptions.prompts) var prompts: String?
  @OptionGroup var options: ScoreOptions

  func run() throws {
    var besides = BesideOptions()
    besides.prompts = prompts
    try ScoreRun(sets: sets, options: options, besides: besides).run(
      options.requested(metric: Self.metric, besides: besides))
  }
}

struct FrameConsistency: MetricCommand {
  static let metric = "frame-consistency"
  static let configuration = CommandConfiguration(
    commandName: "frame-consistency", abstract: "How alike consecutive frames are, by CLIP",
    discussion: "Some papers also call this CLIP-SIM.")
  @OptionGroup var sets: FakeArgument
  @OptionGroup var options: ScoreOptions
}

struct SubjectConsistency: MetricCommand {
  static let metric = "subject-consistency"
  static let configuration = CommandConfiguration(
    commandName: "subject-consistency", abstract: "How alike the frames of a video are, by DINO, as VBench has it",
    discussion: """
        vidmetrics weights fetch dino-vitb16
        vidmetrics subject-consistency generated/
        vidmetrics subject-consistency generated/ --protocol vbench-distributed     VBench with several processes
      """)
  @OptionGroup var sets: FakeArgument
  @OptionGroup var options: ScoreOptions
}

struct BackgroundConsistency: MetricCommand {
  static let metric = "background-consistency"
  static let configuration = CommandConfiguration(
    commandName: "background-consistency", abstract: "How alike the frames of a video are, by CLIP, as VBench has it",
    discussion: """
        vidmetrics weights fetch clip-vit-b-32
        vidmetrics background-consistency generated/
      """)
  @OptionGroup var sets: FakeArgument
  @OptionGroup var options: ScoreOptions
}

struct AestheticQuality: MetricCommand {
  static let metric = "aesthetic-quality"
  static let configuration = CommandConfiguration(
    commandName: "aesthetic-quality", abstract: "How much LAION's predictor likes the frames, as VBench has it",
    discussion: """
        vidmetrics weights fetch clip-vit-l-14 aesthetic-vit-l-14
        vidmetrics aesthetic-quality generated/
      """)
  @OptionGroup var sets: FakeArgument
  @OptionGroup var options: ScoreOptions
}

struct ImagingQuality: MetricCommand {
  static let metric = "imaging-quality"
  static let configuration = CommandConfiguration(
    commandName: "imaging-quality", abstract: "How sharp and clean the frames are to MUSIQ, as VBench has it",
    discussion: """
        vidmetrics weights fetch musiq-spaq
        vidmetrics imaging-quality generated/
      """)
  @OptionGroup var sets: FakeArgument
  @OptionGroup var options: ScoreOptions
}

/// Metrics of VBench-I2V: videos, and the pictures that they were made from.
protocol ImageToVideoCommand: MetricCommand {
  var input: String? { get }
}

extension ImageToVideoCommand {
  static func inputs(weights: String) -> String {
    """
    The inputs are a folder of pictures of the videos' names, or real videos, of which the first frame is taken.

      vidmetrics weights fetch \(weights)
      vidmetrics \(metric) inputs/ generated/
      vidmetrics \(metric) generated.csv --input column:image
    """
  }

  func run() throws {
    var besides = BesideOptions()
    besides.input = input
    try ScoreRun(sets: sets, options: options, besides: besides).run(
      options.requested(metric: Self.metric, besides: besides))
  }
}

struct I2VSubject: ImageToVideoCommand {
  static let metric = "i2v-subject"
  static let configuration = CommandConfiguration(
    commandName: "i2v-subject",
    abstract: "How alike a video is to its input picture and to itself, by DINO (VBench-I2V)",
    discussion: inputs(weights: "dino-vitb16"))
  @OptionGroup var sets: OneOrTwoSets
  @Option(help: BesideOptions.input) var input: String?
  @OptionGroup var options: ScoreOptions
}

struct I2VBackground: ImageToVideoCommand {
  static let metric = "i2v-background"
  static let configuration = CommandConfiguration(
    commandName: "i2v-background",
    abstract: "How alike a video is to its input picture and to itself, by DreamSim (VBench-I2V)",
    discussion: inputs(weights: "dreamsim-ensemble"))
  @OptionGroup var sets: OneOrTwoSets
  @Option(help: BesideOptions.input) var input: String?
  @OptionGroup var options: ScoreOptions
}

struct PhysicsIQCommand: MetricCommand {
  static let metric = "physics-iq"
  static let configuration = CommandConfiguration(
    commandName: "physics-iq", abstract: "Where and when videos move, measured by two real takes of each scene",
    discussion: """
      The real set holds two recordings of every scene, whose names say which: take-1/a.mp4 and take-2/a.mp4, a_take-1.mp4 and \
      a_take-2.mp4, or the benchmark's own names. A generated video is called as its scene, or by the first take's number.

        vidmetrics physics-iq split-videos/testing/24FPS generated/ --bootstrap 1000

      The first five seconds are compared, at one frame rate and length.
      """)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

struct CameraError: MetricCommand {
  static let metric = "camera-error"
  static let configuration = CommandConfiguration(
    commandName: "camera-error", abstract: "RotErr, TransErr, CamMC, ATE and RPE of cameras, from files of their poses",
    discussion: """
      Both sets hold, for each video, a file with the pose of its camera in each frame, of the same name: RealEstate10K's text, \
      TUM, KITTI, or a folder with COLMAP's images.txt or images.bin (also below sparse/0). The real set has the paths that the \
      cameras should take, the fake one what was estimated of the generated videos. Two files are a pair.

        vidmetrics camera-error poses/ estimated/
        vidmetrics camera-error poses/ estimated/ --set frame-reduction=mean --set angle-unit=degrees
        vidmetrics camera-error groundtruth.txt estimate.txt --protocol evo
      """)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

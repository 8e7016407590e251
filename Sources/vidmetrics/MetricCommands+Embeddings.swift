import ArgumentParser
import Evaluation

// Metrics of embeddings of frames.

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

  var besides: BesideOptions { BesideOptions(input: input) }

  func run() throws {
    guard distance == nil || options.protocolOptions.name == nil else {
      throw ValidationError("--distance and --protocol both say how: give one")
    }
    try score(by: distance)
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

  var besides: BesideOptions { BesideOptions(prompts: prompts) }
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
        vidmetrics subject-consistency generated/ --protocol vbench-long            VBench-Long, with dinov2-vitb14
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
        vidmetrics background-consistency generated/ --protocol vbench-long     VBench-Long, with dreamsim-ensemble
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

  var besides: BesideOptions { BesideOptions(input: input) }
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
